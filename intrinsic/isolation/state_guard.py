"""Guards what belongs to others against a plug-in: whatever it changed is put back, and it is named."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from intrinsic.catalogue import BUILTIN

HARDWIRED_DRIVES: Final = tuple(kind for kind in BUILTIN.values() if kind.hardwired)
PYTHON_ATTRIBUTES: Final = ("__abstractmethods__", "_abc_impl", "__dict__", "__weakref__")  # Python writes them itself


class StateGuard:
    """A copy of what a plug-in must not change: the hardwired drives, and the numbers of other objectives.

    Python lets code that runs in a process reach everything in it (``type.__setattr__``, ``gc.get_objects``). This
    cannot be prevented, but it can be noticed and undone before anybody acts on it.

    Args:
        others: The modules to guard, by name.
        all_tensors: True to copy all their numbers (some 100 us), False for buffers of the modules themselves, such as
            weights.
    """

    def __init__(self, others: Iterable[tuple[str, nn.Module]], all_tensors: bool) -> None:
        self.drives = [(kind, dict(vars(kind))) for kind in HARDWIRED_DRIVES]
        self.numbers: list[tuple[str, Tensor, Tensor]] = []
        for name, module in others:
            tensors = [*module.parameters(), *module.buffers()] if all_tensors else module.buffers(recurse=False)
            # What is made only when it is first used has no numbers yet.
            self.numbers += [(name, t, t.detach().clone()) for t in tensors if not is_lazy(t)]

    def restore_changes(self) -> str | None:
        """Puts back what was changed.

        Returns:
            A sentence that names whose state was changed, or None.
        """
        changed = [kind.__name__ for kind, kept in self.drives if _restore_class(kind, kept)]
        with torch.no_grad():
            for name, tensor, kept in self.numbers:
                # By bits, since numbers that are no numbers are never equal.
                if not torch.equal(_bits(tensor), _bits(kept)):
                    tensor.detach().copy_(kept)
                    changed.append(name)
        if not changed:
            return None
        owners = ", ".join(dict.fromkeys(changed))
        return f"it changed what belongs to {owners}, which was put back. It may change only itself, in `observe`"


def _bits(tensor: Tensor) -> Tensor:
    return tensor.detach().contiguous().view(-1).view(torch.uint8) if tensor.numel() else tensor.detach()


def _restore_class(kind: type, kept: dict[str, Any]) -> bool:
    """Puts a class's attributes back; tells whether that was needed."""
    now = vars(kind)
    changed = [name for name in {*kept, *now} if name not in PYTHON_ATTRIBUTES and now.get(name) is not kept.get(name)]
    for name in changed:
        if name in kept:
            type.__setattr__(kind, name, kept[name])
        else:
            type.__delattr__(kind, name)
    return bool(changed)
