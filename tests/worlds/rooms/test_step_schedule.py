"""When contacts are read and poses are captured within a control step."""

import pytest

from worlds.rooms.step_schedule import Segment, schedule_step


@pytest.mark.parametrize(("substeps", "frames", "contacts_every"), [(48, 6, 4), (48, 1, 4), (12, 4, 4), (10, 2, 4)])
def test_a_schedule_covers_the_step_and_ends_with_both(substeps: int, frames: int, contacts_every: int) -> None:
    segments = schedule_step(substeps, frames, contacts_every)
    assert sum(segment.substeps for segment in segments) == substeps
    assert sum(segment.captures_poses for segment in segments) == frames
    assert sum(segment.reads_contacts for segment in segments) == -(-substeps // contacts_every)
    assert segments[-1].reads_contacts
    assert segments[-1].captures_poses


def test_a_segment_ends_where_contacts_or_poses_are_due() -> None:
    assert schedule_step(12, 2, 4) == [
        Segment(4, True, False),
        Segment(2, False, True),
        Segment(2, True, False),
        Segment(4, True, True),
    ]
