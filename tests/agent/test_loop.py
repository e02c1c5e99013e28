"""A life as a whole: exact, resumable, open to events and to failing plug-ins."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

import agent
import worlds
from agent.loop import replay_actions
from agent.moment import Moment
from housecat.core.errors import UserError
from tests.agent.conftest import SMALL
from worlds import Poke
from worlds.env import World

STEPS = 60


def pokes(step: int) -> list[Poke]:
    return [Poke("red ball", (0.3, 0.1, 0.0))] if step % 15 == 5 else []


def same(a: Moment, b: Moment) -> bool:
    return (
        np.array_equal(a.action, b.action)
        and all(np.array_equal(a.obs[k], b.obs[k]) for k in a.obs)
        and (a.costs, a.emotions, a.surprise, a.events, a.losses)
        == (b.costs, b.emotions, b.surprise, b.events, b.losses)
    )


def test_the_same_seed_and_events_give_the_same_life(world: World, mind: agent.Mind) -> None:
    life = list(agent.live(world, mind, STEPS, pokes))
    again_world = worlds.make("playroom", seed=11)
    again = list(agent.live(again_world, agent.Mind.born(again_world, seed=11, config=SMALL), STEPS, pokes))
    assert all(map(same, life, again))
    assert {m.thought.mode for m in life} == {"warmup", "plan"}
    assert any(e["event"] == "poke" for m in life for e in m.events)


def test_a_saved_life_goes_on_bit_for_bit(world: World, mind: agent.Mind, tmp_path: Path) -> None:
    head = list(agent.live(world, mind, 40, pokes))
    mind.save(tmp_path / "mind")
    snapshot = world.snapshot()
    tail = list(agent.live(world, mind, 20, pokes))
    other = worlds.make("playroom", seed=0)
    other.restore(snapshot)
    loaded = agent.Mind.load(tmp_path / "mind")
    assert loaded.steps == len(head)
    assert all(map(same, tail, agent.live(other, loaded, 20, pokes)))


def test_what_somebody_else_chose_is_remembered_and_felt_and_nothing_is_learnt(world: World, mind: agent.Mind) -> None:
    for _ in agent.live(world, mind, 25):
        pass
    assert mind.decision.predicted_cost is not None
    before = [p.clone() for p in mind.parameters()]
    actions = np.linspace(-1.0, 1.0, 30, dtype=np.float32).reshape(6, 5)
    lived = list(replay_actions(world, mind, actions))
    assert np.array_equal(mind.memory.action[25:31].numpy(), actions)
    assert mind.memory.transitions == mind.steps == 31
    assert all(torch.equal(a, b) for a, b in zip(before, mind.parameters(), strict=True))
    assert all(moment.costs["effort"] > 0.0 and moment.surprise > 0.0 for moment in lived)
    assert mind.decision.predicted_cost is None  # or it would be held against a plan that nobody carries out


def test_two_processes_live_the_same_life() -> None:
    code = (
        "import hashlib, agent, worlds\n"
        "from tests.agent.conftest import SMALL\n"
        "w = worlds.make('playroom', seed=4)\n"
        "h = hashlib.sha256()\n"
        "for m in agent.live(w, agent.Mind.born(w, seed=4, config=SMALL), 50):\n"
        "    h.update(m.action.tobytes() + m.obs['things'].tobytes() + repr(sorted(m.costs.items())).encode())\n"
        "print(h.hexdigest())\n"
    )
    root = Path(agent.__file__).parents[1]
    runs = [subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True) for _ in range(2)]
    assert runs[0].returncode == 0, runs[0].stderr
    assert runs[0].stdout.strip().splitlines()[-1] == runs[1].stdout.strip().splitlines()[-1]


def test_moments_are_complete_and_finite(world: World, mind: agent.Mind) -> None:
    for moment in agent.live(world, mind, 30):
        assert set(moment.obs) == {"body", "touch", "things", "vitals"}
        assert set(moment.costs) == set(mind.mixture.names)
        assert all(np.isfinite(v) for v in moment.costs.values())
        assert moment.frames.shape[1:] == (len(world.scene().nodes), 7)
        assert set(moment.thought.anticipated) == {"pain", "hunger"}
    plan = moment.thought.plans[0]
    assert len(moment.thought.plans) == 5
    assert plan.cost == min(p.cost for p in moment.thought.plans)
    assert plan.cost == pytest.approx(sum(plan.costs.values()), rel=1e-3)
    assert plan.body.shape == (SMALL.planner.horizon + 1, 3)
    assert plan.things.shape == (SMALL.planner.horizon + 1, 8, 3)
    np.testing.assert_array_equal(plan.action[0], moment.action)
    assert len(moment.thought.attention) == SMALL.attention.num_attended


def test_a_plug_in_that_fails_in_the_middle_of_a_life_is_muted_and_life_goes_on(world: World, tmp_path: Path) -> None:
    source = tmp_path / "drives.py"
    source.write_text(
        "from intrinsic import Objective\n"
        "class Fickle(Objective):\n"
        "    reads = frozenset({'senses.vitals'})\n"
        "    unit = 1.0\n"
        "    lived = 0\n"
        "    def cost(self, view, memory=None):\n"
        "        if self.lived > 10:\n"
        "            raise RuntimeError('enough')\n"
        "        return view['senses.vitals'][..., 0]\n"
        "    def observe(self, view, memory=None):\n"
        "        self.lived += 1\n"
    )
    mind = agent.Mind.born(world, {"disagreement": 1.0, f"{source}:Fickle": 1.0}, seed=1, config=SMALL)
    life = list(agent.live(world, mind, 30))
    assert len(life) == 30
    muted = [e for m in life for e in m.events if e["event"] == "muted"]
    assert len(muted) == 1
    assert muted[0]["objective"] == "Fickle"
    assert "enough" in muted[0]["error"]
    assert np.isnan(life[-1].costs["Fickle"])
    assert all(0.0 <= v <= 1.0 for v in life[-1].emotions.values())
    mind.save(tmp_path / "mind")
    assert "Fickle" in agent.Mind.load(tmp_path / "mind").mixture.muted


def test_an_objective_with_a_memory_lives_and_plans(world: World, tmp_path: Path) -> None:
    source = tmp_path / "drives.py"
    source.write_text(
        "import torch\n"
        "from intrinsic import Objective\n"
        "class Counts(Objective):\n"
        "    reads = frozenset({'action'})\n"
        "    memory = 'episode'\n"
        "    unit = 1.0\n"
        "    anticipated = False\n"
        "    def begin(self, lead):\n"
        "        return torch.zeros(lead)\n"
        "    def remember(self, memory, view):\n"
        "        return memory + 1\n"
        "    def cost(self, view, memory=None):\n"
        "        return memory\n"
    )
    mind = agent.Mind.born(world, {f"{source}:Counts": 1.0}, seed=1, config=SMALL)
    life = list(agent.live(world, mind, 25))
    assert not mind.mixture.muted
    assert [m.costs["Counts"] for m in life] == list(range(25))
    # A plan made at step 24 counts on from there, in a memory of its own.
    assert life[-1].thought.plans[0].costs["Counts"] == sum(range(24, 24 + SMALL.planner.horizon))


def test_a_mind_takes_on_other_objectives_and_keeps_what_it_learnt(
    world: World, mind: agent.Mind, tmp_path: Path
) -> None:
    list(agent.live(world, mind, 40))
    mind.save(tmp_path / "mind", memory=20)
    other = agent.Mind.load(tmp_path / "mind", {"hunger": 1.0, "effort": 0.1})
    assert other.mixture.names == ("hunger", "effort")
    assert other.memory.size == 20
    for a, b in zip(mind.world_model.parameters(), other.world_model.parameters(), strict=True):
        assert a.equal(b)
    i = mind.drives.index("hunger")
    rows = mind.critic.net.head[-1].bias.view(2, -1)
    assert other.critic.net.head[-1].bias.equal(rows[i])
    assert len(list(agent.live(worlds.make("playroom", seed=1), other, 3))) == 3


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"planner.horizon": 0}, "at least 1"),
        ({"planner.elites": 99}, "cannot exceed"),
        ({"training.discount": 1.0}, "discount"),
        ({"model.hiden_size": 3}, "Did you mean model.hidden_size"),
    ],
)
def test_unusable_settings_are_refused(change: dict, message: str) -> None:
    with pytest.raises(UserError, match=message):
        SMALL.updated(change)


def test_unusable_minds_are_refused(tmp_path: Path, world: World) -> None:
    with pytest.raises(UserError, match="unknown mind 'kiten'"):
        agent.Mind.load("kiten")
    with pytest.raises(UserError, match="there is no mind at"):
        agent.Mind.load(tmp_path / "nobody")
    (tmp_path / "junk.safetensors").write_bytes(b"junk")
    with pytest.raises(UserError, match="not a mind"):
        agent.Mind.load(tmp_path / "junk")
    with pytest.raises(UserError, match="Did you mean pain"):
        agent.Mind.born(world, {"pian": 1.0})
    blind = worlds.make("playroom", seed=0, senses=("body", "vitals"))
    with pytest.raises(UserError, match="lacks touch, things"):
        agent.Mind.born(blind)


@pytest.mark.parametrize("name", worlds.names())
def test_a_newborn_can_live_in_every_room(name: str) -> None:
    world = worlds.make(name, seed=0, frames_per_step=1)
    moments = list(agent.live(world, agent.Mind.born(world, seed=0, config=SMALL), SMALL.training.warmup_steps + 2))
    assert moments[-1].thought.mode == "plan"
    assert np.isfinite(list(moments[-1].costs.values())).all()
