"""Tasks are fair, and the study of reflexes runs."""

from __future__ import annotations

import numpy as np
import pytest

import worlds
from agent.moment import Moment
from studies import reflex
from studies.common.tasks import FAR, KINDS, THERE, Kind, attempt, blind, set_goal, tasks


@pytest.mark.parametrize("kind", KINDS)
def test_tasks_begin_undone_and_come_again(kind: Kind) -> None:
    world = worlds.make("playroom", seed=1, frames_per_step=1)
    given = tasks(world, kind, 2, 3)
    again = tasks(world, kind, 2, 3)
    assert [(task.toy, task.goal) for task in given] == [(task.toy, task.goal) for task in again]
    for task in given:
        world.restore(task.snapshot)
        assert FAR[kind][0] - 0.01 <= task.off(world.observe()) <= FAR[kind][1] + 0.01
        assert FAR[kind][0] > THERE
    assert not any(blind(world, task, np.zeros((30, 5), np.float32)) for task in given)


def test_a_mind_wants_one_task_at_a_time() -> None:
    world = worlds.make("playroom", seed=1, frames_per_step=1)
    mind = reflex.newcomer(1)
    mind.fits(world)
    for kind in KINDS:
        [task] = tasks(world, kind, 1, 5)
        set_goal(mind, world, task)
        mind.fits(world)
        assert mind.mode1 is not None
        wish = mind.mode1.wish(8)
        assert wish[:, 0].nonzero().flatten().tolist() == [task.toy + 1]
        assert wish[task.toy + 1, 1:].tolist() == pytest.approx(task.goal)


def test_it_is_about_the_toy_of_the_task_for_the_whole_of_a_try() -> None:
    world = worlds.make("playroom", seed=1, frames_per_step=1)
    mind = reflex.newcomer(1)
    wished = set[tuple[int, ...]]()
    given = tasks(world, "push", 6, 5)
    assert len({task.toy for task in given}) > 1
    for task in given:

        def each(_: Moment) -> None:
            assert mind.mode1 is not None
            wished.add((task.toy, *mind.mode1.wish(8)[1:, 0].nonzero().flatten().tolist()))  # noqa: B023

        attempt(world, task, mind, 2, each)
    assert wished == {(task.toy, task.toy) for task in given}


def test_the_study_runs_and_draws(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reflex, "STEPS", 6)
    monkeypatch.setattr(reflex, "side_by_side", lambda work, jobs, *_: {job: work(*job) for job in jobs})
    monkeypatch.setattr(reflex, "TRY", 4)
    monkeypatch.setattr(reflex, "TIMED", 20)
    result = reflex.run((7,), tmp_path, lambda share, words: None, steps=12, tests=1)
    assert set(result) >= {"study", "seeds", "metrics", "controls", "versions"}
    assert result["controls"]["reach/nothing"]["value"] == 0.0
    assert 0.0 < result["metrics"]["cost/choose/reflex_over_planning"]["value"] < 1.0
    assert (tmp_path / "figure.png").stat().st_size > 10_000
