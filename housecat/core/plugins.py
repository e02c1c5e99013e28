"""Loads a class from a user's Python file: `my_drives.py:LovesRed`, `my_worlds.py:Attic`."""

from __future__ import annotations

import functools
import importlib.util
import inspect
import sys
import zlib
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Generic, TypeVar

from housecat.core.errors import UserError, describe_error, unknown_name

T = TypeVar("T")
ImportContext = Callable[[str], AbstractContextManager[None]]  # is called with a name; stands around an import


@dataclass(frozen=True)
class PluginKind(Generic[T]):
    """A kind of class that a user may provide, and the words for it in messages.

    Attributes:
        base: The class that it must derive from.
        noun: What a person calls it, such as ``"objective"``.
        base_name: How its base is imported, such as ``"intrinsic.Objective"``.
        example: How one is named, such as ``"my_drives.py:LovesRed"``.
        members: What it must define, such as ``"a method `cost`"``.
    """

    base: type[T]
    noun: str
    base_name: str
    example: str
    members: str


def plain_import(name: str) -> AbstractContextManager[None]:
    """Puts nothing around an import: the `ImportContext` for code that may change the process."""
    return nullcontext()


def source_file(kind: type) -> str | None:
    """Returns the path of the file that a class is defined in, or None where there is none."""
    try:
        return inspect.getsourcefile(kind)
    except (TypeError, OSError):
        return None


def is_file_spec(name: str) -> bool:
    """Returns whether a name means a class in a file rather than a registered one."""
    return ":" in name or name.endswith(".py") or "/" in name


def class_from_file(spec: str, kind: PluginKind[T], import_context: ImportContext = plain_import) -> type[T]:
    """Loads the class that ``path/to/file.py:ClassName`` names.

    The same file is imported once, until it changes, so that its classes stay the same.

    Args:
        spec: The path of the file and the name of the class.
        kind: What the class must be.
        import_context: Stands around the import of the file; is called with the file's name.

    Raises:
        UserError: The file is missing or does not import, or the class is not there or not of that kind.
    """
    place = spec.rpartition(":")[0] if ":" in spec else spec
    path = Path(place).expanduser()
    if not path.is_file():
        what = "is a folder" if path.is_dir() else "does not exist"
        raise UserError(f"{place!r} {what} (looked in {Path.cwd()}). Name a file and a class: {kind.example}")
    path = path.resolve()
    return _select_class(_import_file(path, path.stat().st_mtime_ns, import_context), spec, kind)


def class_from_source(
    spec: str, source: str, kind: PluginKind[T], import_context: ImportContext = plain_import
) -> type[T]:
    """Makes the class that ``path/to/file.py:ClassName`` would name if the file held this source.

    Args:
        spec: The path of the file and the name of the class.
        source: Python source.
        kind: What the class must be.
        import_context: Stands around the execution of the source; is called with the file's name.

    Raises:
        UserError: The source does not run, or the class is not there or not of that kind.
    """
    path = Path(spec.rpartition(":")[0]).expanduser().resolve()
    return _select_class(_execute_source(path, f"{path} {source}", source.encode(), import_context), spec, kind)


def _select_class(module: ModuleType, spec: str, kind: PluginKind[T]) -> type[T]:
    """Returns the class of a module that a spec names, if it is of the kind."""
    place, _, name = spec.rpartition(":") if ":" in spec else (spec, "", "")
    defined = {
        key: value
        for key, value in vars(module).items()
        if inspect.isclass(value) and issubclass(value, kind.base) and value.__module__ == module.__name__
    }
    if not name:
        choices = " or ".join(f"{place}:{key}" for key in defined)
        remedy = f"Write {choices}" if defined else f"It has none: add a subclass of {kind.base_name}"
        raise UserError(f"{spec!r} names a file but no class in it. {remedy}")
    found = getattr(module, name, None)
    if found is None:
        if not defined:
            raise UserError(f"{place} has no {name!r}, nor any other subclass of {kind.base_name}")
        raise unknown_name(f"{kind.noun} in {place}", name, defined)
    if not (inspect.isclass(found) and issubclass(found, kind.base)):
        article = "an" if kind.noun[0] in "aeiou" else "a"
        raise UserError(
            f"{name} in {place} is not {article} {kind.noun}. Derive it from {kind.base_name} and give it "
            f"{kind.members}." + (f" {kind.noun.capitalize()}s there: {', '.join(defined)}." if defined else "")
        )
    return found


@functools.cache
def _import_file(path: Path, modified: int, import_context: ImportContext) -> ModuleType:
    """Imports a file as it was at the time of its modification (ns)."""
    return _execute_source(path, f"{path} {modified}", path.read_bytes(), import_context)


def _execute_source(path: Path, version: str, source: bytes, import_context: ImportContext) -> ModuleType:
    """Makes a module of a file's source; bytecode is kept by the second, and files may be saved faster than that.

    Args:
        path: The file.
        version: Tells versions of the file apart: each becomes a module of its own.
        source: What the file holds.
        import_context: Stands around the execution.
    """
    name = f"housecat_plugin_{path.stem}_{zlib.crc32(version.encode()):08x}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise UserError(f"{path.name} is not a Python file. Its name must end in .py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses and pickle look a class's module up there
    sys.path.append(str(path.parent))  # at the end: a file's neighbours must not hide anything installed
    try:
        with import_context(path.stem):
            exec(compile(source, str(path), "exec"), vars(module))
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        what = describe_error(error, str(path))
        raise UserError(f"cannot import {path.name}: {what}. Mend the file and try again") from error
    finally:
        sys.path.remove(str(path.parent))
    return module
