"""Thinking while moving: the same life whatever the timing, and across saving."""

import hashlib
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch

import agent
import worlds
from agent.async_planning import AsyncPlanner, predict_next_obs
from agent.runs.recorded_run import begin
from agent.runs.run_dir import RunConfig
from housecat.core.errors import UserError
from housecat.core.obs_layout import BODY
from tests.agent.conftest import SMALL
from tests.agent.test_loop import pokes, same
from worlds.env import World

STEPS = 45


def life(pipeline: str, steps: int = STEPS, seed: int = 11) -> list[agent.Moment]:
    world = worlds.make("playroom", seed=seed)
    mind = agent.Mind.born(world, seed=seed, config=SMALL.updated({"planner.async_planning": pipeline}))
    return list(agent.live(world, mind, steps, pokes))


@pytest.fixture(scope="module")
def inline() -> list[agent.Moment]:
    return life("inline")


def test_a_thread_of_its_own_lives_the_same_life_as_none(
    inline: list[agent.Moment], monkeypatch: pytest.MonkeyPatch
) -> None:
    step, learn, chance = World.step, agent.Mind.learn, np.random.default_rng(0)

    def late(do):  # whichever of the two is done first
        def slowed(*given):
            time.sleep(chance.uniform(0, 0.01))
            return do(*given)

        return slowed

    monkeypatch.setattr(World, "step", late(step))
    monkeypatch.setattr(agent.Mind, "learn", late(learn))
    threaded = life("on")
    assert all(map(same, inline, threaded))
    assert inline[-1].losses
    assert inline[-1].thought.mode == "plan"
    for a, b in zip(inline, threaded, strict=True):
        assert a.thought.anticipated == b.thought.anticipated
        assert [p.cost for p in a.thought.plans] == [p.cost for p in b.thought.plans]


def test_it_is_another_life_than_in_lockstep_once_it_plans(inline: list[agent.Moment]) -> None:
    lockstep = life("off")
    assert not np.array_equal(inline[-1].action, lockstep[-1].action)


def test_a_step_is_planned_from_what_is_foreseen(world: World) -> None:
    mind = agent.Mind.born(world, seed=11, config=SMALL.updated({"planner.async_planning": "inline"}))
    moments = list(agent.live(world, mind, 30))
    planned = moments[-1].thought.plans[0].body[0]
    began, ended = moments[-2].obs["body"][BODY.position], moments[-3].obs["body"][BODY.position]
    assert not np.array_equal(planned[:2], began), "it knows only what it foresaw"
    assert np.linalg.norm(planned[:2] - began) < np.linalg.norm(began - ended) + 0.1
    obs = {name: torch.from_numpy(value) for name, value in world.observe().items()}
    with torch.no_grad():
        seen = predict_next_obs(mind, obs, torch.zeros(mind.actions))
    assert {name: value.shape for name, value in seen.items()} == {name: value.shape for name, value in obs.items()}


def test_a_saved_life_goes_on_with_what_it_had_decided(tmp_path: Path) -> None:
    world = worlds.make("playroom", seed=11)
    mind = agent.Mind.born(world, seed=11, config=SMALL.updated({"planner.async_planning": "on"}))
    list(agent.live(world, mind, 30, pokes))
    mind.save(tmp_path / "mind")
    snapshot = world.snapshot()
    tail = list(agent.live(world, mind, 8, pokes))
    other = worlds.make("playroom", seed=0)
    other.restore(snapshot)
    loaded = agent.Mind.load(tmp_path / "mind")
    again = list(agent.live(other, loaded, 8, pokes))
    assert all(map(same, tail, again))
    for a, b in zip(tail[0].thought.plans, again[0].thought.plans, strict=True):
        assert a.costs == b.costs
        np.testing.assert_array_equal(a.things, b.things)


def test_what_was_decided_elsewhere_is_not_done_here(world: World, mind: agent.Mind) -> None:
    mind.config = mind.config.updated({"planner.async_planning": "inline"})
    list(agent.live(world, mind, 3))
    assert mind.pending is not None
    moved = worlds.make("playroom", seed=12)
    AsyncPlanner(mind, moved.observe())
    assert mind.pending is None


def test_two_processes_live_the_same_pipelined_life(inline: list[agent.Moment]) -> None:
    code = (
        "import hashlib\n"
        "from tests.agent.test_async_planning import life\n"
        "h = hashlib.sha256()\n"
        "for m in life('on', 45):\n"
        "    h.update(m.action.tobytes() + m.obs['things'].tobytes() + repr(sorted(m.costs.items())).encode())\n"
        "print(h.hexdigest())\n"
    )
    root = Path(agent.__file__).parents[1]
    out = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True)
    assert out.returncode == 0, out.stderr
    digest = hashlib.sha256()
    for m in inline:
        digest.update(m.action.tobytes() + m.obs["things"].tobytes() + repr(sorted(m.costs.items())).encode())
    assert out.stdout.strip().splitlines()[-1] == digest.hexdigest()


def test_what_fails_while_planning_ahead_is_muted_and_recorded(world: World, tmp_path: Path) -> None:
    source = tmp_path / "drives.py"
    source.write_text(
        "from intrinsic import Objective\n"
        "class Shy(Objective):\n"
        "    reads = frozenset({'action'})\n"
        "    unit = 1.0\n"
        "    def cost(self, view, memory=None):\n"
        "        if view['action'].dim() == 3 and view['action'].shape[1] > 3:\n"
        "            raise RuntimeError('so many')\n"
        "        return view['action'][..., 0]\n"
    )
    config = SMALL.updated({"planner.async_planning": "on", "training.warmup_steps": 4})
    mind = agent.Mind.born(world, {"disagreement": 1.0, f"{source}:Shy": 1.0}, config=config)
    moments = list(agent.live(world, mind, 10))
    assert [e["objective"] for m in moments for e in m.events if e["event"] == "muted"] == ["Shy"]


def test_a_mind_that_has_lived_can_be_asked_to_think_while_moving() -> None:
    _, mind = begin(RunConfig(mind="kitten", async_planning=True))
    assert mind.config.planner.async_planning == "on"
    with pytest.raises(UserError, match=r"unknown planner\.async_planning 'fast'"):
        SMALL.updated({"planner.async_planning": "fast"})
