"""Leading shapes of views, and views restricted to the keys that an objective declared."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor

from intrinsic.objective import View

# Dimensions after the leading ones. A sense that is not listed here still travels, but cannot tell the lead.
TRAILING_DIMS = {
    "action": 1,
    "latent": 2,
    "mean": 2,
    "attended": 1,
    "senses.vitals": 1,
    "senses.body": 1,
    "senses.touch": 1,
    "senses.things": 2,
    "senses.eye": 3,
}


class DeclaredView(dict[str, Tensor]):
    """The part of a view that an objective declared; anything else is invisible and says so."""

    def __init__(self, objective: str, reads: Iterable[str], view: View) -> None:
        super().__init__({key: view[key] for key in reads if key in view})
        self.objective = objective
        self.reads = reads
        self.offered = view.keys()

    def __missing__(self, key: str) -> Tensor:
        declared = ", ".join(sorted(self.reads)) or "nothing"
        if key in self.reads:
            reason = f"which is not offered here (offered: {', '.join(sorted(self.offered))})"
        else:
            reason = f"which it does not declare (it reads {declared}; add the key to its `reads`)"
        raise KeyError(f"objective {self.objective!r} asked for {key!r}, {reason}")


def lead_shape(view: View) -> tuple[int, ...]:
    """Returns the leading shape (*lead) that the tensors of a view share.

    Raises:
        ValueError: The view has no key of known shape.
    """
    for key, tail in TRAILING_DIMS.items():
        for name in (key, f"{key}.before"):
            if name in view:
                return tuple(view[name].shape[key == "mean" : view[name].dim() - tail])
    raise ValueError(f"no key of known shape in the view; it has {', '.join(sorted(view)) or 'no keys'}")


def constant_cost(view: View, value: float) -> Tensor:
    """Returns a tensor of the view's leading shape, (*lead,), with one value throughout."""
    return torch.full(lead_shape(view), value, device=next(iter(view.values())).device)


def repeat_first(view: View, lead: tuple[int, ...]) -> dict[str, Tensor]:
    """Returns a view of leading shape `lead` in which every transition is the first one of the view given."""
    first = (0,) * len(lead_shape(view))

    def repeat(key: str, tensor: Tensor) -> Tensor:
        if key == "mean":
            one = tensor.movedim(0, -1)[first].movedim(-1, 0)  # E stays in front of the lead
            return one.reshape(len(one), *(1,) * len(lead), *one.shape[1:]).expand(-1, *lead, *one.shape[1:])
        one = tensor[first]
        return one.expand(*lead, *one.shape)

    return {key: repeat(key, tensor) for key, tensor in view.items()}


def map_tensors(function: Callable[[Tensor], Tensor], memory: Any) -> Any:
    """Applies a function to every tensor of a memory (tuples, lists and dicts of tensors), keeping its structure."""
    if isinstance(memory, Tensor):
        return function(memory)
    if isinstance(memory, dict):
        return {key: map_tensors(function, value) for key, value in memory.items()}
    if isinstance(memory, tuple | list):
        values = [map_tensors(function, value) for value in memory]
        return type(memory)(*values) if hasattr(memory, "_fields") else type(memory)(values)
    return memory
