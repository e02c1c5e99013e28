"""A life that is made up: a round body goes its way, now and then hits a ball, and pretends to think."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from agent.moment import Moment, Plan, Thought
from housecat.core.errors import UserError
from worlds.rendering.scene import Scene, Shape

THINGS = ("red ball", "blue ball", "green cube", "orange drum", "hot plate")
NODES = ("room", *THINGS, "kitten", "kitten.head")
DT = 0.2
START = {
    "red ball": (1.2, 0.8, 0.12),
    "blue ball": (-1.3, 1.4, 0.09),
    "green cube": (0.4, -1.6, 0.11),
    "orange drum": (-1.8, -1.0, 0.1),
    "hot plate": (1.9, -1.2, 0.002),
}


def scene() -> Scene:
    fur = (0.92, 0.6, 0.28)
    shapes = [
        Shape("floor", "box", (3.1, 3.1, 0.5), (0.8, 0.7, 0.58), 0, (0, 0, -0.5)),
        *(
            Shape(f"wall {i}", "box", (0.05, 3.1, 0.175) if i < 2 else (3.1, 0.05, 0.175), (0.86, 0.84, 0.8), 0, at)
            for i, at in enumerate([(3.05, 0, 0.175), (-3.05, 0, 0.175), (0, 3.05, 0.175), (0, -3.05, 0.175)])
        ),
        Shape("red ball", "sphere", (0.12,) * 3, (0.9, 0.2, 0.2), 1),
        Shape("blue ball", "sphere", (0.09,) * 3, (0.2, 0.45, 0.95), 2),
        Shape("green cube", "box", (0.11,) * 3, (0.25, 0.72, 0.35), 3),
        Shape("orange drum", "cylinder", (0.08, 0.08, 0.1), (0.98, 0.55, 0.15), 4),
        Shape("hot plate", "cylinder", (0.5, 0.5, 0.004), (0.95, 0.28, 0.12), 5, glow=0.8, solid=False),
        Shape("kitten body", "sphere", (0.19, 0.105, 0.085), fur, 6),
        Shape("kitten head", "sphere", (0.09, 0.09, 0.08), fur, 7),
        Shape("kitten ear", "cone", (0.03, 0.03, 0.045), fur, 7, (0.02, 0.05, 0.09), solid=False),
        Shape("kitten ear", "cone", (0.03, 0.03, 0.045), fur, 7, (0.02, -0.05, 0.09), solid=False),
    ]
    return Scene(tuple(shapes), NODES, poses(0.0, np.zeros((len(THINGS), 2))), NODES.index("kitten"), (6.0, 6.0))


def body(t: float) -> tuple[float, float, float]:
    x, y = 1.9 * math.sin(0.31 * t), 1.6 * math.sin(0.47 * t + 0.8)
    dx, dy = 0.589 * math.cos(0.31 * t), 0.752 * math.cos(0.47 * t + 0.8)
    return x, y, math.atan2(dy, dx)


def poses(t: float, shifts: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    rows = [[0, 0, 0, 0, 0, 0, 1]]
    for name, (dx, dy) in zip(THINGS, shifts, strict=True):
        x, y, z = START[name]
        rows.append([x + dx, y + dy, z, 0, 0, 0, 1])
    x, y, heading = body(t)
    q = [0, 0, math.sin(heading / 2), math.cos(heading / 2)]
    rows.append([x, y, 0.1, *q])
    rows.append([x + 0.2 * math.cos(heading), y + 0.2 * math.sin(heading), 0.16, *q])
    return np.array(rows, np.float32)


class World:
    things = THINGS

    def scene(self) -> Scene:
        return scene()

    def tiny_render(self, width: int, height: int, eye: Any, target: Any, fov: float) -> np.ndarray[Any, Any]:
        return np.full((height, width, 3), 90, np.uint8)

    def close(self) -> None:
        pass


def make() -> tuple[World, None]:
    return World(), None


def make_slowly() -> tuple[World, None]:
    time.sleep(0.5)
    return World(), None


def make_wrongly() -> tuple[World, None]:
    raise UserError("no such mind 'kiten'")


def live(
    world: World, mind: None, events: Callable[[int], Sequence[Any]], steps: int | None = None, think: float = 0.0
) -> Iterator[Moment]:
    shifts = np.zeros((len(THINGS), 2))
    step = 0
    while steps is None or step < steps:
        happened: list[dict[str, Any]] = [
            {"event": type(e).__name__.lower(), "target": getattr(e, "target", "")} for e in events(step)
        ]
        until = time.process_time() + think
        while time.process_time() < until:
            pass
        yield moment(step, shifts, happened)
        step += 1


def moment(step: int, shifts: np.ndarray[Any, Any], happened: list[dict[str, Any]]) -> Moment:
    t = step * DT
    if step % 9 == 3:
        happened.append({"event": "contact", "part": "paw", "thing": "red ball", "force": 2.0})
    if step == 30:
        happened.append({"event": "muted", "objective": "loves_red", "error": "ValueError: cost has shape (3,)"})
    if step % 60 == 40:
        happened.append({"event": "fall"})
    frames = np.stack([poses(t + DT * (i + 1) / 6, shifts) for i in range(6)])
    wave = [0.5 + 0.5 * math.sin(t * w) for w in (0.21, 0.33, 0.55, 0.17, 0.11, 0.4)]
    muted = step >= 30
    plans = tuple(plan(t + DT, rank) for rank in range(5)) if step > 5 else ()
    return Moment(
        step=step,
        time=t + DT,
        obs={"vitals": np.array([0.9 - 0.001 * step, 0.3 * wave[2] ** 4, 22 + 30 * wave[2] ** 4], np.float32)},
        action=np.zeros(2, np.float32),
        costs={
            "disagreement": -0.8 * wave[0] - 0.2 * math.sin(t * 3),
            "pain": wave[2] ** 6,
            "hunger": 0.1 + 0.001 * step,
            "effort": 0.2 + 0.1 * wave[1],
            "loves_red": math.nan if muted else 0.3 * wave[3],
        },
        emotions={
            "fear": wave[2] ** 3,
            "elation": wave[3] ** 3,
            "surprise": wave[5] ** 4,
            "curiosity": wave[0],
            "boredom": wave[4] * 0.4,
            "frustration": 0.3 * wave[1],
        },
        surprise=0.6 + 0.5 * wave[5] ** 3,
        thought=Thought(
            mode="warmup" if step <= 5 else "plan",
            horizon=14,
            attention=(0, 2, 4),
            weights={"disagreement": 1.0, "pain": 1.0},
            plans=plans,
            anticipated={"pain": 0.6 * wave[2] ** 2, "hunger": 0.1 + 0.05 * wave[4]},
        ),
        events=tuple(happened),
        losses={"model": 0.1},
        things=THINGS,
        frames=frames,
        seconds={"think": 0.1, "move": 0.01, "learn": 0.02},
    )


def plan(t: float, rank: int) -> Plan:
    rng = np.random.default_rng(rank)
    path = np.array([body(t + DT * i) for i in range(15)], np.float32)
    along = np.linspace(0, 1, 15)[:, None]
    path[:, :2] += along**2 * rng.normal(0, 0.6, 2) * (rank > 0)
    things = np.repeat(np.array([START[n] for n in THINGS], np.float32)[None], 15, 0)
    things[:, 0, :2] += along * (0.7, 0.5)
    costs = {"disagreement": -2.1 + 0.2 * rank, "pain": 0.12, "effort": 0.31, "critic.pain": 0.22}
    return Plan(sum(costs.values()), costs, path, things, np.zeros((14, 2), np.float32))
