"""A small mind that plans from its twentieth step on, and one with a policy, so that tests are quick."""

import pytest
import torch

import agent
import worlds
from agent.actor.reactive.reactive_actor import ReactiveActor
from worlds.env import World

SMALL = agent.MindConfig.of(
    {
        "model.hidden_size": 16,
        "model.ensemble_size": 3,
        "planner.samples": 12,
        "planner.elites": 4,
        "planner.horizon": 5,
        "training.batch_size": 16,
        "training.updates_per_step": 1,
        "training.warmup_steps": 20,
        "model.latent_size": 4,
        "training.capacity": 500,
    }
)
BALL = "goal:things.red_ball.position=1,2"
WANTS = {BALL: 1.0, "pain": 1.0, "effort": 0.05}
GATED = SMALL.updated({"planner.samples": 16, "policy.mode": "gated", "policy.regret_tolerance": 50.0})


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)  # small nets: more threads than free cores cost more than they bring


@pytest.fixture
def world() -> World:
    return worlds.make("playroom", seed=11)


@pytest.fixture
def mind(world: World) -> agent.Mind:
    return agent.Mind.born(world, seed=11, config=SMALL)


def reactive_mind(world: World, settings: dict[str, object] | None = None) -> agent.Mind:
    """Returns a small mind with goals and a policy that soon acts."""
    return agent.Mind.born(world, WANTS, 11, GATED.updated(settings or {}))


def reactive_actor_of(mind: agent.Mind) -> ReactiveActor:
    """Returns the reactive actor of a mind that has one."""
    assert mind.reactive_actor is not None
    return mind.reactive_actor
