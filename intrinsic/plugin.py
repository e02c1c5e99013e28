"""Objectives from a Python file that somebody names: `my_drives.py:LovesRed`."""

from __future__ import annotations

from contextlib import AbstractContextManager

import torch

import housecat.core.plugins
from housecat.core.plugins import is_file_spec
from intrinsic.isolation.guard import fence, seed_of
from intrinsic.objective import Objective

__all__ = ["class_from_file", "class_from_source", "is_file_spec"]

OBJECTIVE = housecat.core.plugins.PluginKind(
    base=Objective,  # type: ignore[type-abstract]
    noun="objective",
    base_name="intrinsic.Objective",
    example="my_drives.py:LovesRed",
    members="a method `cost`",
)


def class_from_file(spec: str) -> type[Objective]:
    """Loads the class that ``path/to/file.py:ClassName`` names.

    Raises:
        UserError: The file is missing or does not import, or the class is not there or is no objective.
    """
    return housecat.core.plugins.class_from_file(spec, OBJECTIVE, fenced)


def class_from_source(spec: str, source: str) -> type[Objective]:
    """Makes the class that ``path/to/file.py:ClassName`` would name if `source` were what the file holds.

    Raises:
        UserError: The source does not run, or the class is not there or is no objective.
    """
    return housecat.core.plugins.class_from_source(spec, source, OBJECTIVE, fenced)


def fenced(name: str) -> AbstractContextManager[None]:
    """Lets foreign code be imported without changing the process around it."""
    return fence(seed_of(name, torch.initial_seed()))
