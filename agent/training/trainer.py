"""Trains the parts of a mind from its replay buffer."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import torch
from torch import Tensor, nn

from agent.config import MindConfig
from agent.critic.critic import Critic
from agent.critic.synthetic_transitions import synthetic_transitions
from agent.memory.replay_buffer import ReplayBuffer, TransitionBatch
from agent.perception.attention import gather
from agent.perception.egocentric import EgoFeatures
from agent.perception.symmetry import Symmetry
from agent.perception.visibility import seen_throughout
from agent.training.batch import EncodedBatch, sample_batch
from agent.training.multistep_loss import multistep_loss
from agent.training.nan_guard import NanGuard
from agent.world_model.rollout import Rollout
from agent.world_model.world_model import WorldModel
from intrinsic import Mixture, Objective

MULTISTEP_RATIO = 2  # transitions of the multi-step loss, for each transition of an update's batch
CRITIC_RATE_FACTOR = 3.0  # learning rate of the critic, in learning rates of the other parts
CRITIC_EVERY = 2  # control steps between updates of the critic


class Trainer:
    """Trains the world model, the critic and the objectives of a mind, which it does not own.

    Each update is a step of the dynamics on a batch of its own. All batches of a control step are encoded together,
    once; encoder, readouts and objectives take one step on all of them, and the critic one every other control step.
    Curiosity needs many updates of the dynamics; the more expensive parts are updated less often.

    Args:
        model: The world model.
        mixture: The objectives.
        critic: The critic.
        config: Settings of the mind.

    Attributes:
        nan_guard: Counts the updates that were skipped because a loss or gradient was not finite.
        updates_done: Number of control steps with updates.
        symmetry: Mirror symmetry by which batches are augmented; None without one.
    """

    def __init__(self, model: WorldModel, mixture: Mixture, critic: Critic, config: MindConfig) -> None:
        self.model, self.mixture, self.critic, self.config = model, mixture, critic, config
        self.nan_guard = NanGuard()
        self.updates_done = 0
        self.symmetry: Symmetry | None = None

    @property
    def has_trainable_objectives(self) -> bool:
        """Whether an objective has parameters to train; known once the mixture is built."""
        return any(p.requires_grad for p in self.mixture.parameters())

    @cached_property
    def dynamics_optimizer(self) -> torch.optim.Optimizer:
        """Optimizer of the dynamics."""
        return self._optimizer(self.model.dynamics_parameters)

    @cached_property
    def encoder_optimizer(self) -> torch.optim.Optimizer:
        """Optimizer of the rest of the world model: encoder, readouts, auxiliary losses."""
        dynamics = {id(p) for p in self.model.dynamics_parameters}
        return self._optimizer([p for p in self.model.parameters() if p.requires_grad and id(p) not in dynamics])

    @cached_property
    def critic_optimizer(self) -> torch.optim.Optimizer:
        """Optimizer of the critic; its learning rate is higher, since it has one step where the dynamics have many."""
        return self._optimizer(list(self.critic.net.parameters()), CRITIC_RATE_FACTOR)

    @cached_property
    def objective_optimizer(self) -> torch.optim.Optimizer:
        """Optimizer of the objectives, separate from the others: gradients of plug-ins are not to be trusted."""
        return self._optimizer([p for p in self.mixture.parameters() if p.requires_grad])

    def state_dict(self) -> dict[str, Any]:
        """Returns the number of control steps with updates, and the counts of skipped ones.

        `optimizers` have states of their own.
        """
        return {"updates": self.updates_done, "nan_guard": self.nan_guard.state_dict()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Loads what `state_dict` returned; without counts of skipped updates, they stay as they are."""
        self.updates_done = state["updates"]
        if "nan_guard" in state:
            self.nan_guard.load_state_dict(state["nan_guard"])

    @property
    def optimizers(self) -> dict[str, torch.optim.Optimizer]:
        """All optimizers by name; the objectives' only where an objective has parameters to train."""
        found = {
            "dynamics": self.dynamics_optimizer,
            "encoder": self.encoder_optimizer,
            "critic": self.critic_optimizer,
        }
        return {**found, "objectives": self.objective_optimizer} if self.has_trainable_objectives else found

    def inherit_objective_state(self, old: Objective, new: Objective) -> None:
        """Makes the optimizer of the objectives anew, after one was replaced, and keeps its state as far as it fits.

        Args:
            old: The objective that was replaced.
            new: The one in its place; parameters of the same name and shape keep their state.
        """
        before = vars(self).pop("objective_optimizer", None)  # it is made anew when it is next needed
        if before is None or not self.has_trainable_objectives:
            return
        old_parameters = dict(old.named_parameters())
        source = {p: old_parameters.get(n) for n, p in new.named_parameters()}
        for parameter in self.objective_optimizer.param_groups[0]["params"]:
            kept = source.get(parameter, parameter)
            if kept is not None and kept in before.state and kept.shape == parameter.shape:
                self.objective_optimizer.state[parameter] = before.state[kept]

    def _multistep_losses(self, memory: ReplayBuffer, generator: torch.Generator) -> dict[str, Tensor]:
        """Returns the losses of rollouts of several steps; empty while no episode is long enough."""
        cfg = self.config
        batch = max(1, cfg.training.batch_size * MULTISTEP_RATIO // cfg.training.rollout_steps)
        sequences = memory.sample_sequences(
            batch, cfg.training.rollout_steps, generator, cfg.training.prioritized_fraction, cfg.training.priority
        )
        if sequences is None:
            return {}
        losses = multistep_loss(self.model, sequences, cfg.attention.num_attended, generator)
        return {f"multistep.{name}": loss for name, loss in losses.items()}

    def _step_objectives(self, loss: Tensor) -> None:
        """Takes a step of the objectives; those with a gradient that is not finite are muted."""
        self.objective_optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        for name in self.mixture.names:
            parameters = [p for p in self.mixture[name].parameters() if p.grad is not None]
            if not all(bool(torch.isfinite(p.grad).all()) for p in parameters if p.grad is not None):
                self.mixture.mute(name, "its `loss` has a gradient that is nan or infinite")
                for p in parameters:
                    p.grad = None
            nn.utils.clip_grad_norm_(parameters, 10.0)
        self.objective_optimizer.step()

    def _optimizer(self, parameters: list[nn.Parameter], rate_factor: float = 1.0) -> torch.optim.Optimizer:
        return torch.optim.Adam(parameters, lr=rate_factor * self.config.training.learning_rate, fused=True)

    def learn(self, memory: ReplayBuffer, generator: torch.Generator) -> dict[str, float]:
        """Makes the updates of one control step.

        Args:
            memory: The replay buffer.
            generator: Random numbers.

        Returns:
            Losses by name, those of the dynamics of the last update; empty where nothing was learnt.
        """
        cfg, model = self.config.training, self.model
        self.nan_guard.new_events = []
        if not self._can_learn(memory):
            return {}
        batch = sample_batch(memory, model, self.config, self.symmetry, generator)
        encoded = (batch.latent, batch.next_latent, *model.ego_features_of(batch.latent, batch.appearance))
        seen = None
        if self.config.model.belief:
            seen = seen_throughout(batch.senses["things"], batch.after["things"]).unsqueeze(-1)
            seen = gather(seen, batch.attended)[..., 0].float()
        # Each update is made on tensors that are cut off from the encoder; their gradients are passed on to it below.
        parts = [tensor.detach().chunk(cfg.updates_per_step) for tensor in encoded]
        actions = batch.action.chunk(cfg.updates_per_step)
        rows = batch.transitions.rows.chunk(cfg.updates_per_step)
        losses: dict[str, Tensor] = {}
        finite = True
        for i in range(len(actions)):
            latent, target, own, pair, facing = (
                part[i].requires_grad_(tensor.requires_grad) for part, tensor in zip(parts, encoded, strict=True)
            )
            part_seen = None if seen is None else seen.chunk(cfg.updates_per_step)[i]
            losses, energy = model.loss(
                latent, target, actions[i], EgoFeatures(own, pair, facing), generator, part_seen
            )
            memory.update_priorities(rows[i], energy)
            if cfg.rollout_steps > 1 and i == cfg.updates_per_step - 1:
                losses |= self._multistep_losses(memory, generator)
            finite &= _step(self.dynamics_optimizer, losses)
        ego = EgoFeatures(*(tensor.detach() for tensor in encoded[2:]))
        encoder_losses = self._encoder_losses(batch, ego, generator)
        other_losses: dict[str, Tensor] = {}  # of the critic and the objectives
        if self.critic.drives and self.updates_done % CRITIC_EVERY == 0:
            next_ego = model.ego_features_of(batch.next_latent.detach(), batch.appearance)
            other_losses["critic"], stepped = self._step_critic(batch.transitions, ego, next_ego, generator)
            finite &= stepped
        if self.has_trainable_objectives:
            objective_loss = self._objective_loss(batch, ego)
            if objective_loss is not None:
                other_losses["objectives"] = objective_loss.detach()
                self._step_objectives(objective_loss)
        gradients = [
            (tensor, torch.cat([leaf.grad for leaf in part if leaf.grad is not None]))
            for tensor, part in zip(encoded, parts, strict=True)
            if tensor.requires_grad
        ]
        finite &= _step(self.encoder_optimizer, encoder_losses, gradients)
        self.updates_done += 1
        values = {name: float(loss.detach()) for name, loss in {**losses, **encoder_losses, **other_losses}.items()}
        self._report(values, finite)
        return values

    def _encoder_losses(self, batch: EncodedBatch, ego: EgoFeatures, generator: torch.Generator) -> dict[str, Tensor]:
        """Returns the weighted losses that train the encoder beside the gradients of the dynamics.

        Args:
            batch: The batch of this control step.
            ego: Egocentric features of ``batch.latent``, without gradient.
            generator: Random numbers.
        """
        cfg, model = self.config.training, self.model
        latent, next_latent, action = batch.latent, batch.next_latent, batch.action
        losses = model.representation_losses(
            latent, next_latent, action, batch.after["touch"], cfg.regularizer, generator
        )
        losses["regularizer"] *= cfg.regularizer_weight
        losses["inverse"] *= cfg.inverse_weight
        if "pose" in losses:
            losses["pose"] *= cfg.pose_weight
        if cfg.backward_weight:
            next_ego = model.ego_features_of(next_latent.detach(), batch.appearance)
            error = model.auxiliary_losses.backward_loss(latent, next_latent, action, next_ego)
            losses["backward"] = cfg.backward_weight * error
        if cfg.masked_weight:
            losses["masked"] = cfg.masked_weight * model.auxiliary_losses.masked_loss(latent, ego, generator)
        return losses

    def _objective_loss(self, batch: EncodedBatch, ego: EgoFeatures) -> Tensor | None:
        """Returns the loss of the objectives on the batch's transitions; None where no objective has one."""
        latent, next_latent = batch.latent, batch.next_latent
        with torch.no_grad():
            mean, _ = self.model.posterior_predict(latent, next_latent, batch.action, ego)
        senses = {name: torch.stack([value, batch.after[name]]) for name, value in batch.senses.items()}
        path = torch.stack([latent, next_latent]).detach()
        rollout = Rollout(path, batch.action[None], mean[:, None], senses, batch.attended, False)
        return self.mixture.loss(rollout.view())

    def train_critic(self, memory: ReplayBuffer, generator: torch.Generator) -> dict[str, float]:
        """Makes one update of the critic only.

        Args:
            memory: The replay buffer.
            generator: Random numbers.

        Returns:
            The loss by name; empty while there are too few transitions to learn from.
        """
        self.nan_guard.new_events = []
        if not self._can_learn(memory) or not self.critic.drives:
            return {}
        with torch.no_grad():
            batch = sample_batch(memory, self.model, self.config, self.symmetry, generator)
            before, after = (
                self.model.ego_features_of(latent, batch.appearance) for latent in (batch.latent, batch.next_latent)
            )
        loss, finite = self._step_critic(batch.transitions, before, after, generator)
        losses = {"critic": float(loss.detach())}
        self._report(losses, finite)
        return losses

    def _report(self, losses: dict[str, float], finite: bool) -> None:
        """Reports to the guard the losses of a control step, and whether all optimizers stepped."""
        rate = self.config.training.learning_rate
        self.nan_guard.record_losses(losses, finite, f"try a smaller learning_rate than {rate:g}, or other objectives")

    def _can_learn(self, memory: ReplayBuffer) -> bool:
        """Returns whether training goes on and there are enough transitions."""
        return (
            not self.nan_guard.stopped
            and memory.transitions >= self.config.training.batch_size
            and self.config.training.updates_per_step > 0
        )

    def _step_critic(
        self, transitions: TransitionBatch, before: EgoFeatures, after: EgoFeatures, generator: torch.Generator
    ) -> tuple[Tensor, bool]:
        """Takes a step of the critic on uniformly drawn transitions and on synthetic ones.

        Transitions that were drawn by priority are left out: with them, events would seem more probable than they are.

        Args:
            transitions: The drawn transitions.
            before: Egocentric features before each.
            after: Egocentric features after each.
            generator: Random numbers.

        Returns:
            The loss, and whether the optimizer stepped.
        """
        uniform = transitions.uniform
        before, after = (EgoFeatures(*(part[uniform] for part in ego)) for ego in (before, after))
        cost = transitions.cost[uniform]
        # Synthetic positions of the body are near things, so there must be things.
        if self.config.training.synthetic_critic_data and transitions.senses["things"].numel():
            first = slice(self.config.training.batch_size)
            senses = {name: value[uniform][first] for name, value in transitions.senses.items()}
            action, k = transitions.action[uniform][first], self.config.attention.num_attended
            *synthetic, synthetic_cost = synthetic_transitions(
                self.model, self.mixture, self.critic.drives, senses, action, k, generator
            )
            pairs = zip((before, after), synthetic, strict=True)
            before, after = (EgoFeatures(*map(torch.cat, zip(*pair, strict=True))) for pair in pairs)
            cost = torch.cat([cost, synthetic_cost])
        loss = self.critic.loss(before, after, cost)
        stepped = _step(self.critic_optimizer, {"critic": loss})
        self.critic.update_target()
        return loss, stepped


def _step(
    optimizer: torch.optim.Optimizer, losses: dict[str, Tensor], gradients: list[tuple[Tensor, Tensor]] | None = None
) -> bool:
    """Takes an optimizer step on the sum of losses, unless a gradient is not finite.

    Args:
        optimizer: Optimizer of the parameters.
        losses: Losses by name.
        gradients: Pairs of a tensor and its gradient that was computed separately; it is passed on as well.

    Returns:
        Whether the step was taken.
    """
    total = torch.stack(list(losses.values())).sum()
    optimizer.zero_grad(set_to_none=True)
    tensors = [total, *(tensor for tensor, _ in gradients or ())]
    torch.autograd.backward(tensors, [torch.ones_like(total), *(grad for _, grad in gradients or ())])
    norm = nn.utils.clip_grad_norm_(optimizer.param_groups[0]["params"], 10.0, foreach=True)
    finite = bool(torch.isfinite(norm))
    if finite:  # a single bad batch must not spoil all parameters
        optimizer.step()
    return finite
