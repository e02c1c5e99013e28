"""Thinking while moving: the next step is planned while the body takes this one."""

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

STRIDE = 1_000_003  # between seeds of minds, so that no two share the numbers of a step


class AsyncPlanner:
    """Decides for a mind, one step ahead where its setting `pipeline` says so.

    While the body takes step t and the mind learns from it, a double of the mind foresees how step t ends and plans
    step t + 1 from there. The double has the weights that the mind had when step t began: nothing that it reads is
    written meanwhile, and what it draws comes from a seed of the step. So the life is the same whichever is done
    first, and on how many cores: ``on`` thinks in a thread of its own, ``inline`` before moving, and both live the
    same life, bit for bit. It is another life than that of a mind in lockstep: it acts on what it foresaw 0.2 s ago,
    and with weights that are one step old. The first step of a life, which nobody foresaw, is planned from what is
    sensed.

    Source: planning while the last action executes is asynchronous model-predictive control (Findeisen and
    Allgöwer 2004, Computational delay in nonlinear model predictive control), which predicts the state at the end of
    the delay; here with a learned model, and a delay of one control step.

    Args:
        mind: Who decides. Nothing else may let it act or learn meanwhile.
        obs: What it senses as this stretch of its life begins: what it decided elsewhere is not done here.
    """

    def __init__(self, mind: Mind, obs: Obs) -> None:
        if mind.pending is not None and not mind.memory.continues_from(mind._sensed(obs)):
            mind.pending = None
        self.mind, self.on = mind, mind.config.planner.async_planning != "off"
        self._pool = ThreadPoolExecutor(1, "thinking") if mind.config.planner.async_planning == "on" else None
        self._double: Mind | None = None
        self._future: Future[Pending] | Pending | None = None

    def act(self, obs: Obs) -> tuple[npt.NDArray[np.float32], Thought]:
        """Returns what was decided for this step, or decides where nothing was; then begins to decide the next."""
        mind, pending = self.mind, self.mind.pending
        mind.pending = None
        if not self.on or pending is None:
            action, thought = mind.act(obs)
        else:
            mind.decision, action, thought = pending.decision, pending.action, pending.thought
        if self.on:
            self._begin(obs, action)
        return action, thought

    def renew(self) -> None:
        """Takes note that the mind has other objectives than it had."""
        self._double = None

    def _begin(self, obs: Obs, action: npt.NDArray[np.float32]) -> None:
        if self._double is None:
            self._double = _double_of(self.mind)
        double = self._double
        _follow(double, self.mind)
        double.steps = self.mind.steps + 1
        double.generator = torch.Generator().manual_seed(self.mind.seed * STRIDE + double.steps)
        if self._pool is None:
            self._future = _decide(double, obs, action)
        else:
            self._future = self._pool.submit(_decide, double, obs, action)

    def end(self) -> float:
        """Waits until the next step is decided; returns how long (s)."""
        started = time.perf_counter()
        if self._future is None or self._double is None:
            return 0.0
        pending = self._future.result() if isinstance(self._future, Future) else self._future
        self._future = None
        mind, double = self.mind, self._double
        mind.pending = pending
        mind.actor.load_state_dict(double.actor.state_dict())
        _take_back(mind.mixture, double.mixture)
        return time.perf_counter() - started


def _double_of(mind: Mind) -> Mind:
    """Returns a mind with modules and an actor of its own; the rest, which is not used while it decides, is shared."""
    double = copy.copy(mind)
    double._modules, double.actor = copy.deepcopy((mind._modules, mind.actor))
    return double.requires_grad_(False)


@torch.no_grad()
def _follow(double: Mind, mind: Mind) -> None:
    """Gives the double all that the mind knows by now."""
    for name in mind._modules:
        module, other = mind.get_submodule(name), double.get_submodule(name)
        if module is mind.mixture:  # what objectives keep, only they know
            double.mixture.load_state_dict(module.state_dict())
            for objective, reason in mind.mixture.muted.items():
                double.mixture.mute(objective, reason)
        else:
            for kept, known in zip(_tensors(other), _tensors(module), strict=True):
                kept.copy_(known)
    double.actor.load_state_dict(mind.actor.state_dict())
    double.actor.memories = mind.actor.memories


@torch.no_grad()
def _take_back(mixture: Mixture, double: Mixture) -> None:
    """Keeps what planning found of the objectives: how much plans differ in their costs, and which ones failed."""
    for name in double.names:
        own, other = mixture._term(name), double._term(name)
        if other.given:
            for kept, found in zip(_tensors(own.scale), _tensors(other.scale), strict=True):
                kept.copy_(found)
            own.given.fill_(True)
        if other.muted is not None:
            own.mute(other.muted)


def _tensors(module: torch.nn.Module) -> Tensors:
    return [*module.parameters(), *module.buffers()]


def _decide(double: Mind, obs: Obs, action: npt.NDArray[np.float32]) -> Pending:
    with torch.no_grad() if double.actor.planner.differentiates else torch.inference_mode():
        senses = predict_next_obs(double, double._sensed(obs), torch.from_numpy(action))
        chosen, thought = double._act(senses, len(obs["things"]))
        return Pending(chosen, thought, double.decision)


def predict_next_obs(mind: Mind, senses: Senses, action: Tensor) -> Senses:
    """Returns what a mind expects to sense after an action (A,), and lets its episodic memories take note of it."""
    everything = torch.arange(len(senses["things"]))
    rollout = mind.world_model.imagine(mind.perception(senses), action.view(1, 1, -1), senses, everything)
    if mind.actor.memories:
        mind.actor.memories = mind.mixture.remember(mind.actor.memories, rollout.at(0))
    return {**senses, **{name: value[1, 0] for name, value in rollout.senses.items()}}
