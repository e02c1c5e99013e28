"""Raising the minds that housecat ships can be stopped and gone on with."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from agent import Mind
from studies.minds import WIDTH, raise_minds
from usererror import UserError

FEW: dict[str, Any] = {"rooms": 2, "moved": 2, "steps": 40, "lessons": {"kitten": 3, "cat": 3}}


@pytest.mark.parametrize("during", ["room 2", "kitten is asleep", "room 4", "cat is asleep"])
def test_minds_whose_growing_up_was_interrupted_become_the_same(tmp_path: Path, during: str) -> None:
    raise_minds(tmp_path / "whole", tmp_path / "one.safetensors", **FEW)

    def interrupted(it: Iterable[object], length: int, what: str) -> Iterable[object]:
        if during in what:
            raise KeyboardInterrupt
        return it

    growing = tmp_path / "two.safetensors"
    with pytest.raises(KeyboardInterrupt):
        raise_minds(tmp_path / "parts", growing, **FEW, progress=interrupted)
    assert growing.exists()
    raise_minds(tmp_path / "parts", growing, **FEW)
    assert not growing.exists()
    for name in ("kitten.safetensors", "cat.safetensors"):
        assert (tmp_path / "parts" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    kitten, cat = (Mind.load(tmp_path / "whole" / name) for name in ("kitten", "cat"))
    assert (kitten.steps, cat.steps) == (80, 160)
    assert (kitten.memory.transitions, cat.memory.transitions) == (80, 160)
    assert cat.config.hidden == WIDTH


def test_numbers_that_do_not_go_with_what_is_kept_are_refused_and_it_is_kept(tmp_path: Path) -> None:
    def stopped(it: Iterable[object], length: int, what: str) -> Iterable[object]:
        if "moved about in room 4" in what:
            raise KeyboardInterrupt
        return it

    growing = tmp_path / "growing.safetensors"
    with pytest.raises(KeyboardInterrupt):
        raise_minds(tmp_path / "minds", growing, **FEW, progress=stopped)
    kept = growing.read_bytes()
    for other in ({"steps": 70}, {"rooms": 1, "moved": 1}):
        with pytest.raises(UserError, match="120 steps"):
            raise_minds(tmp_path / "minds", growing, **{**FEW, **other})
    with pytest.raises(UserError, match=r"kitten.safetensors is gone"):
        raise_minds(tmp_path / "elsewhere", growing, **FEW)
    with pytest.raises(UserError, match="moved=0"):
        raise_minds(tmp_path / "minds", growing, **{**FEW, "moved": 0})
    assert growing.read_bytes() == kept
