"""A small mind that plans from its twentieth step on, so that tests are quick."""

import pytest
import torch

import agent
import worlds
from worlds.world import World

SMALL = agent.MindConfig(
    hidden=16, ensemble=3, samples=12, elites=4, horizon=5, batch=16, updates=1, babble=20, what=4, capacity=500
)


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)  # small nets: more threads than free cores cost more than they bring


@pytest.fixture
def world() -> World:
    return worlds.make("playroom", seed=11)


@pytest.fixture
def mind(world: World) -> agent.Mind:
    return agent.Mind.born(world, seed=11, config=SMALL)
