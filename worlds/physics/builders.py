"""Adds bodies to a physics: rigid and articulated ones, robots from files, uneven ground, and visual-only ones."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from worlds.physics.client import DATA, UPRIGHT, Physics, p
from worlds.physics.joints import Joint
from worlds.rendering.scene import Shape, Vector


def add_body(
    physics: Physics,
    shape: Shape,
    mass: float,
    position: Vector,
    friction: float = 0.6,
    rolling: float = 0.0,
    restitution: float = 0.1,
    damping: float = 0.04,
) -> int:
    """Adds a single rigid body.

    Args:
        physics: The physics to add it to.
        shape: Its collision shape; box, sphere or cylinder.
        mass: Mass (kg); 0 makes it immovable.
        position: Position of its centre (m).
        friction: Coulomb coefficient of its surface.
        rolling: Coefficient of rolling and spinning friction (m).
        restitution: How much of its speed it keeps in a collision, 0 to 1.
        damping: Linear and angular damping, 0 to 1 per second.

    Returns:
        The number of the body.
    """
    body = p.createMultiBody(mass, _collision(physics, shape), -1, position, UPRIGHT, physicsClientId=physics.client)
    _set_surface(physics, body, friction, rolling, restitution, damping)
    physics.labels[body] = (shape.name,)
    return body


def add_articulated(physics: Physics, base: Shape, mass: float, joints: Sequence[Joint], position: Vector) -> int:
    """Adds an articulated body; its motors are off.

    Args:
        physics: The physics to add it to.
        base: Collision shape of the base.
        mass: Mass of the base (kg); 0 makes the base immovable.
        joints: The links, each with the joint that holds it.
        position: Position of the base's centre (m).

    Returns:
        The number of the body.
    """
    movable_types = [p.JOINT_PRISMATIC if joint.slides else p.JOINT_REVOLUTE for joint in joints]
    types = [p.JOINT_FIXED if j.axis is None else kind for j, kind in zip(joints, movable_types, strict=True)]
    n = len(joints)
    body = p.createMultiBody(
        mass,
        _collision(physics, base),
        -1,
        position,
        UPRIGHT,
        linkMasses=[j.mass for j in joints],
        linkCollisionShapeIndices=[_collision(physics, j.shape) for j in joints],
        linkVisualShapeIndices=[-1] * n,
        linkPositions=[j.position for j in joints],
        linkOrientations=[UPRIGHT] * n,
        linkInertialFramePositions=[j.shape.position for j in joints],
        linkInertialFrameOrientations=[UPRIGHT] * n,
        linkParentIndices=[j.parent for j in joints],
        linkJointTypes=types,
        linkJointAxis=[j.axis or (0.0, 0.0, 1.0) for j in joints],
        flags=p.URDF_USE_SELF_COLLISION_EXCLUDE_ALL_PARENTS,
        physicsClientId=physics.client,
    )
    physics.labels[body] = (base.name, *(joint.name for joint in joints))
    physics.movable_joints[body] = tuple(i for i, joint in enumerate(joints) if joint.axis is not None)
    _set_surface(physics, body, 0.4, 0.0, 0.0, 0.0)
    for i, joint in enumerate(joints):
        # Alone: together with what belongs to the whole body, PyBullet sets the base's friction instead.
        p.changeDynamics(body, i, lateralFriction=joint.friction, physicsClientId=physics.client)
        if joint.limits is not None:
            low, high = joint.limits
            p.changeDynamics(body, i, jointLowerLimit=low, jointUpperLimit=high, physicsClientId=physics.client)
        if joint.axis is not None:
            p.setJointMotorControl2(body, i, p.VELOCITY_CONTROL, force=0, physicsClientId=physics.client)
    return body


def add_visual(physics: Physics, shape: Shape) -> int:
    """Adds a body that is seen in `Physics.render` but cannot be touched. Returns its number."""
    visual = p.createVisualShape(**_geometry(physics, shape, "length"), rgbaColor=(*shape.color, 1.0))
    body = p.createMultiBody(0.0, -1, visual, physicsClientId=physics.client)
    physics.labels[body] = (shape.name,)
    return body


def add_urdf(physics: Physics, path: str, position: Vector) -> int:
    """Adds a robot with a fixed base from one of PyBullet's URDF files; its motors are off. Returns its number.

    Its visual meshes are left out, since reading them takes a second: `Physics.render` does not show it.

    Args:
        physics: The physics to add it to.
        path: Path of the file below PyBullet's data folder.
        position: Position of its base (m).
    """
    flags = p.URDF_USE_SELF_COLLISION_EXCLUDE_ALL_PARENTS | p.URDF_IGNORE_VISUAL_SHAPES
    path, client = os.path.join(DATA, path), physics.client
    body = p.loadURDF(path, position, UPRIGHT, useFixedBase=1, flags=flags, physicsClientId=client)
    p.changeDynamics(body, -1, activationState=p.ACTIVATION_STATE_DISABLE_SLEEPING, physicsClientId=client)
    physics.labels[body] = (os.path.splitext(os.path.basename(path))[0],)
    joints = range(p.getNumJoints(body, physicsClientId=client))
    types = [p.getJointInfo(body, joint, physicsClientId=client)[2] for joint in joints]
    physics.movable_joints[body] = tuple(joint for joint in joints if types[joint] != p.JOINT_FIXED)
    for joint in joints:
        p.setJointMotorControl2(body, joint, p.VELOCITY_CONTROL, force=0, physicsClientId=client)
    return body


def add_ground(physics: Physics, heights: npt.NDArray[np.float32], spacing: float, friction: float) -> int:
    """Adds uneven ground, centred on the origin. Returns its number.

    Args:
        physics: The physics to add it to.
        heights: (X, Y) heights of a grid of points (m).
        spacing: Distance between neighbouring points (m).
        friction: Coulomb coefficient of its surface.
    """
    x, y = heights.shape
    # PyBullet centres a height field between its lowest and highest point, and counts rows along y.
    shape = p.createCollisionShape(
        p.GEOM_HEIGHTFIELD,
        meshScale=(spacing, spacing, 1.0),
        heightfieldData=heights.T.ravel().tolist(),
        numHeightfieldRows=x,
        numHeightfieldColumns=y,
        physicsClientId=physics.client,
    )
    middle = (float(heights.min()) + float(heights.max())) / 2
    body = p.createMultiBody(0.0, shape, -1, (0.0, 0.0, middle), UPRIGHT, physicsClientId=physics.client)
    _set_surface(physics, body, friction, 0.0, 0.1, 0.0)
    return body


def set_friction(physics: Physics, body: int, link: int, friction: float, rolling: float = 0.0) -> None:
    """Sets the friction of one link of a body."""
    p.changeDynamics(
        body,
        link,
        lateralFriction=friction,
        rollingFriction=rolling,
        spinningFriction=rolling,
        physicsClientId=physics.client,
    )


def set_color(physics: Physics, body: int, shape: Shape, link: int = -1) -> None:
    """Gives a link of a body, or its base (-1), the colour of a shape in `Physics.render`."""
    p.changeVisualShape(body, link, rgbaColor=(*shape.color, 1.0), physicsClientId=physics.client)


def _collision(physics: Physics, shape: Shape) -> int:
    return p.createCollisionShape(
        **_geometry(physics, shape, "height"),
        collisionFramePosition=shape.position,
        collisionFrameOrientation=shape.orientation,
    )


def _geometry(physics: Physics, shape: Shape, length: Literal["height", "length"]) -> dict[str, Any]:
    """Returns a shape as arguments of PyBullet.

    Args:
        physics: The physics that the shape is made in.
        shape: The shape.
        length: PyBullet's name for the length of a cylinder: ``"height"`` of collision shapes, ``"length"`` of visual
            ones.
    """
    radius, _, half_length = shape.size
    if shape.kind == "sphere":
        geometry: dict[str, Any] = {"shapeType": p.GEOM_SPHERE, "radius": radius}
    elif shape.kind == "box":
        geometry = {"shapeType": p.GEOM_BOX, "halfExtents": shape.size}
    elif shape.kind == "cylinder":
        geometry = {"shapeType": p.GEOM_CYLINDER, "radius": radius, length: 2 * half_length}
    else:
        raise ValueError(f"no body can be a {shape.kind!r}; use box, sphere or cylinder")
    return {**geometry, "physicsClientId": physics.client}


def _set_surface(
    physics: Physics, body: int, friction: float, rolling: float, restitution: float, damping: float
) -> None:
    p.changeDynamics(
        body,
        -1,
        lateralFriction=friction,
        rollingFriction=rolling,
        spinningFriction=rolling,
        restitution=restitution,
        linearDamping=damping,
        angularDamping=damping,
        activationState=p.ACTIVATION_STATE_DISABLE_SLEEPING,
        physicsClientId=physics.client,
    )
