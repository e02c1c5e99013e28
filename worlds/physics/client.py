"""Rigid-body physics: the only file that imports PyBullet. What fills it is added by `worlds.physics.builders`."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from worlds.physics.joints import Contact, Motor
from worlds.rendering.scene import Quaternion, Vector


@contextlib.contextmanager
def _stderr_silenced() -> Iterator[None]:
    """Silences what C code writes to stderr."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


with _stderr_silenced():  # it greets everybody with the time at which it was built
    import pybullet as p
    import pybullet_data

__all__ = ["DATA", "GRAVITY", "UPRIGHT", "Physics", "p"]

DATA: Final[str] = pybullet_data.getDataPath()
GRAVITY = -9.81
UPRIGHT: Quaternion = (0.0, 0.0, 0.0, 1.0)
STILL: Vector = (0.0, 0.0, 0.0)

Pose = tuple[Vector, Quaternion]
JointState = tuple[float, float, Any, float]  # angle (rad), rate (rad/s), forces and torque


@dataclass
class Physics:
    """One PyBullet client with deterministic stepping.

    PyBullet's broad phase is ordered (``deterministicOverlappingPairs``) and bodies never sleep: without
    either a restored state diverges at its first step.

    What was read is remembered until it moves: recorder, senses and digest all ask for the same at the end of a step.

    Attributes:
        dt: Seconds per substep.
        labels: Names of each body's base and links, by its number.
        pending_impulses: Impulses that wait for the next substep: body, and (x, y, z) in N s.
        client: Number of the client.
        movable_joints: Which joints of a body turn or slide, by its number; bodies without joints are not in it.
    """

    dt: float
    client: int = field(init=False)
    labels: dict[int, tuple[str, ...]] = field(init=False, default_factory=dict)
    pending_impulses: list[tuple[int, Vector]] = field(init=False, default_factory=list)
    movable_joints: dict[int, tuple[int, ...]] = field(init=False, default_factory=dict)
    _poses: dict[int, Pose] = field(init=False, default_factory=dict)
    _speeds: dict[int, tuple[Vector, Vector]] = field(init=False, default_factory=dict)
    _joints: dict[int, tuple[JointState, ...]] = field(init=False, default_factory=dict)
    _links: dict[int, list[Pose]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.client = p.connect(p.DIRECT)
        if self.client < 0:
            raise RuntimeError("PyBullet gives no more clients: close worlds that are no longer needed")
        p.setGravity(0, 0, GRAVITY, physicsClientId=self.client)
        p.setPhysicsEngineParameter(
            fixedTimeStep=self.dt, deterministicOverlappingPairs=1, numSolverIterations=30, physicsClientId=self.client
        )

    def close(self) -> None:
        """Frees the client; safe to call twice."""
        if self.client >= 0:
            p.disconnect(physicsClientId=self.client)
            self.client = -1

    def invalidate_cache(self) -> None:
        """Forgets all that was read: everything may be elsewhere now."""
        self._poses.clear()
        self._speeds.clear()
        self._joints.clear()
        self._links.clear()

    # Arguments of what is called a hundred times in a step go by place: by name they take twice as long.

    def move(self, body: int, position: Vector, orientation: Quaternion = UPRIGHT) -> None:
        """Puts a body without joints that never moves by itself somewhere; quicker than `place`."""
        self._poses.pop(body, None)
        self._speeds.pop(body, None)
        self._links.pop(body, None)
        p.resetBasePositionAndOrientation(body, position, orientation, self.client)

    def set_velocity(self, body: int, velocity: Vector, spin: Vector = STILL) -> None:
        """Lets a body go at some velocity (m/s) and angular velocity (rad/s)."""
        self._speeds.pop(body, None)
        p.resetBaseVelocity(body, velocity, spin, self.client)

    def set_joints(self, body: int, angles: Sequence[float]) -> None:
        """Puts the joints of a body that turn or slide at some angles (rad; m where they slide), at rest."""
        self._joints.pop(body, None)
        self._links.pop(body, None)
        joints = self.movable_joints[body]
        still = [[0.0]] * len(joints)
        p.resetJointStatesMultiDof(body, joints, [[angle] for angle in angles], still, physicsClientId=self.client)

    def jacobian(self, body: int, link: int, angles: Sequence[float]) -> npt.NDArray[np.float64]:
        """Returns (6, D): what the rates of the D moving joints do to a link's velocity and angular velocity."""
        zero = [0.0] * len(angles)
        parts = p.calculateJacobian(body, link, STILL, list(angles), zero, zero, physicsClientId=self.client)
        return np.concatenate([np.array(part) for part in parts])

    def place(
        self, body: int, position: Vector, orientation: Quaternion = UPRIGHT, angles: Sequence[float] | None = None
    ) -> None:
        """Puts a body somewhere, at rest, its joints at some angles (see `set_joints`), or at zero."""
        self.move(body, position, orientation)
        self.set_velocity(body, STILL)
        if self.movable_joints.get(body):
            self.set_joints(body, [0.0] * len(self.movable_joints[body]) if angles is None else angles)

    def state(self, body: int) -> tuple[Vector, Quaternion, Vector, Vector]:
        """Returns position (m), orientation, velocity (m/s) and angular velocity (rad/s) of a body's base."""
        position, orientation = self.pose(body)
        known = self._speeds.get(body)
        if known is None:
            known = self._speeds[body] = p.getBaseVelocity(body, self.client)
        velocity, spin = known
        return position, orientation, velocity, spin

    def pose(self, body: int) -> Pose:
        """Returns position (m) and orientation of a body's base."""
        known = self._poses.get(body)
        if known is None:
            known = self._poses[body] = p.getBasePositionAndOrientation(body, self.client)
        return known

    def poses(self, bodies: Iterable[int]) -> list[Pose]:
        """Returns positions (m) and orientations of the bases of bodies."""
        known, read, client = self._poses, p.getBasePositionAndOrientation, self.client
        return [known.get(body) or known.setdefault(body, read(body, client)) for body in bodies]

    def read_joints(self, body: int, joints: Sequence[int]) -> tuple[list[float], list[float]]:
        """Returns angles (rad) and rates (rad/s) of some of the joints that turn or slide."""
        states = dict(zip(self.movable_joints[body], self.joint_states(body), strict=True))
        return [states[joint][0] for joint in joints], [states[joint][1] for joint in joints]

    def joint_states(self, body: int) -> tuple[JointState, ...]:
        """Returns the states of all joints of a body that turn or slide."""
        known = self._joints.get(body)
        if known is None:
            known = self._joints[body] = p.getJointStates(body, self.movable_joints[body], self.client)
        return known

    def link_pose(self, body: int, link: int) -> Pose:
        """Returns position (m) and orientation of a link's frame."""
        known = self._links.get(body)
        if known is not None:
            return known[link]
        state = p.getLinkState(body, link, computeForwardKinematics=1, physicsClientId=self.client)
        return state[4], state[5]

    def link_poses(self, body: int, count: int) -> list[Pose]:
        """Returns position (m) and orientation of the frames of a body's links, of which there are `count`."""
        known = self._links.get(body)
        if known is None:
            states = p.getLinkStates(body, range(count), 0, 1, self.client) if count else ()
            known = self._links[body] = [(s[4], s[5]) for s in states]
        return known

    def set_motors(self, body: int, motors: Iterable[Motor]) -> None:
        """Tells motors what to do from now on."""
        for m in motors:
            if m.velocity is not None:
                p.setJointMotorControl2(
                    body,
                    m.joint,
                    p.VELOCITY_CONTROL,
                    targetVelocity=m.velocity,
                    force=m.force,
                    physicsClientId=self.client,
                )
            else:
                p.setJointMotorControl2(
                    body,
                    m.joint,
                    p.POSITION_CONTROL,
                    targetPosition=m.position,
                    force=m.force,
                    maxVelocity=m.max_velocity,
                    physicsClientId=self.client,
                )

    def apply_impulse(self, body: int, impulse: Vector) -> None:
        """Applies an impulse (N s) to the body's centre during the next substep."""
        self.pending_impulses.append((body, impulse))  # PyBullet's own state forgets it
        force = [j / self.dt for j in impulse]
        p.applyExternalForce(body, -1, force, self.pose(body)[0], p.WORLD_FRAME, physicsClientId=self.client)

    def step(self, substeps: int) -> None:
        """Runs some substeps."""
        self.pending_impulses.clear()
        self.invalidate_cache()
        client, step = self.client, p.stepSimulation
        for _ in range(substeps):
            step(client)

    def contacts(self, body: int, ignored: Container[int] = ()) -> list[Contact]:
        """Returns what touches a body at the last substep, seen from that body; some other bodies do not count."""
        points = p.getContactPoints(bodyA=body, physicsClientId=self.client)
        return [Contact(c[3], c[2], c[9]) for c in points if c[2] not in ignored and c[9] > 0.0]

    def separate(self, bodies: Sequence[int]) -> None:
        """Lifts bodies away from the floor and from each other, so that every remembered contact is dropped.

        A used room must be bit-equal to a new one; PyBullet warms its solver up with the last contacts.
        """
        for i, body in enumerate(bodies):
            self.place(body, (0.0, 0.0, 10.0 + 2.0 * i))
        self.step(1)

    def render(self, width: int, height: int, eye: Vector, target: Vector, fov: float) -> npt.NDArray[np.uint8]:
        """Draws with PyBullet's software rasteriser, for machines without OpenGL. Returns (height, width, 3)."""
        view = p.computeViewMatrix(eye, target, (0, 0, 1))
        projection = p.computeProjectionMatrixFOV(fov, width / height, 0.01, 50.0)  # a nose may touch a wall
        image = p.getCameraImage(
            width, height, view, projection, shadow=0, renderer=p.ER_TINY_RENDERER, physicsClientId=self.client
        )
        return np.reshape(np.asarray(image[2], dtype=np.uint8), (height, width, 4))[:, :, :3]
