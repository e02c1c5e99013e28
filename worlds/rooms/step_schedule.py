"""When contacts are read and poses are captured within a control step."""

from __future__ import annotations

import itertools
from typing import NamedTuple


class Segment(NamedTuple):
    """A part of a control step.

    Attributes:
        substeps: Physics substeps to run.
        reads_contacts: Whether contacts are read, and the room is updated, after them.
        captures_poses: Whether poses are captured after them.
    """

    substeps: int
    reads_contacts: bool
    captures_poses: bool


def schedule_step(substeps: int, frames: int, contacts_every: int) -> list[Segment]:
    """Divides a control step into segments.

    Args:
        substeps: Physics substeps of the control step; a multiple of `frames`.
        frames: Poses to capture in it, at equal distances, the last one at its end.
        contacts_every: Substeps between two readings of contacts; they are read at the end, too.
    """
    per_frame = substeps // frames
    ends = sorted({*range(0, substeps, contacts_every), *range(0, substeps, per_frame), substeps})
    return [
        Segment(end - begin, end % contacts_every == 0 or end == substeps, end % per_frame == 0)
        for begin, end in itertools.pairwise(ends)
    ]
