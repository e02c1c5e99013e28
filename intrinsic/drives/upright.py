"""Upright: a cost of tilt, for legged bodies."""

from __future__ import annotations

from typing import ClassVar

from torch import Tensor

from housecat.core.errors import UserError
from intrinsic.drives.hardwired import Hardwired
from intrinsic.objective import Memory, Names, View


class Upright(Hardwired):
    r"""Costs leaning and lying.

    Formula: ``cost = (1 - u) / 2`` with u the cosine of the tilt: 0 upright, 1/2 on the side, 1 on the back.

    Source: the ``upright`` term of the DeepMind Control Suite's walker (Tassa et al. 2018, arXiv 1801.00690),
    which is one less this cost.

    Reads: ``senses.body``, of which one number must be called ``up z``, the cosine of the tilt. The host tells which
    one it is when a life begins (`Objective.bind_names`); a body without it cannot have this drive.

    Weaknesses: standing still on its feet has no cost: use it together with `movement`.
    """

    reads = frozenset({"senses.body"})
    unit = 0.5
    reading: ClassVar[str] = "up z"

    def __init__(self) -> None:
        super().__init__()
        object.__setattr__(self, "place", None)  # past the seal: the host says which column it is

    def bind_names(self, names: Names) -> None:
        """Looks up the column of the cosine of the tilt."""
        readings = names.readings.get("body", ())
        if self.reading not in readings:
            raise UserError(
                f"'upright' needs a body that tells which way is up, by a reading called {self.reading!r}. "
                f"This one tells {', '.join(readings) or 'no names'}. Take a legged body, or leave 'upright' out"
            )
        object.__setattr__(self, "place", readings.index(self.reading))

    def cost(self, view: View, memory: Memory = None) -> Tensor:
        """Returns the tilt (0 to 1), shape (*lead,); 0 until `bind_names` was called."""
        place: int | None = self.place  # type: ignore[assignment]
        body = view["senses.body"]
        return 0.0 * body.sum(-1) if place is None else 0.5 * (1.0 - body[..., place])
