"""Raising the minds that housecat ships can be stopped and gone on with."""

from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from agent import Mind
from studies.raising import WIDTH, raise_minds
from usererror import UserError

FEW: dict[str, Any] = {"rooms": 2, "moved": 2, "steps": 34, "lessons": {"kitten": 3, "cat": 3}}


class Told:
    """A progress that notes what is done, and stops in the middle of some of it, as Ctrl-C would."""

    def __init__(self, stop: str = "never") -> None:
        self.stop, self.done = stop, list[str]()

    def __call__(self, it: Iterable[object], length: int, what: str) -> Iterable[object]:
        if self.stop in what:
            yield from islice(it, length // 2)
            raise KeyboardInterrupt
        yield from it
        self.done.append(what)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    raise_minds(folder / "minds", folder / "growing.safetensors", **FEW)
    assert not (folder / "growing.safetensors").exists()
    return folder / "minds"


def test_the_kitten_has_lived_and_the_cat_was_also_moved_about(whole: Path) -> None:
    kitten, cat = (Mind.load(whole / name) for name in ("kitten", "cat"))
    assert (kitten.steps, cat.steps) == (68, 136)
    assert (kitten.memory.transitions, cat.memory.transitions) == (68, 136)
    assert cat.config.hidden == WIDTH != kitten.config.hidden


@pytest.mark.parametrize(
    ("during", "left"),
    [
        ("growing up in room 2", ["growing up in room 2 of 4", "the kitten is asleep", "moved about in room 3 of 4"]),
        ("kitten is asleep", ["the kitten is asleep", "moved about in room 3 of 4", "moved about in room 4 of 4"]),
        ("moved about in room 4", ["moved about in room 4 of 4", "the cat is asleep"]),
    ],
)
def test_minds_whose_growing_up_was_interrupted_become_the_same(
    tmp_path: Path, whole: Path, during: str, left: list[str]
) -> None:
    growing = tmp_path / "growing.safetensors"
    with pytest.raises(KeyboardInterrupt):
        raise_minds(tmp_path, growing, **FEW, progress=Told(during))
    told = Told()
    raise_minds(tmp_path, growing, **FEW, progress=told)
    assert told.done[:3] == left
    for name in ("kitten.safetensors", "cat.safetensors"):
        assert (tmp_path / name).read_bytes() == (whole / name).read_bytes()


def test_numbers_that_do_not_go_with_what_is_kept_are_refused_and_it_is_kept(tmp_path: Path) -> None:
    growing = tmp_path / "growing.safetensors"
    with pytest.raises(KeyboardInterrupt):
        raise_minds(tmp_path / "minds", growing, **FEW, progress=Told("moved about in room 4"))
    kept = growing.read_bytes()
    for other in ({"steps": 70}, {"rooms": 1, "moved": 1}):
        with pytest.raises(UserError, match="102 steps"):
            raise_minds(tmp_path / "minds", growing, **{**FEW, **other})
    with pytest.raises(UserError, match=r"kitten.safetensors is gone"):
        raise_minds(tmp_path / "elsewhere", growing, **FEW)
    with pytest.raises(UserError, match="moved=0"):
        raise_minds(tmp_path / "minds", growing, **{**FEW, "moved": 0})
    assert growing.read_bytes() == kept
