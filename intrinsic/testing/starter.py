"""A file to start an objective of one's own from, and its test."""

from __future__ import annotations

import keyword
import re
from pathlib import Path
from typing import Final

from housecat.core.errors import UserError

OBJECTIVE_TEMPLATE: Final = '''"""{title}: an objective of one's own.

Watch it:  housecat watch --objective {file}:{name}=1
Check it:  housecat objectives check {file}:{name}
"""

from __future__ import annotations

from torch import Tensor

from intrinsic import BODY, Memory, Objective, View


class {name}(Objective):
    """Likes to go fast. (Say in one line what it likes or fears: this is what lists of objectives show.)"""

    # What it needs; it sees nothing else. `latent`, `action`, `mean`, `senses.body`, `senses.things`, `senses.vitals`,
    # `senses.touch`, each also as it was `.before` the step: see the table in intrinsic/objective.py. The columns of
    # these senses have names: import BODY, THINGS, VITALS and TOUCH from intrinsic.
    reads = frozenset({{"senses.body"}})

    # The cost that counts as one beside other objectives. None scales it by how much imagined plans differ.
    unit = 1.0

    def cost(self, view: View, memory: Memory = None) -> Tensor:
        """Returns the cost of each transition, (*lead,): lower is better, so what it likes is negative.

        It is asked about lived and about imagined steps, hundreds at a time: index from the right, reduce trailing
        dimensions only, change nothing, and draw no random numbers.
        """
        velocity = view["senses.body"][..., BODY.velocity]  # m/s
        return -velocity.square().sum(-1)

    # Leave out what you do not need:
    # def build(self, view): ...             # once, before life: make networks for the shapes that the view shows
    # def loss(self, view): ...              # a scalar to minimise; whoever hosts it owns optimiser and batches
    # def observe(self, view, memory=None)   # lived steps, each once: the only place to change buffers
    # memory = "episode"                     # with begin(lead) and remember(memory, view): a value, never changed
'''

TEST_TEMPLATE: Final = '''"""The contract of {name} is checked by housecat; what it likes is for you to say."""

from __future__ import annotations

from pathlib import Path

import torch

import intrinsic
from intrinsic import BODY

FILE = Path(__file__).with_name("{file}")


def test_keeps_the_contract() -> None:
    report = intrinsic.check(f"{{FILE}}:{name}")
    assert report.ok, str(report)


def test_likes_to_go_fast() -> None:
    objective = intrinsic.make(f"{{FILE}}:{name}")
    body = torch.zeros(2, 15)
    body[1, BODY.vx] = 0.5  # m/s
    rest, walk = objective.cost({{"senses.body": body}})
    assert walk < rest
'''


def write_starter(name: str, folder: Path) -> tuple[Path, Path]:
    """Writes a documented file with an objective in it, and a test for it.

    Args:
        name: Name of the class, such as ``LovesRed``.
        folder: The folder to write to.

    Returns:
        The paths of the file and of its test.

    Raises:
        UserError: It is no name for a class, or a file is there already.
    """
    if not name.isidentifier() or keyword.iskeyword(name) or not name[:1].isupper():
        raise UserError(f"{name!r} is no name for a class. Write letters, the first a capital, such as LovesRed")
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    file, test = folder / f"{words}.py", folder / f"test_{words}.py"
    for path in (file, test):
        if path.exists():
            raise UserError(f"{path} is there already. Take another name, or move it away")
    texts = (OBJECTIVE_TEMPLATE, TEST_TEMPLATE)
    for path, text in zip((file, test), texts, strict=True):
        try:
            path.write_text(text.format(name=name, file=file.name, title=words.replace("_", " ").capitalize()))
        except OSError as error:
            raise UserError(f"cannot write {path}: {error.strerror}") from error
    return file, test
