"""Training the minds that housecat ships can be stopped and gone on with."""

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
from agent.actor.exploration_noise import exploration_noise
from agent.loop import replay_actions
from agent.memory.replay_buffer import ReplayBuffer
from agent.training.trainer import Trainer
from housecat.core.errors import UserError
from scripts.train_shipped_minds import WIDTH, train_minds
from studies.common.scripted_policies import leading_policy
from worlds import World

FEW: dict[str, Any] = {
    "acting_rooms": 2,
    "random_rooms": 2,
    "led_rooms": 2,
    "steps": 34,
    "updates": {"kitten": 3, "cat": 3, "critic": 3},
}
OFFLINE = [*["offline updates of the cat"] * 2, "offline updates of the cat's critic"]
INTERRUPTED = (  # during what, and what had been done since the last time
    ("room 2 of 6: acting", ["room 1 of 6: acting"]),
    ("updates of the kitten", ["room 2 of 6: acting"]),
    ("room 4", ["offline updates of the kitten", "room 3 of 6: moved at random"]),
    ("room 6", ["room 4 of 6: moved at random", "room 5 of 6: led about"]),
    ("critic", ["room 6 of 6: led about", *OFFLINE[:2]]),
)


class Stopping:
    """A progress that keeps what is done, and stops in the middle of some of it, as Ctrl-C would."""

    def __init__(self, stop: str = "never") -> None:
        self.stop, self.done = stop, list[str]()

    def __call__(self, items: Iterable[object], length: int, what: str) -> Iterable[object]:
        if self.stop in what:
            yield from islice(items, length // 2)
            raise KeyboardInterrupt
        yield from items
        self.done.append(what)


class Recorder:
    """Records what the parts of training are given, and does what they do."""

    def __init__(self) -> None:
        self.critic_memories, self.led = list[ReplayBuffer](), list[tuple[int, int]]()
        self.train_critic = Trainer.train_critic

    def record_critic(self, trainer: Trainer, memory: ReplayBuffer, generator: torch.Generator) -> dict[str, float]:
        self.critic_memories.append(memory)
        return self.train_critic(trainer, memory, generator)

    def lead(self, world: World, steps: int, seed: int) -> Iterator[npt.NDArray[np.float32]]:
        self.led.append((steps, seed))
        return leading_policy(world, steps, seed)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Recorder]:
    folder, recorder = tmp_path_factory.mktemp("whole"), Recorder()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Trainer, "train_critic", lambda *given: recorder.record_critic(*given))
        patch.setattr("scripts.train_shipped_minds.leading_policy", recorder.lead)
        train_minds(folder / "minds", folder / "training.safetensors", **FEW)
    assert not (folder / "training.safetensors").exists()
    return folder / "minds", recorder


@pytest.fixture(scope="module")
def whole(trained: tuple[Path, Recorder]) -> Path:
    return trained[0]


def test_the_critic_learns_at_last_from_all_rooms_that_the_kitten_was_not_led_in(
    trained: tuple[Path, Recorder],
) -> None:
    assert trained[1].led == [(34, 1004), (34, 1005)]
    assert len(trained[1].critic_memories) == FEW["updates"]["critic"]
    for memory in trained[1].critic_memories:
        kept = memory.state_dict()
        assert (memory.size, memory.transitions) == (4 * 35, 4 * 34)
        assert [i for i, linked in enumerate(kept["linked"]) if not linked] == [34, 69, 104, 139]  # rooms are whole


def test_the_kitten_has_acted_and_the_cat_was_also_moved_and_led_about(whole: Path) -> None:
    kitten, cat = (Mind.load(whole / name) for name in ("kitten", "cat"))
    assert (kitten.steps, cat.steps) == (68, 204)
    assert (kitten.memory.transitions, cat.memory.transitions) == (68, 136)  # it has forgotten being led
    assert cat.config.model.hidden_size == WIDTH != kitten.config.model.hidden_size
    assert cat.config.model.neighbor_features > kitten.config.model.neighbor_features


def test_minds_whose_training_was_interrupted_again_and_again_become_the_same(tmp_path: Path, whole: Path) -> None:
    checkpoint = tmp_path / "training.safetensors"
    for during, before in INTERRUPTED:
        progress = Stopping(during)
        with pytest.raises(KeyboardInterrupt):
            train_minds(tmp_path, checkpoint, **FEW, progress=progress)
        assert progress.done == before  # it goes on where the last room ended; offline updates begin anew
    progress = Stopping()
    train_minds(tmp_path, checkpoint, **FEW, progress=progress)
    assert progress.done == OFFLINE
    for name in ("kitten.safetensors", "cat.safetensors"):
        assert (tmp_path / name).read_bytes() == (whole / name).read_bytes()


def test_numbers_that_do_not_go_with_what_is_kept_are_refused_and_it_is_kept(tmp_path: Path) -> None:
    checkpoint, few = tmp_path / "training.safetensors", {**FEW, "steps": 4}
    world = worlds.make("playroom", seed=110, frames_per_step=1)
    mind = Mind.born(world, seed=0)
    for _ in replay_actions(world, mind, exploration_noise(mind.actions, 5 * 4, 0)):  # as many steps as five rooms have
        pass
    world.close()
    (tmp_path / "minds").mkdir()
    for path in (checkpoint, tmp_path / "minds" / "kitten.safetensors"):
        mind.save(path)
    kept = checkpoint.read_bytes()
    for other in ({"steps": 7}, {"acting_rooms": 1, "random_rooms": 1}):
        with pytest.raises(UserError, match="20 steps"):
            train_minds(tmp_path / "minds", checkpoint, **{**few, **other})
    with pytest.raises(UserError, match=r"kitten.safetensors is gone"):
        train_minds(tmp_path / "elsewhere", checkpoint, **few)
    with pytest.raises(UserError, match="random_rooms=0"):
        train_minds(tmp_path / "minds", checkpoint, **{**few, "random_rooms": 0})
    with pytest.raises(UserError, match=r"2, 2 and 20000 rooms of 4 steps are more than the 100000 moments"):
        train_minds(tmp_path / "minds", checkpoint, **{**few, "led_rooms": 20_000})
    assert checkpoint.read_bytes() == kept
