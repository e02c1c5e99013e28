"""The actor: Mode-2, which plans in imagination, and the exploration noise that a newborn mind moves by."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from agent.actor.exploration_noise import noise_block
from agent.actor.hierarchy.subgoal_planner import SubgoalPlanner
from agent.actor.plan_evaluation import Decision, PlanEvaluation, to_plans
from agent.actor.planners import make_planner
from agent.config import MindConfig
from agent.configurator.configurator import Configuration
from agent.critic.critic import Critic
from agent.perception.encoder import Senses
from agent.world_model.rollout import Rollout
from agent.world_model.stochastic_latent import STOCHASTIC_SIZE, aggregate_futures
from agent.world_model.world_model import WorldModel
from intrinsic import Mixture

MIN_SPREAD = 0.05  # smallest spread of a cost over plans, relative to its root mean square
CRITIC_INTERVAL = 3  # imagined steps between evaluations of the critic
NUM_ALTERNATIVES = 4  # plans reported beside the chosen one


class MPCActor:
    """Chooses actions by model-predictive control: a planner searches for plans whose imagined costs are low.

    World model, mixture and critic belong to the mind.

    Attributes:
        memories: Current episodic memories of the objectives that keep one, by name.
        drive_multipliers: Factors of the objectives' weights, chosen by the configurator; 1 where none is named.
        lambda_weights: Weights of imagined costs and of the critic for the current horizon, see the function of that
            name.
        subgoal_planner: The second level, which sets subgoals; None in a mind of one level.
    """

    def __init__(self, model: WorldModel, mixture: Mixture, critic: Critic, actions: int, config: MindConfig) -> None:
        self.model, self.mixture, self.critic, self.config, self.actions = model, mixture, critic, config, actions
        self.planner = make_planner(config.planner, actions)
        self.lambda_weights = lambda_weights(config.planner.horizon, config.planner.lambda_, config.training.discount)
        self.exploration_noise = torch.zeros(0, actions)
        self.drive_multipliers: dict[str, float] = {}
        self.memories = mixture.begin((1,))
        self.subgoal_planner: SubgoalPlanner | None = None

    @property
    def weights(self) -> dict[str, float]:
        """Current weight of each objective, with the multipliers applied."""
        return apply_multipliers(self.mixture.weights, self.drive_multipliers)

    def configure(self, configuration: Configuration) -> None:
        """Applies the horizon and the multipliers that the configurator chose."""
        self.drive_multipliers = configuration.drive_multipliers
        self._set_horizon(configuration.horizon)

    def _set_horizon(self, horizon: int) -> None:
        self.planner.set_horizon(horizon)
        if horizon != len(self.lambda_weights[0]):
            self.lambda_weights = lambda_weights(horizon, self.config.planner.lambda_, self.config.training.discount)

    def state_dict(self) -> dict[str, Any]:
        """Returns the state of the planner and the exploration noise that is left; `memories` are not part of it."""
        return {"planner": self.planner.state_dict(), "exploration_noise": self.exploration_noise}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Loads what `state_dict` returned, and takes over its horizon."""
        self._set_horizon(len(state["planner"]["mean"]))
        self.planner.load_state_dict(state["planner"])
        self.exploration_noise = state["exploration_noise"]

    def explore(self, generator: torch.Generator) -> Decision:
        """Returns the next action of the exploration noise, which ignores all senses."""
        if not len(self.exploration_noise):
            self.exploration_noise = noise_block(self.actions, generator)
        action, self.exploration_noise = self.exploration_noise[0], self.exploration_noise[1:]
        return Decision(action, mode="warmup")

    def plan(
        self,
        latent: Tensor,
        senses: Senses,
        attended: Tensor,
        generator: torch.Generator,
        proposals: Tensor | None = None,
    ) -> Decision:
        """Imagines many plans and chooses the cheapest.

        Args:
            latent: (1 + k, Z) current tokens.
            senses: Current senses, without leading shape.
            attended: (k,) indices of the attended things.
            generator: Source of random numbers.
            proposals: (T, n, A) plans that enter the search unchanged.

        Returns:
            The decision, with the chosen plan and some alternatives.
        """
        evaluations: list[PlanEvaluation] = []
        if self.subgoal_planner is not None:
            self.subgoal_planner.update(self.mixture, latent, senses, attended, generator)

        # All plans of a decision share the same noise, so that no plan wins by a lucky draw.
        shape = self.config.planner.horizon, self.config.model.num_futures, len(latent), STOCHASTIC_SIZE
        noise = torch.randn(shape, generator=generator) if self.config.model.num_futures else None

        def evaluate(actions: Tensor) -> Tensor:
            evaluation = self.evaluate(latent, actions, senses, attended, noise)
            evaluations.append(evaluation.detach())
            return evaluation.total

        if proposals is not None:
            self.planner.propose(proposals)
        plans, costs = self.planner.plan(evaluate, generator)
        # Alternatives are spread over the better half of the plans: the cheapest ones are nearly all alike.
        shown = costs.argsort(stable=True)[torch.linspace(0, len(costs) // 2, NUM_ALTERNATIVES + 1).long()]
        best, first, last = int(shown[0]), evaluations[0], evaluations[-1]
        weights, scales = self.weights, self.mixture.scales
        # Plans of the first iteration differ most; later ones differ less the better the planner works.
        self.mixture.rescale({n: _spread(c * scales[n]) for n, c in first.costs.items()})
        disagreement = last.costs.get("disagreement")
        return Decision(
            action=plans[0, best],
            plans=to_plans(last, shown.tolist()),
            predicted_cost=_finite(sum(float(cost[0, best]) * weights[name] for name, cost in last.costs.items())),
            information=None
            if disagreement is None
            else _finite(-float(disagreement[:, best].sum()) * scales["disagreement"]),
            mean_action=self.planner.mean[0],
            regret=None if proposals is None else _regret(first, proposals[:, :1], costs[best]),
        )

    def begin_episode(self) -> None:
        """Discards the plan, and begins episodic memories anew."""
        self.planner.reset()
        if self.subgoal_planner is not None:
            self.subgoal_planner.begin_episode()
        self.memories = self.mixture.begin((1,))

    def evaluate(
        self, latent: Tensor, actions: Tensor, senses: Senses, attended: Tensor, noise: Tensor | None = None
    ) -> PlanEvaluation:
        """Imagines plans and sums their weighted costs, with the critic's value of what lies beyond.

        Args:
            latent: (1 + k, Z) current tokens.
            actions: (T, B, A) plans, T the horizon.
            senses: Current senses, without leading shape.
            attended: (k,) indices of the attended things.
            noise: (T, F, 1 + k, `STOCHASTIC_SIZE`) of which F futures of each plan are drawn; None for one expected
                future.
        """
        rollout = self.model.imagine(latent, actions, senses, attended, noise)
        costs = self._costs(rollout)
        weights = self.weights
        parts = {name: cost.sum(0) * weights[name] for name, cost in costs.items()}
        if self.config.planner.use_critic and self.critic.drives:
            step_weights, critic_weights, critic_steps = self.lambda_weights
            plans = rollout.action.shape[1]
            appearance = self.model.perception.appearance(senses)[attended].expand(len(critic_steps) * plans, -1, -1)
            reached = rollout.latent[1:][critic_steps].flatten(0, 1)
            future = self.critic.expected_cost(self.model.ego_features_of(reached, appearance))
            future = future.view(len(critic_steps), plans, -1)
            future = torch.einsum("t,tbd->db", critic_weights, future)
            muted = self.mixture.muted
            for i, name in enumerate(self.critic.drives):
                if name in muted:
                    continue
                parts[name] = step_weights @ costs[name] * weights[name]
                parts[f"critic.{name}"] = future[i] * weights[name]
        if self.subgoal_planner is not None:
            parts = self.subgoal_planner.replace_goal_costs(parts, rollout, weights)
        total = torch.stack(list(parts.values())).sum(0)
        if noise is not None:
            costs, parts, total = aggregate_futures(costs, parts, total, noise.shape[1], self.config.planner.risk)
        return PlanEvaluation(rollout, costs, parts, total)

    def _costs(self, rollout: Rollout) -> dict[str, Tensor]:
        if not self.memories:
            return self.mixture.costs(rollout.view())
        # Objectives with an episodic memory are evaluated step by step, each plan with its own copy of the memory.
        memories = self.mixture.fork(self.memories, rollout.action.shape[1])
        steps = []
        for t in range(rollout.action.shape[0]):
            now = rollout.at(t)
            steps.append(self.mixture.costs(now, memories))
            memories = self.mixture.remember(memories, now)
        return {name: torch.stack([step[name] for step in steps]) for name in steps[0]}


def apply_multipliers(weights: dict[str, float], multipliers: dict[str, float]) -> dict[str, float]:
    """Returns weights, each times its multiplier; 1 where none is named."""
    return {name: weight * multipliers.get(name, 1.0) for name, weight in weights.items()}


def lambda_weights(horizon: int, lambda_: float, discount: float) -> tuple[Tensor, Tensor, Tensor]:
    """Returns the weights of a lambda-return over imagined steps.

    An n-step return is the sum of the costs of n imagined steps and the critic's value of the state after them; the
    lambda-return is an exponentially weighted average of n-step returns. Were the critic evaluated after the last
    step alone, a plan could lead across something painful that the world model has not learnt yet. It is evaluated
    after every `CRITIC_INTERVAL`-th step, counted back from the last one.

    Source: the lambda-return (Sutton & Barto 2018, chapter 12), over imagined steps as in Hafner et al. 2019, arXiv
    1912.01603, equation 6. We do not discount imagined costs.

    Args:
        horizon: Number of imagined steps, T.
        lambda_: Decay per step; 1 evaluates the critic after the last step alone.
        discount: Discount of the critic's value per step.

    Returns:
        The weights (T,) of imagined costs, the weights (n,) of the critic's values, and the n steps after which the
        critic is evaluated, counted from 0.
    """
    steps = torch.arange(horizon - 1, -1, -CRITIC_INTERVAL).flip(0)
    decay = lambda_ ** steps.float()
    weights = torch.cat([decay[:-1] - decay[1:], decay[-1:]])  # of the n-step returns; they sum to one
    weights[0] += 1.0 - decay[0]
    step_weights = (weights.unsqueeze(1) * (torch.arange(horizon) <= steps.unsqueeze(1))).sum(0)
    return step_weights, weights * discount ** (steps + 1.0), steps


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _regret(evaluation: PlanEvaluation, plan: Tensor, lowest: Tensor) -> float | None:
    """Returns how much more an evaluated plan (T, 1, A) costs than the lowest cost, in standard deviations of costs.

    None where the plan is not among those evaluated, or its cost is not finite.
    """
    same = (evaluation.rollout.action == plan).all(-1).all(0).nonzero()
    if not len(same):
        return None
    index = int(same[0])
    spread = evaluation.total[evaluation.total.isfinite()].std()
    return _finite(float((evaluation.total[index] - lowest) / spread.clamp_min(1e-6)))


def _spread(cost: Tensor) -> Tensor:
    """Returns how a cost (T, B) differs between plans, which sets its scale: what all plans share decides nothing.

    Where plans hardly differ, a small fraction of the cost itself is returned, or the scale would shrink without
    bound and amplify noise.
    """
    spread = cost - cost.mean(1, keepdim=True)
    lower_bound = MIN_SPREAD * cost
    return spread if bool(spread.square().mean() > lower_bound.square().mean()) else lower_bound
