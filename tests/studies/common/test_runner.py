"""Work is done once, and whoever stops a study loses only what was being done."""

import operator
import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from housecat.core.errors import UserError
from studies.common import runner as jobs
from studies.common.runner import side_by_side


def test_what_was_done_before_a_failure_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    told: list[tuple[float, str]] = []
    with pytest.raises(IndexError):
        side_by_side(operator.getitem, [("abc", 0), ("abc", 2), ("abc", 9)], lambda *it: told.append(it), tmp_path)
    assert [words for _, words in told] == ["abc 0", "abc 2"]
    kept = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    told.clear()
    found = side_by_side(operator.getitem, [("abc", 1), ("abc", 2), ("abc", 0)], lambda *it: told.append(it), tmp_path)
    assert found == {("abc", 0): "a", ("abc", 1): "b", ("abc", 2): "c"}
    assert told == [(pytest.approx(2 / 3), "2 kept from before"), (1.0, "abc 1")]
    assert all(path.stat().st_mtime_ns == when for path, when in kept.items())
    assert len(list(tmp_path.iterdir())) == 3


def test_a_damaged_file_is_done_again_and_named(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    one = [("b", 2)]
    for content in (b"", b"no pickle"):
        assert side_by_side(operator.mul, one, lambda share, words: None, tmp_path) == {("b", 2): "bb"}
        [path] = tmp_path.iterdir()
        path.write_bytes(content)
    assert side_by_side(operator.mul, one, lambda share, words: None, tmp_path) == {("b", 2): "bb"}
    assert [str(path) in message for message in caplog.messages] == [True, True]


def _dies(what: str, seed: int) -> str:
    if seed:
        os.kill(os.getpid(), signal.SIGKILL)
    return what


def test_a_killed_worker_is_told_in_words_and_what_was_done_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    with pytest.raises(UserError, match=r"want of memory.* 1 of 3 .*same command"):
        side_by_side(_dies, [("a", 0), ("a", 1), ("a", 2)], lambda share, words: None, tmp_path)
    assert len(list(tmp_path.iterdir())) == 1


def test_names_that_look_alike_as_files_are_kept_apart(tmp_path: Path) -> None:
    for what in ("a/b", "a-b"):
        assert side_by_side(operator.mul, [(what, 1)], lambda share, words: None, tmp_path) == {(what, 1): what}


STUDY = """
import sys, time
from pathlib import Path
from studies.common.runner import side_by_side

def work(what, seed):
    time.sleep(0.1 if seed == 0 else 60.0)
    return what

if __name__ == "__main__":
    side_by_side(work, [("a", seed) for seed in range(8)], lambda share, words: print(words, flush=True), Path("lives"))
"""


def test_ctrl_c_ends_it_at_once_and_keeps_what_is_done(tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text(STUDY)
    root = Path(jobs.__file__).parents[2]
    study = subprocess.Popen(
        [sys.executable, "slow.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(root)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        text=True,
    )
    assert study.stdout is not None
    assert study.stdout.readline() == "a 0\n"
    os.killpg(study.pid, signal.SIGINT)
    assert study.wait(20) != 0
    assert len(list((tmp_path / "lives").glob("a-0-*.pickle"))) == 1
    assert len(list((tmp_path / "lives").iterdir())) == 1


def test_other_work_other_arguments_and_other_code_are_kept_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def quiet(share: float, words: str) -> None:
        pass

    one = [("b", 2)]
    assert side_by_side(operator.mul, one, quiet, tmp_path) == {("b", 2): "bb"}
    assert side_by_side(partial(sorted, reverse=True), [], quiet, tmp_path) == {}
    assert len(list(tmp_path.iterdir())) == 1
    assert jobs._told(partial(sorted, reverse=True)) != jobs._told(partial(sorted, reverse=False))
    assert jobs._told(partial(sorted)) == jobs._told(sorted)
    monkeypatch.setattr(jobs, "fingerprint", lambda: "other code")
    assert side_by_side(operator.mul, one, quiet, tmp_path) == {("b", 2): "bb"}
    assert len(list(tmp_path.iterdir())) == 2


def test_the_fingerprint_is_that_of_code_and_shipped_minds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("housecat", "worlds", "intrinsic", "agent", "studies"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "code.py").write_text("one = 1")
    monkeypatch.setattr(jobs.agent, "__file__", str(tmp_path / "agent" / "__init__.py"))
    seen = [jobs.fingerprint()]
    (tmp_path / "studies" / "notes.txt").write_text("no code")
    assert jobs.fingerprint() == seen[0]
    (tmp_path / "studies" / "code.py").write_text("one = 2")
    seen.append(jobs.fingerprint())
    (tmp_path / "agent" / "kitten.safetensors").write_bytes(b"grown")
    seen.append(jobs.fingerprint())
    assert len(set(seen)) == 3
