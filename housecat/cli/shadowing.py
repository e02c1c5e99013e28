"""Finds files that hide housecat's packages: an `agent.py` in the current folder is found for the package `agent`."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path

from housecat.core.errors import UserError

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("agent", "housecat", "intrinsic", "studies", "viewer", "worlds")


def hidden_packages() -> dict[str, Path]:
    """Returns, for each package that Python finds elsewhere than beside this one, the file or folder that it finds."""
    found = {}
    for name in PACKAGES:
        spec = importlib.util.find_spec(name)
        if spec is None or spec.origin is None:
            continue
        origin = Path(spec.origin).resolve()
        path = origin.parent if origin.name == "__init__.py" else origin
        if path.parent != ROOT:
            found[name] = path
    return found


def namesakes(folder: Path) -> Iterator[Path]:
    """Yields the files and folders in a folder that would hide a package of housecat's if it came first on the path."""
    if folder.resolve() == ROOT:
        return
    for name in PACKAGES:
        if (folder / name / "__init__.py").is_file():
            yield folder / name
        if (folder / f"{name}.py").is_file():
            yield folder / f"{name}.py"


def check_packages() -> None:
    """Makes sure that housecat's packages are found.

    Raises:
        UserError: If a file or folder hides one.
    """
    if hidden := hidden_packages():
        paths = " and ".join(str(path) for path in hidden.values())
        names = ", ".join(f"`{name}`" for name in hidden)
        raise UserError(
            f"{paths} {'is' if len(hidden) == 1 else 'are'} in the way: Python finds it where housecat's own package "
            f"{names} is meant. Rename it, or start housecat from another folder; `housecat doctor` looks again."
        )
