"""Events as JSON."""

import pytest

from housecat.core.errors import UserError
from worlds import Meal, Place, Poke
from worlds.events import from_json, to_json


@pytest.mark.parametrize("event", [Poke("red ball", (1.0, 0.0, 0.5)), Place("kitten", (0.5, -1.0)), Meal(0.25)])
def test_events_survive_json(event: Poke | Place | Meal) -> None:
    import json

    assert from_json(json.loads(json.dumps(to_json(event)))) == event


@pytest.mark.parametrize(
    "data", [{"event": "kick"}, {}, {"event": "poke", "target": "x"}, {"event": "meal", "size": 1}]
)
def test_unknown_events_are_refused(data: dict) -> None:
    with pytest.raises(UserError):
        from_json(data)
