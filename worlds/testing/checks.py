"""The checks that `worlds.testing.contract` runs; each says what it saw, or raises `ContractViolation`."""

from __future__ import annotations

import re
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from gymnasium.utils.env_checker import check_env

from housecat.core.errors import ContractViolation, UserError
from worlds.env import World
from worlds.registry import make
from worlds.testing.random_script import difference, random_script, step_with_events

MAX_STEP_TIME = 0.5  # share of real time; the agent needs the rest


@dataclass(frozen=True)
class WorldUnderTest:
    """The world that is checked, and how.

    Attributes:
        name: Name of the world, or ``file.py:Class``.
        seeds: Seeds of the layouts to check.
        steps: Control steps of each episode.
        options: Options of the world.
    """

    name: str
    seeds: tuple[int, ...]
    steps: int
    options: dict[str, Any]

    @contextmanager
    def world(self, seed: int, **options: Any) -> Iterator[World]:
        """Makes the world, and closes it at the end of the context."""
        made = make(self.name, seed=seed, **{**self.options, **options})
        try:
            yield made
        finally:
            made.close()


def check_gymnasium(subject: WorldUnderTest) -> str:
    """Runs Gymnasium's own checker; every warning is a violation."""
    with subject.world(subject.seeds[0], flat=True) as world, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        check_env(world, skip_render_check=True)  # it would open a window
    messages = dict.fromkeys(re.sub(r"\033\[\d*m|WARN: ", "", str(warning.message)) for warning in caught)
    if messages:
        raise ContractViolation("Gymnasium's checker warns:\n" + "\n".join(messages))
    return "Gymnasium's checker warns of nothing"


def check_seeds(subject: WorldUnderTest) -> str:
    """Checks that a seed fixes the layout, in a new and in a used world, and that a reset without one draws anew."""
    seed = subject.seeds[0]
    runs = []
    for _ in range(2):
        with subject.world(seed) as world:
            runs.append(
                [world.exact_state(), world.reset() and world.exact_state(), world.reset() and world.exact_state()]
            )
    for number, (one, other) in enumerate(zip(*runs, strict=True)):
        if found := difference(one, other):
            raise ContractViolation(
                f"two worlds of seed {seed} differ after {number} resets: {found}. Draw from self.np_random"
            )
    with subject.world(seed + 1) as world:
        for action, events in random_script(world, seed, 10):
            step_with_events(world, action, events)
        world.reset(seed=seed)
        if found := difference(runs[0][0], world.exact_state()):
            raise ContractViolation(
                f"a used world reset to seed {seed} is not as a new one: {found}. Set it all in `initialize_episode`"
            )
    if not difference(runs[0][0], runs[0][1]):
        raise ContractViolation("a second reset without a seed is like the first. Draw the layout from self.np_random")
    return "the same layout by the same seed; another by each reset"


def check_determinism(subject: WorldUnderTest) -> str:
    """Checks that the same seed, actions and events give the same episode, in another world and after a reset."""
    for seed in subject.seeds:
        with subject.world(seed) as one, subject.world(seed) as other, subject.world(seed) as again:
            for action, events in random_script(again, seed + 1, 10):
                step_with_events(again, action, events)
            again.reset(seed=seed)
            for step, (action, events) in enumerate(random_script(one, seed, subject.steps)):
                step_with_events(one, action, events)
                for world, place in ((other, "another world"), (again, "the world after a reset")):
                    step_with_events(world, action, events)
                    if one.digest() != world.digest():
                        raise ContractViolation(
                            f"seed {seed}: {place} differs at step {step}: {_first_difference(one, world)}"
                        )
    return f"{subject.steps} steps x {len(subject.seeds)} seeds with pokes: the same, again and after a reset"


def check_snapshots(subject: WorldUnderTest) -> str:
    """Checks that an episode continues from a snapshot as it did, in the same world and in another one."""
    half = subject.steps // 2
    for seed in subject.seeds:
        with subject.world(seed) as one, subject.world(seed + 1000) as other:
            plan = list(random_script(one, seed, subject.steps))
            for action, events in plan[:half]:
                step_with_events(one, action, events)
            snapshot = one.snapshot()
            start, digests = one.observe(), []
            for action, events in plan[half:]:
                step_with_events(one, action, events)
                digests.append(one.digest())
            for world, place in ((one, "the same world"), (other, "another world"), (other, "another world again")):
                if found := difference(start, world.restore(snapshot)):
                    raise ContractViolation(
                        f"seed {seed}: restored into {place}: {found}. Name it in `state_attributes`"
                    )
                for step, digest in enumerate(digests, 1):
                    step_with_events(world, *plan[half + step - 1])
                    if world.digest() != digest:
                        raise ContractViolation(
                            f"seed {seed}: restored into {place} it differs after {step} steps. Name in "
                            "`state_attributes` all that changes and that the physics does not keep"
                        )
            size = len(snapshot)
    return f"{size / 1000:.0f} kB; {subject.steps - half} steps from it are the same to the bit"


def _first_difference(one: World, other: World) -> str:
    found = difference(one.exact_state(), other.exact_state()) or difference(one.observe(), other.observe())
    return found or "in something that was sensed before"


def check_truth(subject: WorldUnderTest) -> str:
    """Checks that `truth` is complete, is no part of an observation, and changes nothing."""
    seed = subject.seeds[0]
    with subject.world(seed) as queried, subject.world(seed) as untouched:
        truth = queried.truth()
        missing = {"body.position", "body.heading", "things.names", "things.position", "things.velocity", "contacts"}
        missing -= set(truth)
        if missing:
            raise ContractViolation(
                f"truth() does not tell {', '.join(sorted(missing))}. Begin with {{**super().truth(), ...}}"
            )
        shared = set(truth) & set(queried.observation_space.spaces)
        if shared:
            raise ContractViolation(f"{', '.join(sorted(shared))} is a truth and a sense")
        for action, events in random_script(queried, seed, min(20, subject.steps)):
            step_with_events(queried, action, events)
            queried.truth(), queried.scene(), queried.frames(), queried.snapshot()
            step_with_events(untouched, action, events)
            if queried.digest() != untouched.digest():
                raise ContractViolation(
                    f"asking a world for its truth changes what follows: {_first_difference(queried, untouched)}"
                )
            one = queried.observe()
            for name, space in queried.observation_space.spaces.items():
                if not space.contains(one[name]):
                    raise ContractViolation(f"the sense {name} leaves its space {space}: {one[name]}")
    return f"{len(truth)} truths, none a sense; asking changes nothing"


def check_bad_actions(subject: WorldUnderTest) -> str:
    """Checks that an invalid action raises `UserError` and leaves the world unchanged."""
    with subject.world(subject.seeds[0]) as world, subject.world(subject.seeds[0]) as untouched:
        n = world.action_space.shape[0]
        nan = np.zeros(n, np.float32)
        nan[-1] = np.nan
        ragged = [[0.0], [0.0, 1.0]]
        invalid_actions: tuple[Any, ...] = (
            np.zeros(n + 1),
            np.zeros((1, n)),
            nan,
            np.full(n, 2.0),
            "left",
            None,
            ragged,
        )
        for action in invalid_actions:
            try:
                world.step(action)
            except UserError:
                continue
            raise ContractViolation(f"the action {action!r} is taken; override `_advance`, not `step`")
        action = np.zeros(n, np.float32)
        if found := difference(world.step(action)[0], untouched.step(action)[0]):
            raise ContractViolation(f"refused actions change what follows: {found}")
    return f"{len(invalid_actions)} kinds refused; the world goes on"


def check_drawing(subject: WorldUnderTest) -> str:
    """Checks that scene and poses fit, and that a picture is not blank."""
    with subject.world(subject.seeds[0], render_mode="rgb_array") as world:
        scene, frames = world.scene(), world.frames()
        count = len(scene.nodes)
        if scene.poses.shape != (count, 7) or frames.shape != (world.frames_per_step, count, 7):
            raise ContractViolation(f"{count} nodes, but poses {scene.poses.shape} and frames {frames.shape}")
        if max(shape.node for shape in scene.shapes) >= count:
            raise ContractViolation(f"a shape's node is not one of the {count} nodes")
        missing = [name for name in world.things if name not in scene.nodes]
        if missing:
            raise ContractViolation(f"things without a node in the scene: {', '.join(missing)}")
        picture = world.render()
        if picture is None or picture.std() < 5.0:
            raise ContractViolation("the picture shows nothing")
        return f"{len(scene.shapes)} shapes on {count} nodes"


def check_step_time(subject: WorldUnderTest) -> str:
    """Checks that a control step takes a fraction of the time that it simulates, in processor time."""
    with subject.world(subject.seeds[0]) as world:
        times = []
        for action, events in random_script(world, subject.seeds[0], subject.steps):
            started = time.process_time()
            step_with_events(world, action, events)
            times.append(time.process_time() - started)
        started = time.process_time()
        world.reset()
        reset = time.process_time() - started
        middle = float(np.median(times))
        summary = f"step {1e3 * middle:.2f} ms of {1e3 * world.control_dt:.0f} ms, reset {1e3 * reset:.2f} ms"
        if middle > MAX_STEP_TIME * world.control_dt:
            raise ContractViolation(f"{summary}: leaves the agent no time. Fewer things, or a longer control_dt")
        return summary
