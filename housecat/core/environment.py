"""Environment variables that graphics libraries read when they start, set for just as long as that takes."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def graphics_environment(**variables: str) -> Iterator[None]:
    """Sets environment variables while a display or an OpenGL context is opened, and then restores what there was.

    Where XDG_RUNTIME_DIR is not set, it names an empty private folder meanwhile: without one, libwayland prints an
    error before SDL and Mesa go on without it.

    Args:
        **variables: Values by name.
    """
    with tempfile.TemporaryDirectory(prefix="housecat-") as folder:
        values = {"XDG_RUNTIME_DIR": os.environ.get("XDG_RUNTIME_DIR") or folder, **variables}
        before = {name: os.environ.get(name) for name in values}
        os.environ.update(values)
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value
