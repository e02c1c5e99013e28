"""Raising the minds that housecat ships can be stopped and gone on with."""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import torch

import worlds
from agent import Mind
from agent.actor.exploration_noise import babbling
from agent.loop import undergo
from agent.memory.replay_buffer import Replay
from agent.training.trainer import Learner
from housecat.core.errors import UserError
from scripts.train_shipped_minds import WIDTH, raise_minds
from studies.common.scripted_policies import leading_policy
from worlds import World

FEW: dict[str, Any] = {"rooms": 2, "moved": 2, "led": 2, "steps": 34, "lessons": {"kitten": 3, "cat": 3, "critic": 3}}
ASLEEP = ["the cat is asleep", "the cat is asleep", "the cat's critic is asleep"]
INTERRUPTED = (  # during what, and what had been done since the last time
    ("growing up in room 2", ["growing up in room 1 of 6"]),
    ("kitten is asleep", ["growing up in room 2 of 6"]),
    ("moved about in room 4", ["the kitten is asleep", "moved about in room 3 of 6"]),
    ("led about in room 6", ["moved about in room 4 of 6", "led about in room 5 of 6"]),
    ("critic", ["led about in room 6 of 6", *ASLEEP[:2]]),
)


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


class Noted:
    """Notes what the parts of raising are given, and does as they do."""

    def __init__(self) -> None:
        self.feared_from, self.led = list[Replay](), list[tuple[int, int]]()
        self.learn_fear = Learner.learn_fear

    def fear(self, learner: Learner, memory: Replay, generator: torch.Generator) -> dict[str, float]:
        self.feared_from.append(memory)
        return self.learn_fear(learner, memory, generator)

    def lead(self, world: World, steps: int, seed: int) -> Iterator[npt.NDArray[np.float32]]:
        self.led.append((steps, seed))
        return leading_policy(world, steps, seed)


@pytest.fixture(scope="module")
def raised(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Noted]:
    folder, noted = tmp_path_factory.mktemp("whole"), Noted()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Learner, "learn_fear", lambda *given: noted.fear(*given))
        patch.setattr("scripts.train_shipped_minds.leading_policy", noted.lead)
        raise_minds(folder / "minds", folder / "growing.safetensors", **FEW)
    assert not (folder / "growing.safetensors").exists()
    return folder / "minds", noted


@pytest.fixture(scope="module")
def whole(raised: tuple[Path, Noted]) -> Path:
    return raised[0]


def test_the_critic_learns_at_last_from_all_of_life_that_the_kitten_was_not_led_in(
    raised: tuple[Path, Noted],
) -> None:
    assert raised[1].led == [(34, 1004), (34, 1005)]
    assert len(raised[1].feared_from) == FEW["lessons"]["critic"]
    for memory in raised[1].feared_from:
        kept = memory.state()
        assert (memory.size, memory.transitions) == (4 * 35, 4 * 34)
        assert [i for i, linked in enumerate(kept["linked"]) if not linked] == [34, 69, 104, 139]  # rooms are whole


def test_the_kitten_has_lived_and_the_cat_was_also_moved_and_led_about(whole: Path) -> None:
    kitten, cat = (Mind.load(whole / name) for name in ("kitten", "cat"))
    assert (kitten.steps, cat.steps) == (68, 204)
    assert (kitten.memory.transitions, cat.memory.transitions) == (68, 136)  # it has forgotten being led
    assert cat.config.hidden == WIDTH != kitten.config.hidden
    assert cat.config.beside > kitten.config.beside


def test_minds_whose_growing_up_was_interrupted_again_and_again_become_the_same(tmp_path: Path, whole: Path) -> None:
    growing = tmp_path / "growing.safetensors"
    for during, before in INTERRUPTED:
        told = Told(during)
        with pytest.raises(KeyboardInterrupt):
            raise_minds(tmp_path, growing, **FEW, progress=told)
        assert told.done == before  # it goes on where the last room ended, and sleeps anew
    told = Told()
    raise_minds(tmp_path, growing, **FEW, progress=told)
    assert told.done == ASLEEP
    for name in ("kitten.safetensors", "cat.safetensors"):
        assert (tmp_path / name).read_bytes() == (whole / name).read_bytes()


def test_numbers_that_do_not_go_with_what_is_kept_are_refused_and_it_is_kept(tmp_path: Path) -> None:
    growing, few = tmp_path / "growing.safetensors", {**FEW, "steps": 4}
    world = worlds.make("playroom", seed=110, frames_per_step=1)
    mind = Mind.born(world, seed=0)
    for _ in undergo(world, mind, babbling(mind.actions, 5 * 4, 0)):  # as many steps as five rooms have
        pass
    world.close()
    (tmp_path / "minds").mkdir()
    for path in (growing, tmp_path / "minds" / "kitten.safetensors"):
        mind.save(path)
    kept = growing.read_bytes()
    for other in ({"steps": 7}, {"rooms": 1, "moved": 1}):
        with pytest.raises(UserError, match="20 steps"):
            raise_minds(tmp_path / "minds", growing, **{**few, **other})
    with pytest.raises(UserError, match=r"kitten.safetensors is gone"):
        raise_minds(tmp_path / "elsewhere", growing, **few)
    with pytest.raises(UserError, match="moved=0"):
        raise_minds(tmp_path / "minds", growing, **{**few, "moved": 0})
    with pytest.raises(UserError, match=r"2, 2 and 20000 rooms of 4 steps are more than the 100000 moments"):
        raise_minds(tmp_path / "minds", growing, **{**few, "led": 20_000})
    assert growing.read_bytes() == kept
