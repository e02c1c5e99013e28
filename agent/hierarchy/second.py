"""The second level: plans farther ahead on a slower clock, and gives the first level its goals."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from agent.configurator import attend, gather, tokens
from agent.hierarchy.macro import SIZE, MacroEncoder
from agent.hierarchy.slow_model import SlowModel
from agent.hierarchy.stretches import draw
from agent.perception import PLANE, THING
from agent.planners import ICEM
from agent.sight import Sight
from agent.world_model import Rollout, WorldModel
from intrinsic import Mixture

if TYPE_CHECKING:
    from agent.config import MindConfig
    from agent.memory import Replay
    from agent.moment import FloatArray
    from agent.perception import Senses

ITERATIONS = 3
BATCH = 128
TABLE_RATE = 10.0  # times the learning rate, for places: each is met seldom
KEEP = 0.99  # per update, of the running means
READY = 0.5  # of the squared change in place, that may be missed
COMPARED = 32  # stretches of a batch that are imagined with another macro-action too


class SecondLevel(nn.Module):
    """Plans macro-actions for the goals that may lie beyond the first level's horizon, and says where to be when.

    Every so many control steps the slow model imagines where macro-actions lead. The states along the cheapest plan
    are the first level's goals, one after the other, in place of the objectives that this level plans for: how far
    an imagined state is from them costs what those objectives weigh.

    Source: H-JEPA (LeCun 2022, A Path Towards Autonomous Machine Intelligence, section 4.6) and HWM (Zhang et al. 2026,
    arXiv 2604.03208): models at two time scales of one latent space, whose planners are joined by subgoals. We sum the
    distance along the first level's rollout and go on to the next subgoal in time, where HWM goes to one at its end.

    Args:
        fast: World model of the first level.
        mixture: What is cared about.
        actions: Size of an action.
        config: Settings.
    """

    def __init__(self, fast: WorldModel, mixture: Mixture, actions: int, config: MindConfig) -> None:
        super().__init__()
        self.config, self.every = config, config.macro
        self.model = SlowModel(fast, config.macro, config.hidden)
        self.encoder = MacroEncoder(config.macro, actions)
        self.goals = tuple(n for n in mixture.names if mixture[n].far and mixture[n].memory == "none")
        self.planner = ICEM(
            horizon=config.far, actions=SIZE, samples=config.far_samples, iterations=ITERATIONS,
            elites=max(2, config.far_samples // 8), beta=config.noise_beta,
        )  # fmt: skip
        # Running mean squares of the body's change over a macro-step: all of it, what the model missed of it, and
        # what other macro-actions would have changed.
        self.moved: Tensor
        self.missed: Tensor
        self.decided: Tensor
        for name, value in (("moved", 1.0), ("missed", 1.0), ("decided", 0.0)):
            self.register_buffer(name, torch.full((fast.perception.where,), value))
        self.begin_episode()

    def begin_episode(self) -> None:
        """Forgets the plan."""
        self.planner.reset()
        self.since = 0  # control steps since the plan was made
        self.path: Tensor | None = None  # (far, 1 + k, Z) states to be in, one a macro-step
        self.pictured: FloatArray | None = None

    def state(self) -> dict[str, Tensor]:
        """Returns the plan of now, which `load` puts back; what was learnt is in the `state_dict`."""
        plan = {"mean": self.planner.mean, "kept": self.planner.kept, "since": torch.tensor(self.since)}
        if self.path is not None and self.pictured is not None:
            plan |= {"path": self.path, "pictured": torch.from_numpy(self.pictured)}
        return plan

    def load(self, plan: dict[str, Tensor]) -> None:
        """Undoes `state`."""
        self.planner.mean, self.planner.kept, self.since = plan["mean"], plan["kept"], int(plan["since"])
        self.path = plan.get("path")
        self.pictured = plan["pictured"].numpy() if "pictured" in plan else None

    @torch.no_grad()
    def tick(
        self, mixture: Mixture, latent: Tensor, senses: Senses, attended: Tensor, generator: torch.Generator
    ) -> None:
        """Lets a control step pass, and plans anew when it is time; as `Actor.plan`."""
        self.since += 1
        if not self.goals or not self.ready or (self.path is not None and self.since < self.every):
            return
        seen: list[Rollout] = []
        weights = mixture.weights

        def evaluate(macros: Tensor) -> Tensor:
            seen.append(self.model.imagine(latent, macros, senses, attended))
            costs = mixture.costs(seen[-1].view(), only=self.goals)
            return torch.stack([cost.sum(0) * weights[name] for name, cost in costs.items()]).sum(0)

        _, costs = self.planner.plan(evaluate, generator)
        best, last = costs.argmin(), seen[-1]
        self.since = 0
        self.path = last.latent[1:, best]
        body = last.senses["body"][1:, best]
        self.pictured = torch.cat([body[:, :2], torch.atan2(body[:, 2:3], body[:, 3:4])], -1).numpy()

    def lead(self, parts: dict[str, Tensor], rollout: Rollout, weights: dict[str, float]) -> dict[str, Tensor]:
        """Returns the first level's costs (B,) by part, with the way to the subgoals in place of what lies far."""
        if self.path is None:
            return parts
        weight = sum(weights[name] for name in self.goals)
        own = {n: part for n, part in parts.items() if n.removeprefix("critic.") not in self.goals}
        return {**own, "subgoal": weight * self.distance(rollout).sum(0)}

    def distance(self, rollout: Rollout) -> Tensor:
        """Returns how far imagined states are from where they should be (T, B); one is as far as usual macro-steps."""
        assert self.path is not None, "there is nowhere to go before a plan"
        ahead = (self.since + torch.arange(len(rollout.action))) // self.every
        goal = self.path[ahead.clamp_max(len(self.path) - 1), 0]
        off = (rollout.latent[1:, :, 0] - goal.unsqueeze(1))[..., : len(self.moved)]
        return (off.square() * self.trust).sum(-1).clamp_min(1e-12).sqrt()

    @property
    def trust(self) -> Tensor:
        """Weights (where,) of squared differences: what this level does not decide it does not ask for."""
        return (self.decided / self.moved).clamp(0.0, 1.0) / self.moved

    @property
    def ready(self) -> bool:
        """Whether it foretells better than not where macro-actions lead."""
        return bool(self.missed[:2].sum() < READY * self.moved[:2].sum())

    @cached_property
    def optimizer(self) -> torch.optim.Optimizer:
        """Steps all that learns here."""
        rate = self.config.learning_rate
        nets = [*self.model.predictor, *self.encoder.parameters()]
        places = list(self.model.places.parameters())
        return torch.optim.Adam([{"params": nets, "lr": rate}, {"params": places, "lr": TABLE_RATE * rate}])

    def learn(self, memory: Replay, generator: torch.Generator) -> dict[str, float]:
        """Takes one step, and returns the losses by name; none before there is enough to learn from."""
        drawn = draw(memory, self.every, BATCH, generator)
        if drawn is None:
            return {}
        perception, attended = self.model.perception, attend(drawn.before, self.config.attend)
        with torch.no_grad():
            before, after = (tokens(perception(senses), attended) for senses in (drawn.before, drawn.after))
            sight = self.model.sight(before, gather(perception.appearance(drawn.before), attended))
        return self._step(before, after, drawn.action, sight, generator)

    def _step(
        self, before: Tensor, after: Tensor, action: Tensor, sight: Sight, generator: torch.Generator
    ) -> dict[str, float]:
        p = self.model.perception
        code = self.encoder(action, generator)
        predicted = self.model(before, code, sight)
        error = (predicted - after).square() / self.every**2
        losses = {"slow.body": error[:, :, 0, : p.where].mean(), "slow.things": error[:, :, 1:, :THING].mean()}
        if p.what:
            losses["slow.what"] = error[..., p.where :].mean()
        self.optimizer.zero_grad(set_to_none=True)
        torch.stack(list(losses.values())).sum().backward()  # type: ignore[no-untyped-call]
        norm = nn.utils.clip_grad_norm_([p for group in self.optimizer.param_groups for p in group["params"]], 10.0)
        if bool(torch.isfinite(norm)):
            self.optimizer.step()
            with torch.no_grad():
                self._note(before, after, code.detach(), sight, predicted.detach().mean(0))
        return {name: float(loss.detach()) for name, loss in losses.items()}

    def _note(self, before: Tensor, after: Tensor, code: Tensor, sight: Sight, predicted: Tensor) -> None:
        """Notes how much changes, how much of that is missed, and how much is up to the macro-action."""
        some = slice(COMPARED)
        other = self.model(before[some], code[some].roll(1, 0), Sight(*(part[some] for part in sight))).mean(0)
        change = {"moved": after - before, "missed": after - predicted, "decided": (predicted[some] - other) / 2**0.5}
        for name, off in change.items():
            kept = getattr(self, name)
            kept.lerp_(off[:, 0, : len(kept)].square().mean(0), 1 - KEEP)
            kept[:PLANE] = kept[:PLANE].view(-1, 2).mean(1).repeat_interleave(2)  # one for a vector, however it points
        self.moved.clamp_min_(1e-6)
