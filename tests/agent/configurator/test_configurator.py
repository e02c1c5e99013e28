"""What the executive attends to, how it weighs drives, and how far it looks."""

from pathlib import Path

import numpy as np
import pytest
import torch

import agent
import worlds
from agent.configurator.configurator import drive_multipliers_for, select_training_things
from agent.configurator.learned_attention import MIN_SAMPLES, LearnedAttention, cost_spreads
from agent.perception.attention import select_things
from agent.perception.obs_spec import REQUIRED_SENSES, as_tensors
from housecat.core.errors import UserError
from housecat.core.obs_layout import BODY, THINGS
from tests.agent.conftest import SMALL
from tests.agent.test_loop import same
from worlds.env import World

RULES = "uncertain", "learned", "random"


def tensors(obs: dict[str, np.ndarray]) -> dict[str, torch.Tensor]:
    return as_tensors(obs, {name: obs[name].shape for name in REQUIRED_SENSES})


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_lives_and_goes_on_bit_for_bit(world: World, tmp_path: Path, rule: str) -> None:
    config = SMALL.updated(
        {
            "attention.rule": rule,
            "attention.num_attended": 3,
            "attention.need_weighting": True,
            "attention.adaptive_horizon": True,
            "planner.async_planning": "on",
        }
    )
    mind = agent.Mind.born(world, seed=11, config=config)
    head = list(agent.live(world, mind, 26))
    mind.save(tmp_path / "mind")
    snapshot = world.snapshot()
    tail = list(agent.live(world, mind, 4))
    world.restore(snapshot)
    loaded = agent.Mind.load(tmp_path / "mind")
    assert all(map(same, tail, agent.live(world, loaded, 4)))
    for moment in (*head, *tail):
        assert len(set(moment.thought.attention)) == 3
        assert 1 <= moment.thought.horizon <= SMALL.planner.horizon
    assert ("relevance" in {n for m in head for n in m.losses}) == (rule == "learned")
    last = tail[-1].thought
    assert last.plans[0].body.shape == (last.horizon + 1, 3)


def test_the_uncertain_rule_attends_to_what_the_model_is_unsure_of(world: World) -> None:
    mind = agent.Mind.born(
        world, seed=11, config=SMALL.updated({"attention.rule": "uncertain", "attention.num_attended": 1})
    )
    senses = tensors(world.observe())
    with torch.no_grad():
        doubt = mind.configurator._uncertainty_bonus(senses)
        chosen = mind.configurator.configure(senses, mind.generator).attended
    assert doubt.abs().max() <= 1.0
    assert doubt.median().abs() < 0.01
    things, body = senses["things"], senses["body"]
    far = (things[:, THINGS.position_xy] - body[BODY.position]).norm(dim=-1) - things[:, THINGS.radius]
    assert int(chosen) == int((far - doubt).argmin())


def test_chance_attends_to_anything_but_what_is_not_there(world: World) -> None:
    mind = agent.Mind.born(
        world, seed=11, config=SMALL.updated({"attention.rule": "random", "attention.num_attended": 2})
    )
    senses = tensors(world.observe())
    senses["things"][3, THINGS.present] = 0.0
    met = {int(i) for _ in range(100) for i in mind.configurator.configure(senses, mind.generator).attended}
    assert met == set(range(8)) - {3}


def test_learning_sees_now_and_then_what_is_never_near(world: World) -> None:
    senses = {name: value.expand(64, *value.shape) for name, value in tensors(world.observe()).items()}
    generator = torch.Generator().manual_seed(0)
    near = select_things(senses, 3)
    assert torch.equal(select_training_things(senses, "near", 3, generator), near)
    seen = select_training_things(senses, "uncertain", 3, generator)
    assert torch.equal(seen[:, :2], near[:, :2])
    assert len(set(seen[:, 2].tolist())) == 6
    assert all(len(set(row)) == 3 for row in seen.tolist())


def test_relevance_learns_that_plans_differ_by_what_is_near() -> None:
    world, mind = worlds.make("playroom", seed=110), agent.Mind.load("kitten")
    torch.manual_seed(0)
    mind.configurator.learned_attention = LearnedAttention(mind.world_model.pair_size)
    mind.begin_episode()
    mind.attach(world)
    attention = mind.configurator.learned_attention
    assert attention is not None
    generator = torch.Generator().manual_seed(0)
    errors = [
        attention.learn(mind.world_model, mind.mixture, mind.memory, 14, generator)
        for _ in range(MIN_SAMPLES // 8 + 20)
    ]
    assert attention.ready
    known = attention.targets[: min(int(attention.count), len(attention.targets))]
    assert np.mean(errors[-10:]) < 0.7 * float(known.var()), "it tells more than the mean does"
    senses = tensors(world.observe())
    plans = torch.rand(14, 12, 5, generator=generator) * 2 - 1
    pair, spread = cost_spreads(mind.world_model, mind.mixture, senses, plans)
    predicted = attention(pair)
    assert torch.corrcoef(torch.stack([predicted, spread.clamp_min(1e-4).log()]))[0, 1] > 0.5


def test_need_raises_the_weight_of_a_drive(world: World) -> None:
    assert drive_multipliers_for(torch.tensor([0.8, 0.0, 20.0])) == {"hunger": 1.0, "pain": 1.0}
    needy = drive_multipliers_for(torch.tensor([0.0, 0.2, 20.0]))
    assert needy == {"hunger": pytest.approx(3.0), "pain": pytest.approx(1.5)}
    mind = agent.Mind.born(
        world, seed=11, config=SMALL.updated({"attention.need_weighting": True, "training.warmup_steps": 0})
    )
    world.vitals.energy = 0.35  # type: ignore[attr-defined]
    (moment,) = agent.live(world, mind, 1)
    assert moment.thought.weights["hunger"] == pytest.approx(2.0 * mind.mixture.weights["hunger"], rel=0.01)
    parts = moment.thought.plans[0].costs
    mind.actor.drive_multipliers = {}
    with torch.no_grad():
        senses = tensors(world.observe())
        attended = select_things(senses, SMALL.attention.num_attended)
        latent = mind.perception(senses)[torch.cat([torch.zeros(1, dtype=torch.long), attended + 1])]
        plain = mind.actor.evaluate(latent, torch.zeros(SMALL.planner.horizon, 1, 5), senses, attended).parts["hunger"]
    assert parts["hunger"] == pytest.approx(2.0 * float(plain), rel=0.05)


def test_in_the_midst_of_things_it_looks_less_far(world: World) -> None:
    mind = agent.Mind.born(
        world, seed=11, config=SMALL.updated({"attention.adaptive_horizon": True, "planner.horizon": 14})
    )
    senses = tensors(world.observe())
    far = {**senses, "body": senses["body"] + 100.0}
    senses["body"][BODY.position] = senses["things"][0, THINGS.position_xy]
    assert mind.configurator.configure(far, mind.generator).horizon == 14
    assert mind.configurator.configure(senses, mind.generator).horizon == 8


def test_an_unknown_rule_names_the_nearest() -> None:
    with pytest.raises(UserError, match="Did you mean learned"):
        SMALL.updated({"attention.rule": "learnt"})
