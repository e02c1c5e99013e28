"""A fence around the code of plug-ins, and the words that say where they went wrong."""

from __future__ import annotations

import contextlib
import inspect
import random
import threading
import zlib
from collections.abc import Iterator

import numpy as np
import numpy.random.mtrand as legacy
import torch

from housecat.core.errors import describe_error

# NumPy's global functions draw from here while a fence is up: swapping the generator takes 1 us, saving and
# restoring its state 170.
_SCRATCH = np.random.MT19937(0)
_ALONE = threading.RLock()  # what a fence keeps, it keeps for the whole process


class Fault(Exception):  # noqa: N818 - an objective's fault, as against an error of ours
    """What an objective did wrong, in words for the person who wrote it."""


def seed_of(name: str, count: int = 0) -> int:
    """Returns a seed that depends on a name and a count, the same in every process."""
    return (zlib.crc32(name.encode()) + count) % 2**32


@contextlib.contextmanager
def fence(seed: int) -> Iterator[None]:
    """Runs foreign code so that the process around it does not change.

    Inside, the global generators of torch (CPU), NumPy and `random` start from `seed`; afterwards they are as they
    were, and so are torch's gradient mode, default dtype and number of threads. (One thing is lost: the spare normal
    deviate that the legacy ``np.random.randn`` keeps after an odd number of draws.) One fence stands at a time: another
    thread's waits. Costs 30 us.
    """
    with _ALONE:
        yield from _fenced(seed)


def _fenced(seed: int) -> Iterator[None]:
    torch_state, python_state = torch.default_generator.get_state(), random.getstate()
    numpy_generator = legacy.get_bit_generator()
    grad, dtype, threads = torch.is_grad_enabled(), torch.get_default_dtype(), torch.get_num_threads()
    legacy.set_bit_generator(_SCRATCH)
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


def blame(error: BaseException, file: str | None) -> str:
    """Says what went wrong and, where the error passed through `file`, in which line of it."""
    return str(error) if isinstance(error, Fault) else describe_error(error, file)


def file_of(kind: type) -> str | None:
    """Returns the source file of a class, or None."""
    try:
        return inspect.getsourcefile(kind)
    except (TypeError, OSError):
        return None
