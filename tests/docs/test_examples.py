"""The examples run."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import torch

EXAMPLES = Path(__file__).parents[2] / "examples"


def example(name: str) -> ModuleType:
    torch.set_num_threads(1)
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_ppo_learns_in_mountain_car(capsys):
    module = example("sb3_mountain_car")
    assert module.main(steps=8_192) < 0.0  # returns of whole episodes, whose effort costs, none of them lucky yet
    logged = capsys.readouterr().out
    assert "intrinsic/" in logged
    assert "disagreement" in logged


def test_sac_learns_in_the_playroom():
    share = example("sb3_playroom").main(steps=230)
    assert 0.0 <= share < 1.0
