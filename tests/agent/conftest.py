"""A small mind that plans from its twentieth step on, and one with a reflex, so that tests are quick."""

from dataclasses import replace

import pytest
import torch

import agent
import worlds
from agent.actor.reactive.reactive_actor import Mode1
from worlds.env import World

SMALL = agent.MindConfig(
    hidden=16, ensemble=3, samples=12, elites=4, horizon=5, batch=16, updates=1, babble=20, what=4, capacity=500
)
BALL = "goal:things.red_ball.position=1,2"
WANTS = {BALL: 1.0, "pain": 1.0, "effort": 0.05}
REFLEX = replace(SMALL, samples=16, reflex="trust", reflex_tolerance=50.0)


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)  # small nets: more threads than free cores cost more than they bring


@pytest.fixture
def world() -> World:
    return worlds.make("playroom", seed=11)


@pytest.fixture
def mind(world: World) -> agent.Mind:
    return agent.Mind.born(world, seed=11, config=SMALL)


def reflexive(world: World, **settings: object) -> agent.Mind:
    """Returns a small mind with goals and a reflex that is soon trusted."""
    return agent.Mind.born(world, WANTS, 11, replace(REFLEX, **settings))  # type: ignore[arg-type]


def mode1(mind: agent.Mind) -> Mode1:
    """Returns its reactive actor."""
    assert mind.mode1 is not None
    return mind.mode1
