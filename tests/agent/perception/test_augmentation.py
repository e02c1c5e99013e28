"""What is learnt from may be shown in a mirror, noised, moved and lit otherwise, and stays true."""

import math
from typing import Any

import pytest
import torch

import agent
import worlds
from agent.perception.augmentation import augment
from housecat.core.errors import UserError
from housecat.core.obs_layout import THINGS
from tests.agent.conftest import SMALL
from worlds.env import World


def test_pictures_move_and_shine_alike_before_and_after() -> None:
    world = worlds.make("playroom", seed=11)
    mind = agent.Mind.born(world, seed=0, config=SMALL)
    picture = torch.zeros(16, 84, 84, 3, dtype=torch.uint8)
    picture[:, 40:44, 40:44] = 100
    senses = {name: torch.from_numpy(value).expand(16, *value.shape) for name, value in world.observe().items()}
    given = {**senses, "eye": picture}, torch.zeros(16, 5), {**senses, "eye": picture}
    config = SMALL.updated({"training.image_shift": 3, "training.brightness_jitter": 0.3})
    before, _, after = augment(config, mind.perception, None, given, torch.Generator().manual_seed(0))
    assert torch.equal(before["eye"], after["eye"])
    places = {tuple(image.nonzero()[0].tolist()[:2]) for image in before["eye"]}
    assert len(places) > 5
    assert all(37 <= row <= 43 and 37 <= column <= 43 for row, column in places)
    shine = before["eye"].flatten(1).amax(1).float()
    assert 69 <= float(shine.min()) < 95 < 105 < float(shine.max()) <= 130
    assert torch.equal(before["things"], senses["things"])


def test_noise_is_as_large_as_configured_and_leaves_looks_alone() -> None:
    world = worlds.make("playroom", seed=11)
    mind = agent.Mind.born(world, seed=0, config=SMALL)
    senses = {name: torch.from_numpy(value).expand(4000, *value.shape) for name, value in world.observe().items()}
    given = senses, torch.zeros(4000, 5), senses
    before, _, after = augment(
        SMALL.updated({"training.obs_noise": 0.5}), mind.perception, None, given, torch.Generator().manual_seed(0)
    )
    where = (mind.perception.poses(before) - mind.perception.poses(senses)) / mind.perception.scale(8)
    spread = where.std(0)
    torch.testing.assert_close(spread[0, :15], torch.full((15,), 0.5), atol=0.03, rtol=0.0)
    torch.testing.assert_close(spread[1:, :8], torch.full((8, 8), 0.5), atol=0.03, rtol=0.0)
    assert torch.equal(before["things"][..., THINGS.appearance], senses["things"][..., THINGS.appearance])
    assert not torch.equal(before["body"], after["body"])


@pytest.mark.parametrize("change", [{"training.symmetry": True}, {"training.obs_noise": 0.2}])
def test_a_mind_learns_so_and_its_life_is_exact(change: dict[str, Any]) -> None:
    def life(world: World) -> list[tuple[list[float], float]]:
        mind = agent.Mind.born(world, seed=0, config=SMALL.updated({**change}))
        return [(m.action.tolist(), m.surprise) for m in agent.live(world, mind, 22)]

    first = life(worlds.make("playroom", seed=11))
    assert life(worlds.make("playroom", seed=11)) == first
    assert all(math.isfinite(surprise) for _, surprise in first)


def test_a_body_that_has_no_mirror_image_is_named() -> None:
    world = worlds.make("tabletop", seed=0)
    with pytest.raises(UserError, match=r"training.symmetry=True needs a body.*such as kitten; here lives arm"):
        agent.Mind.born(world, config=SMALL.updated({"training.symmetry": True}))
