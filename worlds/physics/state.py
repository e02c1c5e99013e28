"""The state of a physics: saved as bytes or in memory, restored, and read bit for bit by name."""

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
    """A body that can move.

    Attributes:
        body: Number of the body.
        name: Name of its base.
        joints: Indices of the joints that turn or slide.
        joint_names: Names of these joints.
    """

    body: int
    name: str
    joints: tuple[int, ...]
    joint_names: tuple[str, ...]


def movable_bodies(physics: Physics) -> tuple[MovableBody, ...]:
    """Returns all bodies that can move: those with a mass or with joints."""
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
        names += [f"{mover.name}.{joint}.{quantity}" for joint in mover.joint_names for quantity in ("angle", "rate")]
    return tuple(names)


def read_variables(physics: Physics, bodies: tuple[MovableBody, ...]) -> npt.NDArray[np.float64]:
    """Returns (V,) poses, velocities and joint states as the physics holds them, without rounding."""
    values: list[float] = []
    for body, _, joints, _ in bodies:
        for part in physics.state(body):
            values += part
        if joints:
            for state in physics.joint_states(body):
                values += state[:2]
    return np.array(values)


def save(physics: Physics) -> bytes:
    """Returns the state of all bodies and contacts; it can be loaded into a physics that was built in the same way."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "state.bullet")
        p.saveBullet(path, physicsClientId=physics.client)
        return Path(path).read_bytes()


def load(physics: Physics, state: bytes) -> None:
    """Restores what `save` returned."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "state.bullet")
        Path(path).write_bytes(state)
        p.restoreState(fileName=path, physicsClientId=physics.client)
    physics.invalidate_cache()


def save_in_memory(physics: Physics) -> int:
    """Saves the state in memory until `drop_from_memory`; returns its number."""
    return p.saveState(physicsClientId=physics.client)


def load_from_memory(physics: Physics, number: int) -> None:
    """Restores what `save_in_memory` saved; a thousand times faster than `load`."""
    p.restoreState(stateId=number, physicsClientId=physics.client)
    physics.invalidate_cache()


def drop_from_memory(physics: Physics, number: int) -> None:
    """Frees what `save_in_memory` saved: 0.3 MB."""
    p.removeState(number, physicsClientId=physics.client)


def cast_rays(
    physics: Physics, starts: npt.NDArray[np.float64], ends: npt.NDArray[np.float64]
) -> list[tuple[int, int, float]]:
    """Returns what each ray hits first: body (-1 for none), link, and the fraction of the way (0 to 1).

    Args:
        physics: The physics to cast rays in.
        starts: (R, 3) points where the rays start (m).
        ends: (R, 3) points where they end (m).
    """
    hits = p.rayTestBatch(starts.tolist(), ends.tolist(), numThreads=1, physicsClientId=physics.client)
    return [(hit[0], hit[1], hit[2]) for hit in hits]
