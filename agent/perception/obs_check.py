"""What comes in from outside is looked at first: one number that is none would spoil all that a mind knows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from housecat.core.errors import UserError
from housecat.core.obs_layout import THINGS, labels
from worlds import World

Shapes = Mapping[str, tuple[int, ...]]

MOST = 1e9  # of a number sensed: its square is still a number, and nothing in a room is as far, fast or strong
REMEDY = "Nothing of this step was remembered or learnt. Mend what the world senses"


@dataclass(frozen=True)
class ObsChecker:
    """What the senses of the world that a mind lives in are like, and what is called how there.

    Attributes:
        shapes: Of each sense.
        things: Names of the things.
        readings: Names of the numbers in a sense, where they have names.
    """

    shapes: Shapes
    things: tuple[str, ...] = ()
    readings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, world: World) -> ObsChecker:
        """Returns what a world tells of itself."""
        shapes = {name: tuple(space.shape or ()) for name, space in world.observation_space.items()}
        return cls(shapes, world.things, world.readings)

    def sound(self, obs: Mapping[str, Any], names: Iterable[str]) -> dict[str, npt.NDArray[Any]]:
        """Returns some senses, if each has its shape and finite numbers.

        Raises:
            UserError: If one has not, or is missing; nothing was changed.
        """
        lacking = [name for name in names if name not in obs]
        if lacking:
            raise UserError(f"the senses {', '.join(lacking)} are missing now; there are {', '.join(obs)}. {REMEDY}")
        return {name: self._sound(name, obs[name]) for name in names}

    def _sound(self, name: str, given: Any) -> npt.NDArray[Any]:
        shape = tuple(self.shapes[name])
        try:
            sense = np.asarray(given)
        except ValueError as error:
            raise UserError(f"the sense {name!r} is no table of numbers: {error}. {REMEDY}") from error
        if sense.dtype.kind not in "fiub":
            raise UserError(f"the sense {name!r} holds {sense.dtype}, not numbers. {REMEDY}")
        if sense.shape != shape:
            raise UserError(
                f"the sense {name!r} has the shape {sense.shape} now; when this life began it had {shape}. Senses keep "
                f"their shape as long as a life goes on: a thing that is gone has a last number of 0. {REMEDY}"
            )
        if sense.dtype.kind == "f" and not float(np.abs(sense).max(initial=0.0)) <= MOST:  # nan is not, either
            where = tuple(int(i) for i in np.argwhere(~(np.abs(sense) <= MOST))[0])
            raise UserError(
                f"the sense {name!r} has {float(sense[where])} at {self._place(name, where)}; a mind takes finite "
                f"numbers, up to {MOST:.0e}. {REMEDY}"
            )
        return sense

    def _place(self, name: str, where: tuple[int, ...]) -> str:
        """Says where in a sense a number is, by names where there are any."""
        if name == "things":
            row, column = where
            called = labels(THINGS).get(column, "what it looks like")
            thing = f" ({self.things[row]})" if row < len(self.things) else ""
            return f"row {row}{thing}, number {column} ({called})"
        known = self.readings.get(name, ())
        if len(where) == 1 and where[0] < len(known):
            return f"number {where[0]} ({known[where[0]]})"
        return "number " + ", ".join(map(str, where))
