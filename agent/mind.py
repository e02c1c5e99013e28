"""The mind: an agent composed of perception, world model, objectives, critic, memory, actor and trainer."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from agent.actor.hierarchy.subgoal_planner import SubgoalPlanner
from agent.actor.mpc_actor import MPCActor, apply_multipliers
from agent.actor.objective_preflight import check_objectives
from agent.actor.plan_evaluation import PENDING_CLASSES, Decision, Pending
from agent.actor.reactive.reactive_actor import ReactiveActor
from agent.checkpoint import checkpoint
from agent.checkpoint.fitting import check_shapes, config_in
from agent.checkpoint.tensor_json import from_state, to_state
from agent.config import MindConfig
from agent.configurator.configurator import Configurator
from agent.critic.critic import Critic
from agent.critic.emotions import Emotions
from agent.memory.replay_buffer import ReplayBuffer
from agent.moment import StepResult, Thought
from agent.perception.attention import select_things
from agent.perception.belief import BeliefTracker, freeze_unseen
from agent.perception.egocentric import EgoFeatures
from agent.perception.encoder import Senses
from agent.perception.obs_check import ObsChecker
from agent.perception.obs_spec import (
    as_tensors,
    empty_senses,
    fixed_shape,
    has_sense,
    obs_shapes,
    replay_capacity,
    required_shapes,
    supported_objectives,
)
from agent.perception.symmetry import Symmetry
from agent.runtime import require_float32
from agent.training.trainer import Trainer
from agent.world_model.factory import make_world_model
from agent.world_model.rollout import Rollout
from housecat.core.errors import UserError
from intrinsic import Memory, Mixture, Names
from worlds import World

Obs = dict[str, npt.NDArray[Any]]

OBJECTIVE_DEPENDENT_PREFIXES = "mixture.", "critic."  # modules whose tensors hang on the objectives


class Mind(nn.Module):
    """An agent: it acts on observations, takes in what came of its actions, and learns from its memory.

    Make one with `Mind.born` or `Mind.load`. All random numbers follow from the seed: first weights and the objectives'
    own generators are seeded from it, all else is drawn from `generator`. So the same seed and the same observations
    give the same life.

    Source: the architecture of LeCun 2022, A Path Towards Autonomous Machine Intelligence, section 3.1. Each of its
    boxes is a sub-package of `agent`.

    Args:
        senses: Shape of each sense of the world, by name.
        actions: Size of an action, A.
        config: Settings.
        seed: Seed of the first weights and of all random numbers.

    Attributes:
        steps: Control steps lived.
        shapes: Shape of each sense that the mind uses, by name.
        world_model: An ensemble of networks, each of which predicts the next latent.
        perception: Encodes observations as latents; part of the world model.
        mixture: The objectives and their weights.
        drives: Names of the objectives that the critic anticipates, hardwired or not.
        critic: Predicts the cost to come.
        memory: The replay buffer.
        configurator: Chooses what is attended to, what counts, and how far is planned.
        actor: Plans by model-predictive control (Mode-2 in LeCun 2022).
        reactive_actor: A learned policy that acts without planning (Mode-1); None where the setting ``policy.mode`` is
            off.
        subgoal_planner: The second level of planning; None with one level.
        belief: Tracks things out of sight; None without the setting ``model.belief``.
        trainer: Trains world model, critic and objectives.
        symmetry: How the body looks in a mirror; None where its sides differ.
        emotions: Reads emotions off costs, critic and prediction errors.
        obs_checker: Checks observations before they are used.
        decision: What the actor decided last.
        pending: What was decided for the next step, see `agent.async_planning`; None where nothing was.
        generator: Source of all random numbers.
    """

    def __init__(self, senses: dict[str, tuple[int, ...]], actions: int, config: MindConfig, seed: int) -> None:
        super().__init__()
        require_float32()
        senses = required_shapes(senses, config)
        self.config, self.seed, self.shapes, self.actions = config, seed, senses, actions
        self.steps = 0
        self.obs_checker = ObsChecker(senses)
        with torch.random.fork_rng(devices=[]):  # first weights come from the seed; nobody else's numbers change
            torch.manual_seed(seed)
            self.world_model = make_world_model(senses, actions, config)
            self.perception = self.world_model.perception
            self.mixture = Mixture(config.objectives)
            self.drives = self.mixture.anticipated
            self.critic = Critic(self.world_model, self.drives, config.training.discount)
        self.actor = MPCActor(self.world_model, self.mixture, self.critic, actions, config)
        self.trainer = Trainer(self.world_model, self.mixture, self.critic, config)
        self.symmetry: Symmetry | None = None
        self.configurator = Configurator(self.world_model, actions, config, seed)
        self.generator = torch.Generator().manual_seed(seed)
        self.memory = ReplayBuffer(empty_senses(senses), actions, self.drives, replay_capacity(senses, config))
        self.belief = BeliefTracker(*senses["things"]) if config.model.belief else None
        self.subgoal_planner = (
            SubgoalPlanner(self.world_model, self.mixture, self.memory, actions, config, seed)
            if config.hierarchy.levels > 1
            else None
        )
        self.actor.subgoal_planner = self.subgoal_planner
        self.emotions = Emotions()
        self.decision = Decision(torch.zeros(actions))
        self.pending: Pending | None = None  # what was decided for a step to come, see `agent.async_planning`
        self.reactive_actor = (
            ReactiveActor(self.actor, empty_senses(senses), config, seed) if config.policy.mode != "off" else None
        )

    @classmethod
    def born(
        cls, world: World, objectives: dict[str, float] | None = None, seed: int = 0, config: MindConfig | None = None
    ) -> Mind:
        """Makes a newborn mind for a world.

        Args:
            world: World whose senses and actions the mind will have.
            objectives: Weights by name; those of the configuration when not given.
            seed: Seed of the first weights and of all random numbers.
            config: Settings; the defaults when not given.

        Raises:
            UserError: If an objective is unknown, given as an object, or cannot work, or the world lacks a sense.
        """
        config, shapes = config or MindConfig(), obs_shapes(world)
        if objectives is None and config.objectives == MindConfig().objectives:
            objectives = supported_objectives(config.objectives, shapes)
        if objectives is not None:
            config = config.updated({"objectives": _by_name(objectives)})
        config.check_things(world.things)
        mind = cls(shapes, world.action_space.shape[0], config, seed)
        mind.check_objectives()
        mind.attach(world)
        return mind

    @classmethod
    def load(
        cls,
        name: str | Path,
        objectives: dict[str, float] | None = None,
        settings: Mapping[str, Any] | None = None,
    ) -> Mind:
        """Loads a mind that was saved.

        Args:
            name: Name of a shipped mind, or the path of a file.
            objectives: Weights by name, in place of those that it had; None to keep its own. What it learnt about
                objectives that it goes on having is kept.
            settings: Other settings by name, such as ``{"policy.mode": "gated"}``, in place of those that it had; what
                it learnt is kept as far as it fits.

        Raises:
            UserError: If there is no such mind, the file is not one, or it does not fit the settings.
        """
        path = checkpoint.find(name)
        state = checkpoint.read(path)
        config = config_in(state, path, None if objectives is None else _by_name(objectives))
        if settings:
            config = config.updated(settings)
        shapes = {sense: tuple(shape) for sense, shape in state["obs_shapes"].items()}
        mind = cls(shapes, state["num_actions"], config, state["seed"])
        mind.check_objectives()
        mind._check_fit(state, path, objectives is not None, bool(settings))
        same = objectives is None and not settings
        mind._load_modules(state["modules"], tuple(state["drives"]), same)
        mind.steps = state["steps"]
        mind.memory.load_state_dict(state["replay_buffer"])
        mind.generator.set_state(state["generator"])
        mind.actor.load_state_dict(state["actor"])
        mind.trainer.load_state_dict(state["trainer"] if same else {"updates": state["trainer"]["updates"]})
        mind.emotions.load_state_dict(state["emotions"])
        if state.get("symmetry") is not None:
            mind.set_symmetry(Symmetry.from_state_dict(state["symmetry"]))
        if mind.reactive_actor is not None and state.get("reactive_actor") is not None:
            mind.reactive_actor.load_run_state_dict(state["reactive_actor"])
        if mind.subgoal_planner is not None and state.get("subgoal_planner") is not None:
            mind.subgoal_planner.load_run_state_dict(state["subgoal_planner"])
        if same:
            mind._resume(state, path)
        return mind

    def save(self, path: str | Path, memory: bool | int = True) -> None:
        """Writes the mind to a file, whole or not at all.

        Args:
            path: Path of the file; the suffix is added when missing.
            memory: True to keep all that goes on being learnt from, and the state of learning, so that the life goes
                on bit for bit; a number to keep only so many moments and be small; False for none.

        Raises:
            UserError: If the file cannot be written, or an objective keeps a memory that cannot be saved.
        """
        exact = memory is True
        moments, trainer = None if exact else int(memory), self.trainer.state_dict()
        state: dict[str, Any] = {
            "config": self.config.to_json(),
            "obs_shapes": {name: list(shape) for name, shape in self.shapes.items()},
            "num_actions": self.actions,
            "seed": self.seed,
            "steps": self.steps,
            "drives": list(self.drives),
            "modules": self.state_dict(),
            "replay_buffer": self.memory.state_dict(moments),
            "generator": self.generator.get_state(),
            "actor": self.actor.state_dict(),
            "trainer": trainer if exact else {"updates": trainer["updates"]},
            "emotions": self.emotions.state_dict(),
            "symmetry": None if self.symmetry is None else self.symmetry.state_dict(),
            "reactive_actor": None if self.reactive_actor is None else self.reactive_actor.run_state_dict(moments),
            "subgoal_planner": None if self.subgoal_planner is None else self.subgoal_planner.run_state_dict(),
            "muted": self.mixture.muted,
            "memories": {name: to_state(kept, f"memories.{name}") for name, kept in self.actor.memories.items()},
        }
        if exact:
            optimizers = self.optimizers.items()
            state["optimizers"] = {name: optimizer.state_dict()["state"] for name, optimizer in optimizers}
            if self.pending is not None:
                state["pending"] = to_state(self.pending, "pending", PENDING_CLASSES)
        checkpoint.write(Path(path), state)

    @property
    def optimizers(self) -> dict[str, torch.optim.Optimizer]:
        """All optimizers of the mind, by the name of what they optimize."""
        found = self.trainer.optimizers
        if self.reactive_actor is not None:
            found["reactive_actor"] = self.reactive_actor.optimizer
        if self.subgoal_planner is not None:
            found["subgoal_planner"] = self.subgoal_planner.optimizer
        return found

    def _check_fit(self, state: Mapping[str, Any], path: Path, other_objectives: bool, other_settings: bool) -> None:
        """Makes sure that the tensors of a checkpoint fit this mind, before any is loaded.

        Args:
            state: What the checkpoint holds.
            path: Its file, for messages.
            other_objectives: Whether the mind has other objectives than the file; what hangs on them may differ.
            other_settings: Whether it has other settings, which may add parts that the file knows nothing of, or leave
                some out.

        Raises:
            UserError: If they do not fit; the message names what differs.
        """
        own, saved = self.state_dict(), dict(state["modules"])
        if other_objectives or other_settings:
            own, saved = (
                {k: v for k, v in a.items() if not k.startswith(OBJECTIVE_DEPENDENT_PREFIXES)} for a in (own, saved)
            )
        if other_settings:
            own, saved = ({k: v for k, v in a.items() if k in b} for a, b in ((own, saved), (saved, own)))
        check_shapes({k: tuple(v.shape) for k, v in own.items()}, {k: tuple(v.shape) for k, v in saved.items()}, path)
        free = other_settings or self.config.attention.adaptive_horizon  # a plan is stretched or cut
        horizon = -1 if free else self.config.planner.horizon
        expected: dict[str, tuple[int, ...]] = {
            **{f"replay_buffer/obs.{name}": (-1, *kept.shape[1:]) for name, kept in self.memory.senses.items()},
            "replay_buffer/action": (-1, self.actions),
            "replay_buffer/cost": (-1, len(state["drives"])),
            "replay_buffer/linked": (-1,),
            "generator": tuple(self.generator.get_state().shape),
            "actor/exploration_noise": (-1, self.actions),
            "actor/planner/mean": (horizon, self.actions),
            "actor/planner/elites": (horizon, -1, self.actions),
        }
        tensors = checkpoint.flatten(state)[1]
        check_shapes(expected, {k: tuple(tensors[k].shape) for k in expected if k in tensors}, path)

    def _load_modules(self, saved: Mapping[str, Tensor], drives: tuple[str, ...], same: bool) -> None:
        """Loads weights and buffers.

        Args:
            saved: Those of the checkpoint.
            drives: What its critic anticipates.
            same: Whether this mind has the objectives and settings of the checkpoint. Else all is loaded that has a
                place here; of the critic, what it learnt of the drives that are anticipated here, too.
        """
        if same:
            self.load_state_dict(saved)
            return
        own = self.state_dict()
        critic = {k.removeprefix("critic."): v for k, v in saved.items() if k.startswith("critic.")}
        critic = self.critic.adapted(critic, drives)
        own |= {k: v for k, v in saved.items() if k in own and own[k].shape == v.shape}
        own |= {f"critic.{name}": value for name, value in critic.items()}
        for name, weight in self.mixture.weights.items():
            own[f"mixture.terms.{name}.weight"] = torch.tensor(weight, dtype=torch.float64)
        self.load_state_dict(own)

    def _resume(self, state: Mapping[str, Any], path: Path) -> None:
        """Loads what a life goes on with as though it had never been broken off.

        Raises:
            UserError: If the decision for the next step cannot be read.
        """
        self.actor.memories = {name: from_state(kept) for name, kept in state["memories"].items()}
        for name, kept in state.get("optimizers", {}).items():
            if kept:
                optimizer = self.optimizers[name]
                optimizer.load_state_dict({**optimizer.state_dict(), "state": kept})
        for objective, reason in state["muted"].items():
            self.mixture.mute(objective, reason)
        try:
            self.pending = from_state(state["pending"], PENDING_CLASSES) if "pending" in state else None
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise UserError(
                f"{path}: what it had decided for its next step was written by another housecat ({error!r}); load it "
                "with the one that wrote it, or with other settings, which leaves the decision out"
            ) from error

    def attach(self, world: World) -> None:
        """Attaches the mind to a world: checks that they fit, and binds names of things in its objectives.

        How many things there are does not matter: where there are more than ever before the mind makes place for
        them, and where there are fewer the others count as absent.

        Args:
            world: The world that it will act in.

        Raises:
            UserError: If the world has other senses or actions than those that the mind was made for, or lacks a
                thing that an objective names.
        """
        offered = obs_shapes(world)
        mine = {name: shape for name, shape in self.shapes.items() if has_sense(self.shapes, name)}
        wrong = [
            name for name, shape in mine.items() if fixed_shape(name, offered.get(name, ())) != fixed_shape(name, shape)
        ]
        if wrong or world.action_space.shape != (self.actions,):
            raise UserError(
                f"this mind has senses {mine} and {self.actions} actions; the world has {offered} and "
                f"{world.action_space.shape[0]}. Take a newborn, or the world that the mind grew up in"
            )
        if "things" in mine and offered["things"][0] > self.shapes["things"][0]:
            self.shapes = {**self.shapes, "things": offered["things"]}
            self.memory.widen(offered["things"][0])
            if self.belief is not None:
                self.belief.reset(offered["things"][0])
            self.check_objectives()
            self.begin_episode()
        self.obs_checker = ObsChecker.from_world(world)
        self.set_symmetry(Symmetry.from_world(world) if self.config.training.symmetry else Symmetry.find(world))
        self.mixture.bind_names(Names(world.things, world.readings))

    def set_symmetry(self, symmetry: Symmetry | None) -> None:
        """Sets the symmetry of the body, by which training data are augmented.

        The policy is always distilled with it, world model and critic where the setting ``training.symmetry`` says so.

        Args:
            symmetry: How the body looks in a mirror; None where its sides differ.
        """
        self.symmetry = symmetry
        self.trainer.symmetry = symmetry if self.config.training.symmetry else None
        if self.reactive_actor is not None:
            self.reactive_actor.symmetry = symmetry

    def check_objectives(self) -> None:
        """Evaluates every objective once on an imagined step, so that mistakes show before a life begins.

        Raises:
            UserError: If an objective cannot work; the message names it.
        """
        check_objectives(
            self.mixture, self.world_model, empty_senses(self.shapes), self.config, self.actor.planner.differentiates
        )

    def replace_objective(self, name: str, new: Mixture, world: World) -> None:
        """Replaces an objective; weight, scale, episodic memory and what was learned are kept as far as they fit.

        Args:
            name: Name of the objective.
            new: A mixture of the new version alone.
            world: The world that the mind lives in.

        Raises:
            UserError: If the new version cannot work; the mind keeps the old one then.
        """
        whole, self.mixture = self.mixture, new
        try:  # checked like the objectives of a newborn
            self.check_objectives()
            self.attach(world)
        finally:
            self.mixture = whole
        old = self.mixture[name]
        self.mixture.replace_objective(name, new)
        self.trainer.inherit_objective_state(old, self.mixture[name])
        fresh, memories = self.mixture.begin((1,)), self.actor.memories
        kept = {n: m for n, m in memories.items() if n in fresh and (n != name or _same_structure(m, fresh[n]))}
        self.actor.memories = {**fresh, **kept}

    def act(self, obs: Obs) -> tuple[npt.NDArray[np.float32], Thought]:
        """Chooses an action.

        Args:
            obs: Observation, by sense.

        Returns:
            The action (A,), each number between -1 and 1, and what led to it.

        Raises:
            UserError: If the observation lacks a sense, or holds what is no finite number.
        """
        require_float32()
        # Inference mode is quicker, but nothing in it can have a gradient.
        with torch.no_grad() if self.actor.planner.differentiates else torch.inference_mode():
            return self._act(self.sense(obs), len(obs.get("things", ())))

    def _act(self, senses: Senses, present: int) -> tuple[npt.NDArray[np.float32], Thought]:
        configuration = self.configurator.configure(senses, self.generator)
        if self.reactive_actor is not None:
            configuration = replace(
                configuration, attended=self.reactive_actor.attend_to_goals(configuration.attended, senses)
            )
        self.actor.configure(configuration)
        attended = configuration.attended
        latent = self.world_model.encode(senses, attended)
        ego = self.world_model.ego_features_of(latent[None], self.perception.appearance(senses)[attended][None])
        if self.steps < self.config.training.warmup_steps:
            self.decision = self.actor.explore(self.generator)
        elif self.reactive_actor is not None:
            self.decision = self.reactive_actor.choose(latent, ego, senses, attended, self.generator)
        else:
            self.decision = self.actor.plan(latent, senses, attended, self.generator)
        self.decision = replace(self.decision, configuration=configuration)
        forecast = self.critic(ego)
        thought = Thought(
            mode=self.decision.mode,
            horizon=configuration.horizon,
            attention=tuple(thing for thing in attended.tolist() if thing < present),
            weights=self.actor.weights,
            plans=tuple(plan.with_first_things(present) for plan in self.decision.plans),
            anticipated=dict(zip(self.drives, self.critic.expected_cost_of(forecast)[0].tolist(), strict=True)),
            subgoals=self.subgoal_planner.subgoal_poses if self.subgoal_planner else None,
            event_probability=dict(zip(self.drives, forecast.event_logits[0].sigmoid().numpy(), strict=True)),
            expected_regret=None if self.reactive_actor is None else self.reactive_actor.expected_regret,
            hidden_objects=() if self.belief is None else self.belief.hidden_objects(),
        )
        return self.decision.action.numpy().copy(), thought

    @torch.no_grad()
    def observe(self, obs: Obs, action: npt.NDArray[np.float32], after: Obs) -> StepResult:
        """Takes in one step: stores it in memory, and evaluates it.

        Args:
            obs: Observation before it, by sense.
            action: The action taken, (A,), each number between -1 and 1.
            after: Observation after it.

        Returns:
            Costs, emotions and surprise of the step.

        Raises:
            UserError: If an observation lacks a sense, or holds what is no finite number; nothing is stored then.
        """
        require_float32()
        before, now, act = self.sense(obs), self._checked_tensors(after), torch.from_numpy(action)
        if self.belief is not None:
            now = self.belief.update(self.world_model.predict_things, before, now)
        self.perception.update_statistics(before if self.belief is None else freeze_unseen(before, now), now)
        rollout, value, latent_cost = self._posterior_rollout(before, now, act)
        costs = self._lived_costs(rollout)
        error = rollout.mean.mean(0) - rollout.latent[1:]
        error = error[..., : self.world_model.surprise_end, : self.perception.pose_size]
        energy = latent_cost + float(error.square().sum())
        self.memory.add(before, act, now, costs, energy)
        self.critic.update_cost_bounds(torch.tensor([costs[name] for name in self.drives]))
        self.steps += 1
        if self.reactive_actor is not None:
            self.reactive_actor.observe(rollout.mean, energy, costs.get("pain", 0.0))
        return StepResult(costs, self._emotions(costs, value, energy), energy)

    def _posterior_rollout(
        self, before: Senses, now: Senses, action: Tensor
    ) -> tuple[Rollout, list[list[float]], float]:
        """Predicts a lived step, where a stochastic latent is inferred from what came.

        Args:
            before: Observations before it, without leading shape.
            now: Observations after it.
            action: (A,).

        Returns:
            The step as a rollout (T = B = 1), what the critic expects of each drive before and after it, and the
            cost of the inferred latent, see `WorldModel.posterior_predict`.
        """
        model = self.world_model
        configuration = self.decision.configuration if self.config.attention.rule != "near" else None
        attended = (
            configuration.attended if configuration else select_things(before, self.config.attention.num_attended)
        )
        latent = torch.stack([model.encode(senses, attended) for senses in (before, now)])  # (2, N, Z)
        appearance = self.perception.appearance(before)[attended]
        ego = model.ego_features_of(latent, appearance.expand(2, -1, -1))
        first = EgoFeatures(*(part[:1] for part in ego))
        mean, latent_cost = model.posterior_predict(latent[:1], latent[1:], action[None], first)
        senses = {name: torch.stack([before[name], now[name]])[:, None] for name in before}
        rollout = Rollout(latent[:, None], action[None, None], mean[:, None], senses, attended, False)
        return rollout, self.critic.expected_cost(ego).tolist(), float(latent_cost)

    def _lived_costs(self, rollout: Rollout) -> dict[str, float]:
        """Returns the costs of a lived step by objective, and updates the objectives with it."""
        view, memories = rollout.at(0), self.actor.memories
        costs = {name: float(cost) for name, cost in self.mixture.costs(view, memories, lived=True).items()}
        self.mixture.observe(view, memories)
        self.actor.memories = self.mixture.remember(memories, view)
        return costs

    def _emotions(self, costs: dict[str, float], value: list[list[float]], energy: float) -> dict[str, float]:
        """Returns the emotions of a lived step.

        Args:
            costs: Costs of the step, by objective.
            value: What the critic expected of each drive before and after it.
            energy: Squared prediction error, plus the cost of the inferred latent; it is reported as surprise.
        """
        configuration = self.decision.configuration
        weights = apply_multipliers(self.mixture.weights, configuration.drive_multipliers if configuration else {})
        weights = {name: weight for name, weight in weights.items() if math.isfinite(costs[name])}
        relief = sum(
            weights[name] * (value[0][i] - costs[name] - self.config.training.discount * value[1][i])
            for i, name in enumerate(self.drives)
            if name in weights
        )
        return self.emotions.update(
            anticipated_pain=value[1][self.drives.index("pain")] if "pain" in self.drives else 0.0,
            relief=relief,
            energy=energy,
            information=self.decision.information,
            cost=sum(weight * costs[name] for name, weight in weights.items()),
            predicted_cost=self.decision.predicted_cost,
        )

    def sense(self, obs: Obs) -> Senses:
        """Returns an observation as tensors, with the believed positions of things out of sight."""
        senses = self._checked_tensors(obs)
        return senses if self.belief is None else self.belief.fill_hidden(senses)

    def _checked_tensors(self, obs: Obs) -> Senses:
        """Returns an observation as tensors, once it is checked."""
        return as_tensors(
            self.obs_checker.validate(obs, [name for name in self.shapes if has_sense(self.shapes, name)]), self.shapes
        )

    def begin_episode(self) -> None:
        """Begins an episode: plans, beliefs and episodic memories are reset; what was learned is kept."""
        self.actor.begin_episode()
        if self.belief is not None:
            self.belief.reset()
        self.pending = None

    def learn(self) -> dict[str, float]:
        """Trains all that learns, for one control step.

        Returns:
            The losses by name; none before there is enough in memory, or once the NaN guard has stopped learning.
        """
        require_float32()
        losses = self.trainer.learn(self.memory, self.generator)
        if losses and self.reactive_actor is not None:
            losses |= self.reactive_actor.learn(self.generator)
        if losses and self.subgoal_planner is not None:
            losses |= self.subgoal_planner.learn(self.generator)
        return losses and losses | self.configurator.learn(self.mixture, self.memory, self.generator, self.steps)


def _by_name(objectives: Mapping[str, float]) -> dict[str, float]:
    """Returns weights by name.

    Raises:
        UserError: If an objective is given as an object: a mind that is saved keeps the name alone.
    """
    objects = [type(objective).__name__ for objective in objectives if not isinstance(objective, str)]
    if objects:
        raise UserError(
            f"{', '.join(objects)}: a mind takes objectives by name, so that it can be saved; it was given an object. "
            f"Name the file and the class, such as path/to/file.py:{objects[0]}, whose arguments need defaults: a "
            "subclass may set them"
        )
    return dict(objectives)


def _same_structure(a: Memory, b: Memory) -> bool:
    """Returns whether two episodic memories have the same structure and shapes."""
    if isinstance(a, Tensor) and isinstance(b, Tensor):
        return a.shape == b.shape and a.dtype == b.dtype
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(_same_structure(a[k], b[k]) for k in a)
    if isinstance(a, tuple | list):
        return type(a) is type(b) and len(a) == len(b) and all(map(_same_structure, a, b))
    return type(a) is type(b)
