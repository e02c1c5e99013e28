"""The octopus: a mantle on six two-jointed arms that it drags itself along with, in the plane of the floor."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from worlds.bodies.body import COMMON_READINGS, Body, rotate, yaw
from worlds.physics.client import Physics
from worlds.physics.joints import Joint, Motor
from worlds.rendering.scene import Quaternion, Shape, Vector

SKIN: Vector = (0.80, 0.36, 0.46)
PALE: Vector = (0.96, 0.72, 0.70)
DARK: Vector = (0.14, 0.10, 0.14)
EYE: Vector = (0.98, 0.94, 0.80)

ARMS = 6
MANTLE = 0.12  # radius (m)
UPPER, LOWER = 0.15, 0.15  # lengths of an arm's two parts (m)
SUCKER = 0.03  # radius of the tip, on which it stands (m)
SHOULDER, ELBOW = 1.0, 1.8  # rad to either side
PER_ARM = 3  # links


def _turn(angle: float) -> Quaternion:
    return (0.0, 0.0, math.sin(angle / 2), math.cos(angle / 2))


def direction(arm: int) -> float:
    """Returns the angle (rad) at which an arm leaves the mantle; the first two flank the eyes."""
    return 2.0 * math.pi * (arm + 0.5) / ARMS


def _arm(arm: int) -> tuple[Joint, ...]:
    """Returns upper arm, lower arm and sucker; the arm stretches straight out when all angles are zero."""
    # The physics gives all links the base's frame: an arm's own direction is built into where its parts lie.
    angle = direction(arm)
    c, s = math.cos(angle), math.sin(angle)
    first = 1 + PER_ARM * arm

    def part(name: str, length: float) -> Shape:
        middle = length / 2
        return Shape(name, "box", (middle - 0.01, 0.018, 0.015), SKIN, 0, (c * middle, s * middle, 0.0), _turn(angle))

    up = (0.0, 0.0, 1.0)
    drop = SUCKER - 0.055  # from the mantle's centre to the arms'
    return (
        Joint(
            f"arm {arm + 1} upper",
            part("upper", UPPER),
            0.08,
            0,
            (c * MANTLE, s * MANTLE, drop),
            up,
            (-SHOULDER, SHOULDER),
        ),
        Joint(
            f"arm {arm + 1} lower", part("lower", LOWER), 0.06, first, (c * UPPER, s * UPPER, 0.0), up, (-ELBOW, ELBOW)
        ),
        Joint(
            f"arm {arm + 1} sucker",
            Shape("sucker", "sphere", (SUCKER,) * 3, PALE, 0),
            0.04,
            first + 1,
            (c * LOWER, s * LOWER, 0.0),
            None,
            friction=1.0,
        ),
    )


class Octopus(Body):
    """A mantle carried by six arms of two joints each; all joints turn in the plane of the floor.

    It stands on the suckers at its arms' tips. An arm that moves alone slides, since the other five hold; all that
    move at once carry the mantle: so it gets about by strokes, in any direction, in many ways.

    Actions (12,), each -1 to 1: shoulder and elbow (right, left) of each arm.
    """

    name = "octopus"
    actions = tuple(f"arm {arm + 1} {joint}" for arm in range(ARMS) for joint in ("shoulder", "elbow"))
    parts = ("mantle", *(f"arm {arm + 1}" for arm in range(ARMS)))
    readings = (*COMMON_READINGS, "turning rate", *actions, *(f"{name} rate" for name in actions))
    base = Shape("mantle", "cylinder", (MANTLE, MANTLE, 0.045), SKIN, 0)
    mass = 1.2
    joints = tuple(joint for arm in range(ARMS) for joint in _arm(arm))
    height = 0.055
    clearance = 0.5
    radius = MANTLE + UPPER + LOWER + SUCKER
    fall_threshold = 0.5  # its joints cannot turn it over

    def __init__(self, physics: Physics) -> None:
        super().__init__(physics)
        self.driven = [PER_ARM * arm + link for arm in range(ARMS) for link in (0, 1)]
        self.motors = [Motor(link, 2.0, max_velocity=8.0) for link in self.driven]

    def act(self, action: npt.NDArray[np.float32]) -> None:
        """Sets the joints' targets from an action (12,)."""
        for motor, number, most in zip(self.motors, action.tolist(), (SHOULDER, ELBOW) * ARMS, strict=True):
            motor.position = number * most
        self.physics.set_motors(self.id, self.motors)

    def proprioception(self) -> npt.NDArray[np.float32]:
        """Returns proprioception (31,).

        x, y (m), sine and cosine of the heading, velocity x, y (m/s); turning rate (rad/s); angles (12, rad) and
        rates (12, rad/s) of the joints.
        """
        (x, y, _), q, (vx, vy, _), spin = self.physics.state(self.id)
        heading = yaw(q)
        angles, rates = self.physics.read_joints(self.id, self.driven)
        return np.array(
            [x, y, math.sin(heading), math.cos(heading), vx, vy, spin[2], *angles, *rates], dtype=np.float32
        )

    def part_of_link(self, link: int) -> str:
        """Returns the name of the part that a link belongs to: mantle or one of the arms."""
        return "mantle" if link < 0 else f"arm {link // PER_ARM + 1}"

    def gaze(self) -> tuple[Vector, Vector, Vector]:
        """Returns the eye at the front of the mantle, a point ahead, and its up."""
        (x, y, z), q = self.physics.pose(self.id)
        (ex, ey, ez), (ax, ay, az) = rotate(q, (0.11, 0.0, 0.11)), rotate(q, (1.11, 0.0, -0.1))
        return (x + ex, y + ey, z + ez), (x + ax, y + ay, z + az), rotate(q, (0.0, 0.0, 1.0))

    def visual_shapes(self, first: int) -> tuple[Shape, ...]:
        """Returns the shapes to draw; the base is node `first` and link i is node ``first + 1 + i``."""
        shapes = [
            Shape("octopus mantle", "sphere", (0.13, 0.125, 0.10), SKIN, first, (-0.015, 0.0, 0.05)),
            Shape("octopus skirt", "cylinder", (MANTLE, MANTLE, 0.03), SKIN, first, (0.0, 0.0, -0.015)),
        ]
        for side in (-1.0, 1.0):
            shapes += [
                Shape("octopus eye", "sphere", (0.028,) * 3, EYE, first, (0.085, side * 0.055, 0.09), solid=False),
                Shape(
                    "octopus pupil",
                    "sphere",
                    (0.010, 0.019, 0.010),
                    DARK,
                    first,
                    (0.107, side * 0.06, 0.097),
                    solid=False,
                ),
            ]
        for x, y, z in ((-0.05, 0.05, 0.13), (-0.08, -0.03, 0.125), (-0.02, -0.055, 0.132), (-0.10, 0.04, 0.10)):
            shapes.append(Shape("octopus spot", "sphere", (0.02, 0.02, 0.014), PALE, first, (x, y, z), solid=False))
        for arm in range(ARMS):
            angle, node = direction(arm), first + 1 + PER_ARM * arm
            c, s, turn = math.cos(angle), math.sin(angle), _turn(angle)
            shapes += [
                Shape(
                    "octopus upper arm",
                    "sphere",
                    (UPPER / 2 + 0.03, 0.034, 0.028),
                    SKIN,
                    node,
                    (c * UPPER / 2, s * UPPER / 2, 0.0),
                    turn,
                ),
                Shape(
                    "octopus lower arm",
                    "sphere",
                    (LOWER / 2 + 0.025, 0.026, 0.023),
                    SKIN,
                    node + 1,
                    (c * LOWER / 2, s * LOWER / 2, 0.0),
                    turn,
                ),
                Shape("octopus sucker", "sphere", (SUCKER, SUCKER, 0.024), PALE, node + 2),
            ]
        return tuple(shapes)
