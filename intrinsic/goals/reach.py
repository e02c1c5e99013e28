"""Reach: the distance of some columns of a sense to a target value."""

from __future__ import annotations

from typing import ClassVar, Final

import torch
from torch import Tensor

from housecat.core.errors import UserError, unknown_name
from housecat.core.obs_layout import BODY, THINGS, VITALS, indices, keep
from intrinsic.objective import Memory, Names, Objective, View

# Columns of a sense that a goal can name; `Names.readings` tells of further ones.
FIELDS: Final[dict[str, dict[str, slice]]] = {
    "body": {"position": BODY.position, "velocity": BODY.velocity},
    "vitals": {name: keep(getattr(VITALS, name)) for name in ("energy", "damage", "temperature")},
    "things": {"position": THINGS.position, "velocity": THINGS.velocity},
}


class Reach(Objective):
    r"""Costs the distance between what is sensed and what should be.

    Formula: ``cost = |sense[columns] - value|``, Euclidean, in the sense's units; one unit counts as one.

    Source: the goal distance of goal-conditioned control, as a cost of every step: a planner then sums it over the
    whole way, not its end alone, and sets out at once.

    Reads: the sense that it names, such as ``senses.vitals``.

    Made from text: ``reach:vitals.energy=1``, ``reach:body.position=0,0``, or by a reading's own name as the host tells
    it, ``reach:body.paw=0.5``.

    Weaknesses: where the straight way is blocked, the distance has a local minimum; only planning and the critic lead
    around it.
    """

    unit = 1.0
    long_horizon: ClassVar[bool] = True
    argument_example: ClassVar[str] = "vitals.energy=1"

    def __init__(self, target: str) -> None:
        """Makes the objective.

        Args:
            target: ``sense.columns=value``, with as many values as columns, separated by commas.

        Raises:
            UserError: The target is not of that form, or has another number of values.
        """
        super().__init__()
        path, values = parse_target(type(self).__name__.lower(), target, self.argument_example)
        self.argument, self.path = target, path
        self.sense = path[0]
        self.reads = frozenset({f"senses.{self.sense}"})
        self.goal: Tensor
        self.register_buffer("goal", torch.tensor(values))
        self.columns: slice | None = FIELDS.get(self.sense, {}).get(path[-1])
        self._fits()

    def _fits(self) -> None:
        if self.columns is not None and not 0 < len(self.goal) <= (count := len(indices(self.columns))):
            raise UserError(
                f"{self.argument!r} gives {len(self.goal)} values; {'.'.join(self.path)} has {count}, "
                f"such as {self.argument_example}"
            )

    def bind_names(self, names: Names) -> None:
        """Looks up the column among the host's readings."""
        if self.columns is None:
            known = [name.replace(" ", "_") for name in names.readings.get(self.sense, ())]
            if self.path[-1] not in known:
                raise unknown_name(f"reading of {self.sense}", self.path[-1], (*FIELDS.get(self.sense, {}), *known))
            self.columns = keep(known.index(self.path[-1]))
            self._fits()

    def sensed(self, view: View) -> Tensor:
        r"""Returns the sense, (\*lead, n)."""
        return view[f"senses.{self.sense}"]

    def cost(self, view: View, memory: Memory = None) -> Tensor:
        """Returns the distance, shape (*lead,); 0 until `bind_names` was called."""
        sense = self.sensed(view)
        if self.columns is None:
            return 0.0 * sense[..., 0]
        off = sense[..., self.columns][..., : len(self.goal)] - self.goal
        return (off.square().sum(-1) + 1e-12).sqrt()  # the constant keeps the gradient finite at the goal


def parse_target(kind: str, target: str, example: str) -> tuple[list[str], list[float]]:
    """Splits ``sense.columns=1,2`` into names and values.

    Raises:
        UserError: It is not of that form.
    """
    path, equals, text = target.partition("=")
    parts = [part.strip() for part in path.split(".")]
    try:
        values = [float(value) for value in text.split(",")]
    except ValueError:
        values = []
    if not equals or not values or len(parts) < 2 or not all(map(str.isidentifier, parts)):
        raise UserError(f"{kind}:{target} says no goal. Write {kind}:{example}")
    return parts, values
