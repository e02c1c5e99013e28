"""The second level: plans macro-actions, and gives the first level subgoals."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import torch
from torch import Tensor, nn

from agent.actor.hierarchy.landmark_graph import LandmarkGraph, select_landmarks
from agent.actor.hierarchy.macro_actions import MACRO_ACTION_SIZE, MacroEncoder
from agent.actor.hierarchy.macro_dynamics import MacroDynamics
from agent.actor.hierarchy.path_cost import blocked_path_cost, expected_path_cost, prepend_stay, subgoal_distance
from agent.actor.hierarchy.visited_area import VisitedArea
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
BETA = 0.5  # exponent of the planner's noise: paths have corners, and macro-actions are smooth in themselves
BATCH_FACTOR = 2  # size of a batch, in batches of the first level
PLACE_RATE_FACTOR = 10.0  # of the learning rate, for place cells: each is visited seldom
DECAY = 0.99  # per update, of the running mean squares
# The level is used while its squared error of positions, relative to their squared change, is lower.
MAX_RELATIVE_ERROR = 0.5
SECONDARY_WEIGHT = 0.1  # weight of what the first level decides: joints, touch, appearance
NUM_COMPARED = 32  # sequences of a batch that are also imagined with another macro-action


class SubgoalPlanner(nn.Module):
    """Plans macro-actions for objectives with a long horizon, and sets subgoals for the first level.

    Every few control steps the planner searches over macro-actions with the macro dynamics. The states along the
    cheapest plan are the first level's subgoals, one after the other. In the first level's plans the distance to the
    subgoals replaces the costs of the objectives that this level plans for, with the sum of their weights.

    Source: H-JEPA (LeCun 2022, A Path Towards Autonomous Machine Intelligence, section 4.6) and HWM (Zhang et al. 2026,
    arXiv 2604.03208): models at two time scales of one latent space, whose planners are joined by subgoals. We sum the
    distance along the first level's rollout and go on to the next subgoal in time, where HWM goes to one at its end.

    Args:
        world_model: World model of the first level.
        mixture: The objectives.
        memory: The replay buffer, from which it learns and takes landmarks.
        actions: Size of an action, A.
        config: Settings of the mind.
        seed: Seed of the first weights; the global generator is left as it is.
    """

    def __init__(
        self,
        world_model: WorldModel,
        mixture: Mixture,
        memory: ReplayBuffer,
        actions: int,
        config: MindConfig,
        seed: int,
    ) -> None:
        super().__init__()
        self.memory, self.actions = memory, actions
        levels = config.hierarchy
        self.config, self.macro_steps = config, levels.macro_steps
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.model = MacroDynamics(world_model, levels.macro_steps, config.model.hidden_size)
            self.encoder = MacroEncoder(levels.macro_steps, actions)
        self.goal_names = tuple(n for n in mixture.names if mixture[n].long_horizon and mixture[n].memory == "none")
        self.planner = ICEM(
            horizon=levels.macro_horizon,
            action_size=MACRO_ACTION_SIZE,
            samples=levels.macro_samples,
            iterations=ITERATIONS,
            num_elites=max(2, levels.macro_samples // 8),
            beta=BETA,
        )
        # Running mean squares of the body's change over a macro-step: all of it, what the model missed of it, and
        # what other macro-actions would have changed.
        self.squared_change: Tensor
        self.squared_error: Tensor
        self.squared_effect: Tensor
        self.macro_distance: Tensor
        self.register_buffer("macro_distance", torch.zeros(()))  # typical distance of a macro-step (m)
        for name, value in (("squared_change", 1.0), ("squared_error", 1.0), ("squared_effect", 0.0)):
            self.register_buffer(name, torch.full((world_model.perception.pose_size,), value))
        self.begin_episode()

    def begin_episode(self) -> None:
        """Discards the plan."""
        self.planner.reset()
        self.steps_since_plan = 0  # control steps since the plan was made
        self.subgoals: Tensor | None = None  # (far, 1 + k, Z) states to be in, one a macro-step
        self.subgoal_poses: FloatArray | None = None

    def run_state_dict(self) -> dict[str, Any]:
        """Returns what `state_dict` lacks, which has the weights: the current plan."""
        state = {"planner": self.planner.state_dict(), "steps_since_plan": self.steps_since_plan}
        if self.subgoals is None or self.subgoal_poses is None:
            return state
        return {
            **state,
            "subgoals": self.subgoals,
            "subgoal_poses": torch.from_numpy(self.subgoal_poses),
            "visited_area": self.visited_area.state_dict(),
        }

    def load_run_state_dict(self, state: Mapping[str, Any]) -> None:
        """Loads what `run_state_dict` returned; a plan of another horizon is left out."""
        if len(state["planner"]["mean"]) != self.planner.horizon:
            return
        self.planner.load_state_dict(state["planner"])
        self.steps_since_plan = state["steps_since_plan"]
        if "subgoals" in state:
            self.visited_area = VisitedArea.from_state_dict(state["visited_area"])
            self.subgoals, self.subgoal_poses = state["subgoals"], state["subgoal_poses"].numpy()

    @torch.no_grad()
    def update(
        self, mixture: Mixture, latent: Tensor, senses: Senses, attended: Tensor, generator: torch.Generator
    ) -> None:
        """Counts a control step, and plans anew if `macro_steps` have passed; arguments as of `MPCActor.plan`."""
        self.steps_since_plan += 1
        if not self.goal_names or not self.ready or not self.memory.transitions:
            return
        if self.subgoals is not None and self.steps_since_plan < self.macro_steps:
            return
        rollouts: list[Rollout] = []
        landmarks = self.landmarks(mixture, senses, attended)

        def evaluate(macros: Tensor) -> Tensor:
            rollouts.append(self.model.imagine(latent, macros, senses, attended))
            cost = landmarks.relative_cost(self._cost(mixture, prepend_stay(rollouts[-1]).view()))
            position = self.model.body_position(rollouts[-1].latent)
            chance = landmarks.visited_area.passability(position[:-1], position[1:])
            return expected_path_cost(cost, chance, landmarks(position[-1], cost[-1]))

        _, costs = self.planner.plan(evaluate, generator)
        best, last = costs.argmin(), rollouts[-1]
        self.steps_since_plan, self.visited_area = 0, landmarks.visited_area
        self.subgoals = last.latent[1:, best]
        body = last.senses["body"][1:, best]
        heading = torch.atan2(body[:, keep(BODY.sin_heading)], body[:, keep(BODY.cos_heading)])
        self.subgoal_poses = torch.cat([body[:, BODY.position], heading], -1).numpy()

    def landmarks(self, mixture: Mixture, senses: Senses, attended: Tensor) -> LandmarkGraph:
        """Returns the graph of remembered positions, with costs as if the body were there and all else as it is now."""
        bodies, size = self.memory.senses["body"], self.memory.size
        first = self.memory.linked[:size].nonzero()[:, 0]
        visited_area = VisitedArea(
            bodies[first, BODY.position], bodies[(first + 1) % self.memory.capacity, BODY.position]
        )
        order = self.memory.order  # in order of time, so that a loaded memory gives the same landmarks
        body = bodies[order[select_landmarks(bodies[order, BODY.position])]]
        count = len(body)
        at_landmarks = {name: sense.expand(count, *sense.shape) for name, sense in senses.items()} | {"body": body}
        latent = select_tokens(self.model.perception(at_landmarks), attended.expand(count, -1))
        path = torch.stack([latent, latent])
        still = {name: torch.stack([sense, sense]) for name, sense in at_landmarks.items()}
        view = Rollout(path, path.new_zeros(1, count, self.actions), path[None, 1:], still, attended, True).view()
        return LandmarkGraph.build(
            body[:, BODY.position], self._cost(mixture, view)[0], float(self.macro_distance), visited_area
        )

    def _cost(self, mixture: Mixture, view: dict[str, Tensor]) -> Tensor:
        weights = mixture.weights
        costs = mixture.costs(view, only=self.goal_names)
        return torch.stack([cost * weights[name] for name, cost in costs.items()]).sum(0)

    def replace_goal_costs(
        self, parts: dict[str, Tensor], rollout: Rollout, weights: dict[str, float]
    ) -> dict[str, Tensor]:
        """Returns the first level's costs (B,) by part, with the distance to subgoals in place of distant goals."""
        if self.subgoals is None:
            return parts
        weight = sum(weights[name] for name in self.goal_names)
        own = {n: part for n, part in parts.items() if n.removeprefix("critic.") not in self.goal_names}
        latent = rollout.latent
        index = torch.cat(
            [torch.zeros(1), (self.steps_since_plan + torch.arange(len(latent) - 1)) // self.macro_steps]
        ).long()
        distance = subgoal_distance(
            latent, self.subgoals[index.clamp_max(len(self.subgoals) - 1)], self.distance_weights
        )
        cost = blocked_path_cost(distance, self.model.body_position(latent), self.visited_area)
        return {**own, "subgoal": weight * cost.sum(0)}

    @property
    def distance_weights(self) -> Tensor:
        """Weights (pose_size,) of squared differences: large for what macro-actions determine.

        Heading and joints have a lower weight than the position, or the body would take the right posture at the wrong
        place, such as at the next corner of a maze.
        """
        weight = (self.squared_effect / self.squared_change).clamp(0.0, 1.0) / self.squared_change
        return torch.cat([weight[:2], SECONDARY_WEIGHT * weight[2:]])

    @property
    def ready(self) -> bool:
        """Whether the macro dynamics predicts positions well enough to be used."""
        return bool(self.squared_error[:2].sum() < MAX_RELATIVE_ERROR * self.squared_change[:2].sum())

    @cached_property
    def optimizer(self) -> torch.optim.Optimizer:
        """The optimizer of the macro dynamics, the encoder and the place cells."""
        rate = self.config.training.learning_rate
        nets = [*self.model.dynamics_parameters, *self.encoder.parameters()]
        places = list(self.model.place_cells.parameters())
        return torch.optim.Adam(
            [{"params": nets, "lr": rate}, {"params": places, "lr": PLACE_RATE_FACTOR * rate}], fused=True
        )

    def learn(self, generator: torch.Generator) -> dict[str, float]:
        """Takes one optimizer step; returns losses by name, none before there is enough to learn from."""
        sequences = self.memory.sample_sequences(
            BATCH_FACTOR * self.config.training.batch_size, self.macro_steps, generator
        )
        if sequences is None or self.memory.transitions < BATCH_FACTOR * self.config.training.batch_size:
            return {}
        first, last = ({name: sense[t] for name, sense in sequences.senses.items()} for t in (0, -1))
        perception, attended = self.model.perception, select_things(first, self.config.attention.num_attended)
        with torch.no_grad():
            before, after = (select_tokens(perception(senses), attended) for senses in (first, last))
            ego = self.model.ego_features_of(before, gather(perception.appearance(first), attended))
        return self._step(before, after, sequences.action.transpose(0, 1), ego, generator)

    def _step(
        self, before: Tensor, after: Tensor, action: Tensor, ego: EgoFeatures, generator: torch.Generator
    ) -> dict[str, float]:
        code = self.encoder(action, generator)
        predicted = self.model(before, code, ego)
        error = (predicted - after).square() / self.macro_steps**2
        losses = {
            "macro.pose": error[:, :, 0, :PLANAR].mean(),
            "macro.things": error[:, :, 1:, :THING_POSE].mean(),
            "macro.rest": SECONDARY_WEIGHT * (error[:, :, 0, PLANAR:].mean() + error[:, :, 1:, THING_POSE:].mean()),
        }
        self.optimizer.zero_grad(set_to_none=True)
        torch.stack(list(losses.values())).sum().backward()  # type: ignore[no-untyped-call]
        norm = nn.utils.clip_grad_norm_([p for group in self.optimizer.param_groups for p in group["params"]], 10.0)
        if bool(torch.isfinite(norm)):
            self.optimizer.step()
            with torch.no_grad():
                self._update_statistics(before, after, code.detach(), ego, predicted.detach().mean(0))
        return {name: float(loss.detach()) for name, loss in losses.items()}

    def _update_statistics(
        self, before: Tensor, after: Tensor, code: Tensor, ego: EgoFeatures, predicted: Tensor
    ) -> None:
        """Updates the running mean squares of change, error and effect of the macro-action."""
        some = slice(NUM_COMPARED)
        other = self.model(before[some], code[some].roll(1, 0), EgoFeatures(*(part[some] for part in ego))).mean(0)
        change = {
            "squared_change": after - before,
            "squared_error": after - predicted,
            "squared_effect": (predicted[some] - other) / 2**0.5,
        }
        for name, difference in change.items():
            mean_square = getattr(self, name)
            mean_square.lerp_(difference[:, 0, : len(mean_square)].square().mean(0), 1 - DECAY)
            mean_square[:PLANAR] = (
                mean_square[:PLANAR].view(-1, 2).mean(1).repeat_interleave(2)
            )  # one value per vector, whatever its direction
        self.squared_change.clamp_min_(1e-6)
        distance = (self.model.body_position(after) - self.model.body_position(before)).norm(dim=-1)
        self.macro_distance.lerp_(distance.median(), 1 - DECAY)
