"""The minds that come with housecat: small, loadable, and worth more than a newborn."""

import json

import numpy as np
import pytest
import safetensors

import agent
import worlds
from agent.actor.exploration_noise import exploration_noise
from agent.checkpoint.checkpoint import FORMAT, SHIPPED, shipped
from studies import SHIPPED_MINDS


@pytest.mark.parametrize("name", shipped())
def test_a_shipped_mind_is_small_and_plans_at_once(name: str) -> None:
    assert (SHIPPED / f"{name}.safetensors").stat().st_size < 2_000_000
    mind = agent.Mind.load(name)
    assert mind.steps >= 2000
    assert mind.memory.transitions > 1000  # to go on learning from
    moments = list(agent.live(worlds.make("playroom", seed=77), mind, 3))
    assert all(moment.thought.mode == "plan" and moment.losses for moment in moments)


@pytest.mark.parametrize("name", shipped())
def test_a_shipped_mind_is_in_the_format_of_today(name: str) -> None:
    with safetensors.safe_open(str(SHIPPED / f"{name}.safetensors"), "pt") as file:
        assert json.loads(file.metadata()["housecat"])["format"] == FORMAT


def test_there_are_a_kitten_and_the_cat_that_became_of_it() -> None:
    assert set(shipped()) == set(SHIPPED_MINDS)


@pytest.mark.parametrize("name", shipped())
def test_a_shipped_mind_predicts_its_body_in_a_room_it_never_saw(name: str) -> None:
    world = worlds.make("playroom", seed=78)
    mind, newborn = agent.Mind.load(name), agent.Mind.born(world, seed=0)
    surprise: dict[agent.Mind, list[float]] = {mind: [], newborn: []}
    obs = world.observe()
    for action in exploration_noise(5, 60, seed=1):
        after = world.step(action)[0]
        for who, energies in surprise.items():
            energies.append(who.observe(obs, action, after).surprise)
        obs = after
    assert np.median(surprise[mind]) < 0.25 * np.median(surprise[newborn])
