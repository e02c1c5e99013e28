"""The actor: babbling, and Mode-2, which plans in imagination."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from agent.actor.exploration_noise import block
from agent.actor.hierarchy.subgoal_planner import SubgoalPlanner
from agent.actor.plan_evaluation import Decision, PlanEvaluation, pictured
from agent.actor.planners import make_planner
from agent.config import MindConfig
from agent.configurator.configurator import Configuration
from agent.critic.critic import Critic
from agent.perception.encoder import Senses
from agent.world_model.rollout import Rollout
from agent.world_model.stochastic_latent import CHANCE, aggregate_futures
from agent.world_model.world_model import WorldModel
from intrinsic import Mixture

LEAST_SPREAD = 0.05  # of a cost's root mean square
ASK_EVERY = 3  # imagined steps, of the critic
RIVALS = 4  # plans shown beside the chosen one


class MPCActor:
    """Chooses actions with the world model, the mixture and the critic of a mind, which it does not own.

    Attributes:
        memories: Episodic memories of the objectives that keep one, as of now.
        urges: By how much the executive multiplies weights now.
    """

    def __init__(self, model: WorldModel, mixture: Mixture, critic: Critic, actions: int, config: MindConfig) -> None:
        self.model, self.mixture, self.critic, self.config, self.actions = model, mixture, critic, config, actions
        self.planner = make_planner(config.planner, actions)
        self.trust = _trust(config.planner.horizon, config.planner.lambda_, config.training.discount)
        self.babbling = torch.zeros(0, actions)
        self.urges: dict[str, float] = {}
        self.memories = mixture.begin((1,))
        self.second: SubgoalPlanner | None = None  # gives goals, where a mind has two clocks

    @property
    def weights(self) -> dict[str, float]:
        """Weight of each objective now."""
        return urged(self.mixture.weights, self.urges)

    def configure(self, focus: Configuration) -> None:
        """Sets it as the executive chose."""
        self.urges = focus.urges
        self.planner.stretch(focus.horizon)
        if focus.horizon != len(self.trust[0]):
            self.trust = _trust(focus.horizon, self.config.planner.lambda_, self.config.training.discount)

    def babble(self, generator: torch.Generator) -> Decision:
        """Moves by smooth noise."""
        if not len(self.babbling):
            self.babbling = block(self.actions, generator)
        action, self.babbling = self.babbling[0], self.babbling[1:]
        return Decision(action, mode="babble")

    def plan(
        self,
        latent: Tensor,
        senses: Senses,
        attended: Tensor,
        generator: torch.Generator,
        suggested: Tensor | None = None,
    ) -> Decision:
        """Imagines many futures and chooses the cheapest.

        Args:
            latent: (1 + k, Z) tokens of now.
            senses: Senses of now, without leading shape.
            attended: (k,) indices of the attended things.
            generator: Random numbers.
            suggested: Plans (T, n, A) to be considered too.
        """
        judged: list[PlanEvaluation] = []
        if self.second is not None:
            self.second.tick(self.mixture, latent, senses, attended, generator)

        # The same luck for all plans of a decision, so that a plan does not win by having more of it.
        shape = self.config.planner.horizon, self.config.model.num_futures, len(latent), CHANCE
        noise = torch.randn(shape, generator=generator) if self.config.model.num_futures else None

        def evaluate(actions: Tensor) -> Tensor:
            judgement = self.judge(latent, actions, senses, attended, noise)
            judged.append(judgement.detach())
            return judgement.total

        if suggested is not None:
            self.planner.suggest(suggested)
        plans, costs = self.planner.plan(evaluate, generator)
        # Rivals are spread over the better half, so that a person sees alternatives and not one plan five times.
        shown = costs.argsort(stable=True)[torch.linspace(0, len(costs) // 2, RIVALS + 1).long()]
        best, last = int(shown[0]), judged[-1]
        weights, scales = self.weights, self.mixture.scales
        # The first iteration's plans are the widest spread; later ones differ less the better the planner works.
        self.mixture.rescale({n: _spread(c * scales[n]) for n, c in judged[0].costs.items()})
        curious = last.costs.get("disagreement")
        return Decision(
            action=plans[0, best],
            plans=pictured(last, shown.tolist()),
            promised=_finite(sum(float(cost[0, best]) * weights[name] for name, cost in last.costs.items())),
            information=None if curious is None else _finite(-float(curious[:, best].sum()) * scales["disagreement"]),
            leaning=self.planner.mean[0],
            regret=None if suggested is None else _regret(judged[0], suggested[:, :1], costs[best]),
        )

    def begin_episode(self) -> None:
        """Forgets the plan and the episodic memories of the life before."""
        self.planner.reset()
        if self.second is not None:
            self.second.begin_episode()
        self.memories = self.mixture.begin((1,))

    def judge(
        self, latent: Tensor, actions: Tensor, senses: Senses, attended: Tensor, noise: Tensor | None = None
    ) -> PlanEvaluation:
        """Imagines plans (T, B, A), T the horizon, and weighs them; several futures of each by `noise`."""
        rollout = self.model.imagine(latent, actions, senses, attended, noise)
        costs = self._costs(rollout)
        weights = self.weights
        parts = {name: cost.sum(0) * weights[name] for name, cost in costs.items()}
        if self.config.planner.use_critic and self.critic.drives:
            near, far, asked = self.trust
            plans = rollout.action.shape[1]
            appearance = self.model.perception.appearance(senses)[attended].expand(len(asked) * plans, -1, -1)
            reached = rollout.latent[1:][asked].flatten(0, 1)
            future = self.critic.expect(self.model.sight(reached, appearance)).view(len(asked), plans, -1)
            future = torch.einsum("t,tbd->db", far, future)
            muted = self.mixture.muted
            for i, name in enumerate(self.critic.drives):
                if name in muted:
                    continue
                parts[name] = near @ costs[name] * weights[name]
                parts[f"critic.{name}"] = future[i] * weights[name]
        if self.second is not None:
            parts = self.second.lead(parts, rollout, weights)
        total = torch.stack(list(parts.values())).sum(0)
        if noise is not None:
            costs, parts, total = aggregate_futures(costs, parts, total, noise.shape[1], self.config.planner.risk)
        return PlanEvaluation(rollout, costs, parts, total)

    def _costs(self, rollout: Rollout) -> dict[str, Tensor]:
        if not self.memories:
            return self.mixture.costs(rollout.view())
        # What keeps an episodic memory is asked step by step, each plan with a memory of its own.
        memories = self.mixture.fork(self.memories, rollout.action.shape[1])
        steps = []
        for t in range(rollout.action.shape[0]):
            now = rollout.at(t)
            steps.append(self.mixture.costs(now, memories))
            memories = self.mixture.remember(memories, now)
        return {name: torch.stack([step[name] for step in steps]) for name in steps[0]}


def urged(weights: dict[str, float], urges: dict[str, float]) -> dict[str, float]:
    """Returns weights, each multiplied by its urge."""
    return {name: weight * urges.get(name, 1.0) for name, weight in weights.items()}


def _trust(horizon: int, trace: float, discount: float) -> tuple[Tensor, Tensor, Tensor]:
    """Returns what imagined costs count (T,), what the critic counts (n,), and after which n steps it is asked.

    A cost to come can be told after any step of a plan: by the costs imagined up to there, and the critic from there
    on. The average of such tellings is right where either is. Were the critic asked at the plan's end alone, a plan
    could lead across what hurts, where the model has not learnt yet that it does. It is asked after every
    `ASK_EVERY`-th step and the last.

    Source: the lambda-return (Sutton & Barto 2018, chapter 12), over imagined steps as in Hafner et al. 2019, arXiv
    1912.01603, equation 6. We do not discount imagined costs.
    """
    asked = torch.arange(horizon - 1, -1, -ASK_EVERY).flip(0)
    faith = trace ** asked.float()  # in what was imagined before, where the critic is asked
    word = torch.cat([faith[:-1] - faith[1:], faith[-1:]])
    word[0] += 1.0 - faith[0]
    near = (word.unsqueeze(1) * (torch.arange(horizon) <= asked.unsqueeze(1))).sum(0)
    return near, word * discount ** (asked + 1.0), asked


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _regret(judged: PlanEvaluation, plan: Tensor, least: Tensor) -> float | None:
    """Returns how much more a plan (T, 1, A) among those judged costs than the least, in spreads of their costs."""
    [[at], *_] = [*(judged.rollout.action == plan).all(-1).all(0).nonzero().tolist(), [-1]]
    spread = judged.total[judged.total.isfinite()].std()
    return None if at < 0 else _finite(float((judged.total[at] - least) / spread.clamp_min(1e-6)))


def _spread(cost: Tensor) -> Tensor:
    """Returns how much plans differ in a cost (T, B), which sets its scale: what is alike everywhere decides nothing.

    Where they hardly differ, a small part of the cost itself stands in, or the scale would shrink without end and
    make noise loud.
    """
    spread = cost - cost.mean(1, keepdim=True)
    least = LEAST_SPREAD * cost
    return spread if bool(spread.square().mean() > least.square().mean()) else least
