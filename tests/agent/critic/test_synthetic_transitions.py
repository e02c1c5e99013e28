"""Moments imagined somewhere else."""

import math

import pytest
import torch

import agent
from agent.critic.synthetic_transitions import MAX_THING_DISTANCE, move_body, synthetic_transitions
from housecat.core.obs_layout import BODY, THINGS
from worlds.env import World


def replay_capacity(world: World, mind: agent.Mind) -> tuple[dict[str, torch.Tensor], torch.Tensor]:
    list(agent.live(world, mind, 40))
    drawn = mind.memory.sample(400, torch.Generator().manual_seed(0))
    return drawn.senses, drawn.action


def test_the_body_is_put_near_a_thing_and_goes_on_as_it_went(world: World, mind: agent.Mind) -> None:
    senses, _ = replay_capacity(world, mind)
    before = senses["body"].clone()
    low, high = torch.full((2,), -9.0), torch.full((2,), 9.0)
    there = move_body(senses, low, high, torch.Generator().manual_seed(1))
    body = there["body"]
    distance = (there["things"][..., THINGS.position_xy] - body[:, None, BODY.position]).norm(dim=-1).amin(-1)
    assert float(distance.max()) <= MAX_THING_DISTANCE
    assert float((body[:, BODY.position] - before[:, BODY.position]).norm(dim=-1).mean()) > 1.0
    # Turned as a whole: it goes as fast as it went, and as much ahead or askew.
    speed = [b[:, 4:6].norm(dim=-1) for b in (before, body)]
    assert torch.allclose(*speed, atol=1e-5)
    ahead = [b[:, 4] * b[:, 3] + b[:, 5] * b[:, 2] for b in (before, body)]
    assert torch.allclose(*ahead, atol=1e-5)
    heading = torch.atan2(body[:, BODY.sin_heading], body[:, BODY.cos_heading])
    assert float(heading.std()) == pytest.approx(2 * math.pi / 12**0.5, abs=0.3)  # any way
    assert torch.equal(senses["body"], before)  # what is remembered stays as it was
    assert torch.equal(body[:, BODY.proprioception], before[:, BODY.proprioception])


def test_nothing_is_imagined_beyond_the_walls_or_near_what_is_not_there(world: World, mind: agent.Mind) -> None:
    senses, _ = replay_capacity(world, mind)
    senses["things"] = senses["things"].clone()
    senses["things"][:, 1:, THINGS.present] = 0.0
    there = move_body(senses, torch.full((2,), -1.0), torch.full((2,), 0.5), torch.Generator().manual_seed(1))
    assert float(there["body"][:, BODY.position].min()) >= -1.0
    assert float(there["body"][:, BODY.position].max()) <= 0.5
    free = move_body(senses, torch.full((2,), -9.0), torch.full((2,), 9.0), torch.Generator().manual_seed(1))
    away = free["body"][:, BODY.position] - senses["things"][:, 0, THINGS.position_xy]
    assert float(away.norm(dim=-1).max()) <= MAX_THING_DISTANCE


def test_a_dream_costs_what_the_world_model_makes_of_the_place(world: World, mind: agent.Mind) -> None:
    """A world model for which it always grows hot: every dream hurts, and none does for one that stays cool."""
    senses, action = replay_capacity(world, mind)
    drives = mind.drives
    for damage in (5.0, -5.0):
        with torch.no_grad():
            mind.world_model.vitals_net.change_net[-1].bias.copy_(torch.tensor([0.0, damage, 0.0]))
        before, after, cost = synthetic_transitions(
            mind.world_model, mind.mixture, drives, senses, action, 4, torch.Generator().manual_seed(2)
        )
        hurt = cost[:, drives.index("pain")]
        assert float((hurt > 0).float().mean()) == (1.0 if damage > 0 else 0.0)
        assert before.own.shape == after.own.shape == (400, mind.world_model.own_size)
        assert not torch.equal(before.own, after.own)


def test_a_critic_may_be_left_without_dreams(world: World, mind: agent.Mind, monkeypatch: pytest.MonkeyPatch) -> None:

    called = []
    monkeypatch.setattr(
        "agent.training.trainer.synthetic_transitions",
        lambda *args: called.append(args) or synthetic_transitions(*args),
    )
    for dreams in (True, False):
        called.clear()
        config = mind.config.updated({"training.synthetic_critic_data": dreams})
        newborn = agent.Mind.born(world, seed=0, config=config)
        moments = list(agent.live(world, newborn, 24))
        assert bool(called) == dreams
        assert any("critic" in moment.losses for moment in moments)
