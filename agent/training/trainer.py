"""Learning from memory."""

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
from agent.training.batch import sample_batch
from agent.training.multistep_loss import multistep_loss
from agent.training.nan_guard import NanGuard
from agent.world_model.rollout import Rollout
from agent.world_model.world_model import WorldModel
from intrinsic import Mixture, Objective

SHARE = 2  # transitions that are imagined on end, for each one of an update's batch
CRITIC_RATE = 3.0  # times the learning rate of all else
CRITIC_EVERY = 2  # control steps, between its steps


class Trainer:
    """Trains the world model, the critic and the objectives of a mind, which it does not own.

    Each update is a step of the predictor on a batch of its own. All batches of a control step are encoded together,
    once, and encoder, readouts and objectives take one step on the whole, the critic one every other time: curiosity
    lives on updates of the predictor, and what costs most is done least.

    Attributes:
        nan_guard: Counts updates that were skipped because a loss was not finite.
        updates_done: Control steps with an update so far.
    """

    def __init__(self, model: WorldModel, mixture: Mixture, critic: Critic, config: MindConfig) -> None:
        self.model, self.mixture, self.critic, self.config = model, mixture, critic, config
        self.nan_guard = NanGuard()
        self.updates_done = 0
        self.symmetry: Symmetry | None = None

    @property
    def has_trainable_objectives(self) -> bool:
        """Whether an objective learns; known once the mixture is built."""
        return any(p.requires_grad for p in self.mixture.parameters())

    @cached_property
    def dynamics_optimizer(self) -> torch.optim.Optimizer:
        """Steps the predictor."""
        return self._optimizer(self.model.dynamics_parameters)

    @cached_property
    def encoder_optimizer(self) -> torch.optim.Optimizer:
        """Steps the rest of the world model: what encodes and reads out."""
        predictor = {id(p) for p in self.model.dynamics_parameters}
        return self._optimizer([p for p in self.model.parameters() if p.requires_grad and id(p) not in predictor])

    @cached_property
    def critic_optimizer(self) -> torch.optim.Optimizer:
        """Steps the critic, which goes faster than all else: it has one step where the predictor has many."""
        return self._optimizer(list(self.critic.net.parameters()), CRITIC_RATE)

    @cached_property
    def objective_optimizer(self) -> torch.optim.Optimizer:
        """Steps what the objectives learn, apart from all else: a plug-in's gradient is not to be trusted."""
        return self._optimizer([p for p in self.mixture.parameters() if p.requires_grad])

    def state_dict(self) -> dict[str, Any]:
        """Returns the number of updates, and which were skipped; `optimizers` keep their own state."""
        return {"updates": self.updates_done, "nan_guard": self.nan_guard.state_dict()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Loads what `state_dict` returned; where skipped updates are not counted, none were."""
        self.updates_done = state["updates"]
        if "nan_guard" in state:
            self.nan_guard.load_state_dict(state["nan_guard"])

    @property
    def optimizers(self) -> dict[str, torch.optim.Optimizer]:
        """All optimizers by name; that of the objectives only where one learns."""
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
        """Returns the errors of imagining several steps on end; none before a life was as long."""
        cfg = self.config
        batch = max(1, cfg.training.batch_size * SHARE // cfg.training.rollout_steps)
        stretch = memory.sample_sequences(
            batch, cfg.training.rollout_steps, generator, cfg.training.prioritized_fraction, cfg.training.priority
        )
        if stretch is None:
            return {}
        return {
            f"rolled.{k}": v
            for k, v in multistep_loss(self.model, stretch, cfg.attention.num_attended, generator).items()
        }

    def _step_objectives(self, loss: Tensor) -> None:
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

    def _optimizer(self, parameters: list[nn.Parameter], faster: float = 1.0) -> torch.optim.Optimizer:
        return torch.optim.Adam(parameters, lr=faster * self.config.training.learning_rate, fused=True)

    def learn(self, memory: ReplayBuffer, generator: torch.Generator) -> dict[str, float]:
        """Makes the configured number of updates, and returns the losses of the last by name."""
        cfg, model = self.config, self.model
        self.nan_guard.new_events = []
        if not self._can_learn(memory):
            return {}
        drawn, senses, action, after, attended, before, then, appearance = sample_batch(
            memory, model, cfg, self.symmetry, generator
        )
        encoded = (before, then, *model.ego_features_of(before, appearance))
        seen = None
        if cfg.model.belief:
            seen = gather(seen_throughout(senses["things"], after["things"]).unsqueeze(-1), attended)[..., 0].float()
        parts = [tensor.detach().chunk(cfg.training.updates_per_step) for tensor in encoded]
        losses: dict[str, Tensor] = {}
        sound = True
        for i, (act, where) in enumerate(
            zip(
                action.chunk(cfg.training.updates_per_step),
                drawn.place.chunk(cfg.training.updates_per_step),
                strict=True,
            )
        ):
            latent, target, own, pair, facing = (
                part[i].requires_grad_(tensor.requires_grad) for part, tensor in zip(parts, encoded, strict=True)
            )
            noticed = None if seen is None else seen.chunk(cfg.training.updates_per_step)[i]
            losses, energy = model.loss(latent, target, act, EgoFeatures(own, pair, facing), generator, noticed)
            memory.update_priorities(where, energy)
            if cfg.training.rollout_steps > 1 and i == cfg.training.updates_per_step - 1:
                losses |= self._multistep_losses(memory, generator)
            sound &= _step(self.dynamics_optimizer, losses)
        sight = EgoFeatures(*(tensor.detach() for tensor in encoded[2:]))
        slow = model.representation_losses(before, then, action, after["touch"], cfg.training.regularizer, generator)
        slow["regularizer"] *= cfg.training.regularizer_weight
        slow["inverse"] *= cfg.training.inverse_weight
        if "pose" in slow:
            slow["pose"] *= cfg.training.pose_weight
        if cfg.training.backward_weight:
            slow["backward"] = cfg.training.backward_weight * model.auxiliary_losses.backward_loss(
                before, then, action, model.ego_features_of(then.detach(), appearance)
            )
        if cfg.training.masked_weight:
            slow["masked"] = cfg.training.masked_weight * model.auxiliary_losses.masked_loss(before, sight, generator)
        computed: dict[str, Tensor] = {}
        if self.critic.drives and self.updates_done % CRITIC_EVERY == 0:
            computed["critic"], went = self._step_critic(
                drawn, sight, model.ego_features_of(then.detach(), appearance), generator
            )
            sound &= went
        if self.has_trainable_objectives:
            with torch.no_grad():
                mean, _ = model.posterior_predict(before, then, action, sight)
            path = {name: torch.stack([senses[name], after[name]]) for name in senses}
            lived = Rollout(torch.stack([before, then]).detach(), action[None], mean[:, None], path, attended, False)
            objective_loss = self.mixture.loss(lived.view())
            if objective_loss is not None:
                computed["objectives"] = objective_loss.detach()
                self._step_objectives(objective_loss)
        grads = [
            (tensor, torch.cat([leaf.grad for leaf in part if leaf.grad is not None]))
            for tensor, part in zip(encoded, parts, strict=True)
            if tensor.requires_grad
        ]
        sound &= _step(self.encoder_optimizer, slow, grads)
        self.updates_done += 1
        values = {name: float(loss.detach()) for name, loss in {**losses, **slow, **computed}.items()}
        self._report(values, sound)
        return values

    def train_critic(self, memory: ReplayBuffer, generator: torch.Generator) -> dict[str, float]:
        """Makes a step of the critic alone, and returns its loss by name; none before there is enough to learn from."""
        self.nan_guard.new_events = []
        if not self._can_learn(memory) or not self.critic.drives:
            return {}
        with torch.no_grad():
            lesson = sample_batch(memory, self.model, self.config, self.symmetry, generator)
            before, after = (
                self.model.ego_features_of(latent, lesson.appearance) for latent in (lesson.before, lesson.then)
            )
        loss, sound = self._step_critic(lesson.drawn, before, after, generator)
        losses = {"critic": float(loss.detach())}
        self._report(losses, sound)
        return losses

    def _report(self, losses: dict[str, float], sound: bool) -> None:
        rate = self.config.training.learning_rate
        self.nan_guard.record_losses(losses, sound, f"try a smaller learning_rate than {rate:g}, or other objectives")

    def _can_learn(self, memory: ReplayBuffer) -> bool:
        return (
            not self.nan_guard.stopped
            and memory.transitions >= self.config.training.batch_size
            and self.config.training.updates_per_step > 0
        )

    def _step_critic(
        self, drawn: TransitionBatch, before: EgoFeatures, after: EgoFeatures, generator: torch.Generator
    ) -> tuple[Tensor, bool]:
        """Lets the critic learn from dreams and from what was lived, drawn evenly, or chances would be overrated.

        Returns:
            Its loss, and whether it took a step.
        """
        even = drawn.even
        before, after = (EgoFeatures(*(part[even] for part in sight)) for sight in (before, after))
        cost = drawn.cost[even]
        if (
            self.config.training.synthetic_critic_data and drawn.senses["things"].numel()
        ):  # one dreams of being near things
            some = slice(self.config.training.batch_size)
            senses = {name: value[even][some] for name, value in drawn.senses.items()}
            drives, k, action = self.critic.drives, self.config.attention.num_attended, drawn.action[even][some]
            *there, price = synthetic_transitions(self.model, self.mixture, drives, senses, action, k, generator)
            pairs = zip((before, after), there, strict=True)
            before, after = (EgoFeatures(*map(torch.cat, zip(*pair, strict=True))) for pair in pairs)
            cost = torch.cat([cost, price])
        loss = self.critic.loss(before, after, cost)
        went = _step(self.critic_optimizer, {"critic": loss})
        self.critic.update_target()
        return loss, went


def _step(
    optimizer: torch.optim.Optimizer, losses: dict[str, Tensor], grads: list[tuple[Tensor, Tensor]] | None = None
) -> bool:
    """Takes a step down the sum of losses, and down gradients of tensors that were computed apart.

    Returns:
        Whether it did: a step that is not finite is skipped.
    """
    total = torch.stack(list(losses.values())).sum()
    optimizer.zero_grad(set_to_none=True)
    tensors = [total, *(tensor for tensor, _ in grads or ())]
    torch.autograd.backward(tensors, [torch.ones_like(total), *(grad for _, grad in grads or ())])
    norm = nn.utils.clip_grad_norm_(optimizer.param_groups[0]["params"], 10.0, foreach=True)
    sound = bool(torch.isfinite(norm))
    if sound:  # one bad batch must not end a mind
        optimizer.step()
    return sound
