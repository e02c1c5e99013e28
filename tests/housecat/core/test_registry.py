"""Classes by name: housecat's own, those of distributions, those in a file."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from housecat.core import registry as module
from housecat.core.errors import UserError
from housecat.core.plugins import PluginKind, class_from_file, class_from_source
from housecat.core.registry import Registry


class Animal:
    pass


class Cat(Animal):
    pass


KIND = PluginKind(Animal, "animal", "zoo.Animal", "my_zoo.py:Dog", "a method `speak`")
FILE = f"from {__name__} import Animal\nclass Dog(Animal): pass\nclass Stone: pass\n"


@pytest.fixture
def zoo(monkeypatch: pytest.MonkeyPatch) -> Registry[Animal]:
    points = (
        EntryPoint("fox", f"{__name__}:Cat", "zoo"),
        EntryPoint("stone", "pathlib:Path", "zoo"),
        EntryPoint("gone", "no_such_module:Fox", "zoo"),
        EntryPoint("cat", "pathlib:Path", "zoo"),  # a name of housecat's own cannot be taken
    )
    monkeypatch.setattr(module, "entry_points", lambda group: points if group == "zoo" else ())
    return Registry("zoo", {"cat": Cat}, KIND)


def test_a_class_is_found_by_its_name(zoo: Registry[Animal]) -> None:
    assert zoo.names() == ["cat", "fox", "gone", "stone"]
    assert zoo.load("cat") is Cat
    assert zoo.load("fox") is Cat
    assert (zoo.origin("cat"), zoo.origin("fox")) == ("housecat", f"{__name__}:Cat")
    assert zoo.origin("a/my_zoo.py:Dog") == "a/my_zoo.py"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("cta", "unknown animal 'cta'. Did you mean cat?.*name its file: my_zoo.py:Dog"),
        ("stone", r"animal 'stone' \(pathlib:Path\) is not a subclass of zoo.Animal"),
        ("gone", "cannot be imported: ModuleNotFoundError: No module named 'no_such_module'"),
        ("nowhere.py:Dog", "'nowhere.py' does not exist"),
    ],
)
def test_a_name_that_cannot_be_used_is_refused(zoo: Registry[Animal], name: str, words: str) -> None:
    with pytest.raises(UserError, match=words):
        zoo.load(name)


def test_a_class_in_a_file_is_loaded_within_the_context(tmp_path: Path) -> None:
    path = tmp_path / "my_zoo.py"
    path.write_text("class Dog: pass\n")
    entered = []

    @contextlib.contextmanager
    def context(name: str) -> Iterator[None]:
        entered.append(name)
        yield

    kind = PluginKind(object, "animal", "object", "my_zoo.py:Dog", "nothing")
    found = class_from_file(f"{path}:Dog", kind, context)
    assert found.__name__ == "Dog"
    assert class_from_file(f"{path}:Dog", kind, context) is found
    assert entered == ["my_zoo"]
    other = class_from_source(f"{path}:Dog", "class Dog: pass\nclass Cat: pass\n", kind, context)
    assert other is not found
    with pytest.raises(UserError, match=r"'.*my_zoo\.py' names a file but no class in it\. Write .*my_zoo\.py:Dog"):
        class_from_file(str(path), kind, context)
    with pytest.raises(UserError, match=r"unknown animal in .*my_zoo\.py 'Dgo'\. Did you mean Dog"):
        class_from_file(f"{path}:Dgo", kind, context)
    with pytest.raises(
        UserError, match=r"Dog in .* is not an animal\. Derive it from zoo\.Animal and give it a method"
    ):
        class_from_file(f"{path}:Dog", KIND)
