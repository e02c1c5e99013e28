"""A mind's policy acts the same as a SAC model of Stable-Baselines3."""

from __future__ import annotations

from pathlib import Path

import gymnasium
import numpy as np
import pytest
from stable_baselines3 import SAC

import worlds
from agent import Mind
from agent.sb3.policy_export import export
from housecat.cli import main as housecat
from housecat.cli.export import export as command
from housecat.core.errors import UserError
from tests.agent.conftest import SMALL

WANTS = {"goal:things.red_ball.position=1,2": 1.0, "pain": 1.0}


@pytest.mark.parametrize("beside", [False, True])
def test_sac_acts_as_the_policy_does(tmp_path: Path, beside: bool) -> None:
    room = worlds.make("playroom", seed=5)
    mind = Mind.born(
        room,
        WANTS,
        1,
        SMALL.updated(
            {
                "planner.samples": 16,
                "policy.mode": "always",
                "training.warmup_steps": 0,
                "model.neighbor_features": beside,
            }
        ),
    )
    export(mind, tmp_path / "policy.zip")
    model = SAC.load(tmp_path / "policy.zip")
    env = gymnasium.make("housecat/Playroom-v0")
    flat, _ = env.reset(seed=5)
    obs = room.observe()
    for _ in range(5):
        theirs, _ = model.predict(flat, deterministic=True)
        ours, thought = mind.act(obs)
        assert thought.mode == "react"
        assert theirs == pytest.approx(ours, abs=1e-5)
        flat = env.step(np.sign(theirs))[0]  # farther than a newborn would go
        obs = room.step(np.sign(theirs))[0]
    assert not np.array_equal(theirs, model.predict({**flat, "body": -flat["body"]}, deterministic=True)[0])
    model.set_env(env)
    model.learn(2)  # and it can go on to learn there


def test_the_command_exports_only_minds_with_a_policy(tmp_path: Path, capsys) -> None:
    mind = Mind.born(
        worlds.make("playroom", seed=5), WANTS, 1, SMALL.updated({"planner.samples": 16, "policy.mode": "seed"})
    )
    mind.save(tmp_path / "mind")
    assert command(tmp_path / "mind.safetensors", sb3=tmp_path / "out.zip", json=True) == 0
    assert str(tmp_path / "out.zip") in capsys.readouterr().out
    assert SAC.load(tmp_path / "out.zip").action_space.shape == (5,)
    with pytest.raises(UserError, match=r"--set policy\.mode=gated"):
        export(Mind.load("kitten"), tmp_path / "none.zip")
    assert not (tmp_path / "none.zip").exists()
    with pytest.raises(UserError, match="--name"):
        command(tmp_path / "mind.safetensors", sb3=tmp_path / "out.zip", name="a-v0")


def test_the_command_finds_body_and_world_of_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    own = ["--world", "maze", "--world-option", "cells=2,3", "--body", "octopus", "--set", "policy.mode=seed"]
    assert housecat.main(["run", "--newborn", *own, "--steps", "2", "--name", "first"]) == 0
    assert housecat.main(["export", "runs/first", "--sb3", "out.zip"]) == 0
    body = worlds.make("maze", body="octopus")
    assert SAC.load("out.zip").action_space.shape == body.action_space.shape
