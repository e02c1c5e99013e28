"""The kitten: a small wheeled body with a head that turns and a paw that swats and hooks."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from worlds.bodies.body import COMMON_READINGS, Body, rotate, yaw
from worlds.physics.client import Physics
from worlds.physics.joints import Joint, Motor
from worlds.rendering.scene import Shape, Vector

FUR: Vector = (0.92, 0.60, 0.28)
CREAM: Vector = (0.98, 0.90, 0.76)
DARK: Vector = (0.16, 0.13, 0.14)
PINK: Vector = (0.93, 0.55, 0.56)

WHEEL_RADIUS = 0.06
TRACK = 0.25  # metres between the wheels
SPEED = 0.8  # m/s with both wheels at full speed ahead
TURN = 2.5  # rad/s
HEAD_RANGE = 1.2  # rad to either side
SWING_RANGE = 1.9  # rad to either side
LIFT_RANGE = 0.7  # rad from the floor up, by its own strength
LIFT_LIMIT = 1.3  # rad, when something pushes it up: a paw that does not yield would lift the wheels off the floor

LEFT, RIGHT, CASTER, HEAD, SHOULDER, PAW, HOOK = range(7)
BASE = Shape("body", "box", (0.15, 0.085, 0.045), FUR, 0)
BASE_HEIGHT = 0.105
DOWN = -(BASE_HEIGHT - 0.09)  # from the base's centre to the shoulder


def _wheel(name: str, side: float) -> Joint:
    # A PyBullet cylinder stands along z: lay it down along the axle.
    lie = (math.sin(math.pi / 4), 0.0, 0.0, math.cos(math.pi / 4))
    shape = Shape(name, "cylinder", (WHEEL_RADIUS, WHEEL_RADIUS, 0.015), DARK, 0, orientation=lie)
    at = (0.10, side * TRACK / 2, WHEEL_RADIUS - BASE_HEIGHT)
    return Joint(name, shape, 0.15, 0, at, (0.0, 1.0, 0.0), None, friction=1.0)


JOINTS = (
    _wheel("left wheel", 1.0),
    _wheel("right wheel", -1.0),
    Joint(
        "caster",
        Shape("caster", "sphere", (0.03,) * 3, DARK, 0),
        0.1,
        0,
        (-0.12, 0.0, 0.03 - BASE_HEIGHT),
        None,
        friction=0.0,
    ),
    Joint(
        "head",
        Shape("head", "sphere", (0.085,) * 3, FUR, 0, (0.04, 0.0, 0.0)),
        0.2,
        0,
        (0.12, 0.0, 0.115),
        (0.0, 0.0, 1.0),
        (-HEAD_RANGE, HEAD_RANGE),
    ),
    Joint(
        "shoulder",
        Shape("shoulder", "sphere", (0.025,) * 3, FUR, 0),
        0.05,
        0,
        (0.15, 0.0, DOWN),
        (0.0, 0.0, 1.0),
        (-SWING_RANGE, SWING_RANGE),
    ),
    Joint(
        "paw",
        Shape("paw", "box", (0.14, 0.02, 0.02), FUR, 0, (0.14, 0.0, 0.0)),
        0.06,
        SHOULDER + 1,
        (0.02, 0.0, 0.0),
        (0.0, -1.0, 0.0),
        (0.0, LIFT_LIMIT),
    ),
    Joint(
        "hook",
        Shape("hook", "box", (0.015, 0.05, 0.04), CREAM, 0, (0.0, 0.0, -0.04)),
        0.04,
        PAW + 1,
        (0.28, 0.0, 0.0),
        None,
        friction=2.0,  # a rubber pad: it grips what it presses on
    ),
)
PART_OF_LINK = {HEAD: "head", SHOULDER: "paw", PAW: "paw", HOOK: "paw"}  # all else is the body


class Kitten(Body):
    """Two driven wheels and a caster, a head that turns, and a paw that swats and hooks.

    Actions (5,), each -1 to 1: drive (back, ahead), turn (right, left), head (right, left), swing of the paw
    (right, left) and its lift (on the floor, up). Drive and turn set wheel speeds; the others set angles.
    """

    name = "kitten"
    actions = ("drive", "turn", "head", "swing", "lift")
    parts = ("body", "head", "paw")
    readings = (
        *COMMON_READINGS,
        "turning rate",
        "head",
        "shoulder",
        "paw",
        "head rate",
        "shoulder rate",
        "paw rate",
        "left wheel rate",
        "right wheel rate",
    )
    mirror_flips = (
        "y",
        "sin heading",
        "vy",
        "turning rate",
        "head",
        "shoulder",
        "head rate",
        "shoulder rate",
        "turn",
        "swing",
    )
    base, mass, joints, height = BASE, 2.0, JOINTS, BASE_HEIGHT
    clearance = 0.55
    fall_threshold = 0.6  # cats land on their feet

    def __init__(self, physics: Physics) -> None:
        super().__init__(physics)
        self.motors = [
            Motor(LEFT, 2.0, velocity=0.0),
            Motor(RIGHT, 2.0, velocity=0.0),
            Motor(HEAD, 1.0, max_velocity=5.0),
            Motor(SHOULDER, 3.0, max_velocity=7.0),
            Motor(PAW, 0.6, max_velocity=5.0),
        ]

    def act(self, action: npt.NDArray[np.float32]) -> None:
        """Sets the motors from an action (5,)."""
        drive, turn, head, swing, lift = (float(a) for a in action)
        ahead, around = drive * SPEED, turn * TURN * TRACK / 2
        left, right, neck, shoulder, paw = self.motors
        left.velocity = (ahead - around) / WHEEL_RADIUS
        right.velocity = (ahead + around) / WHEEL_RADIUS
        neck.position = head * HEAD_RANGE
        shoulder.position = swing * SWING_RANGE
        paw.position = (lift + 1.0) / 2.0 * LIFT_RANGE
        self.physics.set_motors(self.id, self.motors)

    def proprioception(self) -> npt.NDArray[np.float32]:
        """Returns proprioception (15,).

        x, y (m), sine and cosine of the heading, velocity x, y (m/s), all in the room's frame; turning rate
        (rad/s); angles of head, shoulder and paw (rad); their rates (rad/s); left and right wheel (rad/s).
        """
        (x, y, _), q, (vx, vy, _), spin = self.physics.state(self.id)
        heading = yaw(q)
        angles, rates = self.physics.read_joints(self.id, (HEAD, SHOULDER, PAW, LEFT, RIGHT))
        return np.array(
            [x, y, math.sin(heading), math.cos(heading), vx, vy, spin[2], *angles[:3], *rates], dtype=np.float32
        )

    def part_of_link(self, link: int) -> str:
        """Returns the name of the part that a link belongs to: body, head or paw."""
        return PART_OF_LINK.get(link, "body")

    def gaze(self) -> tuple[Vector, Vector, Vector]:
        """Returns the eye on its forehead, a point ahead and a little down, and its up.

        It is behind the nose, or it would look through what the nose touches and above it, or it would see little else.
        """
        (x, y, z), q = self.physics.link_pose(self.id, HEAD)
        (ex, ey, ez), (ax, ay, az) = rotate(q, (0.10, 0.0, 0.06)), rotate(q, (1.10, 0.0, -0.14))
        return (x + ex, y + ey, z + ez), (x + ax, y + ay, z + az), rotate(q, (0.0, 0.0, 1.0))

    def visual_shapes(self, first: int) -> tuple[Shape, ...]:
        """Returns the kitten's shapes to draw; its base is node `first` and link i is node ``first + 1 + i``."""
        return _visual_shapes(first)


def _visual_shapes(first: int) -> tuple[Shape, ...]:
    head, paw, hook = first + 1 + HEAD, first + 1 + PAW, first + 1 + HOOK
    tail = (0.0, math.sin(-0.35), 0.0, math.cos(-0.35))
    ear = (0.0, math.sin(-0.1), 0.0, math.cos(-0.1))
    shapes = [
        Shape("kitten body", "sphere", (0.19, 0.105, 0.085), FUR, first, (-0.01, 0.0, 0.02)),
        Shape("kitten belly", "sphere", (0.15, 0.085, 0.06), CREAM, first, (0.01, 0.0, -0.015), solid=False),
        Shape("kitten tail", "cylinder", (0.016, 0.016, 0.11), FUR, first, (-0.22, 0.0, 0.12), tail, solid=False),
        Shape("kitten tail tip", "sphere", (0.022,) * 3, CREAM, first, (-0.29, 0.0, 0.205), solid=False),
        Shape("kitten head", "sphere", (0.088, 0.092, 0.082), FUR, head, (0.04, 0.0, 0.0)),
        Shape("kitten muzzle", "sphere", (0.035, 0.045, 0.03), CREAM, head, (0.105, 0.0, -0.022), solid=False),
        Shape("kitten nose", "sphere", (0.012,) * 3, PINK, head, (0.138, 0.0, -0.010), solid=False),
    ]
    for side in (-1.0, 1.0):
        shapes += [
            Shape(
                "kitten ear", "cone", (0.034, 0.034, 0.045), FUR, head, (0.03, side * 0.055, 0.095), ear, solid=False
            ),
            Shape(
                "kitten inner ear",
                "cone",
                (0.02, 0.02, 0.03),
                PINK,
                head,
                (0.042, side * 0.055, 0.088),
                ear,
                solid=False,
            ),
            Shape(
                "kitten eye",
                "sphere",
                (0.016, 0.018, 0.022),
                (0.45, 0.78, 0.42),
                head,
                (0.108, side * 0.038, 0.022),
                solid=False,
            ),
            Shape(
                "kitten pupil", "sphere", (0.009, 0.007, 0.015), DARK, head, (0.119, side * 0.039, 0.022), solid=False
            ),
        ]
    for x in (-0.06, 0.0, -0.12):
        shapes.append(
            Shape(
                "kitten stripe",
                "sphere",
                (0.012, 0.075, 0.03),
                (0.72, 0.42, 0.16),
                first,
                (x, 0.0, 0.083 - abs(x + 0.06) * 0.25),
                solid=False,
            )
        )
    for joint, link in ((JOINTS[LEFT], LEFT), (JOINTS[RIGHT], RIGHT)):
        shapes.append(
            Shape(
                "kitten wheel",
                "cylinder",
                joint.shape.size,
                DARK,
                first + 1 + link,
                orientation=joint.shape.orientation,
            )
        )
    shapes += [
        Shape("kitten arm", "box", JOINTS[PAW].shape.size, FUR, paw, JOINTS[PAW].shape.position),
        Shape("kitten paw", "sphere", (0.03, 0.055, 0.05), CREAM, hook, (0.0, 0.0, -0.035)),
    ]
    return tuple(shapes)
