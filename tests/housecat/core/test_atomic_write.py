"""Files are written whole or not at all."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import IO

import numpy as np
import pytest

from housecat.core.atomic_write import explain_write_errors, replace_file, write_arrays, write_text
from housecat.core.errors import UserError


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_text(path, "before – é")

    def fail(file: IO[bytes]) -> None:
        file.write(b"half")
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        replace_file(path, fail)
    assert path.read_text(encoding="utf-8") == "before – é"
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]
    assert path.stat().st_mode & 0o777 == 0o644


def test_arrays_are_read_back(tmp_path: Path) -> None:
    write_arrays(tmp_path / "a.npz", {"x": np.arange(3), "names": np.array(["ball"])})
    with np.load(tmp_path / "a.npz", allow_pickle=False) as file:
        np.testing.assert_array_equal(file["x"], [0, 1, 2])
        assert file["names"].tolist() == ["ball"]


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, r"the disk is full \(\d+ MB free at"),
        (errno.EACCES, "cannot write to .*: Permission denied. Run from a folder of your own"),
        (errno.EROFS, "cannot write to .*: Read-only file system"),
    ],
)
def test_what_the_file_system_refuses_is_said_plainly(number: int, words: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=words), explain_write_errors(tmp_path / "x"):
        raise OSError(number, os.strerror(number))


def test_other_errors_pass(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="Interrupted"), explain_write_errors(tmp_path):
        raise OSError(errno.EINTR, "Interrupted")
