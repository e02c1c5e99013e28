"""The slow world model: the same tokens, some control steps later."""

from __future__ import annotations

import torch
from torch import Tensor

from agent.actor.hierarchy.macro_actions import SIZE
from agent.actor.hierarchy.place_cells import Places
from agent.perception.egocentric import EgoFeatures
from agent.world_model.world_model import WorldModel

MEMBERS = 3


class MacroDynamics(WorldModel):
    """Predicts tokens after a macro-action, by the nets of a `WorldModel` that also know where in the room they are.

    Perception and readouts are those of the fast model: what is imagined slowly lies in the same latent space.

    Args:
        fast: Of the first level.
        steps: Control steps per macro-action.
        hidden: Width of both hidden layers.
    """

    def __init__(self, fast: WorldModel, steps: int, hidden: int) -> None:
        super().__init__(fast.perception, SIZE + Places.size, MEMBERS, hidden)
        self.steps = steps
        self.inverse = None
        self.prior.second.zero_()  # nobody is curious at this level
        # What belongs to the fast model is used and not owned: it is saved and trained there.
        for name in ("perception", "touch"):
            delattr(self, name)
            self.__dict__[name] = getattr(fast, name)
        self.places = Places()

    def forward(self, latent: Tensor, action: Tensor, ego: EgoFeatures, z: Tensor | None = None) -> Tensor:
        """Predicts tokens after macro-actions (B, SIZE); without a stochastic latent, see `EnsembleDynamics`."""
        once = super().forward(latent, torch.cat([action, self.places(self.places_of(latent))], -1), ego)
        return latent + self.steps * (once - latent)  # changes add up: nets are good at numbers of the order of one

    def places_of(self, latent: Tensor) -> Tensor:
        """Returns where the body is (*lead, 2), in m, in tokens (*lead, 1 + k, Z)."""
        return latent[..., 0, :2] * self.perception.typical_change[0, :2]

    def _vitals(self, ego: EgoFeatures, step: Tensor) -> Tensor:
        return super()._vitals(ego, self.steps * step)
