"""A PyBullet client with deterministic stepping; `worlds.physics.builders` adds bodies to it.

This is the only file that imports PyBullet.
"""

from __future__ import annotations

import contextlib
import os
import weakref
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

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


with _stderr_silenced():  # on import it prints the time at which it was built
    import pybullet as p
    import pybullet_data

__all__ = ["DATA", "GRAVITY", "UPRIGHT", "Physics", "p"]

DATA: Final = pybullet_data.getDataPath()
GRAVITY = -9.81
UPRIGHT: Quaternion = (0.0, 0.0, 0.0, 1.0)
STILL: Vector = (0.0, 0.0, 0.0)

Pose = tuple[Vector, Quaternion]
JointState = tuple[float, float, tuple[float, ...], float]  # angle (rad), rate (rad/s), reaction forces, torque


@dataclass
class Physics:
    """One PyBullet client with deterministic stepping.

    PyBullet's broad phase is ordered (``deterministicOverlappingPairs``) and bodies never sleep: without either, a
    restored state diverges at its first step.

    What was read is cached until something moves, since pose recorder, senses and digest read the same at the end of
    a step.

    Args:
        dt: Seconds per physics substep.

    Attributes:
        dt: Seconds per physics substep.
        client: PyBullet's number of the client.
        labels: Names of the base and the links of each body, by the body's number.
        pending_impulses: Impulses to apply in the next substep, each as a body and (x, y, z) in N s.
        movable_joints: The joints that turn or slide of each body, by the body's number; without bodies that have no
            joints.
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
    _disconnect: weakref.finalize[..., Physics] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.client = p.connect(p.DIRECT)
        if self.client < 0:
            raise RuntimeError("PyBullet has no more clients: close worlds that are no longer needed")
        # A world that is dropped without being closed must not keep its client (some 40 MB) until the process ends.
        self._disconnect = weakref.finalize(self, p.disconnect, self.client)
        p.setGravity(0, 0, GRAVITY, physicsClientId=self.client)
        p.setPhysicsEngineParameter(
            fixedTimeStep=self.dt, deterministicOverlappingPairs=1, numSolverIterations=30, physicsClientId=self.client
        )

    def close(self) -> None:
        """Frees the client; safe to call twice."""
        if self.client >= 0:
            self._disconnect()
            self.client = -1

    def invalidate_cache(self) -> None:
        """Drops all cached reads, because everything may have moved."""
        self._poses.clear()
        self._speeds.clear()
        self._joints.clear()
        self._links.clear()

    # PyBullet is called a hundred times per step, and keyword arguments take twice as long: hence positional ones.

    def move(self, body: int, position: Vector, orientation: Quaternion = UPRIGHT) -> None:
        """Sets the pose of a body without joints that does not move by itself; quicker than `place`."""
        self._poses.pop(body, None)
        self._speeds.pop(body, None)
        self._links.pop(body, None)
        p.resetBasePositionAndOrientation(body, position, orientation, self.client)

    def set_velocity(self, body: int, velocity: Vector, spin: Vector = STILL) -> None:
        """Sets the velocity (m/s) and angular velocity (rad/s) of a body."""
        self._speeds.pop(body, None)
        p.resetBaseVelocity(body, velocity, spin, self.client)

    def set_joints(self, body: int, angles: Sequence[float]) -> None:
        """Sets the positions of all movable joints of a body (rad; m where they slide), at rest."""
        self._joints.pop(body, None)
        self._links.pop(body, None)
        joints = self.movable_joints[body]
        at_rest = [[0.0]] * len(joints)
        p.resetJointStatesMultiDof(body, joints, [[angle] for angle in angles], at_rest, physicsClientId=self.client)

    def jacobian(self, body: int, link: int, angles: Sequence[float]) -> npt.NDArray[np.float64]:
        """Returns the Jacobian (6, D) of a link's velocity and angular velocity with respect to the D joint rates."""
        zero = [0.0] * len(angles)
        parts = p.calculateJacobian(body, link, STILL, list(angles), zero, zero, physicsClientId=self.client)
        return np.concatenate([np.array(part) for part in parts])

    def place(
        self, body: int, position: Vector, orientation: Quaternion = UPRIGHT, angles: Sequence[float] | None = None
    ) -> None:
        """Sets the pose of a body, at rest, and the positions of its joints (see `set_joints`); zero when not given."""
        self.move(body, position, orientation)
        self.set_velocity(body, STILL)
        if self.movable_joints.get(body):
            self.set_joints(body, [0.0] * len(self.movable_joints[body]) if angles is None else angles)

    def state(self, body: int) -> tuple[Vector, Quaternion, Vector, Vector]:
        """Returns position (m), orientation, velocity (m/s) and angular velocity (rad/s) of a body's base."""
        position, orientation = self.pose(body)
        cached = self._speeds.get(body)
        if cached is None:
            cached = self._speeds[body] = p.getBaseVelocity(body, self.client)
        velocity, spin = cached
        return position, orientation, velocity, spin

    def pose(self, body: int) -> Pose:
        """Returns position (m) and orientation of a body's base."""
        cached = self._poses.get(body)
        if cached is None:
            cached = self._poses[body] = p.getBasePositionAndOrientation(body, self.client)
        return cached

    def poses(self, bodies: Iterable[int]) -> list[Pose]:
        """Returns positions (m) and orientations of the bases of bodies."""
        cached, read, client = self._poses, p.getBasePositionAndOrientation, self.client
        return [cached.get(body) or cached.setdefault(body, read(body, client)) for body in bodies]

    def read_joints(self, body: int, joints: Sequence[int]) -> tuple[list[float], list[float]]:
        """Returns the angles (rad) and rates (rad/s) of some of a body's movable joints."""
        states = dict(zip(self.movable_joints[body], self.joint_states(body), strict=True))
        return [states[joint][0] for joint in joints], [states[joint][1] for joint in joints]

    def joint_states(self, body: int) -> tuple[JointState, ...]:
        """Returns the states of all movable joints of a body."""
        cached = self._joints.get(body)
        if cached is None:
            cached = self._joints[body] = p.getJointStates(body, self.movable_joints[body], self.client)
        return cached

    def link_pose(self, body: int, link: int) -> Pose:
        """Returns position (m) and orientation of a link's frame."""
        cached = self._links.get(body)
        if cached is not None:
            return cached[link]
        state = p.getLinkState(body, link, computeForwardKinematics=1, physicsClientId=self.client)
        return state[4], state[5]

    def link_poses(self, body: int, count: int) -> list[Pose]:
        """Returns positions (m) and orientations of the frames of the first `count` links of a body."""
        cached = self._links.get(body)
        if cached is None:
            states = p.getLinkStates(body, range(count), 0, 1, self.client) if count else ()
            cached = self._links[body] = [(s[4], s[5]) for s in states]
        return cached

    def set_motors(self, body: int, motors: Iterable[Motor]) -> None:
        """Sets what the motors of a body do from now on."""
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
        self.pending_impulses.append((body, impulse))  # a saved state of PyBullet does not hold it
        force = [j / self.dt for j in impulse]
        p.applyExternalForce(body, -1, force, self.pose(body)[0], p.WORLD_FRAME, physicsClientId=self.client)

    def step(self, substeps: int) -> None:
        """Runs physics substeps."""
        self.pending_impulses.clear()
        self.invalidate_cache()
        client, step = self.client, p.stepSimulation
        for _ in range(substeps):
            step(client)

    def contacts(self, body: int, ignored: Container[int] = ()) -> list[Contact]:
        """Returns the contacts of a body in the last substep, without those with the bodies to be ignored."""
        points = p.getContactPoints(bodyA=body, physicsClientId=self.client)
        return [Contact(c[3], c[2], c[9]) for c in points if c[2] not in ignored and c[9] > 0.0]

    def separate(self, bodies: Sequence[int]) -> None:
        """Lifts bodies away from the floor and from each other, so that PyBullet drops every cached contact.

        PyBullet warm-starts its solver with the last contacts, and a used room must be bit-equal to a new one.
        """
        for i, body in enumerate(bodies):
            self.place(body, (0.0, 0.0, 10.0 + 2.0 * i))
        self.step(1)

    def render(self, width: int, height: int, eye: Vector, target: Vector, fov: float) -> npt.NDArray[np.uint8]:
        """Returns a picture (height, width, 3) by PyBullet's software rasteriser, for machines without OpenGL.

        Args:
            width: Width of the picture (pixels).
            height: Height of the picture (pixels).
            eye: Position of the camera (m).
            target: Point that the camera looks at (m).
            fov: Vertical field of view (degrees).
        """
        view = p.computeViewMatrix(eye, target, (0, 0, 1))
        projection = p.computeProjectionMatrixFOV(fov, width / height, 0.01, 50.0)  # a nose may touch a wall
        image = p.getCameraImage(
            width, height, view, projection, shadow=0, renderer=p.ER_TINY_RENDERER, physicsClientId=self.client
        )
        return np.reshape(np.asarray(image[2], dtype=np.uint8), (height, width, 4))[:, :, :3]
