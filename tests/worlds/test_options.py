"""Options that a world is made with."""

from __future__ import annotations

import pytest

import worlds
from housecat.core.errors import UserError
from worlds.options import option_parameters, own_options
from worlds.rooms import ROOMS


def test_an_unknown_option_is_named_with_its_neighbours() -> None:
    with pytest.raises(UserError, match=r"unknown option of Playroom 'control_dtt'\. Did you mean control_dt"):
        worlds.make("playroom", control_dtt=0.1)


def test_the_former_name_of_an_option_is_answered_with_the_new_one() -> None:
    with pytest.raises(UserError, match="'film' is now called 'frames_per_step'"):
        worlds.make("playroom", film=1)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"lamp": "yes"}, "lamp='yes'; allowed in Playroom: true or false or None"),
        ({"control_dt": "fast"}, "control_dt='fast'; allowed in Playroom: a number"),
        ({"senses": "body"}, "senses='body'; allowed in Playroom: several, each a word"),
        ({"frames_per_step": 1.5}, "frames_per_step=1.5; allowed in Playroom: a whole number"),
    ],
)
def test_a_value_of_another_type_is_refused_with_the_allowed_ones(options: dict, words: str) -> None:
    with pytest.raises(UserError, match=words):
        worlds.make("playroom", **options)


def test_options_of_a_world_are_its_own_besides_those_of_every_room() -> None:
    assert own_options(ROOMS["stove"]) == ("pairing",)
    assert {"pairing", "body", "senses", "control_dt"} <= set(option_parameters(ROOMS["stove"]))
    assert "options" not in option_parameters(ROOMS["stove"])
