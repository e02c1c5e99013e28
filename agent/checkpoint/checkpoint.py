"""Checkpoints: a mind's state as one safetensors file, whose header has all that is no tensor as JSON.

Reading one runs no code of the file's; objectives that are named by a file of one's own (`my_drives.py:LovesRed`) are
imported from there when a mind is made of it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import safetensors
from safetensors.torch import save as to_bytes
from torch import Tensor

from agent.checkpoint.migrations import from_format_2
from housecat.core.atomic_write import write_bytes
from housecat.core.errors import UserError, unknown_name

SHIPPED = Path(__file__).parents[1] / "minds"
SUFFIX = ".safetensors"
FORMAT = 3

State = dict[str, Any]


def shipped() -> tuple[str, ...]:
    """Returns the names of the minds that come with housecat."""
    return tuple(sorted(path.stem for path in SHIPPED.glob(f"*{SUFFIX}")))


def write(path: Path, state: Mapping[str, Any]) -> None:
    """Writes a state, whole or not at all.

    Args:
        path: Path of the file; the suffix is added when missing.
        state: Dicts within dicts, of tensors and of plain values that JSON knows. Keys are strings without a slash, or
            whole numbers.

    Raises:
        UserError: If the file cannot be written.
    """
    plain, tensors = flatten(state)
    tensors = {key: value.detach().contiguous().clone() for key, value in tensors.items()}
    write_bytes(_file(path), to_bytes(tensors, {"housecat": json.dumps({"format": FORMAT, **plain})}))


def read(path: Path) -> State:
    """Reads a state that `write` wrote, also that of a mind in format 2.

    Args:
        path: Path of the file, with its suffix.

    Raises:
        UserError: If it is no such file.
    """
    try:
        with safetensors.safe_open(str(path), framework="pt") as file:
            about: State = json.loads((file.metadata() or {})["housecat"])
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118  # not a dict
    except (OSError, KeyError, ValueError, safetensors.SafetensorError) as error:
        raise UserError(f"{path} is not a mind that housecat saved ({error})") from error
    if about.get("format") == 2:
        return from_format_2(about, tensors)
    if about.pop("format", None) != FORMAT:
        raise UserError(f"{path} is of a format that this housecat does not read; it reads formats 2 and {FORMAT}")
    return unflatten(about, tensors)


def flatten(state: Mapping[Any, Any], prefix: str = "") -> tuple[State, dict[str, Tensor]]:
    """Splits a state into its plain values and its tensors.

    Args:
        state: See `write`.
        prefix: Put before the name of each tensor.

    Returns:
        The state without tensors, and the tensors by their path, such as ``replay_buffer/action``.
    """
    plain: State = {}
    tensors: dict[str, Tensor] = {}
    for key, value in state.items():
        if isinstance(value, Tensor):
            tensors[f"{prefix}{key}"] = value
        elif isinstance(value, Mapping):
            plain[str(key)], inner = flatten(value, f"{prefix}{key}/")
            tensors |= inner
        else:
            plain[str(key)] = value
    return plain, tensors


def unflatten(plain: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> State:
    """Puts a state together again from what `flatten` returned; keys that are numbers become numbers."""
    state = _with_numbers(plain)
    for path, tensor in tensors.items():
        *groups, name = (_number(key) for key in path.split("/"))
        inner = state
        for group in groups:
            inner = inner.setdefault(group, {})
        inner[name] = tensor
    return state


def _with_numbers(plain: Mapping[str, Any]) -> dict[Any, Any]:
    return {_number(k): _with_numbers(v) if isinstance(v, Mapping) else v for k, v in plain.items()}


def _number(key: str) -> str | int:
    return int(key) if key.isdecimal() else key


def objectives_of(name: str | Path) -> dict[str, float]:
    """Returns the objectives of a mind and their weights, without making it.

    Raises:
        UserError: If there is no such mind, or the file is not one.
    """
    objectives: dict[str, float] = read(find(name))["config"]["objectives"]
    return objectives


def find(name: str | Path) -> Path:
    """Returns the file of a mind.

    Args:
        name: Name of a shipped mind, or the path of a file with or without its suffix.

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
