"""Keeping what belongs to others out of a plug-in's reach: whatever it changed is put back, and it is blamed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from intrinsic.catalogue import BUILTIN

SEALED = tuple(kind for kind in BUILTIN.values() if kind.hardwired)
PYTHONS = ("__abstractmethods__", "_abc_impl", "__dict__", "__weakref__")  # Python writes these itself


class Custody:
    """What a plug-in must find again as it was: the hardwired drives, and the numbers of its neighbours.

    Python lets code that runs in a process reach everything in it (``type.__setattr__``, ``gc.get_objects``). This
    cannot be prevented, but it can be noticed and undone before anybody acts on it.

    Args:
        neighbours: Modules of others, by name.
        whole: True to keep all their numbers (some 100 us), False for those that stand alone, such as weights.
    """

    def __init__(self, neighbours: Iterable[tuple[str, nn.Module]], whole: bool) -> None:
        self.drives = [(kind, dict(vars(kind))) for kind in SEALED]
        self.numbers: list[tuple[str, Tensor, Tensor]] = []
        for name, module in neighbours:
            tensors = [*module.parameters(), *module.buffers()] if whole else module.buffers(recurse=False)
            # What is made only when it is first used has no numbers yet.
            self.numbers += [(name, t, t.detach().clone()) for t in tensors if not is_lazy(t)]

    def inspect(self) -> str | None:
        """Puts back what was changed; returns what to say of it, or None."""
        touched = [kind.__name__ for kind, kept in self.drives if _restored(kind, kept)]
        with torch.no_grad():
            for name, tensor, kept in self.numbers:
                # By bits, since numbers that are no numbers are never equal.
                if not torch.equal(_bits(tensor), _bits(kept)):
                    tensor.detach().copy_(kept)
                    touched.append(name)
        if not touched:
            return None
        owners = ", ".join(dict.fromkeys(touched))
        return f"it changed what belongs to {owners}, which was put back. It may change only itself, in `observe`"


def _bits(tensor: Tensor) -> Tensor:
    return tensor.detach().contiguous().view(-1).view(torch.uint8) if tensor.numel() else tensor.detach()


def _restored(kind: type, kept: dict[str, Any]) -> bool:
    """Puts a class's attributes back; tells whether that was needed."""
    now = vars(kind)
    changed = [name for name in {*kept, *now} if name not in PYTHONS and now.get(name) is not kept.get(name)]
    for name in changed:
        if name in kept:
            type.__setattr__(kind, name, kept[name])
        else:
            type.__delattr__(kind, name)
    return bool(changed)
