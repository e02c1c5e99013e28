"""Runs the jobs of a study on all cores, keeps the result of each, and goes on with a study that was stopped.

`joblib.Parallel` runs them. What keeps their results is ours, not `joblib.Memory`: that one knows a result by the
source of a single function, where a result depends on all code and on the shipped minds; it computes a damaged result
again in the calling process, one after the other; and its files are named by digests alone.
"""

from __future__ import annotations

import hashlib
import logging
import os
import pickle
import signal
import warnings
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar, cast

import joblib
from joblib.externals.loky import get_reusable_executor

import agent
from agent.runtime import configure_runtime
from housecat.core.atomic_write import write_bytes
from housecat.core.errors import UserError
from housecat.core.versions import versions

Progress = Callable[[float, str], None]
Job = tuple[str, int]
T = TypeVar("T")

log = logging.getLogger(__name__)

PACKAGES = ("housecat", "worlds", "intrinsic", "agent", "studies")  # whose code results depend on


def run_jobs(
    work: Callable[[str, int], T], jobs: Sequence[Job], progress: Progress, folder: Path
) -> dict[tuple[str, int], T]:
    """Calls ``work(name, seed)`` for every job, in one process a core, and returns the results by job.

    Results are kept in the folder: a study that was stopped goes on with the jobs that were not done, as long as code,
    shipped minds and packages are the same. They are kept by pickle, which may run code when it is read: go on with no
    folder whose files you would not run.

    Args:
        work: A function of a module, or a `functools.partial` of one, whose other arguments have a `repr` of their own.
        jobs: A name and a seed each.
        progress: Called with the share that is done, and what was done last.
        folder: Where results are kept; it is made if it does not exist.

    Raises:
        UserError: If a worker process was killed or crashed.
        Exception: What ``work`` raised, once the jobs that ran beside it are done and kept.
    """
    folder.mkdir(parents=True, exist_ok=True)
    key = fingerprint() + _describe(work)
    paths = {job: folder / _file_name(job, key) for job in jobs}
    results: dict[Job, T] = dict(_kept(paths))
    if results:
        progress(len(results) / len(paths), f"{len(results)} kept from before")
    todo = [job for job in paths if job not in results]
    if not todo:
        return results
    # Nothing is begun after an error, and what runs beside it is waited for: joblib by itself would end it.
    failed = folder / ".failed"
    failed.unlink(missing_ok=True)
    calls = (joblib.delayed(_run_and_keep)(work, job, paths[job], failed) for job in todo if not failed.exists())
    errors: list[Exception] = []
    pool = joblib.Parallel(
        min(len(todo), os.cpu_count() or 1),
        return_as="generator_unordered",
        pre_dispatch="n_jobs",
        batch_size=1,
    )
    outcomes: Generator[tuple[Job, T | None, Exception | None]] = _nothing()
    try:
        with _interrupts_ignored():
            outcomes = pool(calls)  # starts the workers
        for job, result, error in outcomes:
            if error is not None:
                errors.append(error)
                continue
            results[job] = cast(T, result)
            progress(len(results) / len(paths), "{} {}".format(*job))
    except BrokenProcessPool as error:
        raise UserError(
            f"a process of the study ended by itself: killed, perhaps for want of memory, or crashed. {len(results)} "
            f"of {len(paths)} jobs are kept in {folder}, and the same command goes on with the others"
        ) from error
    finally:
        # Reused whatever it was made with: by default another one would be made, once the jobs of this one are done.
        get_reusable_executor(reuse=True, kill_workers=True).shutdown(wait=False, kill_workers=True)
        with warnings.catch_warnings():  # joblib's, that jobs were broken off: who interrupts knows it
            warnings.simplefilter("ignore")
            outcomes.close()
        failed.unlink(missing_ok=True)
    if errors:
        raise errors[0]
    return results


def _nothing() -> Generator[Any]:
    yield from ()


@contextmanager
def _interrupts_ignored() -> Iterator[None]:
    """Ignores Ctrl-C for a moment, and in all processes that are started meanwhile for good.

    It reaches all processes of a terminal; this one ends the workers, which would print where they were interrupted.
    """
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _run_and_keep(
    work: Callable[[str, int], T], job: Job, path: Path, failed: Path
) -> tuple[Job, T | None, Exception | None]:
    """Does one job and keeps its result, in the worker: it is not lost if another job fails meanwhile."""
    try:
        configure_runtime()
        result = work(*job)
    except Exception as error:
        failed.touch()
        return job, None, error
    write_bytes(path, pickle.dumps(result))
    return job, result, None


def _kept(paths: dict[Job, Path]) -> Iterator[tuple[Job, Any]]:
    for job, path in paths.items():
        if path.exists():
            try:
                yield job, pickle.loads(path.read_bytes())
            except Exception as error:  # whatever a damaged file may raise
                log.warning("%s is damaged (%s): its job is done again", path, error)


def _file_name(job: Job, key: str) -> str:
    name, seed = job
    return f"{name.replace('/', '-')}-{seed}-{hashlib.sha256(f'{job!r}{key}'.encode()).hexdigest()[:12]}.pickle"


def _describe(work: Callable[..., object]) -> str:
    """Returns a function's name and the arguments that a `functools.partial` gives to it."""
    function = getattr(work, "func", work)
    arguments = getattr(work, "args", ()), sorted(getattr(work, "keywords", {}).items())
    return f"{function.__module__}.{function.__qualname__}{arguments!r}"


def fingerprint() -> str:
    """Returns a digest of all that results depend on: code, shipped minds, and packages."""
    root = Path(agent.__file__).parents[1]
    files = sorted(
        path for name in PACKAGES for path in (root / name).rglob("*") if path.suffix in (".py", ".safetensors")
    )
    digest = hashlib.sha256(repr(versions()).encode())
    for path in files:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
