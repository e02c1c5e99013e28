"""Structures with tensors in them as JSON, and the tensors apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor


def packed(value: Any, key: str, tensors: dict[str, Tensor]) -> Any:
    """Puts the tensors and arrays of a value among others, and returns its structure as JSON.

    Args:
        value: A tensor, an array, a plain value, or a dict, list, tuple or dataclass of such.
        key: Under which they are put; what is inside adds to it.
        tensors: The others, which they join.
    """
    if isinstance(value, Tensor | np.ndarray):
        tensors[key] = torch.as_tensor(value)
        return {"tensor" if isinstance(value, Tensor) else "array": key}
    if isinstance(value, dict):
        return {"dict": [[k, packed(v, f"{key}.{i}", tensors)] for i, (k, v) in enumerate(value.items())]}
    if isinstance(value, list | tuple):
        kind = "list" if isinstance(value, list) else "tuple"
        return {kind: [packed(v, f"{key}.{i}", tensors) for i, v in enumerate(value)]}
    if hasattr(value, "__dataclass_fields__"):
        return {type(value).__name__: packed(vars(value), key, tensors)}
    return {"value": value}


def unpacked(structure: Any, tensors: Mapping[str, Tensor], classes: Mapping[str, Any] | None = None) -> Any:
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
