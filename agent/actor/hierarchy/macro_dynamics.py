"""The macro dynamics: predicts the same tokens several control steps later."""

from __future__ import annotations

import torch
from torch import Tensor

from agent.actor.hierarchy.macro_actions import MACRO_ACTION_SIZE
from agent.actor.hierarchy.place_cells import PlaceCells
from agent.perception.egocentric import EgoFeatures
from agent.world_model.world_model import WorldModel

MEMBERS = 3


class MacroDynamics(WorldModel):
    """Predicts tokens after a macro-action, with the nets of a `WorldModel` and features of the body's position.

    Perception and readouts are those of the first level's world model: both predict in the same latent space.

    Args:
        world_model: World model of the first level.
        steps: Number of control steps per macro-action.
        hidden: Width of both hidden layers.
    """

    def __init__(self, world_model: WorldModel, steps: int, hidden: int) -> None:
        super().__init__(world_model.perception, MACRO_ACTION_SIZE + PlaceCells.size, MEMBERS, hidden)
        self.steps = steps
        self.inverse = None
        self.prior.second.zero_()  # disagreement is not used at this level
        # Parts of the first level's model are not registered here: they are saved and trained there.
        for name in ("perception", "touch"):
            delattr(self, name)
            self.__dict__[name] = getattr(world_model, name)
        self.place_cells = PlaceCells()

    def forward(self, latent: Tensor, action: Tensor, ego: EgoFeatures, z: Tensor | None = None) -> Tensor:
        """Predicts tokens after macro-actions (B, MACRO_ACTION_SIZE), without a stochastic latent."""
        macro = torch.cat([action, self.place_cells(self.body_position(latent))], -1)
        once = super().forward(latent, macro, ego)
        return latent + self.steps * (once - latent)  # changes add up: nets are good at numbers of the order of one

    def body_position(self, latent: Tensor) -> Tensor:
        """Returns the body's position (*lead, 2) in m of tokens (*lead, 1 + k, Z)."""
        return latent[..., 0, :2] * self.perception.typical_change[0, :2]

    def _vitals(self, ego: EgoFeatures, step: Tensor) -> Tensor:
        return super()._vitals(ego, self.steps * step)
