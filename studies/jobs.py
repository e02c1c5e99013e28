"""Work of a study done side by side on the cores there are, each piece kept as it is done. Not a study."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import pickle
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TypeVar

import agent
from agent.files import write_bytes

Progress = Callable[[float, str], None]
K = TypeVar("K", bound=str)
T = TypeVar("T")

DEPENDS = ("housecat", "torch", "numpy", "pybullet", "gymnasium")
EXTRAS = ("stable-baselines3",)


def side_by_side(
    work: Callable[[K, int], T], jobs: Sequence[tuple[K, int]], progress: Progress, folder: Path
) -> dict[tuple[K, int], T]:
    """Does work for every (what, seed), one process a core, and returns what came of each.

    What is done is kept in the folder: a study that was stopped goes on where it was, as long as code, shipped minds
    and packages are the same. It is kept by pickle, which may run code when it is read: go on with no folder whose
    files you would not run.

    Args:
        work: A function of a module, or a `functools.partial` of one; its other arguments tell what is kept apart.
        jobs: What work is done for.
        progress: Is told the share that is done, and what was done last.
        folder: Is made where it is not there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    whose = hashlib.sha256((fingerprint() + _told(work)).encode()).hexdigest()[:12]
    paths = {(what, seed): folder / f"{what.replace('/', '-')}-{seed}-{whose}.pickle" for what, seed in jobs}
    found: dict[tuple[K, int], T] = {
        job: pickle.loads(path.read_bytes()) for job, path in paths.items() if path.exists()
    }
    if found:
        progress(len(found) / len(paths), f"{len(found)} kept from before")
    rest = [job for job in paths if job not in found]
    if not rest:
        return found
    workers = min(len(rest), max(1, os.cpu_count() or 1))
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        running = {pool.submit(work, *job): job for job in rest}
        try:
            for done in as_completed(running):
                job = running[done]
                found[job] = done.result()
                write_bytes(paths[job], pickle.dumps(found[job]))
                progress(len(found) / len(paths), "{} {}".format(*job))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return found


def _told(work: Callable[..., object]) -> str:
    """Returns which function it is, and with which arguments; values must tell themselves by `repr`."""
    function = getattr(work, "func", work)
    given = getattr(work, "args", ()), sorted(getattr(work, "keywords", {}).items())
    return f"{function.__module__}.{function.__qualname__}{given!r}"


def fingerprint() -> str:
    """Returns a digest of all that results come from: code, shipped minds, and packages."""
    root = Path(agent.__file__).parents[1]
    rooms = (root / name for name in ("worlds", "intrinsic", "agent", "studies"))
    files = sorted(path for room in rooms for path in room.rglob("*") if path.suffix in (".py", ".safetensors"))
    digest = hashlib.sha256(repr(versions()).encode())
    for path in files:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def versions() -> dict[str, str]:
    """Returns the versions of what numbers depend on."""
    found = {name: version(name) for name in DEPENDS}
    for name in EXTRAS:
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    return found
