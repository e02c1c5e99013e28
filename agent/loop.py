"""The loop of a life: a generator of moments, which recorder, window and studies read."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy.typing as npt
import torch

from agent.actor.plan_evaluation import Decision
from agent.async_planning import AsyncPlanner
from agent.hot_reload import Reload, reload
from agent.mind import Mind
from agent.moment import Moment, StepResult
from agent.runtime import configure_runtime
from housecat.core.errors import UserError
from worlds import Event, World
from worlds.events import to_json

Events = Callable[[int], Sequence[Event | Reload]]


def live(
    world: World, mind: Mind, steps: int | None = None, events: Events | None = None, learn: bool = True
) -> Iterator[Moment]:
    """Runs a mind in a world, one control step per moment; to pause, ask for no next moment.

    Args:
        world: The world, from its present state on.
        mind: The mind, from its present state on.
        steps: Number of control steps; None for no end.
        events: Called with the number of each step before it. The events that it returns are applied first: to the
            world or, where one is a new version of a plug-in, to the mind.
        learn: Whether the mind is trained at each step.

    Raises:
        UserError: If the mind was made for other senses or actions than the world has.

    Yields:
        One moment per control step.
    """
    configure_runtime(mind.config.threads)
    mind.attach(world)
    obs = world.observe()
    planner = AsyncPlanner(mind, obs)
    while steps is None or steps > 0:
        steps = None if steps is None else steps - 1
        applied = []
        for event in events(mind.steps) if events else ():
            if isinstance(event, Reload):
                applied.append(reload(mind, world, event))
                planner.reset()
                continue
            try:
                world.apply(event)
            except UserError as error:  # no reason to end a life
                applied.append({**to_json(event), "event": "refused", "error": str(error)})
            obs = world.observe()  # what the event changed is seen before the next action
        muted = mind.mixture.muted
        started = time.perf_counter()
        action, thought = planner.act(obs)
        thought_at = time.perf_counter()
        after, _, _, _, info = world.step(action)
        moved_at = time.perf_counter()
        lived = mind.observe(obs, action, after)
        losses = mind.learn() if learn else {}
        done_at = time.perf_counter()
        waited = planner.end()
        new = [{"event": "muted", "objective": n, "error": e} for n, e in mind.mixture.muted.items() if n not in muted]
        yield Moment(
            step=mind.steps - 1,
            time=mind.steps * world.control_dt,
            obs=after,
            action=action,
            costs=lived.costs,
            emotions=lived.emotions,
            surprise=lived.surprise,
            thought=thought,
            events=(*info["events"], *applied, *new, *(mind.trainer.nan_guard.new_events if learn else ())),
            losses=losses,
            things=world.things,
            frames=world.frames(),
            seconds={
                "think": thought_at - started + waited,
                "move": moved_at - thought_at,
                "learn": done_at - moved_at,
            },
        )
        obs = after


def replay_actions(world: World, mind: Mind, actions: Iterable[npt.NDArray[Any]]) -> Iterator[StepResult]:
    """Takes actions that were chosen elsewhere: the mind remembers and evaluates, but neither plans nor learns.

    Args:
        world: The world that is stepped, from its present state on.
        mind: The mind that observes, from its present state on.
        actions: (T, A), each -1 to 1.

    Raises:
        UserError: If the mind was made for other senses or actions than the world has.

    Yields:
        Costs, emotions and surprise of each control step.
    """
    configure_runtime(mind.config.threads)
    mind.attach(world)
    obs = world.observe()
    for action in actions:
        mind.decision = Decision(torch.from_numpy(action), mode="warmup")  # no plan predicted a cost
        after = world.step(action)[0]
        yield mind.observe(obs, action, after)
        obs = after
