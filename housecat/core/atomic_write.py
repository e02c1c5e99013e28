"""Writes files whole or not at all, and says plainly when the file system refuses."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from housecat.core.errors import UserError

Arrays = dict[str, npt.NDArray[Any]]


@contextmanager
def explain_write_errors(path: Path) -> Iterator[None]:
    """Turns a full disk or a missing permission within its block into an error that says where and what to do.

    Args:
        path: The file or folder that is written.

    Raises:
        UserError: The disk is full, or `path` cannot be written to.
    """
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            free = shutil.disk_usage(path if path.exists() else ".").free / 1e6
            raise UserError(f"the disk is full ({free:.0f} MB free at {path}). Make room and try again.") from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST):
            raise UserError(f"cannot write to {path}: {error.strerror}. Run from a folder of your own.") from error
        raise


def replace_file(path: Path, write: Callable[[IO[bytes]], None]) -> None:
    """Writes a file so that at every moment there is either the old one or the whole new one.

    Args:
        path: The file; its folder must exist.
        write: Is called with the open temporary file, and writes the contents.
    """
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def write_bytes(path: Path, data: bytes) -> None:
    """Replaces the contents of a file, see `replace_file`."""

    def write(file: IO[bytes]) -> None:
        file.write(data)

    replace_file(path, write)


def write_text(path: Path, text: str) -> None:
    """Replaces the contents of a text file (UTF-8), see `replace_file`."""
    write_bytes(path, text.encode())


def write_arrays(path: Path, arrays: Arrays) -> None:
    """Replaces the contents of a compressed ``.npz`` file with named arrays, see `replace_file`."""
    replace_file(path, lambda file: np.savez_compressed(file, allow_pickle=False, **arrays))
