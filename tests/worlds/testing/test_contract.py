"""The conformance run: a good world passes, and each way of being broken is found and reported."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import worlds
from housecat.core.errors import UserError
from worlds.testing.contract import CHECKS, check

ROOT = Path(worlds.__file__).parent.parent
ATTIC = f"{ROOT / 'examples/my_worlds.py'}:Attic"
BROKEN = '''
import itertools, time
import numpy as np
from worlds import Room, Shape

class Bare(Room):
    size = (3.0, 3.0)
    def build(self):
        self.add_floor(); self.add_walls()
        self.ball = self.add_thing(Shape("ball", "sphere", (0.1,) * 3, (0.9, 0.3, 0.6), 0), mass=0.2)
    def initialize_episode(self):
        self.ball.place(*self.sample_position(0.1, 0.5))

class Global(Bare):
    """Lays out by a generator that no seed reaches."""
    chance = np.random.default_rng()
    def initialize_episode(self):
        self.ball.place(*self.chance.uniform(-0.5, 0.5, 2))

class Fixed(Bare):
    """Is laid out the same way always."""
    def initialize_episode(self):
        self.ball.place(0.5, 0.5)
    def place_body(self):
        self.body.place(-0.5, -0.5, 0.0)

class Forgetful(Bare):
    """Counts, and does not keep the count."""
    count = 0
    def initialize_episode(self):
        super().initialize_episode()
        self.count = 0
    def update(self):
        self.count += 1
        if self.count % 50 == 0:
            self.ball.place(*self.ball.pose()[0][:2], 1.0)

class Drifting(Bare):
    """Depends on how many were made before."""
    made = itertools.count(1)
    def initialize_episode(self):
        super().initialize_episode()
        self.number = next(self.made)
    def update(self):
        self.physics.apply_impulse(self.ball.body, (1e-6 * self.number, 0.0, 0.0))

class Telling(Bare):
    """Moves when its truth is asked for."""
    def truth(self):
        self.ball.place(0.0, 0.0, 2.0)
        return super().truth()

class Lazy(Bare):
    """Takes any action."""
    def _validate_action(self, action):
        return np.zeros(5, np.float32)

class Boundless(Bare):
    """Has a sense that leaves its space."""
    def _sense_vitals(self):
        return np.array([7.0, 0.0, 22.0], np.float32)

class Slow(Bare):
    """Takes its time."""
    def update(self):
        started = time.process_time()
        while time.process_time() < started + 0.02:
            pass
'''


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("worlds") / "broken.py"
    path.write_text(BROKEN)
    return path


@pytest.mark.parametrize("name", [*worlds.names(), ATTIC])
def test_every_world_keeps_the_contract(name: str) -> None:
    report = check(name, seeds=(0,), steps=12)
    assert report.ok, str(report)
    assert [finding.check for finding in report.findings] == list(CHECKS)


@pytest.mark.parametrize(
    ("world", "title", "words"),
    [
        ("Global", "seeds", "two worlds of seed 0 differ after 0 resets"),
        ("Fixed", "seeds", "a second reset without a seed is like the first"),
        ("Drifting", "determinism", r"differs at step 0: ball.position.x: -?\d.* and -?\d"),
        ("Forgetful", "snapshot", r"differs after \d+ steps. Name in `state_attributes`"),
        ("Telling", "truth", "asking a world for its truth changes what follows"),
        ("Boundless", "truth", "the sense vitals leaves its space"),
        ("Lazy", "bad actions", "is taken"),
        ("Slow", "time", "leaves the agent no time"),
    ],
)
def test_what_is_broken_is_found(broken: Path, world: str, title: str, words: str) -> None:
    steps = 24 if title == "snapshot" else 8
    report = check(f"{broken}:{world}", seeds=(0,), steps=steps, only=(title,))
    (finding,) = report.findings
    assert finding.mark == "fail"
    assert not report.ok
    assert re.search(words, finding.message), finding.message


def test_a_check_with_nothing_to_go_by_is_refused() -> None:
    with pytest.raises(UserError, match="at least 4 steps and one seed"):
        check("playroom", steps=1)
    with pytest.raises(UserError, match="Did you mean playroom"):
        check("playrom")


def test_the_plugin_makes_a_test_of_every_check(broken: Path, tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text(f"[pytest]\nhousecat_worlds = {broken}:Lazy\n")
    plugins = ["-p", "worlds.testing.pytest_plugin", "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", "-q", *plugins, "-k", "bad or seeds"]
    environment = {"PYTHONPATH": str(ROOT), "PATH": ""}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "1 failed, 1 passed" in done.stdout
    assert "is taken; override `_advance`" in done.stdout
    assert "Traceback" not in done.stdout


def test_the_command_reports_and_ends_with_a_status(broken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from housecat.cli import main as housecat

    options = ["--steps", "8", "--seeds", "0"]
    assert housecat.main(["worlds", "check", f"{broken}:Lazy", *options]) == 1
    output = capsys.readouterr().out
    assert re.search("✗ +bad actions", output)
    assert "1 of 8 checks failed" in output
    assert housecat.main(["worlds", "check", f"{broken}:Bare", *options, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["ok"] is True
    assert {finding["check"] for finding in found["findings"]} == set(CHECKS)
    for wrong in (["worlds", "check"], ["worlds", "check", f"{broken}:Bar"], ["worlds", "list", "playroom"]):
        assert housecat.main(wrong) == 2
        assert "Traceback" not in capsys.readouterr().err
