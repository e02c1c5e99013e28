"""Validates observations before a mind sees them: a single nan would spoil everything that it has learnt."""

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

MAX_MAGNITUDE = 1e9  # of a sensed number: its square is still finite, and nothing in a room is as far, fast or strong
REMEDY = "Nothing of this step was remembered or learnt. Mend what the world senses"


@dataclass(frozen=True)
class ObsChecker:
    """Checks that observations have the shapes of a world's senses and hold finite numbers.

    Attributes:
        shapes: Shape of each sense.
        things: Names of the things in that world.
        readings: Names of the numbers in a sense, for senses whose numbers have names.
    """

    shapes: Shapes
    things: tuple[str, ...] = ()
    readings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def from_world(cls, world: World) -> ObsChecker:
        """Makes a checker of the observations of a world."""
        shapes = {name: tuple(space.shape or ()) for name, space in world.observation_space.items()}
        return cls(shapes, world.things, world.readings)

    def validate(self, obs: Mapping[str, Any], names: Iterable[str]) -> dict[str, npt.NDArray[Any]]:
        """Returns the named senses as arrays.

        Args:
            obs: An observation, by sense.
            names: Names of the senses that are needed.

        Raises:
            UserError: If a sense is missing, has another shape, or holds numbers that are not finite.
        """
        lacking = [name for name in names if name not in obs]
        if lacking:
            raise UserError(f"the senses {', '.join(lacking)} are missing now; there are {', '.join(obs)}. {REMEDY}")
        return {name: self._validate_sense(name, obs[name]) for name in names}

    def _validate_sense(self, name: str, given: Any) -> npt.NDArray[Any]:
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
        if sense.dtype.kind == "f" and not float(np.abs(sense).max(initial=0.0)) <= MAX_MAGNITUDE:  # also true of nan
            index = tuple(int(i) for i in np.argwhere(~(np.abs(sense) <= MAX_MAGNITUDE))[0])
            raise UserError(
                f"the sense {name!r} has {float(sense[index])} at {self._place(name, index)}; a mind takes finite "
                f"numbers, up to {MAX_MAGNITUDE:.0e}. {REMEDY}"
            )
        return sense

    def _place(self, name: str, index: tuple[int, ...]) -> str:
        """Returns where in a sense a number stands, in words, by names where there are any."""
        if name == "things":
            row, column = index
            called = labels(THINGS).get(column, "what it looks like")
            thing = f" ({self.things[row]})" if row < len(self.things) else ""
            return f"row {row}{thing}, number {column} ({called})"
        known = self.readings.get(name, ())
        if len(index) == 1 and index[0] < len(known):
            return f"number {index[0]} ({known[index[0]]})"
        return "number " + ", ".join(map(str, index))
