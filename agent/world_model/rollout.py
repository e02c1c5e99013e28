"""A stretch of experience, lived or imagined."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from agent.perception.encoder import Senses
from housecat.core.obs_layout import THINGS


@dataclass(frozen=True)
class Rollout:
    """A stretch of experience, time first.

    Lived, B counts moments side by side. Imagined, it counts plans; where F futures are imagined of each, it counts
    F B of them: first all plans in the first future, then all in the second, and so on. Along each column latent, mean
    and senses are of the same future, so that members differ in `mean` by what they do not know, and columns of one
    plan differ by chance.

    Attributes:
        latent: (T + 1, B, 1 + k, Z) tokens of the body and the attended things.
        action: (T, B, A).
        mean: (E, T, B, 1 + k, Z) what each member predicted for ``latent[1:]``.
        senses: By name, (T + 1, B, ...).
        attended: (k,) or (B, k) indices of the attended things.
        imagined: False for lived experience.
    """

    latent: Tensor
    action: Tensor
    mean: Tensor
    senses: Senses
    attended: Tensor
    imagined: bool

    def detach(self) -> Rollout:
        """Returns the same without gradients."""
        senses = {name: value.detach() for name, value in self.senses.items()}
        path, mean = self.latent.detach(), self.mean.detach()
        return Rollout(path, self.action.detach(), mean, senses, self.attended, self.imagined)

    def view(self) -> dict[str, Tensor]:
        """Returns everything that an objective may read, per transition (see `intrinsic.Objective`).

        A thing that is not there counts as not attended, though it has a token. So does a picture beside things: they
        are what it shows. A sense that there is not is not offered.
        """
        keys = {"latent": self.latent[1:], "latent.before": self.latent[:-1], "action": self.action, "mean": self.mean}
        present = self.senses["things"][1:, ..., THINGS.present]  # (T, B, K)
        seen = present.gather(-1, self.attended.expand(*present.shape[:-1], -1))
        keys["attended"] = torch.cat([present.new_ones(*seen.shape[:-1], 1), seen], -1)
        pictured = self.latent.shape[-2] - keys["attended"].shape[-1]
        if pictured:
            alone = present.new_full((*seen.shape[:-1], pictured), float(not present.shape[-1]))
            keys["attended"] = torch.cat([keys["attended"], alone], -1)
        for name, value in self.senses.items():
            if not value.numel():
                continue
            keys[f"senses.{name}"] = value[1:]
            keys[f"senses.{name}.before"] = value[:-1]
        return keys

    def at(self, step: int) -> dict[str, Tensor]:
        """Returns the view of one step, without the time."""
        return {name: value[:, step] if name == "mean" else value[step] for name, value in self.view().items()}
