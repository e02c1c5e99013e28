"""Traces of methods that are called often, by which they run without Python between their operations."""

from __future__ import annotations

import threading
import warnings
from typing import Any

import torch
from torch import nn

jit: Any = torch.jit  # it has no type annotations

LOCK = threading.Lock()
CALLS_BEFORE_TRACE = 500  # calls with the same shapes, after which a trace is worth its time and memory
MAX_TRACES = 8  # per method
MAX_COUNTED = 64  # combinations of shapes whose calls are counted


class TracedCall:
    """A method of a module that is traced once it has been called often, and then runs as its trace.

    A third of the time of small products goes into Python around them. A trace holds the same operations in the same
    order, and so has the same results and gradients, bit for bit. It is valid for the shapes that it was made with:
    other shapes get traces of their own. It reads the module's parameters and buffers as they are when it is called, as
    long as they are written in place, as optimisers and `load_state_dict` do; it does not notice that a parameter was
    replaced by another tensor. Torch keeps 2 to 3 MB for each trace until the process ends, so only methods that are
    most of the work are worth one.

    Args:
        module: The module.
        method: Name of the method. It takes and returns tensors only, and its control flow depends on their shapes
            only.
    """

    def __init__(self, module: nn.Module, method: str) -> None:
        self.module, self.method = module, method
        self._calls: dict[Any, int] = {}
        self._traces: dict[Any, Any] = {}

    def __call__(self, *args: torch.Tensor) -> Any:
        """Calls the method, or its trace for these shapes, dtypes and modes of autograd."""
        plain = getattr(self.module, self.method)
        key: tuple[Any, ...] = (torch.is_grad_enabled(), torch.is_inference_mode_enabled())
        key += tuple((x.shape, x.stride(), x.requires_grad, x.dtype, x.device) for x in args)
        trace = self._traces.get(key)
        if trace is None:
            if len(self._traces) >= MAX_TRACES or not self._called_often(key):
                return plain(*args)
            trace = self._traces[key] = _trace(_Call(self.module, self.method), args)
        # The optimizer fuses operations, whose results are not the same bit for bit.
        with jit.optimized_execution(False):
            return trace(*args)

    def _called_often(self, key: tuple[Any, ...]) -> bool:
        """Counts a call, and returns whether there were enough with the same shapes."""
        if key not in self._calls and len(self._calls) >= MAX_COUNTED:
            self._calls.clear()  # shapes that change from call to call would fill the memory
        self._calls[key] = calls = self._calls.get(key, 0) + 1
        return calls >= CALLS_BEFORE_TRACE

    def __reduce__(self) -> tuple[Any, ...]:
        """Copies without traces: they belong to the parameters that they were made with."""
        return TracedCall, (self.module, self.method)


class _Call(nn.Module):
    """A module whose call is a method of another one: only modules can be traced with their parameters."""

    def __init__(self, module: nn.Module, method: str) -> None:
        super().__init__()
        self.module, self.method = module, method

    def forward(self, *args: torch.Tensor) -> Any:
        return getattr(self.module, self.method)(*args)


def _trace(module: nn.Module, args: tuple[torch.Tensor, ...]) -> Any:
    with LOCK, warnings.catch_warnings():  # tracing is not thread-safe, and neither are warning filters
        # Sizes become constants, as intended; and torch recommends its compiler, which takes a minute.
        warnings.filterwarnings("ignore", category=jit.TracerWarning)
        warnings.filterwarnings("ignore", "`torch.jit.trace", DeprecationWarning)
        return jit.trace(module, args, check_trace=False)
