"""What is learnt from may be shown in a mirror, noised, moved and lit otherwise, and stays true."""

import math
from typing import Any

import numpy as np
import pytest
import torch

import agent
import worlds
from agent.perception.augmentation import Symmetry, augment
from housecat.core.errors import UserError
from housecat.core.obs_layout import BODY, THINGS
from tests.agent.conftest import SMALL
from worlds.bodies.kitten import Kitten
from worlds.env import World

POSE = slice(Kitten.readings.index("head rate"))  # all readings but rates of joints
ACTION = np.array([0.8, 0.5, 0.6, -0.4, 0.2], np.float32)
PLACES = {
    "kitten": (0.3, 0.2, 0.4),
    "red ball": (0.75, 0.45),
    "green cube": (-1.5, 1.0),
    "blue ball": (2.0, -1.0),
    "yellow cube": (-2.0, -1.0),
    "purple drum": (-1.0, -2.0),
    "orange drum": (1.5, 2.0),
    "hot plate": (-2.0, 2.0),
}


def lived(places: dict[str, Any], actions: list[np.ndarray]) -> dict[str, torch.Tensor]:
    world = worlds.make("playroom", seed=11)
    obs, _ = world.reset(seed=11, options={"layout": places})
    for action in actions:
        obs = world.step(action)[0]
    return {name: torch.from_numpy(value)[None] for name, value in obs.items()}


def test_a_life_in_a_mirror_is_a_life_of_the_mirrored_world() -> None:
    mirror = Symmetry.of(worlds.make("playroom", seed=11))
    where, sign = (part.numpy() for part in mirror.action)
    flipped = {name: (x, -y, *(-h for h in heading)) for name, (x, y, *heading) in PLACES.items()}
    actions = [ACTION] * 6
    ours = mirror.senses(lived(PLACES, actions), 0.0)
    theirs = lived(flipped, [action[where] * sign for action in actions])
    # Not to the bit: contacts are worked off in another order. Left as it is, the heading alone is off by 0.8.
    torch.testing.assert_close(ours["body"][:, POSE], theirs["body"][:, POSE], atol=0.08, rtol=0.0)
    toys = slice(0, 6)  # the feeder stands elsewhere
    torch.testing.assert_close(
        ours["things"][:, toys, THINGS.position], theirs["things"][:, toys, THINGS.position], atol=0.05, rtol=0.0
    )
    assert abs(float(lived(PLACES, actions)["body"][0, BODY.sin_heading] - theirs["body"][0, BODY.sin_heading])) > 0.3


def test_looking_into_a_mirror_twice_shows_what_is_there() -> None:
    mirror = Symmetry.of(worlds.make("playroom", seed=11))
    senses = lived({}, [ACTION])
    again = mirror.senses(mirror.senses(senses, 0.3), 0.3)
    for name, value in senses.items():
        torch.testing.assert_close(again[name], value)
    assert not torch.equal(mirror.senses(senses, 0.3)["body"], senses["body"])


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
    places = {tuple(it.nonzero()[0].tolist()[:2]) for it in before["eye"]}
    assert len(places) > 5
    assert all(37 <= row <= 43 and 37 <= column <= 43 for row, column in places)
    shine = before["eye"].flatten(1).amax(1).float()
    assert 69 <= float(shine.min()) < 95 < 105 < float(shine.max()) <= 130
    assert torch.equal(before["things"], senses["things"])


def test_noise_is_as_large_as_it_is_told_to_be_and_leaves_looks_alone() -> None:
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
