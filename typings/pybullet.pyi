"""What housecat uses of PyBullet 3.2, which has no annotations of its own.

All functions are of C code: it takes any sequence of numbers, and returns tuples. Units are metres, kilograms, seconds,
radians and newtons; quaternions are x, y, z, w. See the PyBullet Quickstart Guide.
"""

from collections.abc import Sequence
from typing import Any, Final

_Vector = tuple[float, float, float]
_Quaternion = tuple[float, float, float, float]
_JointState = tuple[float, float, tuple[float, float, float, float, float, float], float]

ACTIVATION_STATE_DISABLE_SLEEPING: Final[int]
DIRECT: Final[int]
ER_TINY_RENDERER: Final[int]
GEOM_BOX: Final[int]
GEOM_CYLINDER: Final[int]
GEOM_HEIGHTFIELD: Final[int]
GEOM_SPHERE: Final[int]
JOINT_FIXED: Final[int]
JOINT_PRISMATIC: Final[int]
JOINT_REVOLUTE: Final[int]
POSITION_CONTROL: Final[int]
URDF_IGNORE_VISUAL_SHAPES: Final[int]
URDF_USE_SELF_COLLISION_EXCLUDE_ALL_PARENTS: Final[int]
VELOCITY_CONTROL: Final[int]
WORLD_FRAME: Final[int]

def connect(method: int) -> int: ...
def disconnect(physicsClientId: int = ...) -> None: ...
def setGravity(gravX: float, gravY: float, gravZ: float, physicsClientId: int = ...) -> None: ...
def setPhysicsEngineParameter(
    *,
    fixedTimeStep: float = ...,
    deterministicOverlappingPairs: int = ...,
    numSolverIterations: int = ...,
    physicsClientId: int = ...,
) -> None: ...
def stepSimulation(physicsClientId: int = ...) -> Any: ...

# Bodies
def createCollisionShape(
    shapeType: int,
    radius: float = ...,
    halfExtents: Sequence[float] = ...,
    height: float = ...,
    meshScale: Sequence[float] = ...,
    heightfieldData: Sequence[float] = ...,
    numHeightfieldRows: int = ...,
    numHeightfieldColumns: int = ...,
    collisionFramePosition: Sequence[float] = ...,
    collisionFrameOrientation: Sequence[float] = ...,
    physicsClientId: int = ...,
) -> int: ...
def createVisualShape(
    shapeType: int,
    radius: float = ...,
    halfExtents: Sequence[float] = ...,
    length: float = ...,
    rgbaColor: Sequence[float] = ...,
    physicsClientId: int = ...,
) -> int: ...
def createMultiBody(
    baseMass: float = ...,
    baseCollisionShapeIndex: int = ...,
    baseVisualShapeIndex: int = ...,
    basePosition: Sequence[float] = ...,
    baseOrientation: Sequence[float] = ...,
    *,
    linkMasses: Sequence[float] = ...,
    linkCollisionShapeIndices: Sequence[int] = ...,
    linkVisualShapeIndices: Sequence[int] = ...,
    linkPositions: Sequence[Sequence[float]] = ...,
    linkOrientations: Sequence[Sequence[float]] = ...,
    linkInertialFramePositions: Sequence[Sequence[float]] = ...,
    linkInertialFrameOrientations: Sequence[Sequence[float]] = ...,
    linkParentIndices: Sequence[int] = ...,
    linkJointTypes: Sequence[int] = ...,
    linkJointAxis: Sequence[Sequence[float]] = ...,
    flags: int = ...,
    physicsClientId: int = ...,
) -> int: ...
def loadURDF(
    fileName: str,
    basePosition: Sequence[float] = ...,
    baseOrientation: Sequence[float] = ...,
    *,
    useFixedBase: int = ...,
    flags: int = ...,
    physicsClientId: int = ...,
) -> int: ...
def getNumBodies(physicsClientId: int = ...) -> int: ...
def getBodyUniqueId(serialIndex: int, physicsClientId: int = ...) -> int: ...
def changeDynamics(
    bodyUniqueId: int,
    linkIndex: int,
    *,
    lateralFriction: float = ...,
    rollingFriction: float = ...,
    spinningFriction: float = ...,
    restitution: float = ...,
    linearDamping: float = ...,
    angularDamping: float = ...,
    jointDamping: float = ...,
    jointLowerLimit: float = ...,
    jointUpperLimit: float = ...,
    activationState: int = ...,
    physicsClientId: int = ...,
) -> None: ...
def changeVisualShape(
    objectUniqueId: int, linkIndex: int, *, rgbaColor: Sequence[float] = ..., physicsClientId: int = ...
) -> None: ...

# The first of these is the mass.
def getDynamicsInfo(bodyUniqueId: int, linkIndex: int, physicsClientId: int = ...) -> tuple[Any, ...]: ...

# Where bodies are and how they move
def getBasePositionAndOrientation(bodyUniqueId: int, physicsClientId: int = ...) -> tuple[_Vector, _Quaternion]: ...
def resetBasePositionAndOrientation(
    bodyUniqueId: int, posObj: Sequence[float], ornObj: Sequence[float], physicsClientId: int = ...
) -> None: ...
def getBaseVelocity(bodyUniqueId: int, physicsClientId: int = ...) -> tuple[_Vector, _Vector]: ...
def resetBaseVelocity(
    objectUniqueId: int, linearVelocity: Sequence[float], angularVelocity: Sequence[float], physicsClientId: int = ...
) -> None: ...
def applyExternalForce(
    objectUniqueId: int,
    linkIndex: int,
    forceObj: Sequence[float],
    posObj: Sequence[float],
    flags: int,
    physicsClientId: int = ...,
) -> None: ...

# Joints and links
def getNumJoints(bodyUniqueId: int, physicsClientId: int = ...) -> int: ...

# Of these the second is the name, as bytes, and the third the type.
def getJointInfo(bodyUniqueId: int, jointIndex: int, physicsClientId: int = ...) -> tuple[Any, ...]: ...
def getJointStates(
    bodyUniqueId: int, jointIndices: Sequence[int], physicsClientId: int = ...
) -> tuple[_JointState, ...]: ...
def resetJointStatesMultiDof(
    bodyUniqueId: int,
    jointIndices: Sequence[int],
    targetValues: Sequence[Sequence[float]],
    targetVelocities: Sequence[Sequence[float]] = ...,
    physicsClientId: int = ...,
) -> None: ...
def setJointMotorControl2(
    bodyUniqueId: int,
    jointIndex: int,
    controlMode: int,
    *,
    targetPosition: float = ...,
    targetVelocity: float = ...,
    force: float = ...,
    maxVelocity: float = ...,
    physicsClientId: int = ...,
) -> None: ...
def getLinkState(
    bodyUniqueId: int,
    linkIndex: int,
    computeLinkVelocity: int = ...,
    computeForwardKinematics: int = ...,
    physicsClientId: int = ...,
) -> tuple[_Vector, _Quaternion, _Vector, _Quaternion, _Vector, _Quaternion]: ...
def getLinkStates(
    bodyUniqueId: int,
    linkIndices: Sequence[int],
    computeLinkVelocity: int = ...,
    computeForwardKinematics: int = ...,
    physicsClientId: int = ...,
) -> tuple[tuple[_Vector, _Quaternion, _Vector, _Quaternion, _Vector, _Quaternion], ...]: ...
def calculateJacobian(
    bodyUniqueId: int,
    linkIndex: int,
    localPosition: Sequence[float],
    objPositions: Sequence[float],
    objVelocities: Sequence[float],
    objAccelerations: Sequence[float],
    physicsClientId: int = ...,
) -> tuple[tuple[tuple[float, ...], ...], tuple[tuple[float, ...], ...]]: ...

# What touches, what is in the way, and what it looks like
def getContactPoints(bodyA: int = ..., *, physicsClientId: int = ...) -> tuple[tuple[Any, ...], ...]: ...
def rayTestBatch(
    rayFromPositions: Sequence[Sequence[float]],
    rayToPositions: Sequence[Sequence[float]],
    numThreads: int = ...,
    *,
    physicsClientId: int = ...,
) -> tuple[tuple[int, int, float, _Vector, _Vector], ...]: ...
def computeViewMatrix(
    cameraEyePosition: Sequence[float], cameraTargetPosition: Sequence[float], cameraUpVector: Sequence[float]
) -> tuple[float, ...]: ...
def computeProjectionMatrixFOV(fov: float, aspect: float, nearVal: float, farVal: float) -> tuple[float, ...]: ...
def getCameraImage(
    width: int,
    height: int,
    viewMatrix: Sequence[float],
    projectionMatrix: Sequence[float],
    *,
    shadow: int = ...,
    renderer: int = ...,
    physicsClientId: int = ...,
) -> tuple[int, int, Any, Any, Any]: ...

# State
def saveState(physicsClientId: int = ...) -> int: ...
def saveBullet(bulletFileName: str, physicsClientId: int = ...) -> None: ...
def restoreState(*, stateId: int = ..., fileName: str = ..., physicsClientId: int = ...) -> None: ...
def removeState(stateUniqueId: int, physicsClientId: int = ...) -> None: ...
