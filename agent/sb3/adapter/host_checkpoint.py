"""A host on disk: what objectives, encoder and world model learnt, as safetensors."""

from __future__ import annotations

import json
from pathlib import Path

import safetensors
from safetensors.torch import save
from torch import Tensor

from agent.sb3.adapter.objective_host import ObjectiveHost
from housecat.core.atomic_write import explain_write_errors, write_bytes
from housecat.core.errors import UserError


def write(host: ObjectiveHost, path: Path) -> None:
    """Writes what a host learnt, whole or not at all; memories of episodes under way are left out.

    Raises:
        UserError: If the file cannot be written.
    """
    tensors = {f"host.{key}": value for key, value in host.state_dict().items()}
    tensors |= {f"teacher.{key}": value for key, value in host.teacher.state().items()}
    about = {"format": 1, "objectives": list(host.mixture.names), "calls": host.calls}
    tensors = {key: value.detach().contiguous().clone() for key, value in tensors.items()}
    with explain_write_errors(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(path, save(tensors, {"housecat": json.dumps(about)}))


def read(host: ObjectiveHost, path: Path) -> None:
    """Reads back what `write` wrote, but for the weights, which stay as they are; runs no code of the file's.

    Raises:
        UserError: If the file is none of these, or of other objectives or another environment.
    """
    tensors: dict[str, Tensor] = {}
    try:
        with safetensors.safe_open(str(path), framework="pt") as file:
            about = json.loads((file.metadata() or {})["housecat"])
            calls, names = int(about["calls"]), tuple(about["objectives"])
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118  # not a dict
    except (OSError, KeyError, ValueError, safetensors.SafetensorError) as error:
        raise UserError(f"{path} does not hold what objectives learnt ({error})") from error
    if names != host.mixture.names:
        raise UserError(f"{path} is of {', '.join(names)}; these objectives are {', '.join(host.mixture.names)}")
    weights = host.mixture.weights
    try:
        host.load_state_dict({k.removeprefix("host."): v for k, v in tensors.items() if k.startswith("host.")})
    except RuntimeError as error:
        raise UserError(f"{path} does not fit these objectives in this environment ({error})") from error
    host.teacher.load({k.removeprefix("teacher."): v for k, v in tensors.items() if k.startswith("teacher.")})
    for name, weight in weights.items():
        host.mixture.set_weight(name, weight)
    host.calls = calls
