"""Preserves the random numbers and torch settings of the process around the code of plug-ins."""

from __future__ import annotations

import contextlib
import random
import threading
import zlib
from collections.abc import Iterator

import numpy as np
import numpy.random.mtrand as legacy
import torch

# NumPy's global functions draw from here meanwhile: swapping the generator takes 1 us, saving and
# restoring its state 170.
_SCRATCH_GENERATOR = np.random.MT19937(0)
_LOCK = threading.RLock()  # what is preserved belongs to the whole process


def seed_from_name(name: str, count: int = 0) -> int:
    """Returns a seed that depends on a name and a count, the same in every process."""
    return (zlib.crc32(name.encode()) + count) % 2**32


@contextlib.contextmanager
def preserve_process_state(seed: int) -> Iterator[None]:
    """Runs foreign code so that the process around it does not change.

    Inside, the global generators of torch (CPU), NumPy and `random` start from `seed`; afterwards they are as they
    were, and so are torch's gradient mode, default dtype and number of threads. (One thing is lost: the spare normal
    deviate that the legacy ``np.random.randn`` keeps after an odd number of draws.) One thread at a time: another
    one waits. Costs 30 us.

    Args:
        seed: Seed of the generators inside.
    """
    with _LOCK:
        yield from _preserved(seed)


def _preserved(seed: int) -> Iterator[None]:
    torch_state, python_state = torch.default_generator.get_state(), random.getstate()
    numpy_generator = legacy.get_bit_generator()
    grad, dtype, threads = torch.is_grad_enabled(), torch.get_default_dtype(), torch.get_num_threads()
    legacy.set_bit_generator(_SCRATCH_GENERATOR)
    torch.default_generator.manual_seed(seed)
    np.random.seed(seed)
    random.seed(seed)
    try:
        yield
    finally:
        torch.default_generator.set_state(torch_state)
        legacy.set_bit_generator(numpy_generator)
        random.setstate(python_state)
        torch.set_grad_enabled(grad)
        if torch.get_default_dtype() != dtype:
            torch.set_default_dtype(dtype)
        if torch.get_num_threads() != threads:
            torch.set_num_threads(threads)
