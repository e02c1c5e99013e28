"""The second level: plans farther ahead on a slower clock, and gives the first level its goals."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import torch
from torch import Tensor, nn

from agent.actor.hierarchy.landmark_graph import Landmarks, spread
from agent.actor.hierarchy.macro_actions import SIZE, MacroEncoder
from agent.actor.hierarchy.macro_dynamics import MacroDynamics
from agent.actor.hierarchy.path_cost import believed, distance, lingering, stopped
from agent.actor.hierarchy.visited_area import Ground
from agent.actor.planners import ICEM
from agent.config import MindConfig
from agent.memory.replay_buffer import ReplayBuffer
from agent.moment import FloatArray
from agent.perception.attention import gather, select_things, select_tokens
from agent.perception.egocentric import EgoFeatures
from agent.perception.encoder import PLANAR, THING_POSE, Senses
from agent.world_model.rollout import Rollout
from agent.world_model.world_model import WorldModel
from housecat.core.obs_layout import BODY, keep
from intrinsic import Mixture

ITERATIONS = 3
BETA = 0.5  # colour of the noise: macro-actions are smooth in themselves, and ways have corners
BATCHES = 2  # of the first level, in one of this
TABLE_RATE = 10.0  # times the learning rate, for places: each is met seldom
KEEP = 0.99  # per update, of the running means
READY = 0.5  # of the squared change in place, that may be missed
ASIDE = 0.1  # weight of what is left to the first level: joints, touch, looks
COMPARED = 32  # stretches of a batch that are imagined with another macro-action too


class SubgoalPlanner(nn.Module):
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
        memory: What was lived.
        actions: Size of an action.
        config: Settings of the mind.
        seed: Seed of the first weights; the global generator is left as it is.
    """

    def __init__(
        self, fast: WorldModel, mixture: Mixture, memory: ReplayBuffer, actions: int, config: MindConfig, seed: int
    ) -> None:
        super().__init__()
        self.memory, self.actions = memory, actions
        levels = config.hierarchy
        self.config, self.every = config, levels.macro_steps
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.model = MacroDynamics(fast, levels.macro_steps, config.model.hidden_size)
            self.encoder = MacroEncoder(levels.macro_steps, actions)
        self.goals = tuple(n for n in mixture.names if mixture[n].long_horizon and mixture[n].memory == "none")
        self.planner = ICEM(
            horizon=levels.macro_horizon,
            action_size=SIZE,
            samples=levels.macro_samples,
            iterations=ITERATIONS,
            num_elites=max(2, levels.macro_samples // 8),
            beta=BETA,
        )
        # Running mean squares of the body's change over a macro-step: all of it, what the model missed of it, and
        # what other macro-actions would have changed.
        self.moved: Tensor
        self.missed: Tensor
        self.decided: Tensor
        self.stride: Tensor
        self.register_buffer("stride", torch.zeros(()))  # m that a macro-step usually gets
        for name, value in (("moved", 1.0), ("missed", 1.0), ("decided", 0.0)):
            self.register_buffer(name, torch.full((fast.perception.pose_size,), value))
        self.begin_episode()

    def begin_episode(self) -> None:
        """Forgets the plan."""
        self.planner.reset()
        self.since = 0  # control steps since the plan was made
        self.path: Tensor | None = None  # (far, 1 + k, Z) states to be in, one a macro-step
        self.pictured: FloatArray | None = None

    def run_state_dict(self) -> dict[str, Any]:
        """Returns what `state_dict` lacks, which has the weights: the current plan."""
        state = {"planner": self.planner.state_dict(), "since": self.since}
        if self.path is None or self.pictured is None:
            return state
        return {
            **state,
            "path": self.path,
            "pictured": torch.from_numpy(self.pictured),
            "ground": self.ground.state_dict(),
        }

    def load_run_state_dict(self, state: Mapping[str, Any]) -> None:
        """Loads what `run_state_dict` returned; a plan of another horizon is left out."""
        if len(state["planner"]["mean"]) != self.planner.horizon:
            return
        self.planner.load_state_dict(state["planner"])
        self.since = state["since"]
        if "path" in state:
            self.ground = Ground.from_state_dict(state["ground"])
            self.path, self.pictured = state["path"], state["pictured"].numpy()

    @torch.no_grad()
    def tick(
        self, mixture: Mixture, latent: Tensor, senses: Senses, attended: Tensor, generator: torch.Generator
    ) -> None:
        """Lets a control step pass, and plans anew when it is time; as `MPCActor.plan`."""
        self.since += 1
        if not self.goals or not self.ready or not self.memory.transitions:
            return
        if self.path is not None and self.since < self.every:
            return
        seen: list[Rollout] = []
        landmarks = self.landmarks(mixture, senses, attended)

        def evaluate(macros: Tensor) -> Tensor:
            seen.append(self.model.imagine(latent, macros, senses, attended))
            cost = landmarks.haste(self._cost(mixture, lingering(seen[-1]).view()))
            at = self.model.places_of(seen[-1].latent)
            return believed(cost, landmarks.ground.chance(at[:-1], at[1:]), landmarks(at[-1], cost[-1]))

        _, costs = self.planner.plan(evaluate, generator)
        best, last = costs.argmin(), seen[-1]
        self.since, self.ground = 0, landmarks.ground
        self.path = last.latent[1:, best]
        body = last.senses["body"][1:, best]
        heading = torch.atan2(body[:, keep(BODY.sin_heading)], body[:, keep(BODY.cos_heading)])
        self.pictured = torch.cat([body[:, BODY.position], heading], -1).numpy()

    def landmarks(self, mixture: Mixture, senses: Senses, attended: Tensor) -> Landmarks:
        """Returns remembered places as judged now: the body there, and all else as it is."""
        lived, size = self.memory.senses["body"], self.memory.size
        first = self.memory.linked[:size].nonzero()[:, 0]
        ground = Ground(lived[first, BODY.position], lived[(first + 1) % self.memory.capacity, BODY.position])
        order = self.memory.order  # as lived, so that a memory read back from disk keeps the same landmarks
        body = lived[order[spread(lived[order, BODY.position])]]
        count = len(body)
        there = {name: sense.expand(count, *sense.shape) for name, sense in senses.items()} | {"body": body}
        latent = select_tokens(self.model.perception(there), attended.expand(count, -1))
        path = torch.stack([latent, latent])
        still = {name: torch.stack([sense, sense]) for name, sense in there.items()}
        view = Rollout(path, path.new_zeros(1, count, self.actions), path[None, 1:], still, attended, True).view()
        return Landmarks.judge(body[:, BODY.position], self._cost(mixture, view)[0], float(self.stride), ground)

    def _cost(self, mixture: Mixture, view: dict[str, Tensor]) -> Tensor:
        weights = mixture.weights
        costs = mixture.costs(view, only=self.goals)
        return torch.stack([cost * weights[name] for name, cost in costs.items()]).sum(0)

    def lead(self, parts: dict[str, Tensor], rollout: Rollout, weights: dict[str, float]) -> dict[str, Tensor]:
        """Returns the first level's costs (B,) by part, with the way to the subgoals in place of what lies far."""
        if self.path is None:
            return parts
        weight = sum(weights[name] for name in self.goals)
        own = {n: part for n, part in parts.items() if n.removeprefix("critic.") not in self.goals}
        latent = rollout.latent
        which = torch.cat([torch.zeros(1), (self.since + torch.arange(len(latent) - 1)) // self.every]).long()
        off = distance(latent, self.path[which.clamp_max(len(self.path) - 1)], self.trust)
        return {**own, "subgoal": weight * stopped(off, self.model.places_of(latent), self.ground).sum(0)}

    @property
    def trust(self) -> Tensor:
        """Weights (where,) of squared differences: what this level does not decide it does not ask for.

        A subgoal is a place first. Were heading and joints asked for as loudly, the body would stand as it should where
        it should not: measured, at the next corner of a maze.
        """
        asked = (self.decided / self.moved).clamp(0.0, 1.0) / self.moved
        return torch.cat([asked[:2], ASIDE * asked[2:]])

    @property
    def ready(self) -> bool:
        """Whether it foretells better than not where macro-actions lead."""
        return bool(self.missed[:2].sum() < READY * self.moved[:2].sum())

    @cached_property
    def optimizer(self) -> torch.optim.Optimizer:
        """Steps all that learns here."""
        rate = self.config.training.learning_rate
        nets = [*self.model.dynamics_parameters, *self.encoder.parameters()]
        places = list(self.model.places.parameters())
        return torch.optim.Adam([{"params": nets, "lr": rate}, {"params": places, "lr": TABLE_RATE * rate}], fused=True)

    def learn(self, generator: torch.Generator) -> dict[str, float]:
        """Takes one step, and returns the losses by name; none before there is enough to learn from."""
        drawn = self.memory.sample_sequences(BATCHES * self.config.training.batch_size, self.every, generator)
        if drawn is None or self.memory.transitions < BATCHES * self.config.training.batch_size:
            return {}
        first, last = ({name: sense[t] for name, sense in drawn.senses.items()} for t in (0, -1))
        perception, attended = self.model.perception, select_things(first, self.config.attention.num_attended)
        with torch.no_grad():
            before, after = (select_tokens(perception(senses), attended) for senses in (first, last))
            sight = self.model.ego_features_of(before, gather(perception.appearance(first), attended))
        return self._step(before, after, drawn.action.transpose(0, 1), sight, generator)

    def _step(
        self, before: Tensor, after: Tensor, action: Tensor, sight: EgoFeatures, generator: torch.Generator
    ) -> dict[str, float]:
        code = self.encoder(action, generator)
        predicted = self.model(before, code, sight)
        error = (predicted - after).square() / self.every**2
        losses = {
            "slow.pose": error[:, :, 0, :PLANAR].mean(),
            "slow.things": error[:, :, 1:, :THING_POSE].mean(),
            "slow.rest": ASIDE * (error[:, :, 0, PLANAR:].mean() + error[:, :, 1:, THING_POSE:].mean()),
        }
        self.optimizer.zero_grad(set_to_none=True)
        torch.stack(list(losses.values())).sum().backward()  # type: ignore[no-untyped-call]
        norm = nn.utils.clip_grad_norm_([p for group in self.optimizer.param_groups for p in group["params"]], 10.0)
        if bool(torch.isfinite(norm)):
            self.optimizer.step()
            with torch.no_grad():
                self._note(before, after, code.detach(), sight, predicted.detach().mean(0))
        return {name: float(loss.detach()) for name, loss in losses.items()}

    def _note(self, before: Tensor, after: Tensor, code: Tensor, sight: EgoFeatures, predicted: Tensor) -> None:
        """Notes how much changes, how much of that is missed, and how much is up to the macro-action."""
        some = slice(COMPARED)
        other = self.model(before[some], code[some].roll(1, 0), EgoFeatures(*(part[some] for part in sight))).mean(0)
        change = {"moved": after - before, "missed": after - predicted, "decided": (predicted[some] - other) / 2**0.5}
        for name, off in change.items():
            kept = getattr(self, name)
            kept.lerp_(off[:, 0, : len(kept)].square().mean(0), 1 - KEEP)
            kept[:PLANAR] = (
                kept[:PLANAR].view(-1, 2).mean(1).repeat_interleave(2)
            )  # one for a vector, however it points
        self.moved.clamp_min_(1e-6)
        way = (self.model.places_of(after) - self.model.places_of(before)).norm(dim=-1)
        self.stride.lerp_(way.median(), 1 - KEEP)
