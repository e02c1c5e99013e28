"""Asynchronous planning: the next step is planned while the world takes this one."""

from __future__ import annotations

import copy
import time
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from agent.actor.plan_evaluation import Pending
from agent.mind import Mind, Obs
from agent.moment import Thought
from agent.perception.encoder import Senses
from intrinsic import Mixture

Tensors = list[Tensor]

SEED_STRIDE = 1_000_003  # between seeds of minds, so that no two share the random numbers of a step


class AsyncPlanner:
    """Plans for a mind, one step ahead where its setting ``planner.async_planning`` says so.

    While the world takes step t and the mind learns from it, a copy of the mind predicts how step t ends and plans
    step t + 1 from there. The copy has the weights that the mind had when step t began: nothing that it reads is
    written meanwhile, and its random numbers come from a seed of the step. So the life is the same whichever is done
    first, and on any number of cores: ``on`` plans in a thread of its own, ``inline`` before the world moves, and both
    give the same life, bit for bit. It differs from the life of a mind that plans when it has observed: the mind acts
    on a prediction made 0.2 s ago, with weights that are one step old. The first step of a life is planned from its
    observation.

    Source: planning while the last action executes is asynchronous model-predictive control (Findeisen and
    Allgöwer 2004, Computational delay in nonlinear model predictive control), which predicts the state at the end of
    the delay; here with a learned model, and a delay of one control step.

    Args:
        mind: The mind that is planned for. Nothing else may let it act or learn meanwhile.
        obs: Its first observation. A decision that is pending from another situation is dropped.
    """

    def __init__(self, mind: Mind, obs: Obs) -> None:
        if mind.pending is not None and not mind.memory.continues_from(mind.sense(obs)):
            mind.pending = None
        self.mind, self._enabled = mind, mind.config.planner.async_planning != "off"
        self._pool = ThreadPoolExecutor(1, "thinking") if mind.config.planner.async_planning == "on" else None
        self._replica: Mind | None = None
        self._future: Future[Pending] | Pending | None = None

    def act(self, obs: Obs) -> tuple[npt.NDArray[np.float32], Thought]:
        """Returns the action of this step and what led to it, and begins to plan the next one.

        Args:
            obs: Observation, by sense.
        """
        mind, pending = self.mind, self.mind.pending
        mind.pending = None
        if not self._enabled or pending is None:
            action, thought = mind.act(obs)
        else:
            mind.decision, action, thought = pending.decision, pending.action, pending.thought
        if self._enabled:
            self._begin(obs, action)
        return action, thought

    def reset(self) -> None:
        """Makes a new copy of the mind at the next step: its objectives have changed."""
        self._replica = None

    def _begin(self, obs: Obs, action: npt.NDArray[np.float32]) -> None:
        if self._replica is None:
            self._replica = _copy_of(self.mind)
        replica = self._replica
        _update_copy(replica, self.mind)
        replica.steps = self.mind.steps + 1
        replica.generator = torch.Generator().manual_seed(self.mind.seed * SEED_STRIDE + replica.steps)
        if self._pool is None:
            self._future = _decide(replica, obs, action)
        else:
            self._future = self._pool.submit(_decide, replica, obs, action)

    def end(self) -> float:
        """Waits until the next step is planned; returns how long that took (s)."""
        started = time.perf_counter()
        if self._future is None or self._replica is None:
            return 0.0
        pending = self._future.result() if isinstance(self._future, Future) else self._future
        self._future = None
        mind, replica = self.mind, self._replica
        mind.pending = pending
        mind.actor.load_state_dict(replica.actor.state_dict())
        _merge_objectives(mind.mixture, replica.mixture)
        return time.perf_counter() - started


def _copy_of(mind: Mind) -> Mind:
    """Returns a mind with modules and an actor of its own; the rest, which planning does not change, is shared."""
    replica = copy.copy(mind)
    replica._modules, replica.actor = copy.deepcopy((mind._modules, mind.actor))
    return replica.requires_grad_(False)


@torch.no_grad()
def _update_copy(replica: Mind, mind: Mind) -> None:
    """Copies the present state of the mind's modules and actor."""
    for name in mind._modules:
        module, other = mind.get_submodule(name), replica.get_submodule(name)
        if module is mind.mixture:  # what objectives keep, only they know
            replica.mixture.load_state_dict(module.state_dict())
            for objective, reason in mind.mixture.muted.items():
                replica.mixture.mute(objective, reason)
        else:
            for kept, known in zip(_tensors(other), _tensors(module), strict=True):
                kept.copy_(known)
    replica.actor.load_state_dict(mind.actor.state_dict())
    replica.actor.memories = mind.actor.memories


@torch.no_grad()
def _merge_objectives(mixture: Mixture, replica: Mixture) -> None:
    """Takes over what planning changed in the objectives: scales of costs, and which ones were muted."""
    for name in replica.names:
        own, other = mixture._term(name), replica._term(name)
        if other.given:
            for kept, found in zip(_tensors(own.scale), _tensors(other.scale), strict=True):
                kept.copy_(found)
            own.given.fill_(True)
        if other.muted is not None:
            own.mute(other.muted)


def _tensors(module: torch.nn.Module) -> Tensors:
    return [*module.parameters(), *module.buffers()]


def _decide(replica: Mind, obs: Obs, action: npt.NDArray[np.float32]) -> Pending:
    with torch.no_grad() if replica.actor.planner.differentiates else torch.inference_mode():
        senses = predict_next_obs(replica, replica.sense(obs), torch.from_numpy(action))
        chosen, thought = replica._act(senses, len(obs["things"]))
        return Pending(chosen, thought, replica.decision)


def predict_next_obs(mind: Mind, senses: Senses, action: Tensor) -> Senses:
    """Predicts the next observation, and updates the episodic memories with the predicted step.

    Args:
        mind: The mind whose world model predicts.
        senses: Present observation, as tensors without leading shape.
        action: The action that is being taken, (A,).

    Returns:
        The predicted observation, by sense.
    """
    everything = torch.arange(len(senses["things"]))
    rollout = mind.world_model.imagine(mind.perception(senses), action.view(1, 1, -1), senses, everything)
    if mind.actor.memories:
        mind.actor.memories = mind.mixture.remember(mind.actor.memories, rollout.at(0))
    return {**senses, **{name: value[1, 0] for name, value in rollout.senses.items()}}
