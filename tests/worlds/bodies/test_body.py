"""What every body offers."""

from __future__ import annotations

import worlds


def test_a_body_in_the_playroom_feels_what_it_touches() -> None:
    for name, part in (("crawler", "head"), ("octopus", "mantle")):
        room = worlds.make("playroom", seed=0, body=name)
        assert part in room.body.parts
        assert room.observation_space["touch"].shape == (len(room.body.parts),)
        assert len(room.body.readings) == len(room.observe()["body"])
