"""The mirror image of a life is a life in the mirror image of the world."""

from typing import Any

import numpy as np
import torch

import worlds
from agent.perception.symmetry import Symmetry
from housecat.core.obs_layout import BODY, THINGS
from worlds.bodies.kitten import Kitten

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
    symmetry = Symmetry.from_world(worlds.make("playroom", seed=11))
    order, sign = (part.numpy() for part in symmetry.action)
    flipped = {name: (x, -y, *(-h for h in heading)) for name, (x, y, *heading) in PLACES.items()}
    actions = [ACTION] * 6
    ours = symmetry.mirror_senses(lived(PLACES, actions), 0.0)
    theirs = lived(flipped, [action[order] * sign for action in actions])
    # Not to the bit: contacts are worked off in another order. Left as it is, the heading alone is off by 0.8.
    torch.testing.assert_close(ours["body"][:, POSE], theirs["body"][:, POSE], atol=0.08, rtol=0.0)
    toys = slice(0, 6)  # the feeder stands elsewhere
    torch.testing.assert_close(
        ours["things"][:, toys, THINGS.position], theirs["things"][:, toys, THINGS.position], atol=0.05, rtol=0.0
    )
    assert abs(float(lived(PLACES, actions)["body"][0, BODY.sin_heading] - theirs["body"][0, BODY.sin_heading])) > 0.3


def test_looking_into_a_mirror_twice_shows_what_is_there() -> None:
    symmetry = Symmetry.from_world(worlds.make("playroom", seed=11))
    senses = lived({}, [ACTION])
    again = symmetry.mirror_senses(symmetry.mirror_senses(senses, 0.3), 0.3)
    for name, value in senses.items():
        torch.testing.assert_close(again[name], value)
    assert not torch.equal(symmetry.mirror_senses(senses, 0.3)["body"], senses["body"])
