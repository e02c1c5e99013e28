"""Mode-1: a policy that acts where it is good enough, proposes plans to the planner, and is distilled from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

import torch
from torch import Tensor, nn

from agent.actor.mpc_actor import MPCActor
from agent.actor.plan_evaluation import Decision
from agent.actor.reactive.arbitration import ModeArbiter
from agent.actor.reactive.dagger import DaggerSchedule
from agent.actor.reactive.distillation_buffer import DistillationBatch, DistillationBuffer, mirror_batch
from agent.actor.reactive.goal_conditioning import GOAL_SIZE, attend_to_goals, goal_tokens
from agent.actor.reactive.policy import GaussianPolicy, PolicyOutput
from agent.actor.reactive.value_gradient import value_gradient_loss
from agent.config import MindConfig
from agent.perception.attention import gather, select_things, select_tokens
from agent.perception.egocentric import EgoFeatures, ego_features, scene_context
from agent.perception.encoder import Senses
from agent.perception.symmetry import Symmetry

REGRET_WEIGHT, SPREAD_WEIGHT = 0.1, 0.1  # weights of the losses of expected regret and of the standard deviation
WEIGHT_DECAY = 0.1  # strong: decisions are few and partly random, and a net would fit the randomness
MAX_ACTION = 0.97  # largest action that is unsquashed: beyond it atanh grows without bound


class ReactiveActor(nn.Module):
    """The reactive actor of a mind: a policy, the decisions that it is distilled from, and when it acts.

    Attributes:
        policy: The policy.
        buffer: Decisions of the planner.
        arbiter: Decides whether the policy acts, in mode ``gated``.
        dagger: Segments in which the policy acts all the same.
        mode: The setting `policy.mode`.
        expected_regret: Regret that the policy expected at the last decision; None before the first.
        symmetry: Symmetry of the body, by which batches are mirrored; None without one.

    Args:
        actor: The actor that plans (Mode-2), which belongs to the mind.
        senses: Example senses, without leading shape.
        config: Settings of the mind.
        seed: Seed of the first weights.
    """

    def __init__(self, actor: MPCActor, senses: Senses, config: MindConfig, seed: int) -> None:
        super().__init__()
        self._planning_actor = (actor,)  # in a tuple, so that its modules are not registered here
        self.config = config
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.policy = GaussianPolicy(actor.model.perception, actor.actions)
        self.buffer = DistillationBuffer(senses, actor.actions)
        self.arbiter = ModeArbiter(config.policy.regret_tolerance, config.policy.check_interval)
        self.dagger = DaggerSchedule(config.policy.dagger_fraction)
        self.mode = config.policy.mode
        self.expected_regret: float | None = None
        self.symmetry: Symmetry | None = None
        self._planned_last = True
        self._goals = torch.zeros(1 + len(senses["things"]), GOAL_SIZE)

    @property
    def planning_actor(self) -> MPCActor:
        """The actor that plans."""
        return self._planning_actor[0]

    @cached_property
    def optimizer(self) -> torch.optim.Optimizer:
        """The optimizer of the policy."""
        rate = self.config.training.learning_rate
        return torch.optim.AdamW(self.policy.parameters(), lr=rate, weight_decay=WEIGHT_DECAY, fused=True)

    def goal_tokens(self, things: int) -> Tensor:
        """Returns the current goal tokens, (1 + things, GOAL_SIZE)."""
        return goal_tokens(self.planning_actor.mixture, things)

    def attend_to_goals(self, attended: Tensor, senses: Senses) -> Tensor:
        """Updates the goal tokens, and returns the attended things (k,) with a thing that has a goal among them."""
        self._goals = self.goal_tokens(len(senses["things"]))
        return attend_to_goals(attended, self._goals)

    def choose(
        self, latent: Tensor, ego: EgoFeatures, senses: Senses, attended: Tensor, generator: torch.Generator
    ) -> Decision:
        """Lets the policy act or plans, as `mode`, arbiter and DAgger schedule say.

        Args:
            latent: (1 + k, Z) current tokens.
            ego: Egocentric features of these tokens.
            senses: Current senses, without leading shape, after `attend_to_goals` was called with them.
            attended: (k,) indices of the attended things.
            generator: Source of random numbers.
        """
        planning_actor, goals = self.planning_actor, select_tokens(self._goals, attended)
        output = self._policy_output(latent[None], ego, goals[None])
        self.expected_regret = float(output.regret)
        if self.mode == "always" or (self.mode == "gated" and self.arbiter.decide(self.expected_regret)):
            if self._planned_last:
                planning_actor.planner.reset()  # its last plan is out of date
                self._planned_last = False
            return Decision(output.action[0], mode="react")
        self._planned_last, proposals = True, None
        if self.buffer.size and self.config.policy.proposals:
            proposals = self.propose_plans(
                latent, planning_actor.model.perception.appearance(senses)[attended], goals, generator
            )
        choice = planning_actor.plan(latent, senses, attended, generator, proposals)
        regret = float("nan") if choice.regret is None else choice.regret
        assert choice.mean_action is not None
        self.buffer.add(senses, self._goals, choice.mean_action, regret)
        self.arbiter.compare(regret, self.expected_regret)
        if self.mode == "gated" and self.dagger.decide(self.buffer.count, generator):
            return replace(choice, action=output.action[0], predicted_cost=None, information=None, mode="dagger")
        return choice

    def _policy_output(self, latent: Tensor, ego: EgoFeatures, goals: Tensor) -> PolicyOutput:
        output: PolicyOutput = self.policy(self.planning_actor.model.perception.positions(latent), ego, goals)
        return output

    def propose_plans(self, latent: Tensor, appearance: Tensor, goals: Tensor, generator: torch.Generator) -> Tensor:
        """Rolls the policy out in the world model.

        Args:
            latent: (1 + k, Z) current tokens.
            appearance: (k, features) of the attended things.
            goals: (1 + k, GOAL_SIZE) goal tokens.
            generator: Source of random numbers.

        Returns:
            Plans (T, n, A): the first of mean actions, the others of sampled ones.
        """
        model, n = self.planning_actor.model, self.config.policy.proposals
        context = scene_context(model.perception, appearance.expand(n, -1, -1))
        state, goals, plan = latent.expand(n, -1, -1), goals.expand(n, -1, -1), []
        for _ in range(self.planning_actor.planner.horizon):
            ego = ego_features(model.perception, state, context)
            output = self._policy_output(state, ego, goals)
            noise = torch.randn(n, self.planning_actor.actions, generator=generator)
            noise[0] = 0.0
            action = torch.tanh(output.mean + output.log_std.exp() * noise)
            state = model.next_state(model(state, action, ego))
            plan.append(action)
        return torch.stack(plan)

    def observe(self, mean: Tensor, energy: float, pain: float) -> None:
        """Records a step for the arbiter and the DAgger schedule.

        Args:
            mean: (E, ..., 1 + k, Z) prediction of each ensemble member.
            energy: Prediction error of the step.
            pain: Cost of pain in the step.
        """
        size = self.planning_actor.model.perception.pose_size
        self.arbiter.observe(float(mean[..., :size].var(0).sum()), energy, pain > 0.0)
        self.dagger.observe(pain > 0.0)

    def learn(self, generator: torch.Generator) -> dict[str, float]:
        """Takes one optimizer step; returns losses by name, none before there is enough to learn from."""
        size = self.config.training.batch_size * self.config.training.updates_per_step
        if not size or self.buffer.size < self.config.training.batch_size:
            return {}
        batch = self.buffer.sample(size, generator)
        if self.symmetry is not None:
            batch = mirror_batch(batch, self.symmetry, self.planning_actor.model.perception.center_y, generator)
        losses = self.losses(batch)
        parameters = list(self.policy.parameters())
        # Gradients of the policy alone: the value gradient runs through world model and critic, which must not change.
        grads = torch.autograd.grad(torch.stack(list(losses.values())).sum(), parameters)
        norm = torch.stack([grad.norm() for grad in grads]).norm()
        if bool(torch.isfinite(norm)):
            for parameter, grad in zip(parameters, grads, strict=True):
                parameter.grad = grad * (10.0 / norm).clamp_max(1.0)
            self.optimizer.step()
        return {name: float(loss.detach()) for name, loss in losses.items()}

    def losses(self, batch: DistillationBatch) -> dict[str, Tensor]:
        """Returns the losses by name: distance to the planner's actions, calibration, and the value gradient."""
        perception, cfg = self.planning_actor.model.perception, self.config
        attended = attend_to_goals(select_things(batch.senses, cfg.attention.num_attended), batch.goals)
        with torch.no_grad():
            latent = select_tokens(perception(batch.senses), attended)
            ego = self.planning_actor.model.ego_features_of(
                latent, gather(perception.appearance(batch.senses), attended)
            )
        output = self._policy_output(latent, ego, select_tokens(batch.goals, attended))
        unsquashed = torch.atanh(batch.action.clamp(-MAX_ACTION, MAX_ACTION))
        error = (unsquashed - output.mean.detach()) * torch.exp(-output.log_std)
        known = torch.isfinite(batch.regret)
        regret = torch.where(known, batch.regret, output.regret.detach()).clamp(-5.0, 5.0)
        losses = {
            "policy": (output.action - batch.action).square().mean(),
            "policy/log_std": SPREAD_WEIGHT * (0.5 * error.square() + output.log_std).mean(),
            "policy/regret": REGRET_WEIGHT * (output.regret - regret).square().mean(),
        }
        if cfg.policy.value_gradient_weight > 0.0:
            # The value gradient runs through the whole ensemble: some rows are enough.
            rows = slice(cfg.training.batch_size)
            value_loss = value_gradient_loss(
                self.planning_actor.model,
                self.planning_actor.mixture,
                self.planning_actor.critic if cfg.planner.use_critic else None,
                self.planning_actor.memories,
                latent[rows],
                EgoFeatures(*(field[rows] for field in ego)),
                output.action[rows],
                DistillationBatch({k: v[rows] for k, v in batch.senses.items()}, *(field[rows] for field in batch[1:])),
                attended[rows],
            )
            losses["policy/value_gradient"] = cfg.policy.value_gradient_weight * value_loss
        return losses

    def run_state_dict(self, choices: int | None = None) -> dict[str, Any]:
        """Returns what `state_dict` lacks, which has the weights: what it is distilled from, and when it acts.

        Args:
            choices: How many of the planner's latest choices to keep; None for all.
        """
        return {
            "buffer": self.buffer.state_dict(choices),
            "arbiter": self.arbiter.state_dict(),
            "dagger": self.dagger.state_dict(),
        }

    def load_run_state_dict(self, state: Mapping[str, Any]) -> None:
        """Loads what `run_state_dict` returned."""
        self.arbiter.load_state_dict(state["arbiter"])
        if "dagger" in state:
            self.dagger.load_state_dict(state["dagger"])
        self.buffer.load_state_dict(state["buffer"])
