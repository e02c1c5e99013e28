"""Views, and objectives that misbehave, for the tests of objectives."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor

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

        things = draw(*lead, 4, 19)
        things[..., -1] = 1.0
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
