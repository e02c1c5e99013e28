"""The senses of a room."""

from __future__ import annotations

import pytest

import worlds
from housecat.core.errors import UserError


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"things": "some"}, "'all', or 'seen'"),
        ({"eye": "modern"}, "Did you mean moderngl"),
        ({"senses": ("cues",)}, "Playroom has no cues"),
    ],
)
def test_unusable_options_are_refused(options: dict, words: str) -> None:
    with pytest.raises(UserError, match=words):
        worlds.make("playroom", **options)
