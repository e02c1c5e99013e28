"""What habits are compiled from outlasts full storage, wider worlds and the disk, and is right in a mirror as well."""

from __future__ import annotations

import pytest
import torch

import worlds
from agent import Mind, live
from agent.actor.reactive.distillation_buffer import DistillationBatch, DistillationBuffer, mirror_batch
from agent.actor.reactive.goal_conditioning import goal_features
from agent.consolidation import train_offline
from agent.perception.symmetry import Symmetry
from tests.agent.conftest import GATED, reactive_actor_of, reactive_mind
from worlds import World


def test_habits_outlive_a_full_ring_and_a_wider_world() -> None:
    narrow = {"things": torch.zeros(2, 4), "body": torch.zeros(3)}
    buffer = DistillationBuffer(narrow, 1, capacity=4)
    for i in range(6):
        things = 2 if i < 5 else 3
        buffer.add(
            {"things": torch.full((things, 4), float(i)), "body": torch.zeros(3)},
            torch.zeros(1 + things, 3),
            torch.tensor([float(i)]),
            0.0,
        )
    other = DistillationBuffer(narrow, 1, capacity=4)
    other.load_state_dict(buffer.state_dict())
    for ring in (buffer, other):
        assert sorted(ring.action[:, 0].tolist()) == [2.0, 3.0, 4.0, 5.0]
        assert ring.senses["things"].shape == (4, 3, 4)
    assert torch.equal(buffer.action, other.action)
    few = DistillationBuffer(narrow, 1, capacity=4)
    few.load_state_dict(buffer.state_dict(2))  # of a mind that was saved small
    drawn = few.sample(30, torch.Generator().manual_seed(0)).action
    assert set(drawn[:, 0].tolist()) == {4.0, 5.0}


def test_what_was_chosen_is_right_in_a_mirror_as_well(world: World) -> None:
    """A goal ahead to the left, and a turn to the left; mirrored, both are to the right, and all else as it was."""
    mind = reactive_mind(world)
    mind.attach(world)
    obs, _ = world.reset(seed=2, options={"layout": {"kitten": (0.5, 0.3, 0.4), "red ball": (1.0, 0.5)}})
    senses = {name: torch.from_numpy(value).expand(8, *value.shape) for name, value in obs.items()}
    row, goals = 1 + world.things.index("red ball"), torch.zeros(8, 9, 3)
    goals[:, row] = torch.tensor([1.0, 1.0, 2.0])
    chosen = DistillationBatch(senses, goals, torch.tensor([0.8, 0.5, 0.0, 0.0, 0.0]).expand(8, -1), torch.zeros(8))
    mirrored = mirror_batch(chosen, Symmetry.from_world(world), 0.1, torch.Generator().manual_seed(0))
    latent = mind.perception(mirrored.senses)
    ego = mind.world_model.ego_features_of(latent, mind.perception.appearance(mirrored.senses))
    seen = goal_features(mind.perception.positions(latent), ego, mirrored.goals)[:, row]
    flipped = mirrored.action[:, 1] < 0.0
    assert flipped.any()
    assert not flipped.all()
    side = torch.where(flipped, -1.0, 1.0)
    for part, turns in ((seen[:, 1:3], (1.0, -1.0)), (seen[:, 6:], (1.0, -1.0)), (mirrored.action[:, :2], (1.0, -1.0))):
        there = part * torch.where(flipped[:, None], torch.tensor(turns), 1.0)
        torch.testing.assert_close(there, there[:1].expand_as(there), atol=1e-4, rtol=0.0)
    assert (seen[:, 2] * side > 0.5).all()
    assert not mirrored.goals[:, :row].any()  # what is wished nowhere is wished nowhere in the mirror


def test_it_learns_to_do_the_mirrored_thing_in_a_mirrored_situation(world: World) -> None:
    """Turning to the left was chosen before a place on the left, and nothing before one on the right."""
    wants = {"reach:body.position=1,1": 1.0}
    mind = Mind.born(world, wants, 11, GATED.updated({"policy.value_gradient_weight": 0.0, "training.batch_size": 32}))
    mind.attach(world)
    m, generator = reactive_actor_of(mind), torch.Generator().manual_seed(0)
    world.reset(seed=2, options={"layout": {"kitten": (0.0, 0.0, 0.0)}})
    senses = {name: torch.from_numpy(value.copy()) for name, value in world.observe().items()}
    for _ in range(40):
        m.buffer.add(senses, m.goal_tokens(8), torch.tensor([0.0, 0.8, 0.0, 0.0, 0.0]), 0.0)
    for _ in range(120):
        m.learn(generator)
    goal, turned = mind.mixture["reach_body_position"], []
    m.mode, mind.steps = "always", 1000
    for side in (1.0, -1.0):
        goal.goal.copy_(torch.tensor([1.0, side]))  # type: ignore[operator]  # a buffer
        turned.append(float(mind.act(world.observe())[0][1]))
    assert turned == pytest.approx([0.8, -0.8], abs=0.3)


def test_a_mind_from_disk_learns_in_the_mirror_before_it_meets_a_world(tmp_path) -> None:
    world = worlds.make("playroom", seed=11)
    mind = Mind.born(world, {"reach:body.position=1,1": 1.0, "pain": 1.0}, 11, GATED.updated({"policy.mode": "seed"}))
    for _ in live(world, mind, 40):
        pass
    mind.save(tmp_path / "mind")
    again = Mind.load(tmp_path / "mind")
    assert reactive_actor_of(again).symmetry is not None
    assert list(train_offline(again, 2)) == list(train_offline(mind, 2))
