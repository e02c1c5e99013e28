"""The crawler: a small four-legged animal that must learn to stand, to walk, and to get up from its back."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from worlds.bodies.body import COMMON_READINGS, Body, rotate, yaw
from worlds.physics.client import Physics
from worlds.physics.joints import Joint, Motor
from worlds.rendering.scene import Shape, Vector

SKIN: Vector = (0.36, 0.62, 0.36)
BELLY: Vector = (0.86, 0.84, 0.58)
DARK: Vector = (0.12, 0.13, 0.12)
RIM: Vector = (0.34, 0.56, 0.36)
BACK: Vector = (0.22, 0.42, 0.30)

ALONG_X = (0.0, math.sin(math.pi / 4), 0.0, math.cos(math.pi / 4))
ALONG_Y = (math.sin(math.pi / 4), 0.0, 0.0, math.cos(math.pi / 4))
TRUNK = 0.065  # radius of the trunk (m): round, so that it can roll over
SHELL, RISE = 0.080, 0.050  # radius (m), and how far above the trunk's middle: on it nothing lies still for long
THIGH, SHIN = 0.12, 0.13  # lengths (m)
SWING = 0.7  # rad ahead or back
LIFT, PRESS = 2.6, 2.2  # rad up and over the back, and down until it is folded under the belly
HIP = 0.02  # above the middle of the trunk (m): on its back the legs reach the floor
HEIGHT = SHIN + 0.02 - HIP
LEGS = tuple(
    (f"{end} {side}", x, y)
    for end, x in (("front", 1.0), ("back", -1.0))
    for side, y in (("left", 1.0), ("right", -1.0))
)
PER_LEG = 3  # links
HEAD = PER_LEG * len(LEGS)


def _leg(leg: int, name: str, x: float, y: float) -> tuple[Joint, ...]:
    """Returns hip, thigh and shin; the thigh lies level and the shin hangs down when all angles are zero."""
    first = 1 + PER_LEG * leg
    return (
        Joint(
            f"{name} hip",
            Shape("hip", "sphere", (0.022,) * 3, SKIN, 0),
            0.06,
            0,
            (0.11 * x, 0.07 * y, HIP),
            (0.0, 0.0, -y),
            (-SWING, SWING),
        ),
        Joint(
            f"{name} thigh",
            Shape("thigh", "cylinder", (0.02, 0.02, THIGH / 2), SKIN, 0, (0.0, y * THIGH / 2, 0.0), ALONG_Y),
            0.08,
            first,
            (0.0, 0.0, 0.0),
            (y, 0.0, 0.0),
            (-PRESS, LIFT),
        ),
        Joint(
            f"{name} shin",
            Shape("shin", "cylinder", (0.02, 0.02, SHIN / 2), SKIN, 0, (0.0, 0.0, -SHIN / 2)),
            0.06,
            first + 1,
            (0.0, y * THIGH, 0.0),
            None,
            friction=1.2,
        ),
    )


class Crawler(Body):
    """A round trunk on four sprawling legs; each swings ahead and back and lifts up to over the back.

    Actions (8,), each -1 to 1: for the front left, front right, back left and back right leg its swing (back,
    ahead) and its lift (pressed down, level at 0, up over the back). Nothing rights it but itself.
    """

    name = "crawler"
    actions = tuple(f"{leg} {what}" for leg, _, _ in LEGS for what in ("swing", "lift"))
    parts = ("trunk", "head", *(f"{leg} leg" for leg, _, _ in LEGS))
    readings = (
        *COMMON_READINGS,
        "z",
        "vz",
        "up x",
        "up y",
        "up z",
        "rolling rate",
        "pitching rate",
        "turning rate",
        *actions,
        *(f"{name} rate" for name in actions),
    )
    base = Shape("trunk", "cylinder", (TRUNK, TRUNK, 0.14), SKIN, 0, orientation=ALONG_X)
    mass = 1.4
    joints = (
        *(joint for i, leg in enumerate(LEGS) for joint in _leg(i, *leg)),
        Joint("head", Shape("head", "sphere", (0.055,) * 3, SKIN, 0), 0.15, 0, (0.19, 0.0, 0.02), None),
        Joint("shell", Shape("shell", "sphere", (SHELL,) * 3, BACK, 0), 0.10, 0, (0.0, 0.0, RISE), None),
    )
    height = HEIGHT
    clearance = 0.40
    radius = 0.30
    feels_floor = True

    def __init__(self, physics: Physics) -> None:
        super().__init__(physics)
        driven = [PER_LEG * leg + link for leg in range(len(LEGS)) for link in (0, 1)]
        self.motors = [Motor(link, 4.0, max_velocity=9.0) for link in driven]
        self.driven = driven

    def act(self, action: npt.NDArray[np.float32]) -> None:
        """Sets the joints' targets from an action (8,)."""
        for motor, number, swings in zip(self.motors, action.tolist(), (True, False) * len(LEGS), strict=True):
            motor.position = number * (SWING if swings else LIFT if number > 0 else PRESS)
        self.physics.set_motors(self.id, self.motors)

    def proprioception(self) -> npt.NDArray[np.float32]:
        """Returns proprioception (30,).

        x, y (m), sine and cosine of the heading, velocity x, y (m/s); height (m) and its rate (m/s); its up in the
        room's frame (3); angular velocity (3, rad/s); angles (8, rad) and rates (8, rad/s) of the joints.
        """
        (x, y, z), q, (vx, vy, vz), spin = self.physics.state(self.id)
        heading = yaw(q)
        angles, rates = self.physics.read_joints(self.id, self.driven)
        common = (x, y, math.sin(heading), math.cos(heading), vx, vy)
        up = rotate(q, (0.0, 0.0, 1.0))
        return np.array([*common, z, vz, *up, *spin, *angles, *rates], dtype=np.float32)

    def part_of_link(self, link: int) -> str:
        """Returns the name of the part that a link belongs to: trunk, head or one of the legs."""
        if link < 0:
            return "trunk"
        if link >= HEAD:
            return "head" if link == HEAD else "trunk"
        return f"{LEGS[link // PER_LEG][0]} leg"

    def gaze(self) -> tuple[Vector, Vector, Vector]:
        """Returns the eye at the front of the head, a point ahead, and its up."""
        (x, y, z), q = self.physics.link_pose(self.id, HEAD)
        (ex, ey, ez), (ax, ay, az) = rotate(q, (0.06, 0.0, 0.02)), rotate(q, (1.06, 0.0, -0.1))
        return (x + ex, y + ey, z + ez), (x + ax, y + ay, z + az), rotate(q, (0.0, 0.0, 1.0))

    def visual_shapes(self, first: int) -> tuple[Shape, ...]:
        """Returns the shapes to draw; the base is node `first` and link i is node ``first + 1 + i``."""
        head = first + 1 + HEAD
        shapes = [
            Shape("crawler trunk", "sphere", (0.20, 0.088, 0.072), SKIN, first),
            Shape("crawler belly", "sphere", (0.17, 0.078, 0.06), BELLY, first, (0.0, 0.0, -0.018), solid=False),
            Shape(
                "crawler tail",
                "cone",
                (0.04, 0.035, 0.13),
                SKIN,
                first,
                (-0.29, 0.0, 0.0),
                (0.0, -math.sin(math.pi / 4), 0.0, math.cos(math.pi / 4)),
                solid=False,
            ),
            Shape("crawler head", "sphere", (0.07, 0.058, 0.045), SKIN, head),
        ]
        shapes.append(Shape("crawler shell", "sphere", (SHELL + 0.02, SHELL, SHELL), BACK, head + 1))
        shapes += [
            Shape("crawler scale", "sphere", (0.022, 0.022, 0.02), RIM, first, (x, y, z), solid=False)
            for x, y, z in (
                (0.0, 0.0, 0.122),
                (0.05, 0.035, 0.104),
                (0.05, -0.035, 0.104),
                (-0.05, 0.035, 0.104),
                (-0.05, -0.035, 0.104),
            )
        ]
        for side in (-1.0, 1.0):
            shapes += [
                Shape(
                    "crawler eye",
                    "sphere",
                    (0.018,) * 3,
                    (0.96, 0.86, 0.35),
                    head,
                    (0.03, side * 0.035, 0.034),
                    solid=False,
                ),
                Shape("crawler pupil", "sphere", (0.009,) * 3, DARK, head, (0.044, side * 0.04, 0.038), solid=False),
            ]
        for i, (_, _, y) in enumerate(LEGS):
            node = first + 1 + PER_LEG * i
            shapes += [
                Shape(
                    "crawler thigh",
                    "sphere",
                    (0.028, THIGH / 2 + 0.02, 0.028),
                    SKIN,
                    node + 1,
                    (0.0, y * THIGH / 2, 0.0),
                ),
                Shape("crawler shin", "cylinder", (0.017, 0.017, SHIN / 2), SKIN, node + 2, (0.0, 0.0, -SHIN / 2)),
                Shape("crawler foot", "sphere", (0.034, 0.026, 0.014), BACK, node + 2, (0.01, 0.0, -SHIN + 0.01)),
            ]
        return tuple(shapes)
