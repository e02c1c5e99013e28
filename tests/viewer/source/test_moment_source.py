"""Whoever watches a life may save a plug-in's file."""

from __future__ import annotations

from pathlib import Path

import agent
import worlds
from tests.agent.conftest import SMALL
from viewer.source.moment_source import InlineSource

DRIVE = (
    "from intrinsic import Objective\nclass Mine(Objective):\n    reads, unit = ('action',), 1.0\n"
    "    def cost(self, view, memory=None):\n        return view['action'][..., 0] * 0 + {}\n"
)


def test_a_watched_life_goes_on_with_what_was_saved(tmp_path: Path) -> None:
    file = tmp_path / "drives.py"
    file.write_text(DRIVE.format(1))

    def make() -> tuple[worlds.World, agent.Mind]:
        world = worlds.make("playroom", seed=3)
        return world, agent.Mind.born(world, {f"{file}:Mine": 1.0}, seed=3, config=SMALL)

    life = InlineSource(make)
    costs = []
    for text in (DRIVE.format(1), DRIVE.format(8), DRIVE.format("broken"), DRIVE.format(4)):
        file.write_text(text)
        life.request()
        moment = life.poll()
        assert moment is not None
        costs.append(moment.costs["Mine"])
    life.restart()  # a new life begins with what the file holds
    life.request()
    moment = life.poll()
    assert moment is not None
    life.close()
    assert [*costs, moment.costs["Mine"]] == [1, 8, 8, 4, 4]
