from __future__ import annotations

import random
import sys

import numpy as np
import pytest
import torch

import intrinsic
from housecat.core.errors import UserError
from intrinsic.plugin import class_from_file, class_from_source

GOOD = "class Calm(Objective):\n    def cost(self, view, memory=None):\n        return view['action'].sum(-1)\n"


def test_a_class_in_a_file_becomes_an_objective(plugin_file):
    assert type(intrinsic.make(f"{plugin_file(GOOD)}:Calm")).__name__ == "Calm"


def test_the_same_file_gives_the_same_class(plugin_file):
    path = plugin_file(GOOD)
    assert class_from_file(f"{path}:Calm") is class_from_file(f"{path}:Calm")


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


def test_a_class_without_cost_is_told_what_to_define(plugin_file):
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
    one, other = class_from_source(spec, source), class_from_source(spec, f"{source}# changed\n")
    assert one is not other
    assert issubclass(one, intrinsic.Objective)
    with pytest.raises(UserError, match="line 1: SyntaxError"):
        class_from_source(spec, "class Calm(:")
