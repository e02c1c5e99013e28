from __future__ import annotations

import pytest

from tests.viewer import fake
from viewer.title import body_name, describe_agent


@pytest.mark.parametrize(
    ("mind", "body", "words"),
    [
        ("kitten", "kitten", "a kitten"),
        ("cat", "kitten", "a cat"),
        ("newborn", "octopus", "a newborn octopus"),
        ("newborn", "", "a newborn"),
        ("first", "crawler", "first, a crawler"),
        ("first", "arm", "first, an arm"),
        ("", "octopus", "an octopus"),
        ("", "", "an agent"),
    ],
)
def test_the_title_fits_who_is_shown(mind, body, words):
    assert describe_agent(mind, body) == words


def test_the_body_is_named_by_its_root():
    assert body_name(fake.scene()) == "kitten"
