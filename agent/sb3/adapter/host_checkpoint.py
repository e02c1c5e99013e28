"""Saves and loads a host: what its objectives, encoder and world model learned, as safetensors."""

from __future__ import annotations

import json
from pathlib import Path

import safetensors
from safetensors.torch import save
from torch import Tensor

from agent.sb3.adapter.objective_host import ObjectiveHost
from housecat.core.atomic_write import explain_write_errors, write_bytes
from housecat.core.errors import UserError

FORMAT = 2
OLD_NAMES = {  # of format 1
    "teacher.": "trainer.",
    "host.encoder.eyes.": "host.encoder.image_nets.",
    "host.dynamics.square": "host.dynamics.mean_square_change",
}


def save_host(host: ObjectiveHost, path: Path) -> None:
    """Writes what a host learned to a file, completely or not at all; memories of running episodes are left out.

    Raises:
        UserError: If the file cannot be written.
    """
    tensors = {f"host.{key}": value for key, value in host.state_dict().items()}
    tensors |= {f"trainer.{key}": value for key, value in host.trainer.state_dict().items()}
    about = {"format": FORMAT, "objectives": list(host.mixture.names), "calls": host.calls}
    tensors = {key: value.detach().contiguous().clone() for key, value in tensors.items()}
    with explain_write_errors(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(path, save(tensors, {"housecat": json.dumps(about)}))


def load_host(host: ObjectiveHost, path: Path) -> None:
    """Restores what `save_host` wrote, except the weights of objectives, which stay as they are.

    Runs no code from the file.

    Raises:
        UserError: If the file is none of these, or of other objectives or another environment.
    """
    tensors: dict[str, Tensor] = {}
    try:
        with safetensors.safe_open(str(path), framework="pt") as file:
            about = json.loads((file.metadata() or {})["housecat"])
            calls, names = int(about["calls"]), tuple(about["objectives"])
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118  # not a dict
            if about["format"] == 1:
                tensors = {_name_today(key): value for key, value in tensors.items()}
    except (OSError, KeyError, ValueError, safetensors.SafetensorError) as error:
        raise UserError(f"{path} does not hold what objectives learned ({error})") from error
    if names != host.mixture.names:
        raise UserError(f"{path} is of {', '.join(names)}; these objectives are {', '.join(host.mixture.names)}")
    weights = host.mixture.weights
    try:
        host.load_state_dict({k.removeprefix("host."): v for k, v in tensors.items() if k.startswith("host.")})
    except RuntimeError as error:
        raise UserError(f"{path} does not fit these objectives in this environment ({error})") from error
    trainer = {k.removeprefix("trainer."): v for k, v in tensors.items() if k.startswith("trainer.")}
    host.trainer.load_state_dict(trainer)
    for name, weight in weights.items():
        host.mixture.set_weight(name, weight)
    host.calls = calls


def _name_today(key: str) -> str:
    """Returns the name of a tensor of format 1 as it is now."""
    for old, new in OLD_NAMES.items():
        if key.startswith(old):
            return new + key.removeprefix(old)
    return key
