"""A mind that moves to a room with more or fewer things."""

from pathlib import Path

import numpy as np
import pytest
import torch

import agent
import worlds
from agent.world_model.rollout import Rollout
from housecat.core.errors import UserError
from housecat.core.obs_layout import THINGS
from tests.agent.conftest import SMALL
from worlds.env import World


def lived(world: World, mind: agent.Mind, steps: int) -> list[agent.Moment]:
    mind.begin_episode()
    return list(agent.live(world, mind, steps))


def test_it_makes_place_for_more_things_and_keeps_what_it_lived(world: World) -> None:
    mind = agent.Mind.born(world, seed=0, config=SMALL)
    lived(world, mind, 30)
    few, before = len(world.things), mind.memory.senses["things"][:31].clone()
    grown = worlds.make("playroom", seed=1, extras="all")
    moments = lived(grown, mind, 10)
    things = mind.memory.senses["things"]
    assert things.shape[1] == len(grown.things) > few
    assert torch.equal(things[:31, :few], before)
    assert not things[:31, few:].any()  # absent
    assert moments[-1].thought.plans[0].things.shape[1] == len(grown.things)
    assert moments[-1].losses
    grown.close()


def test_it_counts_things_as_absent_where_there_are_fewer(world: World) -> None:
    grown = worlds.make("playroom", seed=1, extras="all")
    mind = agent.Mind.born(grown, seed=0, config=SMALL)
    lived(grown, mind, 20)
    stove = worlds.make("stove", seed=0)
    assert len(stove.things) < len(grown.things)
    for moment in lived(stove, mind, 10):
        assert all(thing < len(stove.things) for thing in moment.thought.attention)
        assert moment.thought.plans[0].things.shape[1] == len(stove.things)
    assert np.isfinite(moment.costs["disagreement"])
    grown.close()
    stove.close()


def test_nobody_is_curious_about_a_thing_that_is_not_there(world: World) -> None:
    senses = {"things": torch.rand(3, 2, 4, 19)}
    senses["things"][..., THINGS.present] = torch.tensor([1.0, 1.0, 0.0, 1.0])
    latent, mean = torch.rand(3, 2, 4, 5), torch.rand(2, 2, 2, 4, 5)
    attended = Rollout(latent, torch.rand(2, 2, 1), mean, senses, torch.tensor([3, 2, 0]), True).view()["attended"]
    assert attended.shape == (2, 2, 4)
    assert attended[0, 0].tolist() == [1.0, 1.0, 0.0, 1.0]  # the body, then things 3, 2 and 0


def test_a_mind_that_moved_is_saved_and_goes_on_as_if_it_had_not_been(world: World, tmp_path: Path) -> None:
    mind = agent.Mind.born(world, seed=0, config=SMALL)
    lived(world, mind, 20)
    grown = worlds.make("playroom", seed=1, extras="all")
    lived(grown, mind, 5)
    mind.save(tmp_path / "moved")
    again, snapshot = agent.Mind.load(tmp_path / "moved"), grown.snapshot()
    first = [m.action.tolist() for m in agent.live(grown, mind, 5)]
    grown.restore(snapshot)
    assert [m.action.tolist() for m in agent.live(grown, again, 5)] == first
    grown.close()


def test_another_body_is_refused_in_words(world: World) -> None:
    mind = agent.Mind.born(world, seed=0, config=SMALL)
    meadow = worlds.make("meadow", seed=0)
    with pytest.raises(UserError, match="this mind has senses"):
        mind.attach(meadow)
    meadow.close()
