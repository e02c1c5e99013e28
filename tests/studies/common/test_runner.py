"""A job is done once, and whoever stops a study loses only the jobs that were running."""

import operator
import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from housecat.core.errors import UserError
from studies.common import runner
from studies.common.runner import run_jobs


def ignore(share: float, words: str) -> None:
    pass


def test_what_was_done_before_a_failure_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    calls: list[tuple[float, str]] = []
    with pytest.raises(IndexError):
        run_jobs(operator.getitem, [("abc", 0), ("abc", 2), ("abc", 9)], lambda *call: calls.append(call), tmp_path)
    assert [words for _, words in calls] == ["abc 0", "abc 2"]
    kept = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    calls.clear()
    jobs = [("abc", 1), ("abc", 2), ("abc", 0)]
    results = run_jobs(operator.getitem, jobs, lambda *call: calls.append(call), tmp_path)
    assert results == {("abc", 0): "a", ("abc", 1): "b", ("abc", 2): "c"}
    assert calls == [(pytest.approx(2 / 3), "2 kept from before"), (1.0, "abc 1")]
    assert all(path.stat().st_mtime_ns == when for path, when in kept.items())
    assert len(list(tmp_path.iterdir())) == 3


def _fails_beside_a_slow_one(name: str, seed: int) -> str:
    if seed == 0:
        raise ValueError(name)
    time.sleep(1.0)
    return name


def test_what_runs_beside_a_failure_is_kept_and_nothing_is_begun_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    with pytest.raises(ValueError, match="a"):
        run_jobs(_fails_beside_a_slow_one, [("a", seed) for seed in (0, 1, 2, 3, 4, 5)], ignore, tmp_path)
    assert [path.name[:4] for path in tmp_path.iterdir()] == ["a-1-"]


def test_a_damaged_file_is_done_again_and_named(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    one = [("b", 2)]
    for content in (b"", b"no pickle"):
        assert run_jobs(operator.mul, one, ignore, tmp_path) == {("b", 2): "bb"}
        [path] = tmp_path.iterdir()
        path.write_bytes(content)
    assert run_jobs(operator.mul, one, ignore, tmp_path) == {("b", 2): "bb"}
    assert [str(path) in message for message in caplog.messages] == [True, True]


def _dies(folder: str, seed: int) -> int:
    if seed:
        while not list(Path(folder).iterdir()):  # until the first is kept
            time.sleep(0.05)
        time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGKILL)
    return seed


def test_a_killed_worker_is_reported_in_words_and_what_was_done_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    jobs = [(str(tmp_path), seed) for seed in range(3)]
    with pytest.raises(UserError, match=r"want of memory.* 1 of 3 .*same command"):
        run_jobs(_dies, jobs, ignore, tmp_path)
    assert len(list(tmp_path.iterdir())) == 1


def test_names_that_look_alike_as_files_are_kept_apart(tmp_path: Path) -> None:
    for name in ("a/b", "a-b"):
        assert run_jobs(operator.mul, [(name, 1)], ignore, tmp_path) == {(name, 1): name}


def _group_lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


STUDY = """
import sys, time
from pathlib import Path
from studies.common.runner import run_jobs

def work(name, seed):
    time.sleep(0.1 if seed == 0 else 60.0)
    return name

if __name__ == "__main__":
    run_jobs(work, [("a", seed) for seed in range(8)], lambda share, words: print(words, flush=True), Path("jobs"))
"""


def test_ctrl_c_ends_it_at_once_and_keeps_what_is_done(tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text(STUDY)
    root = Path(runner.__file__).parents[2]
    study = subprocess.Popen(
        [sys.executable, "slow.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(root)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        text=True,
    )
    assert study.stdout is not None
    try:
        assert study.stdout.readline() == "a 0\n"
        os.killpg(study.pid, signal.SIGINT)
        _, err = study.communicate(timeout=20)
    except BaseException:
        os.killpg(study.pid, signal.SIGKILL)
        raise
    assert study.returncode != 0
    assert err.splitlines()[-1] == "KeyboardInterrupt"
    assert "leaked" not in err
    assert err.count("Traceback") == 1  # of this process alone
    assert len(list((tmp_path / "jobs").glob("a-0-*.pickle"))) == 1
    assert len(list((tmp_path / "jobs").iterdir())) == 1
    deadline = time.monotonic() + 20
    while _group_lives(study.pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not _group_lives(study.pid)  # no worker goes on


def test_other_work_other_arguments_and_other_code_are_kept_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = [("b", 2)]
    assert run_jobs(operator.mul, one, ignore, tmp_path) == {("b", 2): "bb"}
    assert run_jobs(partial(sorted, reverse=True), [], ignore, tmp_path) == {}
    assert len(list(tmp_path.iterdir())) == 1
    assert runner._describe(partial(sorted, reverse=True)) != runner._describe(partial(sorted, reverse=False))
    assert runner._describe(partial(sorted)) == runner._describe(sorted)
    monkeypatch.setattr(runner, "fingerprint", lambda: "other code")
    assert run_jobs(operator.mul, one, ignore, tmp_path) == {("b", 2): "bb"}
    assert len(list(tmp_path.iterdir())) == 2


def test_the_fingerprint_is_that_of_code_and_shipped_minds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("housecat", "worlds", "intrinsic", "agent", "studies"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "code.py").write_text("one = 1")
    monkeypatch.setattr(runner.agent, "__file__", str(tmp_path / "agent" / "__init__.py"))
    seen = [runner.fingerprint()]
    (tmp_path / "studies" / "notes.txt").write_text("no code")
    assert runner.fingerprint() == seen[0]
    (tmp_path / "studies" / "code.py").write_text("one = 2")
    seen.append(runner.fingerprint())
    (tmp_path / "agent" / "kitten.safetensors").write_bytes(b"grown")
    seen.append(runner.fingerprint())
    assert len(set(seen)) == 3
