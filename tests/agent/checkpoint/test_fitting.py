"""Files of minds that do not fit: refused with what differs, here and there."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import safetensors
import torch
from safetensors.torch import save_file

import agent
import worlds
from housecat.core.errors import UserError
from tests.agent.conftest import SMALL
from worlds.env import World

Change = Callable[[dict[str, Any], dict[str, torch.Tensor]], object]


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("saved") / "mind.safetensors"
    agent.Mind.born(worlds.make("playroom", seed=11), seed=11, config=SMALL.updated({"training.capacity": 50})).save(
        path
    )
    return path


def narrow(about: dict[str, Any], tensors: dict[str, torch.Tensor]) -> None:
    about["config"]["model"]["hidden_size"] += 8


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (narrow, r"another architecture.*weights.0 has the shape \(3, \d+, 16\) there and \(3, \d+, 24\) here"),
        (
            lambda a, t: t.pop("modules/world_model.touch.0.bias"),
            r"touch.0.bias, of shape \(32,\) here, is missing there",
        ),
        (lambda a, t: t.update({"modules/gills": torch.zeros(2)}), r"gills, of shape \(2,\) there, is unknown here"),
        (
            lambda a, t: a["config"]["planner"].update(horizon=9),
            r"actor/planner/mean has the shape \(5, 5\) there and \(9, 5\) here",
        ),
        (lambda a, t: t.pop("replay_buffer/action"), "replay_buffer/action.*is missing there"),
        (lambda a, t: t.update({"generator": torch.zeros(3)}), "generator has the shape"),
        (lambda a, t: a["config"].update(gills=3), "settings that this housecat cannot make.*'gills'"),
        (lambda a, t: a.pop("obs_shapes"), "does not tell its obs_shapes"),
    ],
)
def test_a_mind_of_another_kind_is_refused_in_words(saved: Path, tmp_path: Path, change: Change, message: str) -> None:
    with safetensors.safe_open(str(saved), "pt") as file:
        about = json.loads(file.metadata()["housecat"])
        tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
    change(about, tensors)
    save_file(tensors, tmp_path / "other.safetensors", {"housecat": json.dumps(about)})
    for objectives in (None, {"pain": 1.0, "disagreement": 2.0}):
        with pytest.raises(UserError, match=message):
            agent.Mind.load(tmp_path / "other", objectives)


@pytest.mark.parametrize("horizon", [3, 9])
def test_a_mind_may_look_farther_or_less_far_than_it_did(saved: Path, horizon: int) -> None:
    mind = agent.Mind.load(saved, settings={"planner.horizon": horizon})
    [moment] = agent.live(worlds.make("playroom", seed=12), mind, 1)
    assert moment.thought.horizon == horizon


def test_an_objective_that_changed_its_parameters_is_named(world: World, tmp_path: Path) -> None:
    source = tmp_path / "drives.py"
    code = (
        "import torch\n"
        "from intrinsic import Objective\n"
        "class Grows(Objective):\n"
        "    reads = frozenset({'action'})\n"
        "    unit = 1.0\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.p = torch.nn.Parameter(torch.zeros(SIZE))\n"
        "    def cost(self, view, memory=None):\n"
        "        return view['action'][..., 0]\n"
    )
    source.write_text(code.replace("SIZE", "2"))
    agent.Mind.born(world, {f"{source}:Grows": 1.0}, config=SMALL).save(tmp_path / "mind")
    source.write_text(code.replace("SIZE", "3") + "# longer\n")
    with pytest.raises(UserError, match=r"objectives' code of today.*\(2,\) there and \(3,\) here"):
        agent.Mind.load(tmp_path / "mind")


@pytest.mark.parametrize(
    "settings",
    [
        {"planner.async_planning": "on", "hierarchy.levels": 2},
        {"planner.async_planning": "inline", "policy.mode": "gated", "planner.samples": 20},
        {"model.belief": True, "model.num_futures": 2},
        {"model.belief": True, "training.rollout_steps": 4},
        {"model.belief": True, "hierarchy.levels": 2},
    ],
)
def test_settings_that_do_not_go_together_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(UserError, match="do not go together"):
        SMALL.updated({**settings})
