"""Objectives from a Python file that somebody names: `my_drives.py:LovesRed`."""

from __future__ import annotations

import functools
import importlib.util
import inspect
import sys
from pathlib import Path
from types import ModuleType

import torch

from intrinsic.guard import blame, fence, seed_of
from intrinsic.objective import Objective
from usererror import UserError, unknown


def is_file_spec(name: str) -> bool:
    """Tells whether a name means a class in a file rather than a registered objective."""
    return ":" in name or name.endswith(".py") or "/" in name


def class_in_file(spec: str) -> type[Objective]:
    """Loads the class that ``path/to/file.py:ClassName`` names.

    Raises:
        UserError: The file is missing or does not import, or the class is not there or is no objective.
    """
    place = spec.rpartition(":")[0] if ":" in spec else spec
    path = Path(place).expanduser()
    if not path.is_file():
        what = "is a folder" if path.is_dir() else "does not exist"
        raise UserError(f"{place!r} {what} (looked in {Path.cwd()}). Name a file and a class: my_drives.py:LovesRed")
    path = path.resolve()
    return _chosen(_imported(path, path.stat().st_mtime_ns), spec)


def class_in_source(spec: str, source: str) -> type[Objective]:
    """Makes the class that ``path/to/file.py:ClassName`` would name if `source` were what the file holds.

    Raises:
        UserError: The source does not run, or the class is not there or is no objective.
    """
    path = Path(spec.rpartition(":")[0]).expanduser().resolve()
    return _chosen(_run(path, f"{path} {source}", source.encode()), spec)


def _chosen(module: ModuleType, spec: str) -> type[Objective]:
    place, _, name = spec.rpartition(":") if ":" in spec else (spec, "", "")
    here = {
        key: value
        for key, value in vars(module).items()
        if inspect.isclass(value) and issubclass(value, Objective) and value.__module__ == module.__name__
    }
    if not name:
        choices = " or ".join(f"{place}:{key}" for key in here)
        remedy = f"Write {choices}" if here else "It has none: add a subclass of intrinsic.Objective"
        raise UserError(f"{spec!r} names a file but no class in it. {remedy}")
    found = getattr(module, name, None)
    if found is None:
        if not here:
            raise UserError(f"{place} has no {name!r}, nor any other subclass of intrinsic.Objective")
        raise unknown(f"objective in {place}", name, here)
    if not (inspect.isclass(found) and issubclass(found, Objective)):
        raise UserError(
            f"{name} in {place} is not an objective. Derive it from intrinsic.Objective and give it a method `cost`."
            + (f" Objectives there: {', '.join(here)}." if here else "")
        )
    return found


@functools.cache
def _imported(path: Path, modified: int) -> ModuleType:
    """Imports a file under a name of its own; the same content is imported once, so its classes stay the same."""
    return _run(path, f"{path} {modified}", path.read_bytes())


def _run(path: Path, version: str, source: bytes) -> ModuleType:
    """Makes a module of a file's content, not of bytecode: that is kept by the second, and saves may be faster."""
    name = f"housecat_plugin_{path.stem}_{seed_of(version):08x}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise UserError(f"{path.name} is not a Python file. Its name must end in .py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses and pickle look a class's module up there
    sys.path.append(str(path.parent))  # at the end: a file's neighbours must not hide anything installed
    try:
        with fence(seed_of(path.stem, torch.initial_seed())):
            exec(compile(source, str(path), "exec"), vars(module))
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise UserError(f"cannot import {path.name}: {blame(error, str(path))}. Mend the file and try again") from error
    finally:
        sys.path.remove(str(path.parent))
    return module
