"""The command `housecat doctor`: whether this machine can run housecat, and what to do where not."""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from housecat.cli.options import JsonFlag
from housecat.cli.output import Table, print_result
from housecat.cli.shadowing import PACKAGES, namesakes

Mark = Literal["ok", "warn", "fail"]
INSTALL_GL = "apt-get install libegl1 libgl1-mesa-dri (Debian, Ubuntu); until then pictures are plain and slow"
OPEN_GL = "import moderngl; c = moderngl.create_standalone_context(backend='egl'); print(c.info['GL_RENDERER'])"
FREE_SPACE = 2e9  # bytes: a day of runs


@dataclass(frozen=True)
class Check:
    """What one look found: ``ok``, ``warn`` (housecat runs, with less) or ``fail``, and what to do."""

    name: str
    mark: Mark
    found: str
    remedy: str = ""


def doctor(*, json: JsonFlag = False) -> int:
    """Looks whether this machine can run housecat, and says what to do where not. Status 0 when all needed is there."""
    checks = run_checks()
    passed = all(check.mark != "fail" for check in checks)
    rows = [(check.mark, check.name, f"{check.found}\n-> {check.remedy}".removesuffix("\n-> ")) for check in checks]
    found = {"ok": passed, "checks": [asdict(check) for check in checks]}
    return print_result(found, Table(("", "check", "found, and what to do"), rows), json) or int(not passed)


def run_checks() -> list[Check]:
    """Makes all checks. None of them raises."""
    checks: tuple[Callable[[], Check], ...] = (python, pybullet, torch, opengl, video, display, packages, disk)
    return [_without_raising(check) for check in checks]


def _without_raising(check: Callable[[], Check]) -> Check:
    try:
        return check()
    except Exception as error:  # whatever is broken here is what the doctor was called for
        remedy = "install again: make setup, or pip install -c constraints.txt -e ."
        return Check(check.__name__, "fail", f"{type(error).__name__}: {error}", remedy)


def python() -> Check:
    """Looks at the interpreter: pybullet's wheels end at 3.11."""
    found = f"{sys.version.split()[0]}, {sys.platform} {os.uname().machine}"
    if sys.version_info[:2] != (3, 11):
        return Check("python", "fail", found, "use Python 3.11: make setup PYTHON=/path/to/python3.11")
    if (sys.platform, os.uname().machine) != ("linux", "x86_64"):
        return Check("python", "warn", found, "housecat is tested on Linux x86_64 only")
    return Check("python", "ok", found)


def pybullet() -> Check:
    """Looks whether the physics engine loads, and hands over arrays rather than lists."""
    module = importlib.import_module("pybullet")
    version = importlib.metadata.version("pybullet")
    if not module.isNumpyEnabled():
        return Check("pybullet", "warn", f"{version}, built without numpy", "install a wheel, not a build of your own")
    return Check("pybullet", "ok", f"{version}, with numpy")


def torch() -> Check:
    """Looks at torch and at its number of threads."""
    module = importlib.import_module("torch")
    threads, cores = module.get_num_threads(), len(os.sched_getaffinity(0))
    found = f"{module.__version__}, {threads} of {cores} threads by default (a mind takes 1)"
    if threads > cores:
        return Check("torch", "warn", found, "set OMP_NUM_THREADS=1: more threads than cores are far slower")
    return Check("torch", "ok", found)


def opengl() -> Check:
    """Checks off-screen drawing in a child process, since a bad driver may crash the process."""
    try:
        done = subprocess.run([sys.executable, "-c", OPEN_GL], capture_output=True, text=True, timeout=30, check=False)
    except subprocess.TimeoutExpired:
        return Check("opengl", "warn", "the driver hangs", INSTALL_GL)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [f"ended with status {done.returncode}"])[-1]
        return Check("opengl", "warn", last, INSTALL_GL)
    return Check("opengl", "ok", done.stdout.strip())


def video() -> Check:
    """Looks whether clips can be written."""
    importlib.import_module("av").codec.Codec("libx264", "w")
    return Check("video", "ok", f"av {importlib.metadata.version('av')}, H.264")


def has_display() -> bool:
    """Tells whether a window can be opened."""
    return not sys.platform.startswith("linux") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def display() -> Check:
    """Looks for a display."""
    if not has_display():
        return Check("display", "warn", "none", "`housecat watch` makes a clip instead of opening a window")
    return Check("display", "ok", os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY") or sys.platform)


def packages() -> Check:
    """Looks whether the generic names of housecat's packages belong to housecat alone."""
    owners = importlib.metadata.packages_distributions()
    problems = [f"{name} is missing" for name in PACKAGES if importlib.util.find_spec(name) is None]
    for name in PACKAGES:
        others = {owner for owner in owners.get(name, ()) if owner != "housecat"}
        problems += [f"{name} also belongs to {owner}" for owner in sorted(others)]
    folders = {Path(entry or ".").resolve() for entry in (*sys.path, "")}  # the current folder, for `python -m`, too
    problems += [f"{path} is in the way" for folder in sorted(folders) for path in namesakes(folder)]
    if problems:
        remedy = (
            "install housecat into a virtual environment of its own; rename what is in the way, or start housecat from "
            "another folder"
        )
        return Check("packages", "fail", "; ".join(problems), remedy)
    return Check("packages", "ok", f"{', '.join(PACKAGES)}: each has one owner")


def disk() -> Check:
    """Looks for room for runs."""
    free, writable = shutil.disk_usage(".").free, os.access(".", os.W_OK)
    found = f"{free / 1e9:.1f} GB free in {Path.cwd()}"
    if not writable:
        return Check("disk", "warn", f"{Path.cwd()} is not writable", "start housecat from a folder of your own")
    if free < FREE_SPACE:
        return Check("disk", "warn", found, "make room: a run of 5,000 steps may take 0.5 GB")
    return Check("disk", "ok", found)
