"""Episodic memories of environments whose episodes end at different times."""

from __future__ import annotations

from torch import Tensor

from housecat.core.errors import UserError
from intrinsic import Memory


def reset_where(ended: Tensor, memory: Memory, initial: Memory, name: str) -> Memory:
    """Returns a memory in which environments whose episode has ended have the initial memory.

    Args:
        ended: (B,) whether the episode of each environment has ended.
        memory: Memory of B environments: a tensor, or tuples, lists or dicts of tensors, each (B, ...).
        initial: Memory at the beginning of an episode, of the same structure.
        name: Name of the objective, for the error message.

    Raises:
        UserError: If the memory has another shape than at the beginning.
    """
    if isinstance(memory, Tensor):
        if memory.shape != initial.shape:
            raise UserError(
                f"objective {name!r} keeps a memory that grows, from {tuple(initial.shape)} to {tuple(memory.shape)}. "
                "Episodes end at different times here: give it a fixed size and count what is in it"
            )
        return initial.where(ended.view(-1, *(1,) * (memory.dim() - 1)), memory)
    if isinstance(memory, dict):
        return {key: reset_where(ended, value, initial[key], name) for key, value in memory.items()}
    if isinstance(memory, tuple | list):
        values = [reset_where(ended, old, new, name) for old, new in zip(memory, initial, strict=True)]
        return type(memory)(*values) if hasattr(memory, "_fields") else type(memory)(values)
    return memory
