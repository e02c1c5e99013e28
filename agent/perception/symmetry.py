"""The mirror symmetry of a body whose left and right sides are alike."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from agent.perception.encoder import Senses
from housecat.core.errors import UserError
from housecat.core.obs_layout import BODY, THINGS, keep
from worlds import World

THING_FLIPS = (THINGS.y, THINGS.vy, THINGS.sin_heading)


@dataclass(frozen=True)
class Symmetry:
    """Mirrors senses and actions of a body at a line along x: left and right are swapped, and turns change sign.

    Attributes:
        body: Permutation (n,) and signs (n,) of the sense ``body``.
        action: Permutation (A,) and signs (A,) of an action.
    """

    body: tuple[Tensor, Tensor]
    action: tuple[Tensor, Tensor]

    @classmethod
    def from_world(cls, world: World) -> Symmetry:
        """Returns the symmetry of the body in a world.

        Raises:
            UserError: If that body declares no `mirror_flips`.
        """
        symmetry = cls.find(world)
        if symmetry is None:
            name = getattr(getattr(world, "body", None), "name", "a body without a name")
            raise UserError(
                f"training.symmetry=True needs a body that is alike on both sides, such as kitten; here lives {name}"
            )
        return symmetry

    @classmethod
    def find(cls, world: World) -> Symmetry | None:
        """Returns the symmetry of the body in a world; None if that body declares no `mirror_flips`."""
        body = getattr(world, "body", None)
        flips = getattr(body, "mirror_flips", ())
        if body is None or not flips:
            return None
        return cls(_swapped(body.readings, flips), _swapped(body.actions, flips))

    def state_dict(self) -> dict[str, list[list[float]]]:
        """Returns it as plain values."""
        return {"body": [part.tolist() for part in self.body], "action": [part.tolist() for part in self.action]}

    @classmethod
    def from_state_dict(cls, state: dict[str, list[list[float]]]) -> Symmetry:
        """Makes the symmetry whose `state_dict` was returned."""
        (body, body_sign), (action, action_sign) = state["body"], state["action"]
        return cls((torch.tensor(body), torch.tensor(body_sign)), (torch.tensor(action), torch.tensor(action_sign)))

    def mirror_actions(self, actions: Tensor) -> Tensor:
        """Returns mirrored actions (..., A)."""
        order, sign = self.action
        return actions[..., order] * sign

    def mirror_senses(self, senses: Senses, center_y: float) -> Senses:
        """Returns senses (B, ...) mirrored at the line along x through `center_y` (m)."""
        (order, sign), shift = self.body, torch.zeros(len(self.body[0]))
        shift[BODY.y] = 2.0 * center_y
        flipped = {**senses, "body": senses["body"][..., order] * sign + shift}
        things = senses["things"].clone()
        if things.numel():
            there = (things[..., keep(THINGS.present)] > 0.0).float()  # things out of sight have no position
            things[..., THING_FLIPS] *= -1.0
            things[..., keep(THINGS.y)] += 2.0 * center_y * there
            flipped["things"] = things
        return flipped

    def mirror_selected(self, selected: Tensor, senses: Senses, center_y: float) -> Senses:
        """Returns senses (B, ...) of which the selected rows (B,) are mirrored."""
        return {
            name: select_rows(selected, value, senses[name])
            for name, value in self.mirror_senses(senses, center_y).items()
        }


def select_rows(selected: Tensor, one: Tensor, other: Tensor) -> Tensor:
    """Returns the rows (B, ...) of `one` where `selected` (B,) is true, and of `other` elsewhere."""
    return torch.where(selected.view(-1, *[1] * (one.dim() - 1)), one, other)


def _swapped(names: tuple[str, ...], flips: tuple[str, ...]) -> tuple[Tensor, Tensor]:
    """Returns the permutation that swaps left and right in names (n,), and the sign of each (n,)."""
    other = {"left": "right", "right": "left"}
    twins = [" ".join(other.get(word, word) for word in name.split()) for name in names]
    return torch.tensor([names.index(twin) for twin in twins]), torch.tensor(
        [-1.0 if name in flips else 1.0 for name in names]
    )
