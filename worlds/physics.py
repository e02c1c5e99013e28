"""Rigid-body physics: the only file that knows PyBullet."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from worlds.parts import Contact, Joint, Motor
from worlds.scene import Quaternion, Shape, Vector


@contextlib.contextmanager
def _hushed() -> Iterator[None]:
    """Silences what C code writes to stderr."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


with _hushed():  # it greets everybody with the time at which it was built
    import pybullet as p
    import pybullet_data

__all__ = ["GRAVITY", "UPRIGHT", "Physics", "p"]

GRAVITY = -9.81
UPRIGHT: Quaternion = (0.0, 0.0, 0.0, 1.0)


@dataclass
class Physics:
    """One PyBullet client with deterministic stepping.

    PyBullet's broad phase is ordered (``deterministicOverlappingPairs``) and bodies never sleep: without
    either a restored state diverges at its first step.

    Attributes:
        dt: Seconds per substep.
        labels: Names of each body's base and links, by its number.
        pushes: Impulses that wait for the next substep: body, and (x, y, z) in N s.
        client: Number of the client.
        jointed: How many joints bodies have that have any.
    """

    dt: float
    client: int = field(init=False)
    labels: dict[int, tuple[str, ...]] = field(init=False, default_factory=dict)
    pushes: list[tuple[int, Vector]] = field(init=False, default_factory=list)
    jointed: dict[int, int] = field(init=False, default_factory=dict)

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

    def add(
        self,
        shape: Shape,
        mass: float,
        position: Vector,
        friction: float = 0.6,
        rolling: float = 0.0,
        restitution: float = 0.1,
        damping: float = 0.04,
    ) -> int:
        """Adds a single rigid body of the given shape; a mass of 0 is immovable. Returns its number."""
        body = p.createMultiBody(mass, self._collision(shape), -1, position, UPRIGHT, physicsClientId=self.client)
        self._surface(body, friction, rolling, restitution, damping)
        self.labels[int(body)] = (shape.name,)
        return int(body)

    def add_articulated(self, base: Shape, mass: float, joints: Sequence[Joint], position: Vector) -> int:
        """Adds a body of links; its motors are off, and with a mass of 0 its base stays. Returns its number."""
        turning = [p.JOINT_PRISMATIC if j.slides else p.JOINT_REVOLUTE for j in joints]
        kinds = [p.JOINT_FIXED if j.axis is None else kind for j, kind in zip(joints, turning, strict=True)]
        n = len(joints)
        body = p.createMultiBody(
            mass,
            self._collision(base),
            -1,
            position,
            UPRIGHT,
            linkMasses=[j.mass for j in joints],
            linkCollisionShapeIndices=[self._collision(j.shape) for j in joints],
            linkVisualShapeIndices=[-1] * n,
            linkPositions=[j.position for j in joints],
            linkOrientations=[UPRIGHT] * n,
            linkInertialFramePositions=[j.shape.position for j in joints],
            linkInertialFrameOrientations=[UPRIGHT] * n,
            linkParentIndices=[j.parent for j in joints],
            linkJointTypes=kinds,
            linkJointAxis=[j.axis or (0.0, 0.0, 1.0) for j in joints],
            flags=p.URDF_USE_SELF_COLLISION_EXCLUDE_ALL_PARENTS,
            physicsClientId=self.client,
        )
        self.labels[int(body)] = (base.name, *(joint.name for joint in joints))
        self.jointed[body] = n
        self._surface(body, 0.4, 0.0, 0.0, 0.0)
        for i, joint in enumerate(joints):
            # Alone: together with what belongs to the whole body, PyBullet sets the base's friction instead.
            p.changeDynamics(body, i, lateralFriction=joint.friction, physicsClientId=self.client)
            if joint.limits is not None:
                p.changeDynamics(
                    body, i, jointLowerLimit=joint.limits[0], jointUpperLimit=joint.limits[1],
                    physicsClientId=self.client,
                )  # fmt: skip
            if joint.axis is not None:
                p.setJointMotorControl2(body, i, p.VELOCITY_CONTROL, force=0, physicsClientId=self.client)
        return int(body)

    def add_ghost(self, shape: Shape) -> int:
        """Adds what can be seen in `picture` but not touched. Returns its number."""
        look = p.createVisualShape(**self._geometry(shape, "length"), rgbaColor=(*shape.color, 1.0))
        ghost = int(p.createMultiBody(0.0, -1, look, physicsClientId=self.client))
        self.labels[ghost] = (shape.name,)
        return ghost

    def add_urdf(self, path: str, position: Vector) -> int:
        """Adds a robot with a fixed base from a file in PyBullet's data; its motors are off. Returns its number.

        Its meshes for drawing are left out, of which reading alone takes a second: `picture` does not show it.
        """
        body = p.loadURDF(
            os.path.join(pybullet_data.getDataPath(), path), position, UPRIGHT, useFixedBase=1,
            flags=p.URDF_USE_SELF_COLLISION_EXCLUDE_ALL_PARENTS | p.URDF_IGNORE_VISUAL_SHAPES,
            physicsClientId=self.client,
        )  # fmt: skip
        p.changeDynamics(
            body, -1, activationState=p.ACTIVATION_STATE_DISABLE_SLEEPING, physicsClientId=self.client
        )
        self.jointed[body] = p.getNumJoints(body, physicsClientId=self.client)
        self.labels[int(body)] = (os.path.splitext(os.path.basename(path))[0],)
        for joint in range(self.jointed[body]):
            p.setJointMotorControl2(body, joint, p.VELOCITY_CONTROL, force=0, physicsClientId=self.client)
        return int(body)

    def add_ground(self, heights: npt.NDArray[np.float32], spacing: float, friction: float) -> int:
        """Adds uneven ground, its grid of heights (X, Y) in metres centred on the origin. Returns its number."""
        x, y = heights.shape
        # PyBullet centres a height field between its lowest and highest point, and counts rows along y.
        shape = p.createCollisionShape(
            p.GEOM_HEIGHTFIELD, meshScale=(spacing, spacing, 1.0), heightfieldData=heights.T.ravel().tolist(),
            numHeightfieldRows=x, numHeightfieldColumns=y, physicsClientId=self.client,
        )  # fmt: skip
        middle = (float(heights.min()) + float(heights.max())) / 2
        body = p.createMultiBody(0.0, shape, -1, (0.0, 0.0, middle), UPRIGHT, physicsClientId=self.client)
        self._surface(body, friction, 0.0, 0.1, 0.0)
        return int(body)

    def surface(self, body: int, link: int, friction: float, rolling: float = 0.0) -> None:
        """Sets how one link of a body rubs."""
        p.changeDynamics(
            body, link, lateralFriction=friction, rollingFriction=rolling, spinningFriction=rolling,
            physicsClientId=self.client,
        )  # fmt: skip

    def move(self, body: int, position: Vector, orientation: Quaternion = UPRIGHT) -> None:
        """Puts a body without joints that never moves by itself somewhere; quicker than `place`."""
        p.resetBasePositionAndOrientation(body, position, orientation, physicsClientId=self.client)

    def set_velocity(self, body: int, velocity: Vector, spin: Vector = (0.0, 0.0, 0.0)) -> None:
        """Lets a body go at some velocity (m/s) and angular velocity (rad/s)."""
        p.resetBaseVelocity(body, velocity, spin, physicsClientId=self.client)

    def bend(self, body: int, angles: Sequence[float]) -> None:
        """Puts the joints of a body, from the first on, at some angles (rad; m where they slide), at rest."""
        for joint, angle in enumerate(angles):
            p.resetJointState(body, joint, angle, 0.0, physicsClientId=self.client)

    def jacobian(self, body: int, link: int, angles: Sequence[float]) -> npt.NDArray[np.float64]:
        """Returns (6, D): what the rates of the D moving joints do to a link's velocity and angular velocity."""
        zero = [0.0] * len(angles)
        parts = p.calculateJacobian(
            body, link, (0.0, 0.0, 0.0), list(angles), zero, zero, physicsClientId=self.client
        )
        return np.concatenate([np.array(part) for part in parts])

    def place(self, body: int, position: Vector, orientation: Quaternion = UPRIGHT) -> None:
        """Puts a body somewhere, at rest, its joints at zero."""
        p.resetBasePositionAndOrientation(body, position, orientation, physicsClientId=self.client)
        p.resetBaseVelocity(body, (0, 0, 0), (0, 0, 0), physicsClientId=self.client)
        for joint in range(self.jointed.get(body, 0)):
            p.resetJointState(body, joint, 0.0, 0.0, physicsClientId=self.client)

    def state(self, body: int) -> tuple[Vector, Quaternion, Vector, Vector]:
        """Returns position (m), orientation, velocity (m/s) and angular velocity (rad/s) of a body's base."""
        position, orientation = p.getBasePositionAndOrientation(body, physicsClientId=self.client)
        velocity, spin = p.getBaseVelocity(body, physicsClientId=self.client)
        return position, orientation, velocity, spin

    def pose(self, body: int) -> tuple[Vector, Quaternion]:
        """Returns position (m) and orientation of a body's base."""
        position, orientation = p.getBasePositionAndOrientation(body, physicsClientId=self.client)
        return position, orientation

    def joints(self, body: int, joints: Sequence[int]) -> tuple[list[float], list[float]]:
        """Returns angles (rad) and rates (rad/s) of some joints."""
        states = p.getJointStates(body, joints, physicsClientId=self.client)
        return [s[0] for s in states], [s[1] for s in states]

    def link(self, body: int, link: int) -> tuple[Vector, Quaternion]:
        """Returns position (m) and orientation of a link's frame."""
        state = p.getLinkState(body, link, computeForwardKinematics=1, physicsClientId=self.client)
        return state[4], state[5]

    def poses(self, bodies: Sequence[tuple[int, Sequence[int]]]) -> list[tuple[float, ...]]:
        """Returns poses (position, quaternion) of bodies and of some of their links: each base, then its links."""
        rows: list[tuple[float, ...]] = []
        for body, links in bodies:
            position, turn = p.getBasePositionAndOrientation(body, physicsClientId=self.client)
            rows.append((*position, *turn))
            if links:
                states = p.getLinkStates(body, links, computeForwardKinematics=1, physicsClientId=self.client)
                rows += [(*s[4], *s[5]) for s in states]
        return rows

    def drive(self, body: int, motors: Iterable[Motor]) -> None:
        """Tells motors what to do from now on."""
        for m in motors:
            if m.velocity is not None:
                p.setJointMotorControl2(
                    body, m.joint, p.VELOCITY_CONTROL, targetVelocity=m.velocity, force=m.force,
                    physicsClientId=self.client,
                )  # fmt: skip
            else:
                p.setJointMotorControl2(
                    body, m.joint, p.POSITION_CONTROL, targetPosition=m.position, force=m.force,
                    maxVelocity=m.max_velocity, physicsClientId=self.client,
                )  # fmt: skip

    def push(self, body: int, impulse: Vector) -> None:
        """Applies an impulse (N s) to the body's centre during the next substep."""
        self.pushes.append((body, impulse))  # PyBullet's own state forgets it
        force = [j / self.dt for j in impulse]
        here = p.getBasePositionAndOrientation(body, physicsClientId=self.client)[0]
        p.applyExternalForce(body, -1, force, here, p.WORLD_FRAME, physicsClientId=self.client)

    def advance(self, substeps: int) -> None:
        """Runs some substeps."""
        self.pushes.clear()
        for _ in range(substeps):
            p.stepSimulation(physicsClientId=self.client)

    def contacts(self, body: int, but: Container[int] = ()) -> list[Contact]:
        """Returns what touches a body at the last substep, seen from that body; some other bodies do not count."""
        points = p.getContactPoints(bodyA=body, physicsClientId=self.client)
        return [Contact(c[3], c[2], c[9]) for c in points if c[9] > 0.0 and c[2] not in but]

    def part(self, bodies: Sequence[int]) -> None:
        """Lifts bodies away from the floor and from each other, so that every remembered contact is dropped.

        A used room must be bit-equal to a new one; PyBullet warms its solver up with the last contacts.
        """
        for i, body in enumerate(bodies):
            self.place(body, (0.0, 0.0, 10.0 + 2.0 * i))
        self.advance(1)

    def picture(
        self, width: int, height: int, eye: Vector, target: Vector, fov: float
    ) -> npt.NDArray[np.uint8]:  # fmt: skip
        """Draws with PyBullet's software rasteriser, for machines without OpenGL. Returns (height, width, 3)."""
        view = p.computeViewMatrix(eye, target, (0, 0, 1))
        projection = p.computeProjectionMatrixFOV(fov, width / height, 0.05, 50.0)
        image = p.getCameraImage(
            width, height, view, projection, shadow=0, renderer=p.ER_TINY_RENDERER, physicsClientId=self.client
        )
        return np.reshape(np.asarray(image[2], dtype=np.uint8), (height, width, 4))[:, :, :3]

    def paint(self, body: int, shape: Shape, link: int = -1) -> None:
        """Gives a body's link, or its base, the colour of a shape, for `picture`."""
        p.changeVisualShape(body, link, rgbaColor=(*shape.color, 1.0), physicsClientId=self.client)

    def _collision(self, shape: Shape) -> int:
        frame = {"collisionFramePosition": shape.position, "collisionFrameOrientation": shape.orientation}
        return int(p.createCollisionShape(**self._geometry(shape, "height"), **frame))

    def _geometry(self, shape: Shape, length: str) -> dict[str, Any]:
        """Returns what PyBullet calls a shape; it has two names for the length of a cylinder."""
        a, _, half = shape.size
        if shape.kind == "sphere":
            kind = {"shapeType": p.GEOM_SPHERE, "radius": a}
        elif shape.kind == "box":
            kind = {"shapeType": p.GEOM_BOX, "halfExtents": shape.size}
        elif shape.kind == "cylinder":
            kind = {"shapeType": p.GEOM_CYLINDER, "radius": a, length: 2 * half}
        else:
            raise ValueError(f"no body can be a {shape.kind!r}; use box, sphere or cylinder")
        return {**kind, "physicsClientId": self.client}

    def _surface(
        self, body: int, friction: float, rolling: float, restitution: float, damping: float
    ) -> None:  # fmt: skip
        p.changeDynamics(
            body, -1, lateralFriction=friction, rollingFriction=rolling, spinningFriction=rolling,
            restitution=restitution, linearDamping=damping, angularDamping=damping,
            activationState=p.ACTIVATION_STATE_DISABLE_SLEEPING, physicsClientId=self.client,
        )  # fmt: skip
