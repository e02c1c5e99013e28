import pytest
import torch

import agent
from agent.actor.exploration_noise import exploration_noise
from agent.critic.emotions import EMOTIONS, Emotions
from agent.memory.replay_buffer import ReplayBuffer
from agent.perception.egocentric import EgoFeatures
from agent.perception.encoder import THING_POSE
from housecat.core.obs_layout import BODY, THINGS
from tests.agent.conftest import SMALL
from worlds.env import World


def lived(world: World, mind: agent.Mind, steps: int) -> None:
    obs = world.observe()
    for action in exploration_noise(5, steps, seed=0):
        after = world.step(action)[0]
        mind.observe(obs, action, after)
        obs = after


def test_learning_predicts_better_than_persistence(world: World) -> None:
    mind = agent.Mind.born(
        world,
        seed=0,
        config=SMALL.updated({"model.hidden_size": 48, "training.batch_size": 64, "training.updates_per_step": 4}),
    )
    lived(world, mind, 300)
    first = mind.learn()
    for _ in range(120):
        last = mind.learn()
    assert last["body"] < 0.35 * first["body"]
    # In units of the typical change, persistence ("nothing changes") has an error of about one per dimension.
    assert last["body"] < 0.5


def test_members_of_the_ensemble_differ_where_nothing_was_learnt(mind: agent.Mind) -> None:
    own, pair = torch.randn(7, mind.world_model.own_size), torch.randn(7, 5, mind.world_model.pair_size)
    facing = torch.polar(torch.ones(7, 1), torch.zeros(7, 1))
    latent = torch.zeros(7, 6, mind.perception.token_size)
    mean = mind.world_model(latent, torch.zeros(7, 5), EgoFeatures(own, pair, facing))
    assert mean.shape == (3, 7, 6, mind.perception.token_size)
    assert (mean.std(0) > 0).any(-1).all()


def test_the_readout_never_shapes_the_latent(world: World, mind: agent.Mind) -> None:
    lived(world, mind, 40)
    senses, action, after, *_ = mind.memory.sample(8, mind.generator)
    latent, then = mind.perception(senses), mind.perception(after)
    losses = mind.world_model.representation_losses(latent, then, action, after["touch"], "vicreg", mind.generator)
    losses["touch"].backward()
    assert all(p.grad is None for p in mind.perception.parameters())
    assert all(p.grad is not None for p in mind.world_model.touch.parameters())


def test_memory_never_links_two_lives_and_forgets_the_oldest() -> None:
    memory = ReplayBuffer({"body": torch.zeros(1)}, 1, ("pain",), capacity=10)
    for start in (0.0, 100.0):
        for i in range(8):
            memory.add({"body": torch.tensor([start + i])}, torch.zeros(1), {"body": torch.tensor([start + i + 1])}, {})
    senses, _, after, *_ = memory.sample(200, torch.Generator().manual_seed(0))
    assert torch.equal(after["body"], senses["body"] + 1)
    assert 0.0 not in senses["body"]
    assert {0.0, 100.0} & set(senses["body"].flatten().tolist()) == {100.0}
    copy = ReplayBuffer({"body": torch.zeros(1)}, 1, ("pain",), capacity=10)
    copy.load_state_dict(memory.state_dict())
    assert copy.transitions == memory.transitions
    few = ReplayBuffer({"body": torch.zeros(1)}, 1, ("pain",), capacity=10)
    few.load_state_dict(memory.state_dict(4))
    assert few.transitions == 3


def test_emotions_have_their_causes_and_stay_in_range() -> None:
    calm = {
        "anticipated_pain": 0.0,
        "relief": 0.0,
        "energy": 1.0,
        "information": 2.0,
        "cost": 0.1,
        "predicted_cost": 0.1,
    }
    causes = {
        "fear": {"anticipated_pain": 5.0},
        "elation": {"relief": 3.0},
        "surprise": {"energy": 50.0},
        "frustration": {"cost": 5.0},
    }
    for emotion, cause in causes.items():
        feelings = Emotions()
        for i in range(100):
            quiet = feelings.update(**{**calm, "energy": 1.0 + 0.1 * (i % 3)})
        for _ in range(20):
            moved = feelings.update(**{**calm, **cause})
        assert set(moved) == set(EMOTIONS)
        assert all(0.0 <= value <= 1.0 for value in moved.values())
        assert moved[emotion] > quiet[emotion] + 0.3 or emotion == "surprise"


def test_boredom_comes_when_nothing_new_is_in_sight() -> None:
    feelings = Emotions()
    for _ in range(100):
        fresh = feelings.update(0.0, 0.0, 1.0, 5.0, 0.0, 0.0)
    for _ in range(200):
        stale = feelings.update(0.0, 0.0, 1.0, 0.1, 0.0, 0.0)
    assert stale["boredom"] > 0.7 > 0.3 > fresh["boredom"]
    assert stale["curiosity"] < fresh["curiosity"]


def test_what_was_predicted_badly_is_drawn_more_often_but_nothing_is_left_out() -> None:
    memory = ReplayBuffer({"body": torch.zeros(1)}, 1, ("pain",), capacity=200)
    for i in range(101):
        burn = 400.0 if i == 50 else 1.0
        memory.add({"body": torch.tensor([float(i)])}, torch.zeros(1), {"body": torch.tensor([i + 1.0])}, {}, burn)
    draw = memory.sample(8000, torch.Generator().manual_seed(0), prioritized_fraction=0.5)
    counts = torch.bincount(draw.rows, minlength=101)[:101] / 8000
    assert counts[50] == pytest.approx(0.5 * 20 / 120 + 0.5 / 101, abs=0.02)
    assert (counts > 0).all()
    memory.update_priorities(torch.tensor([50]), torch.tensor([1.0]))
    calm = (
        torch.bincount(
            memory.sample(8000, torch.Generator().manual_seed(0), prioritized_fraction=0.5).rows, minlength=101
        )
        / 8000
    )
    assert calm[50] < 0.02


def test_what_is_in_a_things_way_is_learnt_only_by_a_mind_that_sees_it(world: World) -> None:
    """The first thing goes ahead by 10 cm unless the second lies there; in half of the cases it lies aside."""
    senses = {name: torch.from_numpy(value).expand(64, *value.shape).clone() for name, value in world.observe().items()}
    blocked = torch.arange(64) % 2 == 0
    senses["things"][:, 0, THINGS.position_xy] = senses["body"][:, BODY.position] + torch.tensor([0.3, 0.0])
    lies = torch.where(blocked[:, None], torch.tensor([0.2, 0.0]), torch.tensor([0.0, 1.5]))
    senses["things"][:, 1, THINGS.position_xy] = senses["things"][:, 0, THINGS.position_xy] + lies
    after = {name: value.clone() for name, value in senses.items()}
    after["things"][:, 0, THINGS.x] += torch.where(blocked, 0.0, 0.1)
    off = {}
    for beside in (False, True):
        mind = agent.Mind.born(world, seed=0, config=SMALL.updated({"model.neighbor_features": beside}))
        model, attended = mind.world_model, torch.arange(2).expand(64, -1)
        optimizer = torch.optim.Adam(model.dynamics_parameters, 3e-3)
        with torch.no_grad():
            before, then = model.encode(senses, attended), model.encode(after, attended)
            ego = model.ego_features_of(before, senses["things"][:, :2, THING_POSE:])
        for _ in range(150):
            error = (model(before, torch.zeros(64, 5), ego) - then)[:, :, 1, 0].square().mean()
            optimizer.zero_grad()
            error.backward()
            optimizer.step()
        off[beside] = float(error.detach())
    assert off[True] < 0.1 * off[False]
    assert off[False] == pytest.approx(float((then - before)[:, 1, 0].var(correction=0)), rel=0.1)  # it knows the mean
