"""Goal: the distance of a named thing to where it should be."""

from __future__ import annotations

from typing import ClassVar

from torch import Tensor

from housecat.core.errors import UserError, unknown_name
from housecat.core.obs_layout import BODY, THINGS
from intrinsic.goals.reach import FIELDS, Reach
from intrinsic.objective import Memory, Names, View


class Goal(Reach):
    r"""Costs how far a named thing is from where it should be, plus how far the body is from the thing.

    Formula: ``cost = |thing[columns] - value| + 0.2 |thing - body|``, in m over the floor; the second part only where
    the columns are a position.

    Source: the goal distance as for `Reach`; the pull towards the thing is the reaching term of manipulation tasks,
    which a toy needs, since it does not come by itself.

    Reads: ``senses.things`` (\*lead, K, F) and ``senses.body``. The row of the thing is looked up when a life begins
    (`Objective.bind_names`).

    Made from text: ``goal:things.red_ball.position=1,2``; a blank in a name is written ``_``.

    Weaknesses: as for `Reach`. A thing that is not attended is imagined at rest, so a goal for a far thing has no
    gradient but the pull towards it.
    """

    argument_example: ClassVar[str] = "things.red_ball.position=1,2"
    pull: ClassVar[float] = 0.2

    def __init__(self, target: str) -> None:
        """Makes the objective.

        Args:
            target: ``things.name.columns=value``, where the columns are ``position`` or ``velocity``.

        Raises:
            UserError: The target is not of that form, or has another number of values.
        """
        super().__init__(target)
        if self.sense != "things" or len(self.path) != 3:
            raise UserError(
                f"goal:{target} names no thing. Write goal:{self.argument_example}; for other senses write reach:"
            )
        if self.columns is None:
            raise unknown_name("number of a thing", self.path[2], FIELDS["things"])
        self.row: int | None = None
        self.reads = frozenset({"senses.things", "senses.body"})

    def bind_names(self, names: Names) -> None:
        """Looks up the row of the thing."""
        known = [name.replace(" ", "_") for name in names.things]
        if self.path[1] not in known:
            raise unknown_name("thing", self.path[1], known)
        self.row = known.index(self.path[1])

    def sensed(self, view: View) -> Tensor:
        r"""Returns the row of the thing, (\*lead, F)."""
        return view["senses.things"][..., self.row or 0, :]

    def cost(self, view: View, memory: Memory = None) -> Tensor:
        """Returns the distance (m), shape (*lead,); 0 until `bind_names` was called."""
        if self.row is None:
            return 0.0 * view["senses.things"][..., 0, THINGS.x]
        cost = super().cost(view, memory)
        if self.path[2] != "position":
            return cost
        off = self.sensed(view)[..., THINGS.position_xy] - view["senses.body"][..., BODY.position]
        return cost + self.pull * (off.square().sum(-1) + 1e-12).sqrt()
