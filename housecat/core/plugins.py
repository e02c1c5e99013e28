"""A class from a Python file that somebody names: `my_drives.py:LovesRed`, `my_worlds.py:Attic`."""

from __future__ import annotations

import functools
import importlib.util
import inspect
import sys
import traceback
import zlib
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from housecat.core.errors import UserError, unknown

Fence = Callable[[str], AbstractContextManager[None]]


@dataclass(frozen=True)
class Kind:
    """What is looked for in a file.

    Attributes:
        base: The class that it must derive from.
        word: What a person calls it, such as ``"objective"``.
        where: How its base is imported, such as ``"intrinsic.Objective"``.
        example: How one is named, such as ``"my_drives.py:LovesRed"``.
        needs: What it must define, for the advice.
    """

    base: type[Any]
    word: str
    where: str
    example: str
    needs: str


def unfenced(name: str) -> AbstractContextManager[None]:
    """Lets a file be imported as any other."""
    return nullcontext()


def is_file_spec(name: str) -> bool:
    """Tells whether a name means a class in a file rather than a registered one."""
    return ":" in name or name.endswith(".py") or "/" in name


def class_in_file(spec: str, kind: Kind, fence: Fence = unfenced) -> type[Any]:
    """Loads the class that ``path/to/file.py:ClassName`` names.

    Args:
        spec: The path and the name.
        kind: What it must be.
        fence: Called with the file's name; its context stands around the import.

    Raises:
        UserError: The file is missing or does not import, or the class is not there or not of that kind.
    """
    place = spec.rpartition(":")[0] if ":" in spec else spec
    path = Path(place).expanduser()
    if not path.is_file():
        what = "is a folder" if path.is_dir() else "does not exist"
        raise UserError(f"{place!r} {what} (looked in {Path.cwd()}). Name a file and a class: {kind.example}")
    path = path.resolve()
    return _chosen(_imported(path, path.stat().st_mtime_ns, fence), spec, kind)


def class_in_source(spec: str, source: str, kind: Kind, fence: Fence = unfenced) -> type[Any]:
    """Makes the class that ``path/to/file.py:ClassName`` would name if `source` were what the file holds.

    Raises:
        UserError: The source does not run, or the class is not there or not of that kind.
    """
    path = Path(spec.rpartition(":")[0]).expanduser().resolve()
    return _chosen(_run(path, f"{path} {source}", source.encode(), fence), spec, kind)


def _chosen(module: ModuleType, spec: str, kind: Kind) -> type[Any]:
    place, _, name = spec.rpartition(":") if ":" in spec else (spec, "", "")
    here = {
        key: value
        for key, value in vars(module).items()
        if inspect.isclass(value) and issubclass(value, kind.base) and value.__module__ == module.__name__
    }
    if not name:
        choices = " or ".join(f"{place}:{key}" for key in here)
        remedy = f"Write {choices}" if here else f"It has none: add a subclass of {kind.where}"
        raise UserError(f"{spec!r} names a file but no class in it. {remedy}")
    found = getattr(module, name, None)
    if found is None:
        if not here:
            raise UserError(f"{place} has no {name!r}, nor any other subclass of {kind.where}")
        raise unknown(f"{kind.word} in {place}", name, here)
    if not (inspect.isclass(found) and issubclass(found, kind.base)):
        article = "an" if kind.word[0] in "aeiou" else "a"
        raise UserError(
            f"{name} in {place} is not {article} {kind.word}. Derive it from {kind.where} and give it {kind.needs}."
            + (f" {kind.word.capitalize()}s there: {', '.join(here)}." if here else "")
        )
    return found


def blame(error: BaseException, file: str | None) -> str:
    """Says what went wrong and, where the error passed through `file`, in which line of it."""
    words = str(error.args[0]) if isinstance(error, KeyError) and error.args else str(error)
    if isinstance(error, UserError):
        return words
    what = f"{type(error).__name__}: {words}" if words else type(error).__name__
    line: int | None = None
    if isinstance(error, SyntaxError) and file and error.filename == file:
        line, what = error.lineno, f"{type(error).__name__}: {error.msg}"
    else:
        frames = traceback.extract_tb(error.__traceback__)
        line = next((frame.lineno for frame in reversed(frames) if frame.filename == file), None)
    return f"{Path(file).name}, line {line}: {what}" if file and line else what


@functools.cache
def _imported(path: Path, modified: int, fence: Fence) -> ModuleType:
    """Imports a file under a name of its own; the same content is imported once, so its classes stay the same."""
    return _run(path, f"{path} {modified}", path.read_bytes(), fence)


def _run(path: Path, version: str, source: bytes, fence: Fence) -> ModuleType:
    """Makes a module of a file's content, not of bytecode: that is kept by the second, and saves may be faster."""
    name = f"housecat_plugin_{path.stem}_{zlib.crc32(version.encode()):08x}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise UserError(f"{path.name} is not a Python file. Its name must end in .py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses and pickle look a class's module up there
    sys.path.append(str(path.parent))  # at the end: a file's neighbours must not hide anything installed
    try:
        with fence(path.stem):
            exec(compile(source, str(path), "exec"), vars(module))
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise UserError(f"cannot import {path.name}: {blame(error, str(path))}. Mend the file and try again") from error
    finally:
        sys.path.remove(str(path.parent))
    return module
