"""Views, and objectives that misbehave, for the tests of objectives."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor

from housecat.core.obs_layout import BODY, THING_SIZE, THINGS
from intrinsic import Names

MakeView = Callable[..., dict[str, Tensor]]


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture
def make_view() -> MakeView:
    """A view of random transitions of any leading shape: 3 members, 5 tokens, 4 latent dimensions, 4 things."""

    def make(*lead: int, seed: int = 0, members: int = 3) -> dict[str, Tensor]:
        generator = torch.Generator().manual_seed(seed)

        def draw(*shape: int) -> Tensor:
            return torch.rand(*shape, generator=generator)

        things = draw(*lead, 4, THING_SIZE)
        things[..., THINGS.present] = 1.0
        return {
            "latent": draw(*lead, 5, 4),
            "action": draw(*lead, 2) * 2.0 - 1.0,
            "mean": draw(members, *lead, 5, 4),
            "attended": (draw(*lead, 5) > 0.3).float(),
            "senses.vitals": draw(*lead, 3),
            "senses.body": draw(*lead, 15),
            "senses.things": things,
            "senses.touch": draw(*lead, 3),
        }

    return make


@pytest.fixture
def my_drives() -> str:
    return f"{Path(__file__).parents[2] / 'examples' / 'my_drives.py'}:LovesRed"


@pytest.fixture
def plugin_file(tmp_path: Path) -> Callable[[str], Path]:
    """Writes a plug-in file; the text follows the usual imports (4 lines)."""

    def write(text: str, name: str = "drives.py") -> Path:
        path = tmp_path / name
        path.write_text("import random\nimport numpy as np\nimport torch\nfrom intrinsic import Objective\n" + text)
        return path

    return write


@pytest.fixture
def room() -> Callable[..., dict[str, Tensor]]:
    """A view of one transition with a ball among two things, and a body that has the readings of `NAMES`."""

    def make(ball: tuple[float, float] = (1.0, 2.0), body: tuple[float, float] = (0.0, 0.0)) -> dict[str, Tensor]:
        things, own = torch.zeros(2, THING_SIZE), torch.zeros(8)
        things[0, THINGS.position_xy] = torch.tensor(ball)
        own[BODY.position] = torch.tensor(body)
        return {"senses.things": things, "senses.body": own, "senses.vitals": torch.tensor([0.4, 0.0, 22.0])}

    return make


@pytest.fixture
def names() -> Names:
    """What a host calls the things and readings of `room`."""
    readings = ("x", "y", "sin heading", "cos heading", "vx", "vy", "paw", "up z")
    return Names(("red ball", "box"), {"body": readings})
