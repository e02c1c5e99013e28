"""Work of a study done side by side on the cores there are, each piece kept as it is done. Not a study."""

from __future__ import annotations

import hashlib
import logging
import multiprocessing
import os
import pickle
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from pathlib import Path
from typing import TypeVar

import agent
from housecat.core.atomic_write import write_bytes
from housecat.core.errors import UserError
from housecat.core.versions import versions

Progress = Callable[[float, str], None]
K = TypeVar("K", bound=str)
T = TypeVar("T")

log = logging.getLogger(__name__)


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

    Raises:
        UserError: If a process ended that was doing some.
        Exception: What work raised, once what was being done beside it is done and kept.
    """
    folder.mkdir(parents=True, exist_ok=True)
    whose = fingerprint() + _told(work)
    paths = {job: folder / _name(job, whose) for job in jobs}
    found: dict[tuple[K, int], T] = {}
    for job, path in paths.items():
        if path.exists():
            try:
                found[job] = pickle.loads(path.read_bytes())
            except Exception as error:  # whatever a damaged file may raise: it is done again
                log.warning("%s is damaged (%s): it is done again", path, error)
    if found:
        progress(len(found) / len(paths), f"{len(found)} kept from before")
    rest = iter([job for job in paths if job not in found])
    workers = max(1, min(len(paths) - len(found), os.cpu_count() or 1))
    # Ctrl-C reaches the workers, too, and must end them: a job that it merely fails would make room for the next. But
    # what a shell runs in the background ignores it, and so must they.
    heeds = signal.SIG_IGN if signal.getsignal(signal.SIGINT) is signal.SIG_IGN else signal.SIG_DFL
    spawn, ends = multiprocessing.get_context("spawn"), (signal.SIGINT, heeds)
    with ProcessPoolExecutor(workers, spawn, initializer=signal.signal, initargs=ends) as pool:
        running = {pool.submit(_kept, work, job, paths[job]): job for job in islice(rest, workers)}
        try:
            while running:
                for done in wait(running, return_when=FIRST_COMPLETED).done:
                    job = running.pop(done)
                    found[job] = done.result()
                    progress(len(found) / len(paths), "{} {}".format(*job))
                    running |= {pool.submit(_kept, work, job, paths[job]): job for job in islice(rest, 1)}
        except KeyboardInterrupt:
            for process in multiprocessing.active_children():
                process.terminate()
            raise
        except BrokenProcessPool as error:
            raise UserError(
                f"a process of the study ended by itself: killed, perhaps for want of memory, or crashed. {len(found)} "
                f"of {len(paths)} lives are kept in {folder}, and the same command goes on with the others"
            ) from error
    return found


def _kept(work: Callable[[K, int], T], job: tuple[K, int], path: Path) -> T:
    """Does one job and keeps it, in the worker: it is not lost when another fails meanwhile."""
    found = work(*job)
    write_bytes(path, pickle.dumps(found))
    return found


def _name(job: tuple[str, int], whose: str) -> str:
    what, seed = job
    return f"{what.replace('/', '-')}-{seed}-{hashlib.sha256(f'{job!r}{whose}'.encode()).hexdigest()[:12]}.pickle"


def _told(work: Callable[..., object]) -> str:
    """Returns which function it is, and with which arguments; values must tell themselves by `repr`."""
    function = getattr(work, "func", work)
    given = getattr(work, "args", ()), sorted(getattr(work, "keywords", {}).items())
    return f"{function.__module__}.{function.__qualname__}{given!r}"


def fingerprint() -> str:
    """Returns a digest of all that results come from: code, shipped minds, and packages."""
    root = Path(agent.__file__).parents[1]
    rooms = (root / name for name in ("housecat", "worlds", "intrinsic", "agent", "studies"))
    files = sorted(path for room in rooms for path in room.rglob("*") if path.suffix in (".py", ".safetensors"))
    digest = hashlib.sha256(repr(versions()).encode())
    for path in files:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
