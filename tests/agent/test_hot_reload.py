"""A plug-in's file is saved while its creature lives."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import numpy as np
import pytest
import torch

import agent
import worlds
from agent.hot_reload import Reload, reload, watched
from housecat.core.errors import UserError
from tests.agent.conftest import SMALL

HEAD = "import torch\nfrom intrinsic import Objective\nclass Mine(Objective):\n    reads = ('action', 'latent')\n"
FLAT = HEAD + "    unit = 1.0\n    def cost(self, view, memory=None):\n        return view['action'][..., 0] * 0 + {}\n"
LEARNER = (
    HEAD
    + "    def __init__(self):\n"
    + "        super().__init__()\n"
    + "        self.net = torch.nn.Linear(5, {width})\n"
    + "        self.register_buffer('count', torch.zeros(()))\n"
    + "    def cost(self, view, memory=None):\n"
    + "        return self.net(view['action']).square().sum(-1) * {factor}\n"
    + "    def loss(self, view):\n"
    + "        return self.cost(view).mean()\n"
    + "    def observe(self, view, memory=None):\n"
    + "        self.count += 1\n"
)
COUNTS = (
    HEAD
    + "    memory = 'episode'\n    unit = 1.0\n"
    + "    def begin(self, lead):\n        return {{'n': torch.zeros(*lead, {size})}}\n"
    + "    def remember(self, memory, view):\n        return {{'n': memory['n'] + 1}}\n"
    + "    def cost(self, view, memory=None):\n        return memory['n'].sum(-1) + {add}\n"
)


class Author:
    """Saves the file of a plug-in before some steps of a life."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "drives.py"
        self.spec = f"{self.path}:Mine"

    def born(self, text: str, **others: float) -> agent.Mind:
        self.path.write_text(text)
        return agent.Mind.born(worlds.make("playroom", seed=11), {self.spec: 1.0, **others}, seed=11, config=SMALL)

    def live(self, mind: agent.Mind, steps: int, saves: dict[int, str]) -> list[agent.Moment]:
        def events(step: int) -> list[worlds.Event]:
            if step in saves:
                self.path.write_text(saves[step])
            return []

        return list(agent.live(worlds.make("playroom", seed=11), mind, steps, watched(mind, events)))


@pytest.fixture
def author(tmp_path: Path) -> Author:
    return Author(tmp_path)


def events_of(life: list[agent.Moment], kind: str) -> list[tuple[int, dict]]:
    return [(m.step, event) for m in life for event in m.events if event["event"] == kind]


def test_a_saved_file_is_lived_with_from_the_next_step_on(author):
    mind = author.born(FLAT.format(1), pain=1.0)
    life = author.live(mind, 6, {3: FLAT.format(5)})
    assert [m.costs["Mine"] for m in life] == [1, 1, 1, 5, 5, 5]
    [(step, event)] = events_of(life, "reloaded")
    assert (step, event["objective"], event["source"]) == (3, "Mine", FLAT.format(5))


def test_a_file_that_is_saved_unchanged_is_no_event(author):
    mind = author.born(FLAT.format(1))
    life = author.live(mind, 4, {2: FLAT.format(1)})
    assert not events_of(life, "reloaded")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (FLAT.format("("), r"^drives.py, line 7: SyntaxError: '\(' was never closed$"),
        (FLAT.format(1).replace("Mine", "Other"), r"unknown objective .* 'Mine'"),
        (FLAT.format("view['smell']"), r"asked for 'smell'"),
        (FLAT.format(1).replace("latent", "smell"), r"reads smell, which this agent does not offer"),
        (FLAT.format("1 / 0"), r"^drives.py, line 7: ZeroDivisionError: division by zero$"),
        (HEAD, r"has no method `cost`"),
    ],
)
def test_a_version_that_cannot_live_leaves_the_old_one_in_place_until_it_is_mended(author, text, words):
    mind = author.born(FLAT.format(1))
    life = author.live(mind, 6, {2: text, 4: FLAT.format(7)})
    assert [m.costs["Mine"] for m in life] == [1, 1, 1, 1, 7, 7]
    [(step, event)] = events_of(life, "reload failed")
    assert (step, event["objective"]) == (2, "Mine")
    assert re.search(words, event["error"])
    assert [step for step, _ in events_of(life, "reloaded")] == [4]


def test_a_file_that_an_editor_empties_or_moves_away_for_a_moment_is_waited_for(author):
    mind = author.born(FLAT.format(1))

    def events(step: int) -> list[worlds.Event]:
        if step == 1:
            author.path.write_text("")
        if step == 2:
            author.path.unlink()
        if step == 3:
            author.path.with_suffix(".tmp").write_text(FLAT.format(9))
            os.replace(author.path.with_suffix(".tmp"), author.path)
        return []

    life = list(agent.live(worlds.make("playroom", seed=11), mind, 5, watched(mind, events)))
    assert [m.costs["Mine"] for m in life] == [1, 1, 1, 9, 9]
    assert not events_of(life, "reload failed")


def test_a_muted_plugin_lives_again_once_mended(author):
    late = FLAT.format("(1 / 0 if self.late else 1)") + "    late = False\n    def observe(self, view, memory=None):\n"
    mind = author.born(late + "        self.late = True\n")
    life = author.live(mind, 6, {4: FLAT.format(2)})
    assert [step for step, _ in events_of(life, "muted")] == [1]
    assert np.isnan(life[3].costs["Mine"])
    assert [m.costs["Mine"] for m in life[4:]] == [2, 2]


def test_what_it_learnt_is_kept_where_it_fits(author, world):
    mind = author.born(LEARNER.format(width=3, factor=1), disagreement=0.5)
    author.live(mind, 40, {})
    before, scale = {k: v.clone() for k, v in mind.mixture["Mine"].state_dict().items()}, mind.mixture.scales["Mine"]
    moments = {
        n: mind.trainer.objective_optimizer.state[p]["exp_avg"].clone()
        for n, p in mind.mixture["Mine"].named_parameters()
    }
    assert reload(mind, world, Reload(author.spec, LEARNER.format(width=3, factor=2)))["event"] == "reloaded"
    after = mind.mixture["Mine"]
    assert all(torch.equal(after.state_dict()[key], value) for key, value in before.items())
    assert mind.mixture.scales["Mine"] == scale
    assert mind.mixture.weights == {"Mine": 1.0, "disagreement": 0.5}
    assert all(
        torch.equal(mind.trainer.objective_optimizer.state[p]["exp_avg"], moments[n])
        for n, p in after.named_parameters()
    )
    event = reload(mind, world, Reload(author.spec, LEARNER.format(width=4, factor=2)))
    assert event["event"] == "reloaded"
    assert mind.mixture["Mine"].count == before["count"]
    assert mind.mixture["Mine"].net.weight.shape == (4, 5)
    life = author.live(mind, 20, {})
    assert not torch.equal(mind.mixture["Mine"].net.weight, after.net.weight[:1])
    assert all(np.isfinite(m.losses["objectives"]) for m in life)


def test_an_objective_may_begin_and_cease_to_learn(author):
    mind = author.born(FLAT.format(1))
    life = author.live(mind, 50, {20: LEARNER.format(width=3, factor=1), 40: FLAT.format(2)})
    assert ["objectives" in m.losses for m in life[19:22]] == [False, True, True]
    assert ["objectives" in m.losses for m in life[39:42]] == [True, False, False]
    assert not events_of(life, "muted")


def test_an_episodic_memory_goes_on_where_it_fits_and_begins_anew_where_not(author):
    mind = author.born(COUNTS.format(size=1, add=0))
    life = author.live(mind, 6, {2: COUNTS.format(size=1, add=100), 4: COUNTS.format(size=2, add=0)})
    assert [m.costs["Mine"] for m in life] == [0, 1, 102, 103, 0, 2]
    assert author.live(mind, 2, {6: FLAT.format(1)})[0].costs["Mine"] == 1
    assert mind.actor.memories == {}


def test_a_life_with_reloads_can_be_lived_again_from_its_log(author):
    saves = {15: LEARNER.format(width=3, factor=2), 22: FLAT.format("("), 25: LEARNER.format(width=5, factor=2)}
    life = author.live(author.born(LEARNER.format(width=3, factor=1), disagreement=1.0), 40, saves)
    log = {step: Reload.from_json(json.loads(json.dumps(event))) for step, event in events_of(life, "reloaded")}
    assert list(log) == [15, 25]
    mind = author.born(LEARNER.format(width=3, factor=1), disagreement=1.0)
    events = lambda step: [log[step]] if step in log else []  # noqa: E731
    again = list(agent.live(worlds.make("playroom", seed=11), mind, 40, events))
    for one, other in zip(life, again, strict=True):
        assert np.array_equal(one.action, other.action)
        assert one.costs == other.costs
        assert one.losses == other.losses


def test_a_recorded_life_with_a_reload_replays(author, tmp_path, monkeypatch):
    from agent.runs.recorder import Recorder
    from agent.runs.run_dir import RunConfig, RunDir
    from agent.runs.verify import replay

    monkeypatch.chdir(tmp_path)
    folder = RunDir.create(RunConfig("playroom", None, {}, 11, 8))
    mind = author.born(FLAT.format(1), disagreement=1.0)
    with Recorder(folder) as recorder:
        for moment in author.live(mind, 8, {3: FLAT.format(4), 5: "oops"}):
            recorder.add(moment)
    assert [e["event"] for e in folder.events() if "reload" in e["event"]] == ["reloaded", "reload failed"]
    assert [difference for _, difference in replay(folder)] == [""] * 8


def test_housecats_own_objectives_cannot_be_replaced(mind):
    with pytest.raises(UserError, match="one of housecat's own"):
        mind.mixture.replace_objective("pain", mind.mixture)
