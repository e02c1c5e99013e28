"""What a mind needs of the process: freed memory kept for the next tensor, and float32 as torch's default dtype."""

from __future__ import annotations

import ctypes
import sys

import torch

from housecat.core.errors import UserError

# Of malloc.h: when to give memory back, how much to ask for at a time, and from which size on to map pages afresh.
M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_THRESHOLD = -1, -2, -3


def keep_freed_memory() -> None:
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
