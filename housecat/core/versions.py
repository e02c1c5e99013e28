"""The versions that numbers depend on: housecat's own, its commit, and those of packages."""

from __future__ import annotations

import platform
import subprocess
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as distribution_version
from pathlib import Path

PACKAGES = ("housecat", "gymnasium", "numpy", "pybullet", "torch", "scikit-learn", "scipy", "stable-baselines3")
CHECKOUT = Path(__file__).parents[2]


def versions() -> dict[str, str]:
    """Returns the version of Python, of housecat and of each package that results depend on, where installed."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = distribution_version(name)
        except PackageNotFoundError:
            continue
    return found


def version() -> str:
    """Returns housecat's version, and in a git checkout the commit that runs: ``0.2.0 (1a2b3c4, changed)``."""
    number = versions().get("housecat", "not installed")
    found = commit()
    return f"{number} ({found})" if found else number


def commit(checkout: Path = CHECKOUT) -> str:
    """Returns the commit of a git checkout, with ``, changed`` where files differ from it; empty where there is none.

    Args:
        checkout: The root folder of the checkout; the one that this file is in when not given.
    """
    if not (checkout / ".git").exists():
        return ""
    git = ["git", "-C", str(checkout)]
    try:
        head, changes = (
            subprocess.run([*git, *arguments], capture_output=True, text=True, check=True, timeout=10).stdout.strip()
            for arguments in (("rev-parse", "--short", "HEAD"), ("status", "--porcelain", "--untracked-files=no"))
        )
    except (OSError, subprocess.SubprocessError):  # no git, or a checkout of somebody else's that git does not trust
        return ""
    return f"{head}, changed" if changes else head
