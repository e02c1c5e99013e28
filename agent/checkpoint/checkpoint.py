"""Minds on disk: one safetensors file with its settings as JSON in the header.

Loading one runs no code of the file's; objectives that are named by a file of one's own (`my_drives.py:LovesRed`) are
imported from there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import safetensors
import torch
from safetensors.torch import save as to_bytes
from torch import Tensor

from agent.actor.plan_evaluation import PENDING_CLASSES
from agent.checkpoint.fitting import check, config_in
from agent.checkpoint.migrations import migrated, tensors_of_format_2
from agent.checkpoint.tensor_json import packed, unpacked
from agent.configurator.configurator import Configuration
from agent.perception.augmentation import Symmetry
from housecat.core.atomic_write import write_bytes
from housecat.core.errors import UserError, unknown_name

if TYPE_CHECKING:
    from agent.mind import Mind

SHIPPED = Path(__file__).parents[1] / "minds"
SUFFIX = ".safetensors"
FORMAT = 3


def shipped() -> tuple[str, ...]:
    """Returns the names of the minds that come with housecat."""
    return tuple(sorted(path.stem for path in SHIPPED.glob(f"*{SUFFIX}")))


def save(mind: Mind, path: Path, memory: bool | int = True) -> None:
    """Writes a mind, whole or not at all.

    Args:
        mind: Which.
        path: Where; the suffix is added when missing.
        memory: True to keep all that goes on being learnt from, and the state of learning, so that the life goes
            on bit for bit; a number to keep only so many moments and be small; False for none.

    Raises:
        UserError: If the file cannot be written.
    """
    exact = memory is True
    tensors = {f"mind.{k}": v for k, v in mind.state_dict().items()}
    tensors |= {f"memory.{k}": v for k, v in mind.memory.state(None if exact else int(memory)).items()}
    tensors |= {"generator": mind.generator.get_state(), "actor.babbling": mind.actor.exploration_noise}
    tensors |= {"actor.mean": mind.actor.planner.mean, "actor.kept": mind.actor.planner.elites}
    if mind.reactive_actor is not None:
        tensors |= {
            f"habits.{k}": v for k, v in mind.reactive_actor.habits.state(None if exact else int(memory)).items()
        }
    if mind.subgoal_planner is not None:
        tensors |= {f"second.{k}": v for k, v in mind.subgoal_planner.state().items()}
    if exact:
        for name, optimizer in optimizers(mind):
            for i, state in optimizer.state_dict()["state"].items():
                tensors |= {f"optimizer.{name}.{i}.{k}": v for k, v in state.items()}
    about = {
        "format": FORMAT,
        "config": mind.config.to_json(),
        "senses": {k: list(v) for k, v in mind.shapes.items()},
        "actions": mind.actions,
        "seed": mind.seed,
        "steps": mind.steps,
        "drives": list(mind.drives),
        "lessons": mind.trainer.updates_done,
        "emotions": mind.emotions.state(),
        "mode1": None if mind.reactive_actor is None else mind.reactive_actor.state(),
        "mirror": None if mind.symmetry is None else mind.symmetry.state(),
        "muted": mind.mixture.muted,
        **({"skips": mind.trainer.nan_guard.state()} if exact else {}),
        **({"pending": packed(mind.pending, "pending", tensors, PENDING_CLASSES)} if exact and mind.pending else {}),
        "memories": {name: packed(memory, f"memories.{name}", tensors) for name, memory in mind.actor.memories.items()},
    }
    tensors = {k: v.detach().contiguous().clone() for k, v in tensors.items()}
    write_bytes(_file(path), to_bytes(tensors, {"housecat": json.dumps(about)}))


def load(
    name: str | Path, objectives: dict[str, float] | None = None, settings: Mapping[str, Any] | None = None
) -> Mind:
    """Loads a mind.

    Args:
        name: Of a shipped mind, or the path of a file.
        objectives: Weights by name, in place of those it had; None to keep its own. What it learnt about
            objectives that it goes on having is kept.
        settings: Other settings by name, such as ``{"policy.mode": "gated"}``, in place of those it had; what it learnt
            is kept as far as it fits.

    Raises:
        UserError: If there is no such mind, or the file is not one.
    """
    from agent.mind import Mind

    path = find(name)
    about, tensors = _read(path)
    config = config_in(about, path, objectives)
    if settings:
        config = config.updated(settings)
    mind = Mind({k: tuple(v) for k, v in about["senses"].items()}, about["actions"], config, about["seed"])
    mind.check_objectives()
    same = objectives is None and not settings
    check(mind, tensors, path, about["drives"], same, other=bool(settings))
    _restore(mind, _part(tensors, "mind."), tuple(about["drives"]), exact=same)
    mind.memory.load(_part(tensors, "memory."), tuple(about["drives"]))
    mind.generator.set_state(tensors["generator"])
    mind.actor.exploration_noise = tensors["actor.babbling"]
    mind.actor.configure(Configuration(torch.zeros(0), len(tensors["actor.mean"])))
    mind.actor.planner.mean, mind.actor.planner.elites = tensors["actor.mean"], tensors["actor.kept"]
    second = _part(tensors, "second.")
    if mind.subgoal_planner is not None and len(second.get("mean", ())) == mind.config.hierarchy.macro_horizon:
        mind.subgoal_planner.load(second)
    mind.steps, mind.trainer.updates_done = about["steps"], about.get("lessons", 0)
    mind.emotions.load(about["emotions"])
    if about.get("mirror") is not None:
        mind.set_symmetry(Symmetry.from_state(about["mirror"]))
    if mind.reactive_actor is not None and about.get("mode1") is not None:
        mind.reactive_actor.restore(about["mode1"], _part(tensors, "habits."))
    if same:
        mind.actor.memories = {name: unpacked(memory, tensors) for name, memory in about["memories"].items()}
        _restore_optimizers(mind, _part(tensors, "optimizer."))
        for objective, reason in about["muted"].items():
            mind.mixture.mute(objective, reason)
        mind.trainer.nan_guard.load(about.get("skips", mind.trainer.nan_guard.state()))
        try:
            mind.pending = unpacked(about["pending"], tensors, PENDING_CLASSES) if "pending" in about else None
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise UserError(
                f"{path}: what it had decided for its next step was written by another housecat ({error!r}); load it "
                "with the one that wrote it, or with other settings, which leaves the decision out"
            ) from error
    return mind


def wants(name: str | Path) -> dict[str, float]:
    """Returns the objectives of a mind and their weights, without loading it.

    Raises:
        UserError: If there is no such mind, or the file is not one.
    """
    objectives: dict[str, float] = _read(find(name))[0]["config"]["objectives"]
    return objectives


def _read(path: Path) -> tuple[dict[str, Any], dict[str, Tensor]]:
    try:
        with safetensors.safe_open(str(path), framework="pt") as file:
            about: dict[str, Any] = json.loads((file.metadata() or {})["housecat"])
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118  # not a dict
    except (OSError, KeyError, ValueError, safetensors.SafetensorError) as error:
        raise UserError(f"{path} is not a mind that housecat saved ({error})") from error
    if about.get("format") == 2:
        about, tensors = migrated(about), tensors_of_format_2(tensors)
    if about.get("format") != FORMAT:
        raise UserError(f"{path} has format {about.get('format')}; this housecat reads formats 2 and {FORMAT}")
    return about, tensors


def find(name: str | Path) -> Path:
    """Returns the file of a mind.

    Raises:
        UserError: If there is none.
    """
    if isinstance(name, str) and name in shipped():
        return SHIPPED / f"{name}{SUFFIX}"
    path = _file(Path(name))
    if path.is_file():
        return path
    if path.parent != Path():
        raise UserError(f"there is no mind at {path}. Shipped minds: {', '.join(shipped()) or 'none'}")
    raise unknown_name("mind", str(name), shipped(), "Or give the path of a saved one.")


def _file(path: Path) -> Path:
    return path if path.suffix == SUFFIX else path.with_name(path.name + SUFFIX)


def _part(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}


def _restore(mind: Mind, saved: dict[str, Tensor], drives: tuple[str, ...], exact: bool) -> None:
    if exact:
        mind.load_state_dict(saved)
        return
    own = mind.state_dict()
    by_drive = [k for k in own if k.startswith("critic.") and k.split("judge.")[-1] in ("2.weight", "2.bias")]
    by_drive += ["critic.least", "critic.most"]
    for key, value in saved.items():
        if key in by_drive:
            for i, drive in enumerate(mind.drives):
                if drive in drives:  # its rows of the last layer
                    j, rows = drives.index(drive), len(value) // len(drives)
                    own[key][i * rows : (i + 1) * rows] = value[j * rows : (j + 1) * rows]
        elif key in own and own[key].shape == value.shape:
            own[key] = value
    for name, weight in mind.mixture.weights.items():
        own[f"mixture.terms.{name}.weight"] = torch.tensor(weight, dtype=torch.float64)
    mind.load_state_dict(own)


def optimizers(mind: Mind) -> list[tuple[str, torch.optim.Optimizer]]:
    """Returns all that step what a mind learns, by name."""
    learner = mind.trainer
    pairs = [
        ("fast", learner.dynamics_optimizer),
        ("slow", learner.encoder_optimizer),
        ("fear", learner.critic_optimizer),
    ]
    if mind.reactive_actor is not None:
        pairs.append(("reflex", mind.reactive_actor.optimizer))
    if mind.subgoal_planner is not None:
        pairs.append(("second", mind.subgoal_planner.optimizer))
    return [*pairs, ("taste", learner.objective_optimizer)] if learner.has_trainable_objectives else pairs


def _restore_optimizers(mind: Mind, saved: dict[str, Tensor]) -> None:
    for name, optimizer in optimizers(mind):
        state: dict[int, dict[str, Tensor]] = {}
        for key, value in _part(saved, f"{name}.").items():
            index, part = key.split(".", 1)
            state.setdefault(int(index), {})[part] = value
        if state:
            optimizer.load_state_dict({**optimizer.state_dict(), "state": state})
