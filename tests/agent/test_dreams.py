"""What is kept of what a planner imagined."""

from pathlib import Path

import torch

import agent
from agent.dreams import KEPT, Dreams
from worlds.world import World


def test_a_mind_that_plans_dreams_and_one_that_babbles_does_not(world: World, mind: agent.Mind) -> None:
    list(agent.live(world, mind, mind.config.babble))
    assert mind.actor.dreams.size == 0
    list(agent.live(world, mind, 3))
    assert mind.actor.dreams.size == 3 * mind.config.dreams
    before, after, cost = mind.actor.dreams.sample(8, torch.Generator().manual_seed(0))
    assert cost.shape == (8, len(mind.drives))
    assert before.own.shape == after.own.shape
    assert not torch.equal(before.own, after.own)


def test_what_is_dreamt_follows_from_what_was_imagined(world: World, mind: agent.Mind) -> None:
    """A plan in which the body's own features count the steps: after is always one more than before."""
    list(agent.live(world, mind, 25))
    model, senses = mind.world_model, mind._sensed(world.observe())
    attended = torch.arange(4)
    with torch.no_grad():
        latent = mind.perception(senses)[:5]
        rollout = model.imagine(latent, torch.zeros(5, 3, mind.actions), senses, attended)
        rollout.latent[..., 0, mind.perception.where - 1] = torch.arange(6.0).unsqueeze(-1)
        unit = model.perception.change[0, mind.perception.where - 1]
        dreams, steps = Dreams(8), torch.arange(5.0).expand(3, 5).T
        costs = torch.stack([steps, -steps], -1)
        dreams.add(model, mind.critic, rollout, costs, torch.Generator().manual_seed(0))
    before, after, cost = dreams.sample(50, torch.Generator().manual_seed(1))
    at = model.own_size - 2 - mind.perception.what - 1
    count = before.own[:, at] / unit
    assert torch.allclose(after.own[:, at] / unit, count + 1.0, atol=1e-4)
    assert torch.allclose(cost[:, 0], count, atol=1e-4)
    assert len(set(cost[:, 0].tolist())) > 1


def test_a_full_ring_stays_full_and_new_dreams_enter(world: World, mind: agent.Mind) -> None:
    list(agent.live(world, mind, 25))
    dreams = mind.actor.dreams
    dreams.store = {name: torch.zeros(KEPT, *value.shape[1:]) for name, value in dreams.store.items()}
    dreams.size = KEPT
    list(agent.live(world, mind, 2))
    assert dreams.size == KEPT
    fresh = (dreams.store["own"] != 0).any(-1).any(-1).sum()
    assert mind.config.dreams < int(fresh) <= 2 * mind.config.dreams


def test_dreams_go_on_bit_for_bit_after_saving(world: World, mind: agent.Mind, tmp_path: Path) -> None:
    list(agent.live(world, mind, 30))
    mind.save(tmp_path / "mind")
    again, snapshot = agent.Mind.load(tmp_path / "mind"), world.snapshot()
    assert again.actor.dreams.size == mind.actor.dreams.size > 0
    first = [m.losses["critic"] for m in agent.live(world, mind, 5)]
    world.restore(snapshot)
    assert [m.losses["critic"] for m in agent.live(world, again, 5)] == first
