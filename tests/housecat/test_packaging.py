"""What is installed: every package of the project, with its files."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("agent", "housecat", "intrinsic", "studies", "viewer", "worlds")


def test_every_folder_of_modules_is_a_package() -> None:
    folders = {path.parent for name in PACKAGES for path in (ROOT / name).rglob("*.py")}
    assert [str(folder) for folder in sorted(folders) if not (folder / "__init__.py").is_file()] == []


def test_files_other_than_modules_are_installed_too() -> None:
    data = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]
    installed = {
        path
        for package, globs in data.items()
        for glob in globs
        for path in (ROOT / package.replace(".", "/")).glob(glob)
    }
    ignored = {".py", ".pyc", ".pyi"}
    found = {path for name in PACKAGES for path in (ROOT / name).rglob("*") if path.is_file()}
    assert sorted(str(path) for path in found - installed if path.suffix not in ignored) == []
