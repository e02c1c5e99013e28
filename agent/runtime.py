"""What a mind needs of the process: threads, freed memory kept for the next tensor, and float32 as default dtype."""

from __future__ import annotations

import ctypes
import functools
import sys
import threading
from importlib import import_module

import torch

from housecat.core.errors import UserError

# Of malloc.h: when to give memory back, how much to ask for at a time, and from which size on to map pages afresh.
M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_THRESHOLD = -1, -2, -3


def configure_runtime(threads: int = 1) -> None:
    """Sets up this process for minds: its torch threads, its memory, and what the first optimizer imports.

    A life calls this when it begins; a program that lets minds learn or plan without one calls it itself.

    Args:
        threads: Number of torch threads; small nets are fastest on one.
    """
    torch.set_num_threads(threads)
    _configure_once()


@functools.cache
def _configure_once() -> None:
    _keep_freed_memory()
    # The first optimizer of a process imports 800 modules (2 s): meanwhile a newborn may already move.
    threading.Thread(target=import_module, args=("torch._dynamo",), daemon=True).start()


def _keep_freed_memory() -> None:
    """Tells glibc not to hand freed memory back to the kernel; does nothing elsewhere.

    A mind allocates and frees the same tensors of some 100 kB hundreds of times per control step, and by default
    each time pays for fresh pages: measured, planning takes 1.4 times as long.
    """
    if not sys.platform.startswith("linux"):
        return
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):  # a C library other than glibc
        return
    mallopt(M_TRIM_THRESHOLD, 1 << 29)
    mallopt(M_TOP_PAD, 1 << 26)
    mallopt(M_MMAP_THRESHOLD, 1 << 25)  # the most that glibc takes


def require_float32() -> None:
    """Makes sure that new tensors are float32, as all weights and senses of a mind are. Takes under 0.1 us.

    Raises:
        UserError: If torch's default dtype is another.
    """
    if torch.get_default_dtype() is not torch.float32:
        raise UserError(
            f"torch's default dtype is {str(torch.get_default_dtype()).removeprefix('torch.')}, and a mind computes in "
            "float32. Call torch.set_default_dtype(torch.float32) before a mind is made or acts, and where your "
            "program needs another dtype give it to each tensor, such as torch.zeros(3, dtype=torch.float64)"
        )
