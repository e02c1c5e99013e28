from __future__ import annotations

import random
import sys

import numpy as np
import pytest
import torch

import intrinsic
from housecat.core.errors import UserError
from intrinsic.registry import REGISTRY


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pain", ("pain", 1.0)),
        ("disagreement=1.5", ("disagreement", 1.5)),
        (" pain = 2 ", ("pain", 2.0)),
        ("my_drives.py:LovesRed", ("my_drives.py:LovesRed", 1.0)),
        ("my_drives.py:LovesRed=2.0", ("my_drives.py:LovesRed", 2.0)),
        ("runs/a=1/my_drives.py:LovesRed=-0.5", ("runs/a=1/my_drives.py:LovesRed", -0.5)),
    ],
)
def test_a_spec_is_a_name_and_a_weight(text, expected):
    assert intrinsic.parse_spec(text) == expected


@pytest.mark.parametrize("text", ["pain=", "pain=much", "pain=nan", "my_drives.py:LovesRed=inf"])
def test_a_weight_that_is_no_number_is_refused_with_an_example(text):
    with pytest.raises(UserError, match=r"is not a weight\. Write a finite number, such as .*=1\.5"):
        intrinsic.parse_spec(text)


@pytest.mark.parametrize("text", ["", "=2"])
def test_a_spec_without_a_name_lists_the_names(text):
    with pytest.raises(UserError, match=r"names no objective.*disagreement"):
        intrinsic.parse_spec(text)


def test_an_objective_given_twice_is_refused():
    with pytest.raises(UserError, match="'pain' is given twice"):
        intrinsic.parse_specs(["pain", "hunger", "pain=2"])


def test_a_misspelt_name_gets_the_nearest_ones():
    with pytest.raises(UserError, match=r"unknown objective 'disagrement'. Did you mean disagreement"):
        intrinsic.make("disagrement")


def test_options_reach_the_constructor():
    assert intrinsic.make("disagreement", tokens="things").tokens == "things"


def test_options_that_do_not_exist_are_named():
    with pytest.raises(UserError, match=r"unexpected keyword argument 'colour'.*Its arguments are"):
        intrinsic.make("disagreement", colour="red")


def test_describe_tells_what_the_command_line_needs():
    by_name = {entry.name: entry for entry in intrinsic.describe()}
    assert set(by_name) >= {"disagreement", "effort", "hunger", "pain"}
    assert by_name["pain"].hardwired
    assert by_name["pain"].unit == 0.2
    assert by_name["disagreement"].reads == ("attended", "mean")
    assert by_name["disagreement"].unit is None
    assert all(entry.summary and not entry.problem for entry in by_name.values() if entry.origin == "housecat")


def test_describe_tells_of_a_file_and_of_what_is_wrong(my_drives):
    good, bad = intrinsic.describe(my_drives, "nosuch.py:Thing")
    assert good.summary.startswith("Loves red things")
    assert good.origin.endswith("my_drives.py")
    assert "does not exist" in bad.problem


def test_making_does_not_move_the_random_numbers_on_but_follows_the_seed(plugin_file):
    path = plugin_file(
        "class Learns(Objective):\n"
        "    def __init__(self):\n        super().__init__()\n        self.net = torch.nn.Linear(2, 1)\n"
        "    def cost(self, view, memory=None):\n        return 0\n"
    )

    def weights(seed: int) -> torch.Tensor:
        torch.manual_seed(seed)
        before = torch.get_rng_state()
        made = intrinsic.make(f"{path}:Learns")
        assert torch.equal(torch.get_rng_state(), before)
        return made.net.weight.detach()

    with torch.random.fork_rng():
        assert torch.equal(weights(1), weights(1))
        assert not torch.equal(weights(1), weights(2))


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Installs a distribution with entry points into a temporary path."""

    def install(module: str, points: str) -> None:
        (tmp_path / "purring_drives.py").write_text(module)
        info = tmp_path / "purring-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: purring\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[housecat.objectives]\n{points}\n")
        monkeypatch.syspath_prepend(str(tmp_path))

    yield install
    sys.modules.pop("purring_drives", None)


PURR = """
from intrinsic import Objective
class Purr(Objective):
    "Likes to purr."
    reads = frozenset({"senses.vitals"})
    def cost(self, view, memory=None):
        return view["senses.vitals"][..., 0]
"""


def test_an_installed_plugin_is_registered(installed):
    installed(PURR, "purr = purring_drives:Purr")
    assert "purr" in intrinsic.names()
    assert type(intrinsic.make("purr")).__name__ == "Purr"
    (entry,) = intrinsic.describe("purr")
    assert (entry.origin, entry.summary, entry.problem) == ("purring", "Likes to purr.", "")
    assert intrinsic.Mixture({"purr": 1.0}).names == ("purr",)


def test_an_installed_plugin_that_does_not_import_names_its_package_and_harms_no_other(installed):
    installed("import nosuchmodule\n", "purr = purring_drives:Purr")
    with pytest.raises(UserError, match=r"objective 'purr' \(purring\) cannot be imported: .*nosuchmodule"):
        intrinsic.make("purr")
    assert {entry.name for entry in intrinsic.describe() if entry.problem} == {"purr"}


def test_an_installed_plugin_cannot_take_over_a_drive(installed):
    installed(PURR, "pain = purring_drives:Purr")
    assert type(intrinsic.make("pain")).__name__ == "Pain"
    assert intrinsic.names().count("pain") == 1


GOOD = "class Calm(Objective):\n    def cost(self, view, memory=None):\n        return view['action'].sum(-1)\n"


def test_a_class_in_a_file_becomes_an_objective(plugin_file):
    assert type(intrinsic.make(f"{plugin_file(GOOD)}:Calm")).__name__ == "Calm"


def test_the_same_file_gives_the_same_class(plugin_file):
    path = plugin_file(GOOD)
    assert REGISTRY.load(f"{path}:Calm") is REGISTRY.load(f"{path}:Calm")


def test_a_file_finds_its_neighbours_and_leaves_the_path_alone(plugin_file):
    plugin_file("HEIGHT = 3\n", name="neighbour_of_drives.py")
    path = plugin_file("from neighbour_of_drives import HEIGHT\n" + GOOD)
    before = list(sys.path)
    assert intrinsic.make(f"{path}:Calm")
    assert sys.path == before
    del sys.modules["neighbour_of_drives"]


def test_a_missing_file_says_where_was_looked():
    with pytest.raises(UserError, match=r"'nosuch.py' does not exist \(looked in .*\)\. Name a file and a class"):
        intrinsic.make("nosuch.py:Calm")


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(UserError, match="is a folder"):
        intrinsic.make(f"{tmp_path}:Calm")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = 1\nimport nosuchmodule\n", r"drives\.py, line 6: ModuleNotFoundError: .*nosuchmodule"),
        ("def broken(:\n", r"drives\.py, line 5: SyntaxError"),
        ("print(torhc)\n", r"drives\.py, line 5: NameError: name 'torhc' is not defined"),
        ("raise SystemExit(1)\n", r"drives\.py, line 5: SystemExit"),
    ],
)
def test_a_file_that_does_not_import_names_the_line(plugin_file, text, message):
    with pytest.raises(UserError, match=r"cannot import drives.py: " + message):
        intrinsic.make(f"{plugin_file(text)}:Calm")


def test_a_class_that_is_not_there_lists_those_that_are(plugin_file):
    with pytest.raises(UserError, match=r"unknown objective in .*drives\.py 'Clam'\. Did you mean Calm"):
        intrinsic.make(f"{plugin_file(GOOD)}:Clam")


def test_a_file_without_objectives_says_so(plugin_file):
    with pytest.raises(UserError, match=r"has no 'Calm', nor any other subclass of intrinsic\.Objective"):
        intrinsic.make(f"{plugin_file('')}:Calm")


def test_a_file_without_a_class_lists_the_choices(plugin_file):
    path = plugin_file(GOOD)
    with pytest.raises(UserError, match=r"names a file but no class in it. Write .*drives\.py:Calm"):
        intrinsic.make(str(path))


def test_a_class_that_is_no_objective_says_what_to_derive_from(plugin_file):
    path = plugin_file("class Plain:\n    pass\n" + GOOD)
    with pytest.raises(UserError, match=r"Plain in .* is not an objective\. Derive it .*Objectives there: Calm"):
        intrinsic.make(f"{path}:Plain")


def test_a_class_without_cost_is_refused_with_what_to_define(plugin_file):
    path = plugin_file("class Idle(Objective):\n    pass\n")
    with pytest.raises(UserError, match=r"has no method `cost`: define cost\(self, view, memory=None\)"):
        intrinsic.make(f"{path}:Idle")


def test_a_constructor_that_needs_arguments_names_them(plugin_file):
    path = plugin_file(GOOD + "    def __init__(self, colour):\n        super().__init__()\n")
    with pytest.raises(
        UserError, match=r"missing a required argument: 'colour'.*give them defaults, or make the object"
    ):
        intrinsic.make(f"{path}:Calm")


def test_a_constructor_that_fails_names_the_line(plugin_file):
    path = plugin_file(GOOD + "    def __init__(self):\n        super().__init__()\n        1 / 0\n")
    with pytest.raises(UserError, match=r"cannot be made: drives\.py, line 10: ZeroDivisionError"):
        intrinsic.make(f"{path}:Calm")


def test_importing_leaves_the_random_numbers_alone(plugin_file):
    path = plugin_file("torch.manual_seed(0); np.random.seed(0); random.seed(0); torch.set_default_dtype(torch.double)")
    before = torch.get_rng_state(), np.random.get_state()[1].tolist(), random.getstate()
    with pytest.raises(UserError):
        intrinsic.make(str(path))
    assert torch.equal(torch.get_rng_state(), before[0])
    assert np.random.get_state()[1].tolist() == before[1]
    assert random.getstate() == before[2]
    assert torch.get_default_dtype() == torch.float32


def test_a_class_can_be_made_of_what_a_file_would_hold(tmp_path):
    spec, source = f"{tmp_path / 'unsaved.py'}:Calm", f"from intrinsic import Objective\n{GOOD}"
    one, other = REGISTRY.load_source(spec, source), REGISTRY.load_source(spec, f"{source}# changed\n")
    assert one is not other
    assert issubclass(one, intrinsic.Objective)
    with pytest.raises(UserError, match="line 1: SyntaxError"):
        REGISTRY.load_source(spec, "class Calm(:")
