"""Structures with tensors in them as JSON, and the tensors apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from housecat.core.errors import UserError

Classes = Mapping[str, Any]
PLAIN = bool, int, float, str, type(None)


def to_state(value: Any, name: str, classes: Classes | None = None) -> dict[str, Any]:
    """Returns a value as a state that `agent.checkpoint.checkpoint.write` takes; see `packed`."""
    tensors: dict[str, Tensor] = {}
    return {"structure": packed(value, name, tensors, classes), "tensors": tensors}


def from_state(state: Mapping[str, Any], classes: Classes | None = None) -> Any:
    """Undoes `to_state`."""
    return unpacked(state["structure"], state["tensors"], classes)


def packed(value: Any, key: str, tensors: dict[str, Tensor], classes: Classes | None = None) -> Any:
    """Puts the tensors and arrays of a value among others, and returns its structure as JSON.

    Args:
        value: A tensor, an array, a plain value, or a dict, list, tuple or known dataclass of such.
        key: Under which they are put; what is inside adds to it.
        tensors: The others, which they join.
        classes: Dataclasses that are known, by name.

    Raises:
        UserError: If there is anything else in it, which `unpacked` could not make again.
    """

    def within(part: Any, name: object) -> Any:
        return packed(part, f"{key}.{name}", tensors, classes)

    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, PLAIN):
        return {"value": value}
    if isinstance(value, Tensor | np.ndarray):
        tensors[key] = torch.as_tensor(np.ascontiguousarray(value) if isinstance(value, np.ndarray) else value)
        return {"tensor" if isinstance(value, Tensor) else "array": key}
    if type(value) is dict and all(isinstance(k, PLAIN) for k in value):
        return {"dict": [[k, within(v, i)] for i, (k, v) in enumerate(value.items())]}
    if type(value) in (list, tuple):
        return {type(value).__name__: [within(v, i) for i, v in enumerate(value)]}
    name = type(value).__name__
    if (classes or {}).get(name) is type(value):
        return {name: within(vars(value), name)}
    raise UserError(
        f"{key} holds a {name}, which cannot be saved with a mind; keep tensors, numbers, words, and lists, tuples or "
        "dicts of them"
    )


def unpacked(structure: Any, tensors: Mapping[str, Tensor], classes: Classes | None = None) -> Any:
    """Undoes `packed`.

    Args:
        structure: What it returned.
        tensors: Those that it put somewhere.
        classes: Dataclasses that may be among it, by name; nothing else is ever made.
    """
    [(kind, content)] = structure.items()
    if kind == "value":
        return content
    if kind == "tensor":
        return tensors[content].clone()  # aligned as it was: sums of a matrix product hang on that
    if kind == "array":
        return tensors[content].numpy()
    if kind == "dict":
        return {k: unpacked(v, tensors, classes) for k, v in content}
    if kind in ("list", "tuple"):
        values = [unpacked(v, tensors, classes) for v in content]
        return values if kind == "list" else tuple(values)
    return (classes or {})[kind](**unpacked(content, tensors, classes))
