"""Running what has been run often without Python between its operations."""

from __future__ import annotations

import threading
import warnings
from typing import Any

import torch
from torch import nn

jit: Any = torch.jit  # what it offers is not declared

LOCK = threading.Lock()
OFTEN = 500  # calls with tensors of some shapes, after which they are worth the time and memory of a recording
MOST = 8  # kinds of shapes that are traced
KINDS = 64  # that are counted


class TracedCall:
    """A method of a module; where it is called often, the operations recorded in one of the calls are replayed.

    A third of the time of small products goes into Python around them. A recording (a trace, as torch calls it) holds
    the same operations in the same order, and so the same gradients: its numbers are the same, bit for bit. It is valid
    for the shapes that it was made with: other shapes are recorded apart. It reads the module's parameters and buffers
    as they are when it is called, as long as they are written in place, which is how optimisers and `load_state_dict`
    do; whoever puts other tensors in their place makes another mind. Torch keeps 2 to 3 MB for each recording until the
    process ends, so only what is most of the work is worth one.

    Args:
        module: Whose method it is.
        method: Its name. It takes and returns tensors alone, and its course depends on nothing but their shapes.
    """

    def __init__(self, module: nn.Module, method: str) -> None:
        self.module, self.method = module, method
        self._calls: dict[Any, int] = {}
        self._traces: dict[Any, Any] = {}

    def __call__(self, *given: torch.Tensor) -> Any:
        """Returns what the method returns."""
        plain = getattr(self.module, self.method)
        kind: tuple[Any, ...] = (torch.is_grad_enabled(), torch.is_inference_mode_enabled())
        kind += tuple((x.shape, x.stride(), x.requires_grad, x.dtype, x.device) for x in given)
        trace = self._traces.get(kind)
        if trace is None:
            if len(self._traces) >= MOST or not self._often(kind):
                return plain(*given)
            trace = self._traces[kind] = _trace(_Call(self.module, self.method), given)
        # Optimised, a recording would take shorter ways to the same numbers, which are not the same bit for bit.
        with jit.optimized_execution(False):
            return trace(*given)

    def _often(self, kind: tuple[Any, ...]) -> bool:
        """Counts a call, and tells whether there were enough of its kind."""
        if kind not in self._calls and len(self._calls) >= KINDS:
            self._calls.clear()  # shapes that change from call to call would be counted without end
        self._calls[kind] = calls = self._calls.get(kind, 0) + 1
        return calls >= OFTEN

    def __reduce__(self) -> tuple[Any, ...]:
        """Copies no recording: each belongs to the parameters that it was made with."""
        return TracedCall, (self.module, self.method)


class _Call(nn.Module):
    """A module that is called where one of its methods is meant: only modules can be recorded with parameters."""

    def __init__(self, module: nn.Module, method: str) -> None:
        super().__init__()
        self.module, self.method = module, method

    def forward(self, *given: torch.Tensor) -> Any:
        return getattr(self.module, self.method)(*given)


def _trace(module: nn.Module, given: tuple[torch.Tensor, ...]) -> Any:
    with LOCK, warnings.catch_warnings():  # a mind and its double may come to it at once, and both are one for all
        # Sizes become constants, as they are meant to; and torch would rather compile, which takes a minute.
        warnings.filterwarnings("ignore", category=jit.TracerWarning)
        warnings.filterwarnings("ignore", "`torch.jit.trace", DeprecationWarning)
        return jit.trace(module, given, check_trace=False)
