"""The arm: a Franka Panda with a gripper, bolted to a table."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from worlds.bodies.body import Body, rotate, yaw
from worlds.physics import builders
from worlds.physics.client import Physics
from worlds.physics.joints import Motor
from worlds.rendering.scene import Quaternion, Shape, Vector

WHITE: Vector = (0.90, 0.91, 0.93)
GREY: Vector = (0.32, 0.34, 0.38)
DARK: Vector = (0.14, 0.15, 0.17)

JOINTS = 7
HAND, LEFT, RIGHT, GRASP = 8, 9, 10, 11  # links
LINKS = (*(f"link {i}" for i in range(1, 9)), "hand", "left finger", "right finger", "grasp")
HOME = (0.0, -0.30, 0.0, -2.30, 0.0, 2.0, math.pi / 4)  # rad: the hand points down before the base
MOVING = (*range(JOINTS), LEFT, RIGHT)
SPEED, TURN = 0.25, 1.5  # m/s and rad/s of the hand
OPEN = 0.04  # m that each finger opens
LOOKAHEAD = 0.2  # s ahead in which the hand may not leave its workspace
LOW, HIGH = (0.20, -0.45, 0.012), (0.72, 0.45, 0.55)  # corners of the workspace, from the base (m)
DAMPING = 1e-3 * np.eye(6)  # of the least squares, for singular poses
LEVEL_GAIN, HOME_GAIN = 2.0, 0.5  # 1/s
MAX_JOINT_RATE = 2.0  # rad/s
ALONG_Y: Quaternion = (math.sin(math.pi / 4), 0.0, 0.0, math.cos(math.pi / 4))
BASE_OFFSET = (0.04, 0.0, -0.05)  # the base's frame, from its centre of mass, whose pose the physics returns (m)


class Arm(Body):
    """A Franka Panda with seven joints and two fingers. Its hand points down; actions move and turn it.

    Actions (5,), each -1 to 1: velocity of the hand along x, y and z (0.25 m/s), its turning (right, left) and
    the gripper (closed, open). Joint velocities follow from them by damped least squares, anew at each control step.
    """

    name = "arm"
    actions = ("x", "y", "z", "turn", "grip")
    parts = ("hand", "left finger", "right finger", "arm")
    readings = (
        "hand x",
        "hand y",
        "sin heading",
        "cos heading",
        "hand vx",
        "hand vy",
        "hand z",
        "hand vz",
        "opening",
        *(f"joint {i + 1}" for i in range(JOINTS)),
        *(f"joint {i + 1} rate" for i in range(JOINTS)),
    )
    base = Shape("arm base", "cylinder", (0.08, 0.08, 0.07), WHITE, 0)
    mass = 0.0
    joints = ()
    height = 0.0
    clearance = 0.25
    radius = 0.15
    feels_floor = True

    def __init__(self, physics: Physics) -> None:
        self.physics = physics
        self.id = builders.add_urdf(physics, "franka_panda/panda.urdf", (0.0, 0.0, 0.0))
        for finger in (LEFT, RIGHT):
            builders.set_friction(physics, self.id, finger, 2.0)  # rubber
        self.motors = [
            *(Motor(joint, 87.0 if joint < 4 else 20.0, velocity=0.0) for joint in range(JOINTS)),
            *(Motor(finger, 25.0, max_velocity=0.2) for finger in (LEFT, RIGHT)),
        ]

    @property
    def links(self) -> tuple[str, ...]:
        """Names of its links."""
        return LINKS

    def place(self, x: float, y: float, heading: float, floor: float = 0.0) -> None:
        """Places its base, with the joints in their home position; see `Body.place`."""
        turn = (0.0, 0.0, math.sin(heading / 2), math.cos(heading / 2))
        dx, dy, dz = rotate(turn, BASE_OFFSET)
        self.physics.place(self.id, (x - dx, y - dy, floor - dz), turn, (*HOME, OPEN, OPEN))

    def pose(self) -> tuple[Vector, Quaternion]:
        """Returns position (m) between the fingertips, and orientation of the hand."""
        return self.physics.link_pose(self.id, GRASP)

    def act(self, action: npt.NDArray[np.float32]) -> None:
        """Sets the joints' velocities and the fingers from an action (5,)."""
        *desired, turn_rate, grip = action.tolist()
        here, q = self.pose()
        base, turn = self.physics.pose(self.id)
        angles, _ = self.physics.read_joints(self.id, MOVING)
        jacobian = self.physics.jacobian(self.id, GRASP, angles)[:, :JOINTS]
        away = [a - b - c for a, b, c in zip(here, base, rotate(turn, BASE_OFFSET), strict=True)]
        at = rotate((0.0, 0.0, -turn[2], turn[3]), (away[0], away[1], away[2]))  # seen from the base
        x, y, z = (
            min(max((min(max(a + w * SPEED * LOOKAHEAD, low), high) - a) / LOOKAHEAD, -SPEED), SPEED)
            for a, w, low, high in zip(at, desired, LOW, HIGH, strict=True)
        )
        down = rotate(q, (0.0, 0.0, 1.0))
        # down x (0, 0, -1) turns the hand back to point down.
        twist = (*rotate(turn, (x, y, z)), -LEVEL_GAIN * down[1], LEVEL_GAIN * down[0], turn_rate * TURN)
        home = HOME_GAIN * (np.array(HOME) - angles[:JOINTS])
        home[JOINTS - 1] = 0.0  # the hand's own turn
        # The hand's twist comes first; its null space draws the joints home, so that the elbow does not wander.
        rates = home + jacobian.T @ np.linalg.solve(jacobian @ jacobian.T + DAMPING, twist - jacobian @ home)
        for motor, rate in zip(self.motors, rates.tolist(), strict=False):
            motor.velocity = min(max(rate, -MAX_JOINT_RATE), MAX_JOINT_RATE)
        for motor in self.motors[JOINTS:]:
            motor.position = (grip + 1.0) / 2.0 * OPEN
        self.physics.set_motors(self.id, self.motors)

    def proprioception(self) -> npt.NDArray[np.float32]:
        """Returns proprioception (23,).

        x, y (m) between the fingertips, sine and cosine of the hand's heading, its velocity x, y (m/s); its height
        (m) and rate of height (m/s); the fingers' opening (m); angles (7, rad) and rates (7, rad/s) of the joints.
        """
        (x, y, z), q = self.pose()
        angles, rates = self.physics.read_joints(self.id, MOVING)
        vx, vy, vz = (self.physics.jacobian(self.id, GRASP, angles)[:3] @ np.array(rates)).tolist()
        heading = yaw(q)
        opening = angles[JOINTS] + angles[JOINTS + 1]
        return np.array(
            [x, y, math.sin(heading), math.cos(heading), vx, vy, z, vz, opening, *angles[:JOINTS], *rates[:JOINTS]],
            dtype=np.float32,
        )

    def part_of_link(self, link: int) -> str:
        """Returns the name of the part that a link belongs to: hand, one of the fingers, or the arm."""
        return {HAND: "hand", LEFT: "left finger", RIGHT: "right finger"}.get(link, "arm")

    def gaze(self) -> tuple[Vector, Vector, Vector]:
        """Returns an eye above the base, a point before it on the table, and up."""
        (x, y, z), q = self.physics.pose(self.id)
        (ex, ey, ez), (ax, ay, az) = rotate(q, (-0.1, 0.0, 0.8)), rotate(q, (0.5, 0.0, 0.0))
        return (x + ex, y + ey, z + ez), (x + ax, y + ay, z + az), (0.0, 0.0, 1.0)

    def visual_shapes(self, first: int) -> tuple[Shape, ...]:
        """Returns the shapes to draw; the base is node `first` and link i is node ``first + 1 + i``."""
        x, _, z = BASE_OFFSET
        one, two, three, four, five, six, seven = range(first + 1, first + 1 + JOINTS)
        hand, left, right = first + 1 + HAND, first + 1 + LEFT, first + 1 + RIGHT
        return (
            Shape("arm foot", "box", (0.11, 0.09, 0.03), WHITE, first, (x - 0.05, 0.0, z + 0.03)),
            Shape("arm base", "cylinder", (0.075, 0.075, 0.075), WHITE, first, (x, 0.0, z + 0.075)),
            Shape("arm turret", "cylinder", (0.062, 0.062, 0.10), WHITE, one, (0.0, 0.0, -0.09)),
            Shape("arm shoulder", "cylinder", (0.064, 0.064, 0.078), GREY, one, (0.0, 0.0, 0.0), ALONG_Y),
            Shape("arm upper", "cylinder", (0.058, 0.058, 0.10), WHITE, two, (0.0, -0.11, 0.0), ALONG_Y),
            Shape("arm upper end", "cylinder", (0.056, 0.056, 0.06), WHITE, three, (0.0, 0.0, -0.06)),
            Shape("arm elbow side", "box", (0.06, 0.045, 0.045), WHITE, three, (0.05, 0.0, 0.0)),
            Shape("arm elbow", "cylinder", (0.056, 0.056, 0.068), GREY, four, (0.0, 0.0, 0.0)),
            Shape("arm fore side", "box", (0.06, 0.05, 0.045), WHITE, four, (-0.05, 0.03, 0.0)),
            Shape("arm fore", "cylinder", (0.052, 0.052, 0.13), WHITE, five, (0.0, 0.0, -0.18)),
            Shape("arm fore end", "cylinder", (0.044, 0.044, 0.05), WHITE, five, (0.0, 0.0, -0.03)),
            Shape("arm wrist", "cylinder", (0.048, 0.048, 0.062), GREY, six, (0.0, 0.0, 0.0)),
            Shape("arm wrist side", "box", (0.05, 0.042, 0.042), WHITE, six, (0.05, 0.0, 0.0)),
            Shape("arm flange", "cylinder", (0.045, 0.045, 0.045), WHITE, seven, (0.0, 0.0, 0.055)),
            Shape("arm hand", "box", (0.030, 0.10, 0.030), GREY, hand, (0.0, 0.0, 0.036)),
            Shape("arm finger", "box", (0.011, 0.008, 0.028), DARK, left, (0.0, 0.008, 0.026)),
            Shape("arm finger", "box", (0.011, 0.008, 0.028), DARK, right, (0.0, -0.008, 0.026)),
        )
