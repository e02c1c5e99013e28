"""The reactive actor: it is compiled from planning, trusted where it agrees, and off unless asked for."""

from __future__ import annotations

import numpy as np
import pytest
import torch

import agent
import worlds
from agent import Mind, live
from agent.actor.reactive.arbitration import MIN_COMPARISONS
from agent.actor.reactive.dagger import MIN_DECISIONS, SEGMENT_STEPS
from housecat.core.errors import UserError
from tests.agent.conftest import GATED, reactive_actor_of, reactive_mind
from worlds import World


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.actor.reactive.arbitration.MIN_COMPARISONS", 8)


def test_a_mind_has_no_reflex_unless_it_is_asked_for(mind: Mind) -> None:
    assert mind.reactive_actor is None
    assert not any(name.startswith("reactive_actor") for name in mind.state_dict())


def test_a_reflex_leaves_the_other_nets_as_they_are(world: World) -> None:
    with_one, without = reactive_mind(world).state_dict(), reactive_mind(world, {"policy.mode": "off"}).state_dict()
    assert without.keys() < with_one.keys()
    assert all(torch.equal(without[name], with_one[name]) for name in without)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(("dagger_fraction", "beside"), [(0.0, False), (0.5, False), (0.0, True)])
def test_lives_with_a_reflex_are_exact_and_go_on_exactly_from_disk(
    tmp_path, monkeypatch: pytest.MonkeyPatch, dagger_fraction: float, beside: bool
) -> None:
    monkeypatch.setattr("agent.actor.reactive.dagger.MIN_DECISIONS", 4)
    monkeypatch.setattr("agent.actor.reactive.dagger.SEGMENT_STEPS", 3)

    def lived(mind: Mind, world: World, steps: int) -> list[tuple[str, bytes]]:
        return [(m.thought.mode, m.action.tobytes()) for m in live(world, mind, steps)]

    settings: dict[str, object] = {"policy.dagger_fraction": dagger_fraction, "model.neighbor_features": beside}
    whole = lived(reactive_mind(world := worlds.make("playroom", seed=11), settings), world, 75)
    mind = reactive_mind(world := worlds.make("playroom", seed=11), settings)
    first = lived(mind, world, 50)
    mind.save(tmp_path / "mind")
    again = first + lived(Mind.load(tmp_path / "mind"), world, 25)
    assert again == whole
    assert {mode for mode, _ in whole} == {"warmup", "plan", "react"} | ({"dagger"} if dagger_fraction else set())


def test_choices_become_habits(world: World) -> None:
    """What was chosen in two situations is done in each of them, after practice, though both were learnt at once."""
    mind = reactive_mind(world, {"policy.value_gradient_weight": 0.0, "training.batch_size": 32})
    mind.attach(world)
    m, generator = reactive_actor_of(mind), torch.Generator().manual_seed(0)
    situations = []
    for x, action in ((-1.0, -0.8), (1.0, 0.8)):
        world.reset(seed=2, options={"layout": {"kitten": (x, 0.0, 0.0)}})
        senses = {name: torch.from_numpy(value.copy()) for name, value in world.observe().items()}
        situations.append((world.observe(), action))
        for _ in range(20):
            m.buffer.add(senses, m.goal_tokens(8), torch.full((5,), action), 2.0)
    first = m.learn(generator)
    for _ in range(120):
        last = m.learn(generator)
    assert last["policy"] < 0.05 * first["policy"]
    m.mode, mind.steps = "always", 1000
    for obs, action in situations:
        acted, thought = mind.act(obs)
        assert thought.mode == "react"
        assert acted == pytest.approx(np.full(5, action), abs=0.4)
        assert thought.expected_regret is not None
        assert thought.expected_regret > 0.4  # it learns to expect the regret that there was, from none at birth


def test_the_slope_leads_towards_a_goal_that_the_model_knows_a_way_to(world: World) -> None:
    """The model: the body goes along x by the first action. The goal is far along x; nothing was ever chosen."""
    wants = {"reach:body.position=2.5,0": 1.0}
    mind = Mind.born(world, wants, 11, GATED.updated({"policy.value_gradient_weight": 1.0, "training.batch_size": 16}))
    mind.attach(world)
    m, generator = reactive_actor_of(mind), torch.Generator().manual_seed(0)

    def goes(latent: torch.Tensor, action: torch.Tensor, ego: object) -> torch.Tensor:
        step = torch.zeros_like(latent)
        step[:, 0, 0] = 1.0
        return (latent + step * action[:, :1, None]).expand(3, -1, -1, -1)

    mind.world_model.forward = goes  # type: ignore[method-assign,assignment]
    mind.critic.expected_cost = lambda ego: torch.zeros(len(ego.own), len(mind.drives))  # type: ignore[method-assign]
    senses = {name: torch.from_numpy(value) for name, value in world.observe().items()}
    for _ in range(16):
        m.buffer.add(senses, m.goal_tokens(8), torch.zeros(5), 0.0)
    before = [p.clone() for p in mind.world_model.parameters()]
    for _ in range(60):
        m.learn(generator)
    m.mode, mind.steps = "always", 1000
    action, _ = mind.act(world.observe())
    # Where the slope, one typical change per step, and the pull of what was chosen, 2 a / 5, are equal.
    assert action[0] == pytest.approx(2.5 * float(mind.perception.typical_change[0, 0]), abs=0.05)
    assert np.abs(action[1:]).max() < 0.05
    assert all(torch.equal(a, b) for a, b in zip(before, mind.world_model.parameters(), strict=True))


def test_plans_of_the_reflex_enter_the_first_search(world: World) -> None:
    mind = reactive_mind(world, {"policy.mode": "seed", "training.warmup_steps": 0})
    mind.attach(world)
    seen: list[torch.Tensor] = []
    judge = mind.actor.evaluate

    def watched(latent, actions, *given):
        seen.append(actions)
        return judge(latent, actions, *given)

    mind.actor.evaluate = watched  # type: ignore[method-assign]
    mind.act(world.observe())
    assert mind.decision.regret is None  # nothing to suggest yet
    seen.clear()
    mind.act(world.observe())
    impulse = torch.tanh(reactive_actor_of(mind).policy.mu.bias).detach()  # a newborn's mean is near its bias
    first = seen[0][0]
    assert first.shape[0] == GATED.planner.samples
    assert float((first - impulse).abs().amax(-1).min()) < 0.2
    assert mind.decision.regret is not None
    assert mind.decision.regret >= 0.0


def test_in_a_try_the_reflex_acts_and_learns_what_planning_would_have_done(world: World) -> None:
    mind = reactive_mind(
        world, {"policy.dagger_fraction": 1.0, "policy.value_gradient_weight": 0.0, "training.warmup_steps": 0}
    )
    mind.attach(world)
    m = reactive_actor_of(mind)
    assert [m.dagger.decide(MIN_DECISIONS + step, mind.generator) for step in range(2 * SEGMENT_STEPS - 1)] == [
        True
    ] * (2 * SEGMENT_STEPS - 1)
    m.dagger.observe(hurt=True)
    assert not m.dagger.decide(MIN_DECISIONS, mind.generator)
    assert not m.dagger.decide(MIN_DECISIONS - 1, mind.generator)
    m.dagger.steps_left = 0
    m.buffer.count = MIN_DECISIONS  # as though it had practised
    obs = world.observe()
    action, thought = mind.act(obs)
    assert thought.mode == "dagger"
    assert thought.plans  # what planning would have done
    assert mind.decision.predicted_cost is None  # nobody carries out that plan
    assert mind.decision.information is None
    assert action == pytest.approx(np.tanh(m.policy.mu.bias.detach().numpy()), abs=0.2)  # a newborn's is near its bias
    assert mind.decision.mean_action is not None
    assert torch.equal(m.buffer.action[MIN_DECISIONS % m.buffer.capacity], mind.decision.mean_action)
    m.observe(torch.zeros(3, 1, 5, mind.perception.token_size), 0.0, pain=1.0)
    assert mind.act(obs)[1].mode == "plan"
    assert mind.decision.predicted_cost is not None


def test_where_it_is_trusted_it_reacts_and_does_not_try(world: World) -> None:
    mind = reactive_mind(world, {"policy.dagger_fraction": 1.0, "training.warmup_steps": 0})
    mind.attach(world)
    m = reactive_actor_of(mind)
    for _ in range(MIN_COMPARISONS):
        m.arbiter.compare(0.1, 0.1)
    m.buffer.count = MIN_DECISIONS
    assert mind.act(world.observe())[1].mode == "react"


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"policy.mode": "gatde"}, "gated"),
        ({"policy.mode": "seed", "policy.proposals": 60}, "policy.proposals"),
        ({"policy.regret_tolerance": -1.0}, "policy.regret_tolerance"),
        ({"policy.mode": "gated", "policy.dagger_fraction": 1.5}, "policy.dagger_fraction"),
        ({"policy.mode": "seed", "policy.dagger_fraction": 0.5}, "policy.mode=gated"),
        ({"policy.mode": "seed", "planner.kind": "gradient", "planner.elites": 5}, "policy.proposals"),
    ],
)
def test_settings_that_make_no_sense_are_refused(settings: dict[str, object], words: str) -> None:
    with pytest.raises(UserError, match=words):
        agent.MindConfig.of(settings)
