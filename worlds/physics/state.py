"""The state of a physics: kept in bytes or in memory, put back, and read to the last bit by name."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from worlds.physics.client import Physics, p

BASE = (
    *(f"position.{axis}" for axis in "xyz"),
    *(f"orientation.{axis}" for axis in "xyzw"),
    *(f"velocity.{axis}" for axis in "xyz"),
    *(f"spin.{axis}" for axis in "xyz"),
)


class MovableBody(NamedTuple):
    """A body that can move: its number, its name, and the numbers and names of the joints that turn or slide."""

    body: int
    name: str
    joints: tuple[int, ...]
    joint_names: tuple[str, ...]


def movable_bodies(physics: Physics) -> tuple[MovableBody, ...]:
    """Finds all bodies that can move; what has no mass and no joints never does by itself."""
    found = []
    for index in range(p.getNumBodies(physicsClientId=physics.client)):
        body = p.getBodyUniqueId(index, physicsClientId=physics.client)
        labels = physics.labels.get(body, (f"body {body}",))
        joints, names = [], []
        for joint in range(p.getNumJoints(body, physicsClientId=physics.client)):
            info = p.getJointInfo(body, joint, physicsClientId=physics.client)
            if info[2] != p.JOINT_FIXED:
                joints.append(joint)
                names.append(labels[joint + 1] if joint + 1 < len(labels) else info[1].decode())
        if joints or p.getDynamicsInfo(body, -1, physicsClientId=physics.client)[0] > 0.0:
            found.append(MovableBody(body, labels[0], tuple(joints), tuple(names)))
    return tuple(found)


def variable_names(bodies: tuple[MovableBody, ...]) -> tuple[str, ...]:
    """Returns the names of the numbers that `read_variables` reads."""
    names: list[str] = []
    for mover in bodies:
        names += [f"{mover.name}.{name}" for name in BASE]
        names += [f"{mover.name}.{joint}.{what}" for joint in mover.joint_names for what in ("angle", "rate")]
    return tuple(names)


def read_variables(physics: Physics, bodies: tuple[MovableBody, ...]) -> npt.NDArray[np.float64]:
    """Returns (V,) positions, orientations, velocities and joints as the physics holds them, without rounding."""
    values: list[float] = []
    for body, _, joints, _ in bodies:
        for part in physics.state(body):
            values += part
        if joints:
            for state in physics.joint_states(body):
                values += state[:2]
    return np.array(values)


def save(physics: Physics) -> bytes:
    """Returns the full state of all bodies and contacts; fits only a world built in the same way."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "state.bullet")
        p.saveBullet(path, physicsClientId=physics.client)
        return Path(path).read_bytes()


def load(physics: Physics, state: bytes) -> None:
    """Puts back what `save` returned."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "state.bullet")
        Path(path).write_bytes(state)
        p.restoreState(fileName=path, physicsClientId=physics.client)
    physics.invalidate_cache()


def save_in_memory(physics: Physics) -> int:
    """Keeps the state of now in memory, until `drop_from_memory`; returns its number."""
    return p.saveState(physicsClientId=physics.client)


def load_from_memory(physics: Physics, number: int) -> None:
    """Puts back what `save_in_memory` kept: a thousand times faster than `load`."""
    p.restoreState(stateId=number, physicsClientId=physics.client)
    physics.invalidate_cache()


def drop_from_memory(physics: Physics, number: int) -> None:
    """Frees what `save_in_memory` kept: 0.3 MB."""
    p.removeState(number, physicsClientId=physics.client)


def cast_rays(
    physics: Physics, starts: npt.NDArray[np.float64], ends: npt.NDArray[np.float64]
) -> list[tuple[int, int, float]]:
    """Returns what each ray (R, 3) from start to end meets first: body (-1 none), link, and how far along (0 to 1)."""
    hits = p.rayTestBatch(starts.tolist(), ends.tolist(), numThreads=1, physicsClientId=physics.client)
    return [(hit[0], hit[1], hit[2]) for hit in hits]
