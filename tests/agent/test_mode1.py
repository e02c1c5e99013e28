"""The reactive actor: it is compiled from planning, trusted where it agrees, and off unless asked for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

import agent
import worlds
from agent import Mind, live
from agent.augment import Mirror
from agent.habits import Chosen, mirrored
from agent.mode1 import Mode1
from agent.sleep import sleep
from agent.tries import FIRST, LONG
from agent.trust import PRACTICE
from agent.wishes import desires, heed, wishes
from tests.agent.conftest import SMALL
from usererror import UserError
from worlds import World

BALL = "goal:things.red_ball.position=1,2"
WANTS = {BALL: 1.0, "pain": 1.0, "effort": 0.05}
REFLEX = replace(SMALL, samples=16, reflex="trust", reflex_tolerance=50.0)


def born(world: World, **settings: object) -> Mind:
    return Mind.born(world, WANTS, 11, replace(REFLEX, **settings))  # type: ignore[arg-type]


def mode1(mind: Mind) -> Mode1:
    assert mind.mode1 is not None
    return mind.mode1


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.trust.PRACTICE", 8)


def test_a_mind_has_no_reflex_unless_it_is_asked_for(mind: Mind) -> None:
    assert mind.mode1 is None
    assert not any(name.startswith("mode1") for name in mind.state_dict())


def test_a_reflex_leaves_the_other_nets_as_they_are(world: World) -> None:
    with_one, without = born(world).state_dict(), born(world, reflex="off").state_dict()
    assert without.keys() < with_one.keys()
    assert all(torch.equal(without[name], with_one[name]) for name in without)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("tries", [0.0, 0.5])
def test_lives_with_a_reflex_are_exact_and_go_on_exactly_from_disk(
    tmp_path, monkeypatch: pytest.MonkeyPatch, tries: float
) -> None:
    monkeypatch.setattr("agent.tries.FIRST", 4)
    monkeypatch.setattr("agent.tries.LONG", 3)

    def lived(mind: Mind, world: World, steps: int) -> list[tuple[str, bytes]]:
        return [(m.thought.mode, m.action.tobytes()) for m in live(world, mind, steps)]

    whole = lived(born(world := worlds.make("playroom", seed=11), reflex_tries=tries), world, 75)
    mind = born(world := worlds.make("playroom", seed=11), reflex_tries=tries)
    first = lived(mind, world, 50)
    mind.save(tmp_path / "mind")
    again = first + lived(Mind.load(tmp_path / "mind"), world, 25)
    assert again == whole
    assert {mode for mode, _ in whole} == {"babble", "plan", "react"} | ({"try"} if tries else set())


def test_wishes_are_read_off_goals_and_put_into_attention(world: World) -> None:
    mind = born(world)
    mind.fits(world)
    wish = wishes(mind.mixture, 8)
    row = 1 + world.things.index("red ball")
    assert wish[row].tolist() == [1.0, 1.0, 2.0]
    assert float(wish[:, 0].sum()) == 1.0
    attended = heed(torch.tensor([[3, 4], [0, 4]]), wish.expand(2, -1, -1))
    assert attended.tolist() == [[3, 0], [0, 4]]
    mind.mixture.set_weight("goal_things_red_ball_position", 0.0)
    assert not wishes(mind.mixture, 8).any()
    assert heed(torch.tensor([3, 4]), torch.zeros(9, 3)).tolist() == [3, 4]


def test_wishes_are_seen_from_the_body() -> None:
    """A body that looks along y, and a thing ahead of it that is to go on ahead."""
    world = worlds.make("playroom", seed=1)
    world.reset(seed=1, options={"layout": {"kitten": (0.0, -1.0, np.pi / 2), "red ball": (0.0, 0.0)}})
    mind = born(world)
    senses = {name: torch.from_numpy(value) for name, value in world.observe().items()}
    row = world.things.index("red ball")
    wish = torch.zeros(1, 2, 3)
    wish[0, 1] = torch.tensor([1.0, 0.0, 1.5])
    latent = mind.perception(senses)[[0, 1 + row]][None]
    sight = mind.world_model.sight(latent, mind.perception.appearance(senses)[row][None, None])
    seen = desires(mind.perception, latent, sight, wish)[0]
    assert not seen[0].any()
    wanted, ahead, aside, *course = seen[1].tolist()[:5]
    assert (wanted, ahead, aside) == pytest.approx((1.0, 1.5, 0.0), abs=0.01)
    assert course == pytest.approx([1.0, 0.0], abs=0.01)
    assert seen[1, 6:].tolist() == pytest.approx([1.0, 0.0], abs=0.02)  # it lies 1 m on, along the way that it is to go


def test_what_was_chosen_is_right_in_a_mirror_as_well(world: World) -> None:
    """A wish ahead to the left, and a turn to the left; in the mirror both are to the right, and all else as it was."""
    mind = born(world)
    mind.fits(world)
    obs, _ = world.reset(seed=2, options={"layout": {"kitten": (0.5, 0.3, 0.4), "red ball": (1.0, 0.5)}})
    senses = {name: torch.from_numpy(value).expand(8, *value.shape) for name, value in obs.items()}
    row, wish = 1 + world.things.index("red ball"), torch.zeros(8, 9, 3)
    wish[:, row] = torch.tensor([1.0, 1.0, 2.0])
    chosen = Chosen(senses, wish, torch.tensor([0.8, 0.5, 0.0, 0.0, 0.0]).expand(8, -1), torch.zeros(8))
    it = mirrored(chosen, Mirror.of(world), 0.1, torch.Generator().manual_seed(0))
    latent = mind.perception(it.senses)
    sight = mind.world_model.sight(latent, mind.perception.appearance(it.senses))
    seen = desires(mind.perception, latent, sight, it.wish)[:, row]
    flipped = it.action[:, 1] < 0.0
    assert flipped.any()
    assert not flipped.all()
    side = torch.where(flipped, -1.0, 1.0)
    for part, turns in ((seen[:, 1:3], (1.0, -1.0)), (seen[:, 6:], (1.0, -1.0)), (it.action[:, :2], (1.0, -1.0))):
        there = part * torch.where(flipped[:, None], torch.tensor(turns), 1.0)
        torch.testing.assert_close(there, there[:1].expand_as(there), atol=1e-4, rtol=0.0)
    assert (seen[:, 2] * side > 0.5).all()
    assert not it.wish[:, :row].any()  # what is wished nowhere is wished nowhere in the mirror


def test_it_learns_to_do_the_mirrored_thing_in_a_mirrored_situation(world: World) -> None:
    """Turning to the left was chosen before a place on the left, and nothing before one on the right."""
    wants = {"reach:body.position=1,1": 1.0}
    mind = Mind.born(world, wants, 11, replace(REFLEX, reflex_slope=0.0, batch=32))
    mind.fits(world)
    m, generator = mode1(mind), torch.Generator().manual_seed(0)
    world.reset(seed=2, options={"layout": {"kitten": (0.0, 0.0, 0.0)}})
    senses = {name: torch.from_numpy(value.copy()) for name, value in world.observe().items()}
    for _ in range(40):
        m.habits.add(senses, m.wish(8), torch.tensor([0.0, 0.8, 0.0, 0.0, 0.0]), 0.0)
    for _ in range(120):
        m.learn(generator)
    goal, turned = mind.mixture["reach_body_position"], []
    m.acts, mind.steps = "act", 1000
    for side in (1.0, -1.0):
        goal.goal.copy_(torch.tensor([1.0, side]))  # type: ignore[operator]  # a buffer
        turned.append(float(mind.act(world.observe())[0][1]))
    assert turned == pytest.approx([0.8, -0.8], abs=0.3)


def test_a_mind_from_disk_learns_in_the_mirror_before_it_meets_a_world(tmp_path) -> None:
    world = worlds.make("playroom", seed=11)
    mind = Mind.born(world, {"reach:body.position=1,1": 1.0, "pain": 1.0}, 11, replace(REFLEX, reflex="seed"))
    for _ in live(world, mind, 40):
        pass
    mind.save(tmp_path / "mind")
    again = Mind.load(tmp_path / "mind")
    assert mode1(again).mirror is not None
    assert list(sleep(again, 2)) == list(sleep(mind, 2))


def test_choices_become_habits(world: World) -> None:
    """What was chosen in two situations is done in each of them, after practice, though both were learnt at once."""
    mind = born(world, reflex_slope=0.0, batch=32)
    mind.fits(world)
    m, generator = mode1(mind), torch.Generator().manual_seed(0)
    situations = []
    for x, action in ((-1.0, -0.8), (1.0, 0.8)):
        world.reset(seed=2, options={"layout": {"kitten": (x, 0.0, 0.0)}})
        senses = {name: torch.from_numpy(value.copy()) for name, value in world.observe().items()}
        situations.append((world.observe(), action))
        for _ in range(20):
            m.habits.add(senses, m.wish(8), torch.full((5,), action), 2.0)
    first = m.learn(generator)
    for _ in range(120):
        last = m.learn(generator)
    assert last["reflex"] < 0.05 * first["reflex"]
    m.acts, mind.steps = "act", 1000
    for obs, action in situations:
        acted, thought = mind.act(obs)
        assert thought.mode == "react"
        assert acted == pytest.approx(np.full(5, action), abs=0.4)
        assert thought.doubt is not None
        assert thought.doubt > 0.4  # it learns to expect the regret that there was, from none at birth


def test_the_slope_leads_towards_a_goal_that_the_model_knows_a_way_to(world: World) -> None:
    """The model: the body goes along x by the first action. The wish is far along x; nothing was ever chosen."""
    wants = {"reach:body.position=2.5,0": 1.0}
    mind = Mind.born(world, wants, 11, replace(REFLEX, reflex_slope=1.0, batch=16))
    mind.fits(world)
    m, generator = mode1(mind), torch.Generator().manual_seed(0)

    def goes(latent: torch.Tensor, action: torch.Tensor, sight: object) -> torch.Tensor:
        step = torch.zeros_like(latent)
        step[:, 0, 0] = 1.0
        return (latent + step * action[:, :1, None]).expand(3, -1, -1, -1)

    mind.world_model.forward = goes  # type: ignore[method-assign,assignment]
    mind.critic.expect = lambda sight: torch.zeros(len(sight.own), len(mind.drives))  # type: ignore[method-assign]
    senses = {name: torch.from_numpy(value) for name, value in world.observe().items()}
    for _ in range(16):
        m.habits.add(senses, m.wish(8), torch.zeros(5), 0.0)
    before = [p.clone() for p in mind.world_model.parameters()]
    for _ in range(60):
        m.learn(generator)
    m.acts, mind.steps = "act", 1000
    action, _ = mind.act(world.observe())
    # Where the slope, one typical change per step, and the pull of what was chosen, 2 a / 5, are equal.
    assert action[0] == pytest.approx(2.5 * float(mind.perception.change[0, 0]), abs=0.05)
    assert np.abs(action[1:]).max() < 0.05
    assert all(torch.equal(a, b) for a, b in zip(before, mind.world_model.parameters(), strict=True))


def test_plans_of_the_reflex_enter_the_first_search(world: World) -> None:
    mind = born(world, reflex="seed", babble=0)
    mind.fits(world)
    seen: list[torch.Tensor] = []
    judge = mind.actor.judge

    def watched(latent, actions, *given):
        seen.append(actions)
        return judge(latent, actions, *given)

    mind.actor.judge = watched  # type: ignore[method-assign]
    mind.act(world.observe())
    assert mind.choice.regret is None  # nothing to suggest yet
    seen.clear()
    mind.act(world.observe())
    impulse = torch.tanh(mode1(mind).reflex.mu.bias).detach()  # a newborn's mean is near its bias
    first = seen[0][0]
    assert first.shape[0] == REFLEX.samples
    assert float((first - impulse).abs().amax(-1).min()) < 0.2
    assert mind.choice.regret is not None
    assert mind.choice.regret >= 0.0


def test_in_a_try_the_reflex_acts_and_learns_what_planning_would_have_done(world: World) -> None:
    mind = born(world, reflex_tries=1.0, reflex_slope=0.0, babble=0)
    mind.fits(world)
    m = mode1(mind)
    assert [m.tries.decide(FIRST + step, mind.generator) for step in range(2 * LONG - 1)] == [True] * (2 * LONG - 1)
    m.tries.live(hurt=True)
    assert not m.tries.decide(FIRST, mind.generator)
    assert not m.tries.decide(FIRST - 1, mind.generator)
    m.tries.left = 0
    m.habits.count = FIRST  # as though it had practised
    obs = world.observe()
    action, thought = mind.act(obs)
    assert thought.mode == "try"
    assert thought.plans  # what planning would have done
    assert mind.choice.promised is None  # nobody carries out that plan
    assert mind.choice.information is None
    assert action == pytest.approx(np.tanh(m.reflex.mu.bias.detach().numpy()), abs=0.2)  # a newborn's is near its bias
    assert mind.choice.leaning is not None
    assert torch.equal(m.habits.action[FIRST % m.habits.capacity], mind.choice.leaning)
    m.live(torch.zeros(3, 1, 5, mind.perception.size), 0.0, pain=1.0)
    assert mind.act(obs)[1].mode == "plan"
    assert mind.choice.promised is not None


def test_where_it_is_trusted_it_reacts_and_does_not_try(world: World) -> None:
    mind = born(world, reflex_tries=1.0, babble=0)
    mind.fits(world)
    m = mode1(mind)
    for _ in range(PRACTICE):
        m.trust.compare(0.1, 0.1)
    m.habits.count = FIRST
    assert mind.act(world.observe())[1].mode == "react"


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"reflex": "trsut"}, "trust"),
        ({"reflex": "seed", "reflex_seeds": 60}, "reflex_seeds"),
        ({"reflex_tolerance": -1.0}, "reflex_tolerance"),
        ({"reflex": "trust", "reflex_tries": 1.5}, "reflex_tries"),
        ({"reflex": "seed", "reflex_tries": 0.5}, "reflex=trust"),
        ({"reflex": "seed", "planner": "gradient", "elites": 5}, "reflex_seeds"),
    ],
)
def test_settings_that_make_no_sense_are_refused(settings: dict[str, object], words: str) -> None:
    with pytest.raises(UserError, match=words):
        agent.MindConfig(**settings)  # type: ignore[arg-type]
