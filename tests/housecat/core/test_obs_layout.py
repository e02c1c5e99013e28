"""The columns of the senses are named in one file, and never written as bare numbers anywhere else."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pytest
import torch

import worlds
from housecat.core import obs_layout
from housecat.core.obs_layout import (
    BODY,
    BODY_COMMON_SIZE,
    LAYOUTS,
    THING_SIZE,
    THINGS,
    VITALS,
    bounds,
    column_in,
    indices,
    keep,
    labels,
    markdown_tables,
)
from worlds.bodies import BODIES
from worlds.env import World

ROOT = Path(__file__).parents[3]
SENSES = ("body", "things", "vitals", "cues")
# Methods whose result has the columns of what they are called on.
SAME_COLUMNS = ("clone", "copy", "numpy", "detach", "double", "float", "astype", "diff", "expand", "cpu", "to")


def sources() -> list[Path]:
    folders = (
        "agent",
        "benchmarks",
        "examples",
        "housecat",
        "intrinsic",
        "scripts",
        "studies",
        "tests",
        "viewer",
        "worlds",
    )
    found = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return [path for path in found if path not in (Path(obs_layout.__file__), Path(__file__))]


def sense_of_key(node: ast.expr) -> str | None:
    """Names the sense that ``obs["things"]``, ``view["senses.things.before"]`` or ``get("obs.things")`` reads."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        parts = [part for part in node.value.split(".") if part not in ("obs", "senses", "before")]
        if len(parts) == 1 and parts[0] in SENSES:
            return parts[0]
    return None


class MagicColumns(ast.NodeVisitor):
    """Finds where a sense is indexed by bare numbers: directly, or by a local name that was assigned from it."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.found: list[int] = []

    def sense(self, node: ast.expr) -> str | None:
        """Names the sense whose columns an expression has."""
        if isinstance(node, ast.Name):
            return self.names.get(node.id)
        if isinstance(node, ast.Subscript):
            owner = ast.unparse(node.value).split(".")[-1]
            if owner.endswith(("shapes", "offered", "losses", "mine", "own", "state")):
                return None  # a shape, a loss or a saved state by the name of a sense is no sense
            inner = None if isinstance(node.slice, ast.Tuple) else self.sense(node.value)
            return sense_of_key(node.slice) or inner
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr == "get" and node.args:
                return sense_of_key(node.args[0])
            if node.func.attr in SAME_COLUMNS:
                return self.sense(node.func.value)
            if node.func.attr in ("asarray", "array", "from_numpy", "as_tensor") and node.args:
                return self.sense(node.args[0])
        return None

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        outer, self.names = self.names, {"things": "things", "vitals": "vitals"}  # arguments are called so
        self.generic_visit(node)
        self.names = outer

    def visit_Assign(self, node: ast.Assign) -> None:
        self.generic_visit(node)
        for target in node.targets:
            pairs = [(target, node.value)]
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                pairs = list(zip(target.elts, node.value.elts, strict=False))
            for name, value in pairs:
                if isinstance(name, ast.Name):
                    self.names.pop(name.id, None)
                    if found := self.sense(value):
                        self.names[name.id] = found

    def visit_Subscript(self, node: ast.Subscript) -> None:
        self.generic_visit(node)
        sense = self.sense(node.value)
        if sense is None:
            return
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        # A row of `things` is a thing: only what follows is a column.
        if bare(parts[-1]) and (len(parts) > 1 or sense != "things"):
            self.found.append(node.lineno)


def bare(index: ast.expr) -> bool:
    """Tells whether an index is a number, a slice by numbers, or a list of numbers."""
    if isinstance(index, ast.Slice):
        return any(end is not None and bare(end) for end in (index.lower, index.upper))
    if isinstance(index, ast.List | ast.Tuple):
        return bool(index.elts) and all(map(bare, index.elts))
    if isinstance(index, ast.UnaryOp):
        return bare(index.operand)
    return isinstance(index, ast.Constant) and type(index.value) is int


def magic_columns(source: str) -> list[int]:
    finder = MagicColumns()
    finder.visit(ast.parse(source))
    return finder.found


def test_no_column_is_a_bare_number() -> None:
    offenders = [
        f"{path.relative_to(ROOT)}:{line}" for path in sources() for line in magic_columns(path.read_text("utf-8"))
    ]
    assert not offenders, f"columns by number; take them from housecat/core/obs_layout.py: {', '.join(offenders)}"


@pytest.mark.parametrize(
    "line",
    [
        'obs["things"][..., 0:2]',
        'obs["vitals"][1]',
        'view["senses.body"][..., 4:6]',
        'obs["body"][:2]',
        'things, body = senses["things"].clone(), senses["body"]; things[:, -1:]',
        'x = run["obs.body"]; x[:, :2]',
        'view["senses.things.before"][..., [1, 4]]',
        'np.asarray(run.get("obs.things", none), float)[..., :2]',
    ],
)
def test_a_bare_number_is_found(line: str) -> None:
    assert magic_columns(line)


@pytest.mark.parametrize(
    "line", ['obs["things"][0]', 'obs["things"][0, THINGS.rgb]', 'obs["things"][1:, ..., THINGS.present]', "x[..., 1]"]
)
def test_rows_and_names_are_no_bare_numbers(line: str) -> None:
    assert not magic_columns(line)


@pytest.fixture(scope="module")
def world() -> World:
    return worlds.make("playroom", seed=0, senses=("body", "touch", "things", "vitals", "eye"))


def test_the_layout_fits_what_a_room_senses(world: World) -> None:
    for name, sense in world.observe().items():
        assert sense.dtype == LAYOUTS[name].dtype
        for column in LAYOUTS[name].columns:
            part = sense[..., column.index]
            assert part.shape[-1:] != (0,), column
            assert column.low <= part.min() <= part.max() <= column.high, column
    things = world.observe()["things"]
    assert things.shape == (len(world.things), THING_SIZE)
    np.testing.assert_array_equal(things[:, THINGS.position], world.truth()["things.position"])
    red = things[world.things.index("red ball")]
    assert red[THINGS.rgb].argmax() == 0
    assert red[THINGS.present] == 1.0
    assert red[THINGS.shape_one_hot].tolist() == [1.0, 0.0, 0.0]


@pytest.mark.parametrize("name", sorted(BODIES))
def test_every_body_begins_with_the_common_readings(name: str) -> None:
    body = BODIES[name]
    readings = [reading.removeprefix("hand ") for reading in body.readings[:BODY_COMMON_SIZE]]
    assert readings == ["x", "y", "sin heading", "cos heading", "vx", "vy"]
    assert [readings[i] for i in (BODY.x, BODY.y, BODY.sin_heading, BODY.cos_heading, BODY.vx, BODY.vy)] == readings


def test_single_columns_and_slices_agree() -> None:
    for layout in LAYOUTS.values():
        named = {column.name: column.index for column in layout.columns}
        for single, several in (
            ("x", "position"),
            ("y", "position"),
            ("z", "position"),
            ("vx", "velocity"),
            ("vy", "velocity"),
            ("vz", "velocity"),
            ("sin_heading", "heading"),
            ("cos_heading", "heading"),
            ("radius", "half_size"),
        ):
            if single in named:
                assert named[single] in indices(named[several], THING_SIZE)
    assert indices(THINGS.appearance, THING_SIZE)[-1] == THINGS.present % THING_SIZE
    assert THINGS.glow == THING_SIZE - 2
    row = np.arange(float(THING_SIZE))
    for column in (THINGS.radius, THINGS.glow, THINGS.present):
        assert row[THINGS.appearance][column_in(column, THINGS.appearance)] == row[column]


@pytest.mark.parametrize("array", [np.arange(19.0)[None], torch.arange(19.0)[None]])
def test_arrays_and_tensors_are_indexed_alike(array: np.ndarray | torch.Tensor) -> None:
    assert array[..., THINGS.rgb].tolist() == [[11.0, 12.0, 13.0]]
    assert array[..., THINGS.present].tolist() == [18.0]
    assert array[..., keep(THINGS.present)].tolist() == [[18.0]]
    assert array[..., keep(THINGS.glow)].tolist() == [[17.0]]
    assert array[..., list(indices(THINGS.heading))].tolist() == array[..., THINGS.heading].tolist() == [[6.0, 7.0]]


def test_a_layout_cannot_be_changed_and_a_slice_without_an_end_needs_a_size() -> None:
    with pytest.raises(AttributeError):
        THINGS.present = 3  # type: ignore[misc]
    with pytest.raises(ValueError, match="give the size"):
        indices(BODY.proprioception)
    assert indices(BODY.proprioception, 9) == (6, 7, 8)


def test_vitals_have_labels_and_bounds() -> None:
    assert labels(VITALS) == {0: "energy", 1: "damage rate", 2: "temperature"}
    low, high = bounds(VITALS)
    assert low.tolist() == [0.0, 0.0, -50.0]
    assert high.tolist() == [1.0, 1.0, 150.0]
    assert labels(THINGS)[THINGS.vz] == "velocity z"


def test_the_tables_name_every_column_of_every_sense() -> None:
    text = markdown_tables()
    for layout in LAYOUTS.values():
        assert f"### `{layout.sense}`" in text
        for column in layout.columns:
            assert f"`{layout.sense.upper()}.{column.name}`" in text
    assert "| 11-13 | `THINGS.rgb` | colour: red, green and blue | - | 0 to 1 |" in text
    assert "| last | `THINGS.present` |" in text
    assert "| 2 | `VITALS.temperature` | temperature of the skin | deg C | -50 to 150 |" in text
