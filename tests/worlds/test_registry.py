"""Worlds by name, from a file, and from an installed plug-in."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import gymnasium
import pytest

import worlds
from housecat.core.errors import UserError
from housecat.core.obs_layout import THINGS
from worlds import registry

ATTIC = Path(worlds.__file__).parent.parent / "examples/my_worlds.py"


@pytest.fixture
def plugins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Installs worlds as a distribution would: a good one, a broken one, no world, and one with a name of ours."""
    (tmp_path / "lofts.py").write_text(ATTIC.read_text().replace("class Attic", "class Loft"))
    (tmp_path / "ruins.py").write_text("raise RuntimeError('fell down')")
    info = tmp_path / "lofts-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Name: lofts\nVersion: 1.0\n")
    names = "loft = lofts:Loft", "ruin = ruins:Ruin", "noworld = lofts:LAMP", "playroom = lofts:Loft"
    (info / "entry_points.txt").write_text("[housecat.worlds]\n" + "\n".join(names) + "\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def test_a_world_from_a_file_is_made_and_used() -> None:
    world = worlds.make(f"{ATTIC}:Attic", seed=4, senses=("body", "cues"))
    assert set(world.reset(seed=1)[0]) == {"body", "cues"}
    assert worlds.class_of(f"{ATTIC}:Attic") is type(world)
    (description,) = worlds.describe(f"{ATTIC}:Attic")
    assert description.summary.startswith("A small attic")
    assert (description.origin, description.id, description.problem) == (str(ATTIC), "", "")


def test_the_attics_lamp_answers_to_the_ball() -> None:
    world = worlds.make(f"{ATTIC}:Attic", seed=4, senses=("cues", "things"))
    lamp = world.things.index("lamp")
    assert world.observe()["cues"] == [0.0]
    world.apply(worlds.Poke("ball", (0.3, 0.0, 0.0)))
    lamp_events = []
    for _ in range(6):
        obs, _, _, _, info = world.step(world.action_space.sample() * 0)
        lamp_events += [event for event in info["events"] if event["event"] == "lamp"]
    assert lamp_events == [{"event": "lamp", "on": True}]
    assert obs["cues"] == obs["things"][lamp, THINGS.glow] == 1.0
    assert world.truth()["lamp.on"] is True
    world.reset(seed=4)
    assert world.observe()["cues"] == [0.0]


def test_an_installed_world_is_known_by_name_and_to_gymnasium(plugins: Path) -> None:
    assert worlds.names()[-3:] == ("loft", "noworld", "ruin")
    assert type(worlds.make("loft", seed=1)).__name__ == "Loft"
    descriptions = {description.name: description for description in worlds.describe()}
    assert (descriptions["loft"].origin, descriptions["loft"].id) == ("lofts", "housecat/Loft-v0")
    assert "fell down" in descriptions["ruin"].problem
    assert "not a subclass" in descriptions["noworld"].problem
    assert descriptions["playroom"].origin == "housecat"
    worlds.register()
    try:
        env = gymnasium.make("housecat/Loft-v0")
        assert env.observation_space["things"].shape == (3 * 19,)
        env.close()
    finally:
        for name in ("loft", "ruin", "noworld"):
            gymnasium.registry.pop(registry.gym_id(name))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("playrom", r"unknown world 'playrom'. Did you mean playroom"),
        ("nothing.py:Attic", "does not exist"),
        ("{attic}", "names a file but no class in it. Write .*:Attic"),
        ("{attic}:Atic", "unknown world in .* Did you mean Attic"),
        ("{attic}:LAMP", "LAMP in .* is not a world. Derive it from worlds.Room.*Worlds there: Attic"),
        ("{bad}:Half", "has no method `initialize_episode`"),
        ("{bad}:Faulty", r"cannot be made: bad.py, line 9: ZeroDivisionError"),
        ("{bad}:Crowded", "no place left"),
        ("{bad}:Quits", r"cannot be made: bad.py, line 14: SystemExit"),
        ("{syntax}:Any", "cannot import syntax.py: syntax.py, line 1: SyntaxError"),
    ],
)
def test_a_world_that_cannot_be_made_says_why(name: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "syntax.py").write_text("class Any(:")
    (tmp_path / "bad.py").write_text(
        "from worlds import Room\n"
        "class Half(Room):\n"
        "    def build(self):\n"
        "        pass\n"
        "class Faulty(Half):\n"
        "    def initialize_episode(self):\n"
        "        pass\n"
        "    def build(self):\n"
        "        1 / 0\n"
        "class Crowded(Half):\n"
        "    def initialize_episode(self):\n"
        "        for _ in range(9): self.sample_position(1.4, 1.4)\n"
        "class Quits(Half):\n"
        "    def initialize_episode(self): raise SystemExit(0)\n"
    )
    given = name.format(attic=ATTIC, bad=tmp_path / "bad.py", syntax=tmp_path / "syntax.py")
    with pytest.raises(UserError, match=words):
        worlds.make(given)


def test_a_world_with_odd_bodies_or_hints_has_a_description_with_its_problem_and_breaks_nothing(tmp_path: Path) -> None:
    (tmp_path / "odd.py").write_text(
        "from worlds import Room\n"
        "class Odd(Room):\n"
        "    bodies = None\n"
        "class Hinted(Room):\n"
        "    def __init__(self, seed=None, many: 'no such hint' = 3):\n"
        "        super().__init__(seed)\n"
        "    def build(self): self.add_floor()\n"
        "    def initialize_episode(self): pass\n"
    )
    (description,) = worlds.describe(f"{tmp_path / 'odd.py'}:Odd")
    assert description.problem.startswith("it cannot be described")
    world = worlds.make(f"{tmp_path / 'odd.py'}:Hinted", many=4)
    world.close()
    with pytest.raises(UserError, match=r"unknown option of Hinted 'frames_per_step'. Known: many, seed"):
        worlds.make(f"{tmp_path / 'odd.py'}:Hinted", frames_per_step=3)


def test_the_id_is_made_of_the_name() -> None:
    assert registry.gym_id("playroom") == "housecat/Playroom-v0"
    assert registry.gym_id("noisy-den_two") == "housecat/NoisyDenTwo-v0"


def test_gymnasium_finds_worlds_by_their_package_without_an_import() -> None:
    code = """import sys, gymnasium
assert "worlds" not in sys.modules
env = gymnasium.make("worlds:housecat/Fork-v0", body="octopus", max_episode_steps=3)
assert env.reset(seed=1)[0]["body"].shape == (31,)
vector = gymnasium.make_vec("worlds:housecat/Fork-v0", num_envs=2, vectorization_mode="sync")
print(env.spec.id, vector.reset(seed=1)[0]["body"].shape)"""
    root = Path(worlds.__file__).parent.parent
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False)
    assert done.stdout.split("\n")[0] == "housecat/Fork-v0 (2, 15)", done.stderr


def test_an_unknown_world_is_named_with_its_neighbours() -> None:
    with pytest.raises(UserError, match="Did you mean playroom"):
        worlds.make("playrom")
