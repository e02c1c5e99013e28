"""Episodic memories of lives that end at different times."""

from __future__ import annotations

from torch import Tensor

from housecat.core.errors import UserError
from intrinsic import Memory


def renewed(memory: Memory, fresh: Memory, ended: Tensor, name: str) -> Memory:
    """Returns a memory in which that of lives that have ended is taken from a fresh one.

    Args:
        memory: Of B lives: a tensor, or tuples, lists or dicts of tensors, each (B, ...).
        fresh: An empty one.
        ended: (B,) which lives have ended.
        name: Whose memory it is.

    Raises:
        UserError: If the memory has another shape than when it was empty.
    """
    if isinstance(memory, Tensor):
        if memory.shape != fresh.shape:
            raise UserError(
                f"objective {name!r} keeps a memory that grows, from {tuple(fresh.shape)} to {tuple(memory.shape)}. "
                "Episodes end at different times here: give it a fixed size and count what is in it"
            )
        return fresh.where(ended.view(-1, *(1,) * (memory.dim() - 1)), memory)
    if isinstance(memory, dict):
        return {key: renewed(value, fresh[key], ended, name) for key, value in memory.items()}
    if isinstance(memory, tuple | list):
        values = [renewed(old, new, ended, name) for old, new in zip(memory, fresh, strict=True)]
        return type(memory)(*values) if hasattr(memory, "_fields") else type(memory)(values)
    return memory
