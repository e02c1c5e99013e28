"""Keeps freed memory for the next tensor."""

from __future__ import annotations

import ctypes
import sys

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
