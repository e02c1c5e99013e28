"""The layout of every sense: the one place where a column of an observation has a number.

Index an observation by these names, whether it is a NumPy array or a torch tensor, with any leading shape::

    from housecat.core.obs_layout import BODY, THINGS, VITALS

    energy = obs["vitals"][..., VITALS.energy]          # a single column is an int: its dimension goes
    color = obs["things"][..., THINGS.rgb]              # several are a slice: shape (K, 3)
    glow = obs["things"][..., keep(THINGS.glow)]        # a single column whose dimension stays: shape (K, 1)
    velocity = obs["body"][..., BODY.velocity]

Names may overlap: `THINGS.position_xy` is a part of `THINGS.position`. `markdown_tables` renders all of them for the
documentation.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final

import numpy as np
import numpy.typing as npt

# Wider than anything that happens in a room, and finite: Gymnasium's checker wants bounds.
MAX_MOTION: Final = 1e3  # m, m/s, rad, rad/s
MAX_FORCE: Final = 1e6  # N
MOTION: Final = (-MAX_MOTION, MAX_MOTION)
UNIT: Final = (-1.0, 1.0)
SHARE: Final = (0.0, 1.0)


@dataclass(frozen=True)
class Column:
    """A column of a sense, or several that stand side by side.

    Attributes:
        name: The attribute of the layout that holds its index, such as ``"rgb"``.
        index: An int for a single column, a slice for several.
        meaning: What it tells, in words.
        unit: Unit of its numbers; empty where they have none.
        low: Least value.
        high: Greatest value.
        label: What a person calls the number, such as ``"damage rate"``.
    """

    name: str
    index: int | slice
    meaning: str
    unit: str
    low: float
    high: float
    label: str


def _column(index: int | slice, meaning: str, unit: str, limits: tuple[float, float], label: str = "") -> Any:
    """Declares a column of a layout. Returns Any, so that the attribute has the type that it is annotated with."""
    return Column("", index, meaning, unit, *limits, label)


class SenseLayout:
    """What the columns of one sense are. A subclass declares them; its attributes then hold their indices.

    Attributes:
        sense: Name of the sense in an observation.
        shape: Shape of the sense, in words.
        dtype: Type of its numbers.
        summary: What the sense tells, in a sentence.
        columns: The declared columns, in order.
    """

    __slots__ = ()  # an instance cannot be assigned to
    sense: ClassVar[str]
    shape: ClassVar[str]
    dtype: ClassVar[str] = "float32"
    summary: ClassVar[str]
    columns: ClassVar[tuple[Column, ...]]

    def __init_subclass__(cls) -> None:
        declared = {name: value for name, value in vars(cls).items() if isinstance(value, Column)}
        cls.columns = tuple(
            replace(column, name=name, label=column.label or name.replace("_", " "))
            for name, column in declared.items()
        )
        for column in cls.columns:
            setattr(cls, column.name, column.index)


class BodyLayout(SenseLayout):
    """Columns of the sense ``body`` that every body has; the rest is named by the body's `readings`."""

    __slots__ = ()
    sense: ClassVar[str] = "body"
    shape: ClassVar[str] = "(n,)"
    summary: ClassVar[str] = (
        "Proprioception. Its first six columns are the same for every body and stand in the room's frame; which others "
        "follow, the `readings` of the body name."
    )

    position: slice = _column(slice(0, 2), "x and y of the body in the room", "m", MOTION)
    x: int = _column(0, "x of the body", "m", MOTION)
    y: int = _column(1, "y of the body", "m", MOTION)
    pose: slice = _column(slice(0, 4), "position and heading together", "m, 1", MOTION)
    heading: slice = _column(slice(2, 4), "sine and cosine of the direction that the body faces", "", UNIT)
    sin_heading: int = _column(2, "sine of that direction", "", UNIT, "sine of heading")
    cos_heading: int = _column(3, "cosine of that direction", "", UNIT, "cosine of heading")
    velocity: slice = _column(slice(4, 6), "velocity along x and y", "m/s", MOTION)
    vx: int = _column(4, "velocity along x", "m/s", MOTION, "velocity x")
    vy: int = _column(5, "velocity along y", "m/s", MOTION, "velocity y")
    common: slice = _column(slice(0, 6), "all columns that every body has", "m, 1, m/s", MOTION)
    proprioception: slice = _column(
        slice(6, None), "the body's own readings: heights, joint angles, rates", "m, rad, m/s, rad/s", MOTION
    )


class TouchLayout(SenseLayout):
    """Columns of the sense ``touch``: one for each of the body's `parts`."""

    __slots__ = ()
    sense: ClassVar[str] = "touch"
    shape: ClassVar[str] = "(p,)"
    summary: ClassVar[str] = "Contact forces: one column for each of the body's `parts`, in their order."

    force: slice = _column(
        slice(None), "strongest contact force on the part during the control step", "N", (0.0, MAX_FORCE)
    )


class ThingsLayout(SenseLayout):
    """Columns of the sense ``things``: a row for each of the K things.

    The first eight columns tell where a thing is and how it moves, the last whether it is there. A world may tell
    more or less of its appearance in between than housecat's rooms do: so `present` counts from the end.
    """

    __slots__ = ()
    sense: ClassVar[str] = "things"
    shape: ClassVar[str] = "(K, 19)"
    summary: ClassVar[str] = (
        "A row for each thing: where it is and how it looks, not what it is for. The frame is the room's and not the "
        "body's, so what rests does not change while the body moves."
    )

    position: slice = _column(slice(0, 3), "x, y and z of its centre", "m", MOTION)
    position_xy: slice = _column(slice(0, 2), "x and y of its centre", "m", MOTION)
    x: int = _column(0, "x of its centre", "m", MOTION)
    y: int = _column(1, "y of its centre", "m", MOTION)
    z: int = _column(2, "height of its centre", "m", MOTION)
    velocity: slice = _column(slice(3, 6), "velocity along x, y and z", "m/s", MOTION)
    velocity_xy: slice = _column(slice(3, 5), "velocity along x and y", "m/s", MOTION)
    vx: int = _column(3, "velocity along x", "m/s", MOTION, "velocity x")
    vy: int = _column(4, "velocity along y", "m/s", MOTION, "velocity y")
    vz: int = _column(5, "velocity along z", "m/s", MOTION, "velocity z")
    heading: slice = _column(slice(6, 8), "sine and cosine of its heading; 0 and 1 where its shape hides it", "", UNIT)
    sin_heading: int = _column(6, "sine of its heading", "", UNIT, "sine of heading")
    cos_heading: int = _column(7, "cosine of its heading", "", UNIT, "cosine of heading")
    pose: slice = _column(slice(0, 8), "position, velocity and heading together", "m, m/s, 1", MOTION)
    appearance: slice = _column(slice(8, None), "everything after the pose, `present` included", "m, 1", MOTION)
    half_size: slice = _column(slice(8, 11), "half extents along its own x, y and z", "m", (0.0, MAX_MOTION))
    radius: int = _column(8, "half extent along its own x: the radius of what is round", "m", (0.0, MAX_MOTION))
    rgb: slice = _column(slice(11, 14), "colour: red, green and blue", "", SHARE)
    shape_one_hot: slice = _column(slice(14, 17), "1 for its shape, else 0: sphere, box, cylinder", "", SHARE)
    glow: int = _column(17, "how much it shines", "", SHARE)
    present: int = _column(
        -1, "1 where it is there; less where it is only believed to be; 0 where it is gone or out of sight", "", SHARE
    )


class VitalsLayout(SenseLayout):
    """Columns of the sense ``vitals``: how the body is."""

    __slots__ = ()
    sense: ClassVar[str] = "vitals"
    shape: ClassVar[str] = "(3,)"
    summary: ClassVar[str] = "How the body is."

    energy: int = _column(0, "energy: 0 is exhausted, 1 is full", "", SHARE)
    damage: int = _column(1, "rate at which the body is being damaged", "1/s", SHARE, "damage rate")
    temperature: int = _column(2, "temperature of the skin", "deg C", (-50.0, 150.0))


class CuesLayout(SenseLayout):
    """Columns of the sense ``cues``: one for each of the room's `cues`."""

    __slots__ = ()
    sense: ClassVar[str] = "cues"
    shape: ClassVar[str] = "(c,)"
    summary: ClassVar[str] = "Lamps and sounds: one column for each of the room's `cues`, in rooms that have some."

    level: slice = _column(slice(None), "what the lamp or sound tells", "", UNIT)


class EyeLayout(SenseLayout):
    """Channels of the sense ``eye``, a picture from the body's head."""

    __slots__ = ()
    sense: ClassVar[str] = "eye"
    shape: ClassVar[str] = "(84, 84, 3)"
    dtype: ClassVar[str] = "uint8"
    summary: ClassVar[str] = (
        "A picture from the head, 90 degrees wide and high, in rooms made with ``eye`` in `senses`."
    )

    rgb: slice = _column(slice(0, 3), "red, green and blue of a pixel", "", (0.0, 255.0))


BODY: Final = BodyLayout()
TOUCH: Final = TouchLayout()
THINGS: Final = ThingsLayout()
VITALS: Final = VitalsLayout()
CUES: Final = CuesLayout()
EYE: Final = EyeLayout()
LAYOUTS: Final[dict[str, SenseLayout]] = {layout.sense: layout for layout in (BODY, TOUCH, THINGS, VITALS, CUES, EYE)}

BODY_COMMON_SIZE: Final = BODY.common.stop  # columns that every body has
THING_POSE_SIZE: Final = THINGS.pose.stop
THING_SIZE: Final = THINGS.glow + 2  # columns of a thing in housecat's rooms: `present` follows `glow`


def keep(column: int) -> slice:
    """Returns the slice that holds a single column alone: indexing by it keeps the column's dimension, of size 1."""
    return slice(column, column + 1 or None)


def indices(columns: slice, size: int | None = None) -> tuple[int, ...]:
    """Returns the numbers of the columns in a slice.

    Args:
        columns: A slice of a layout, such as `THINGS.rgb`.
        size: Size of the sense's last dimension; needed only for slices without an end, such as `BODY.proprioception`.

    Raises:
        ValueError: The slice has no end and no size was given.
    """
    if columns.stop is None and size is None:
        raise ValueError(f"{columns} has no end: give the size of the sense's last dimension")
    return tuple(range(*columns.indices(columns.stop if size is None else size)))


def column_in(column: int, columns: slice) -> int:
    """Returns the number of a column within a part of a sense, such as of `THINGS.radius` in `THINGS.appearance`.

    Args:
        column: The column; one that counts from the end does so in the part, too.
        columns: The part, which holds the column.
    """
    return column if column < 0 else column - (columns.start or 0)


def bounds(layout: SenseLayout) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Returns least and greatest values (n,) of a layout that consists of n single columns, such as `VITALS`."""
    low, high = ([getattr(column, end) for column in layout.columns] for end in ("low", "high"))
    return np.array(low, np.float32), np.array(high, np.float32)


def labels(layout: SenseLayout) -> dict[int, str]:
    """Returns what a person calls each single column of a layout, by the column's number."""
    return {column.index: column.label for column in layout.columns if isinstance(column.index, int)}


def markdown_tables() -> str:
    """Renders the columns of every sense as Markdown, for the reference documentation.

    Returns:
        A section for each sense: a heading of the third level, a sentence on what the sense tells, and a table with
        the columns ``columns`` (their numbers), ``name`` (as in ``THINGS.rgb``), ``meaning``, ``unit`` and ``range``.
        The text depends on this file alone, so that it can be generated whenever the documentation is built.
    """
    sections = []
    for layout in LAYOUTS.values():
        lines = [f"### `{layout.sense}`: {layout.shape}, {layout.dtype}", "", layout.summary, ""]
        lines += ["| columns | name | meaning | unit | range |", "| --- | --- | --- | --- | --- |"]
        for column in layout.columns:
            cells = (_numbers(column.index), f"`{layout.sense.upper()}.{column.name}`", column.meaning)
            lines.append(f"| {' | '.join((*cells, column.unit or '-', f'{column.low:g} to {column.high:g}'))} |")
        sections.append("\n".join(lines))
    return "\n\n".join(sections) + "\n"


def _numbers(index: int | slice) -> str:
    if isinstance(index, int):
        return "last" if index == -1 else str(index)
    if index.stop is None:
        return "all" if index.start is None else f"from {index.start}"
    return f"{index.start}-{index.stop - 1}"
