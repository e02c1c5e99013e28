"""Trajectories of tokens, actions and senses, experienced or imagined."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from agent.perception.encoder import Senses
from housecat.core.obs_layout import THINGS


@dataclass(frozen=True)
class Rollout:
    """A batch of trajectories, time first.

    B counts the transitions of a batch from the replay buffer, or imagined plans; with F futures of each plan there are
    F B columns: first all plans in the first future, then all in the second, and so on. In each column, latent, mean
    and senses are of the same future: the disagreement of members in `mean` is epistemic, and the spread over the
    columns of one plan aleatoric.

    Attributes:
        latent: (T + 1, B, 1 + k, Z) tokens of the body and the attended things.
        action: (T, B, A).
        mean: (E, T, B, 1 + k, Z) predictions of each member for ``latent[1:]``.
        senses: By name, (T + 1, B, ...).
        attended: (k,) or (B, k) indices of the attended things.
        imagined: Whether it was predicted; False for experience.
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

        An absent thing counts as not attended, though it has a token; so does an image where things are sensed as well,
        which are what it shows. Senses that the world lacks are left out.
        """
        keys = {"latent": self.latent[1:], "latent.before": self.latent[:-1], "action": self.action, "mean": self.mean}
        present = self.senses["things"][1:, ..., THINGS.present]  # (T, B, K)
        attended = present.gather(-1, self.attended.expand(*present.shape[:-1], -1))
        keys["attended"] = torch.cat([present.new_ones(*attended.shape[:-1], 1), attended], -1)
        image_tokens = self.latent.shape[-2] - keys["attended"].shape[-1]
        if image_tokens:
            image = present.new_full((*attended.shape[:-1], image_tokens), float(not present.shape[-1]))
            keys["attended"] = torch.cat([keys["attended"], image], -1)
        for name, value in self.senses.items():
            if not value.numel():
                continue
            keys[f"senses.{name}"] = value[1:]
            keys[f"senses.{name}.before"] = value[:-1]
        return keys

    def at(self, step: int) -> dict[str, Tensor]:
        """Returns the view of one step, without the dimension of time."""
        return {name: value[:, step] if name == "mean" else value[step] for name, value in self.view().items()}
