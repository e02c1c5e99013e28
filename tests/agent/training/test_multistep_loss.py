from pathlib import Path

import pytest
import torch

import agent
from agent.memory.replay_buffer import ReplayBuffer, SequenceBatch
from agent.perception.attention import select_things, select_tokens
from agent.training.multistep_loss import multistep_loss
from housecat.core.errors import UserError
from housecat.core.obs_layout import BODY
from tests.agent.conftest import SMALL
from worlds import Event, Poke
from worlds.env import World

FORESIGHTED = SMALL.updated({"training.rollout_steps": 4})


def test_stretches_are_of_one_life_also_where_the_memory_has_come_round() -> None:
    memory = ReplayBuffer({"body": torch.zeros(1)}, 1, (), capacity=50)
    for start, steps in ((0, 20), (100, 5), (200, 30), (300, 12)):
        for i in range(start, start + steps):
            now, then = ({"body": torch.tensor([float(j)])} for j in (i, i + 1))
            memory.add(now, torch.tensor([float(i)]), then, {})
    generator = torch.Generator().manual_seed(0)
    for fraction in (0.0, 0.5):
        drawn = memory.sample_sequences(300, 8, generator, fraction)
        assert drawn is not None
        body = drawn.senses["body"][..., BODY.x]
        assert body.shape == (9, 300)
        assert torch.equal(body.diff(dim=0), torch.ones(8, 300))
        assert torch.equal(drawn.action[..., 0], body[:-1])
        assert {200.0 <= float(x) <= 222.0 or 300.0 <= float(x) <= 304.0 for x in body[0]} == {True}
        assert 304.0 in body[0]  # the last moments are not left out
    assert memory.sample_sequences(1, 31, generator) is None  # no life was as long
    memory.energy[memory.order[-2]] = 1e6
    prioritized = memory.sample_sequences(100, 8, generator, prioritized_fraction=1.0)
    assert prioritized is not None
    assert (prioritized.senses["body"][BODY.x] == 304.0).float().mean() > 0.6  # the one with what was badly predicted


def test_no_stretch_leads_across_another_room_or_a_hand(world: World, mind: agent.Mind) -> None:
    def hand(step: int) -> list[Event]:
        return [Poke("red ball", (0.3, 0.0, 0.0))] if step == 12 else []

    list(agent.live(world, mind, 25, events=hand))
    world.reset(seed=5)
    mind.begin_episode()
    list(agent.live(world, mind, 15))
    memory = mind.memory
    assert memory.transitions == 40
    drawn = memory.sample_sequences(400, 3, mind.generator)
    assert drawn is not None
    starts = set(drawn.rows[0].tolist())
    assert starts <= set(range(memory.size - 3))
    broken = torch.nonzero(~memory.linked[: memory.size]).flatten().tolist()[:-1]
    assert broken[-1] == memory.size - 17  # where the room was left: 15 steps, and 16 moments, before now
    assert not starts & {gap - i for gap in broken for i in range(3)}


def test_a_stretch_is_imagined_as_the_planner_imagines(world: World, mind: agent.Mind) -> None:
    list(agent.live(world, mind, 12, learn=False))
    stretch = mind.memory.sample_sequences(1, 6, mind.generator)
    assert stretch is not None
    now = {name: value[0, 0] for name, value in stretch.senses.items()}
    attended, model = select_things(now, 3), mind.world_model
    with torch.no_grad():
        path = select_tokens(mind.perception(stretch.senses), attended.expand(7, 1, -1))
        imagined = model.imagine(path[0, 0], stretch.action, now, attended)
        expected = model.loss_by_part((imagined.mean - path[1:]).flatten(1, 2) ** 2)
        found = multistep_loss(model, stretch, 3, mind.generator)
    assert set(found) == {"body", "things", "latent"}
    for name, error in expected.items():
        assert float(found[name]) == pytest.approx(float(error), rel=1e-4)


def test_learning_to_imagine_on_end_lessens_the_error_of_imagination(world: World) -> None:
    mind = agent.Mind.born(world, seed=0, config=SMALL.updated({"training.warmup_steps": 200}))
    list(agent.live(world, mind, 60, learn=False))
    stretch = mind.memory.sample_sequences(4, 4, mind.generator)
    assert stretch is not None
    before = multistep_loss(mind.world_model, stretch, 5, mind.generator)
    optimizer = torch.optim.Adam(mind.world_model.dynamics_parameters, lr=3e-3)
    for _ in range(30):
        losses = multistep_loss(mind.world_model, stretch, 5, mind.generator)
        optimizer.zero_grad()
        sum(losses.values()).backward()
        optimizer.step()
    after = multistep_loss(mind.world_model, stretch, 5, mind.generator)
    assert float(after["body"].detach()) < 0.5 * float(before["body"].detach())
    assert all(p.grad is None for p in mind.perception.parameters())  # it shapes no latents


def test_a_life_that_learns_stretches_goes_on_bit_for_bit_after_saving(world: World, tmp_path: Path) -> None:
    mind = agent.Mind.born(world, seed=0, config=FORESIGHTED)
    last = list(agent.live(world, mind, 30))[-1]
    assert "multistep.body" in last.losses
    mind.save(tmp_path / "mind")
    again, here = agent.Mind.load(tmp_path / "mind"), world.snapshot()
    first = [m.action.tolist() for m in agent.live(world, mind, 5)]
    world.restore(here)
    assert [m.action.tolist() for m in agent.live(world, again, 5)] == first


def test_a_stretch_of_no_steps_is_refused() -> None:
    with pytest.raises(UserError, match=r"training\.rollout_steps=0"):
        SMALL.updated({"training.rollout_steps": 0})
    assert SequenceBatch._fields == ("senses", "action", "rows")
