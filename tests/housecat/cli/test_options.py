"""Bodies and options of worlds, and settings of minds, on the command line."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from agent.runs.run_dir import RunDir, load_run
from housecat.cli import main as housecat


def refused(call: Any, given: tuple[str, ...], words: str) -> None:
    status, _, said = call("run", "--steps", "3", *given)
    assert status == 2
    assert words in said
    assert not Path("runs").exists()


def test_a_run_in_a_room_with_a_body_and_options_of_its_own_is_gone_on_with_and_replayed_there(call: Any) -> None:
    room = "--world", "maze", "--body", "crawler", "--world-option", "cells=2,3", "--world-option", "control_dt=0.1"
    assert call("run", "--newborn", *room, "--steps", "4", "--name", "mine")[0] == 0
    wanted = {"body": "crawler", "cells": [2, 3], "control_dt": 0.1}
    assert RunDir("runs/mine").config.world_options == wanted
    assert call("run", "--resume", "runs/mine", "--steps", "6")[0] == 0
    assert RunDir("runs/mine").config.world_options == wanted
    status, found, _ = call("replay", "runs/mine")
    assert (status, found["same"], found["steps"]) == (0, True, 6)
    assert load_run("runs/mine")["obs.body"].shape == (6, 30)
    world = RunDir("runs/mine").config.make_world()
    assert (world.cells, world.body.name) == ((2, 3), "crawler")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (("--room", "extras=all"), "--world-option"),
        (("--pipeline",), "--async-planning"),
        (("--setting", "planner=mppi"), "--set GROUP.NAME=VALUE"),
    ],
)
def test_an_option_of_the_version_before_is_answered_with_the_new_one(
    call: Any, old: tuple[str, ...], new: str
) -> None:
    refused(call, old, f"{old[0]} is now {new}")
    refused(call, ("=".join(old),), f"{old[0]} is now {new}")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (("--body", "cat"), "unknown body for this room 'cat'. Known: crawler, kitten, octopus"),
        (("--world-option", "lamb=true"), "unknown option of Playroom 'lamb'. Did you mean lamp"),
        (("--world-option", "extras=some"), "extras='some'; allowed: 'all', 'none'"),
        (("--world-option", "lamp=on"), "lamp='on'; allowed in Playroom: true or false"),
        (("--world", "maze", "--world-option", "cells=99,1"), "cells=[99, 1]; it takes two whole numbers from 2 to 12"),
        (("--world", "maze", "--world-option", "cells=12"), "cells=12; allowed in Maze: several, each a whole number"),
        (("--world", "meadow", "--world-option", "steepness=x"), "steepness='x'; allowed in Meadow: a number"),
        (("--world-option", "control_dt=0.003"), "control_dt=0.003 s is not a whole multiple of physics_dt="),
        (("--world-option", "lamp"), "give a name and its value"),
        (
            ("--world-option", "lamp=true", "--world-option", "lamp=false"),
            "--world-option lamp is given twice: True and 'false'",
        ),
        (("--world-option", "seed=3"), "an option of its own, --seed 3"),
        (("--body", "crawler"), "this mind has senses"),
        (("--world-option", "control_dt=inf"), "control_dt='inf'; allowed in Playroom: a number"),
        (("--world-option", "control_dt=1000000"), "at most 10000 of them"),
        (("--world-option", "flat=true"), "that is for programs"),
    ],
)
def test_a_body_or_room_that_does_not_fit_is_refused_and_leaves_no_run_behind(
    call: Any, given: tuple[str, ...], words: str
) -> None:
    refused(call, given, words)


def test_lists_worlds_with_their_bodies_and_options(call: Any, capsys: pytest.CaptureFixture[str]) -> None:
    found = call("worlds")[1]
    assert found["playroom"]["bodies"] == ["kitten", "crawler", "octopus"]
    assert found["playroom"]["options"] == ["lamp", "lever", "ramp", "doorway", "television", "extras"]
    assert found["maze"]["options"] == ["cells", "plan"]
    assert housecat.main(["worlds"]) == 0
    said = capsys.readouterr().out
    assert re.search(r"^world +--body +--world-option +what it is$", said, re.MULTILINE)
    assert re.search(r"^meadow +crawler, kitten +hills, steepness +A meadow", said, re.MULTILINE)


def test_a_newborn_with_settings_of_its_own_is_gone_on_with_and_replayed_with_them(call: Any) -> None:
    own = (
        "--set",
        "planner.kind=mppi",
        "--set",
        "planner.horizon=4",
        "--set",
        "training.warmup_steps=1",
        "--set",
        "planner.use_critic=false",
    )
    assert call("run", "--newborn", *own, "--steps", "3", "--name", "mine")[0] == 0
    wanted = {"planner.kind": "mppi", "planner.horizon": 4, "training.warmup_steps": 1, "planner.use_critic": False}
    assert RunDir("runs/mine").config.settings == wanted
    assert call("run", "--resume", "runs/mine", "--steps", "4")[0] == 0
    assert call("replay", "runs/mine")[1]["same"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (("--set", "planner.kind=mppi"), "add --newborn"),
        (("--newborn", "--set", "planner.kind=mpp"), "unknown planner.kind 'mpp'. Did you mean mppi"),
        (("--newborn", "--set", "planner.horzon=3"), "Did you mean planner.horizon"),
        (("--newborn", "--set", "planner.horizon=far"), "planner.horizon='far' must be a whole number"),
        (("--newborn", "--set", "planner.horizon=0"), "planner.horizon=0 must be at least 1"),
        (("--newborn", "--set", "planner.lambda_=true"), "planner.lambda_=True must be a number"),
        (
            ("--newborn", "--set", "training.prioritized_fraction=7.0"),
            "training.prioritized_fraction=7.0 must be at most 1",
        ),
        (("--newborn", "--set", "training.inverse_weight=-3.0"), "training.inverse_weight=-3.0 must be at least 0"),
        (("--newborn", "--set", "training.capacity=10000000000000"), "must be at most"),
        (("--newborn", "--set", "training.learning_rate=inf"), "training.learning_rate='inf' must be a number"),
        (("--newborn", "--set", "objective=pain"), "an option of its own, --objective pain"),
        (("--newborn", "--set", "objectives=pain"), "an option of its own, --objective pain"),
        (("--newborn", "--set", "horizon=3"), "--set horizon: this setting is now planner.horizon"),
        (("--newborn", "--set", "planner=mppi"), "--set planner: this setting is now planner.kind"),
        (("--newborn", "--set", "horizont=3"), "Did you mean planner.horizon"),
        (("--newborn", "--set", "planner.kind"), "give a name and its value, such as --set planner.kind=mppi"),
    ],
)
def test_a_setting_that_does_not_fit_is_refused_and_leaves_no_run_behind(
    call: Any, given: tuple[str, ...], words: str
) -> None:
    refused(call, given, words)
