"""Raising the minds that housecat ships can be stopped and gone on with."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from agent import Mind
from studies.minds import WIDTH, raise_minds
from usererror import UserError

FEW: dict[str, Any] = {"rooms": 2, "more": 2, "steps": 40, "lessons": {"kitten": 3, "cat": 3}}


@pytest.mark.parametrize("room", ["room 2", "room 4"])
def test_minds_whose_growing_up_was_interrupted_become_the_same(tmp_path: Path, room: str) -> None:
    raise_minds(tmp_path / "whole", tmp_path / "one.safetensors", **FEW)

    def interrupted(it: Iterable[object], length: int, what: str) -> Iterable[object]:
        if room in what:
            raise KeyboardInterrupt
        return it

    growing = tmp_path / "two.safetensors"
    with pytest.raises(KeyboardInterrupt):
        raise_minds(tmp_path / "parts", growing, **FEW, progress=interrupted)
    assert growing.exists()
    with pytest.raises(UserError, match=r"whole rooms of 70"):
        raise_minds(tmp_path / "parts", growing, **{**FEW, "steps": 70})
    raise_minds(tmp_path / "parts", growing, **FEW)
    assert not growing.exists()
    for name in ("kitten.safetensors", "cat.safetensors"):
        assert (tmp_path / "parts" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    kitten, cat = (Mind.load(tmp_path / "whole" / name) for name in ("kitten", "cat"))
    assert (kitten.steps, cat.steps) == (80, 160)
    assert (kitten.memory.transitions, cat.memory.transitions) == (80, 160)
    assert cat.config.hidden == WIDTH
