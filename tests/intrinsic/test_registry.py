from __future__ import annotations

import sys

import pytest
import torch

import intrinsic
from housecat.core.errors import UserError


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
    by_name = {it.name: it for it in intrinsic.describe()}
    assert set(by_name) >= {"disagreement", "effort", "hunger", "pain"}
    assert by_name["pain"].hardwired
    assert by_name["pain"].unit == 0.2
    assert by_name["disagreement"].reads == ("attended", "mean")
    assert by_name["disagreement"].unit is None
    assert all(it.summary and not it.problem for it in by_name.values() if it.origin == "housecat")


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
    (it,) = intrinsic.describe("purr")
    assert (it.origin, it.summary, it.problem) == ("purring", "Likes to purr.", "")
    assert intrinsic.Mixture({"purr": 1.0}).names == ("purr",)


def test_an_installed_plugin_that_does_not_import_names_its_package_and_harms_no_other(installed):
    installed("import nosuchmodule\n", "purr = purring_drives:Purr")
    with pytest.raises(UserError, match=r"objective 'purr' \(purring\) cannot be imported: .*nosuchmodule"):
        intrinsic.make("purr")
    assert {it.name for it in intrinsic.describe() if it.problem} == {"purr"}


def test_an_installed_plugin_cannot_take_over_a_drive(installed):
    installed(PURR, "pain = purring_drives:Purr")
    assert type(intrinsic.make("pain")).__name__ == "Pain"
    assert intrinsic.names().count("pain") == 1
