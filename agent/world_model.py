"""The world model: an ensemble of action-conditioned predictors over tokens, and imagination with it."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from agent.ensemble import EnsembleMLP
from agent.perception import PLANE, THING, Perception, Senses
from agent.regularizers import inverse_dynamics_net, vicreg

NEAR = 0.5  # metres within which geometry is seen finely
MESSAGE = 16  # what a thing tells the body


@dataclass(frozen=True)
class Rollout:
    """A stretch of experience, time first.

    Attributes:
        latent: (T + 1, B, 1 + k, Z) tokens of the body and the attended things.
        action: (T, B, A).
        mean: (E, T, B, 1 + k, Z) what each member predicted for ``latent[1:]``.
        senses: By name, (T + 1, B, ...).
        attended: (k,) indices of the attended things.
        imagined: False for lived experience.
    """

    latent: Tensor
    action: Tensor
    mean: Tensor
    senses: Senses
    attended: Tensor
    imagined: bool

    def view(self) -> dict[str, Tensor]:
        """Returns everything that an objective may read, per transition (see `intrinsic.Objective`)."""
        keys = {"latent": self.latent[1:], "latent.before": self.latent[:-1], "action": self.action, "mean": self.mean}
        keys["attended"] = self.latent.new_ones(self.latent[1:].shape[:-1])
        for name, value in self.senses.items():
            keys[f"senses.{name}"] = value[1:]
            keys[f"senses.{name}.before"] = value[:-1]
        return keys


def rotate(vectors: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Turns pairs in the last dimension, (..., 2 n), by an angle given by its cosine and sine (..., 1)."""
    x, y = vectors[..., 0::2], vectors[..., 1::2]
    return torch.stack([cos * x - sin * y, sin * x + cos * y], -1).flatten(-2)


class WorldModel(nn.Module):
    """Predicts the next latent of the body and of each attended thing, E times.

    One net is shared by all pairs of body and thing; it sees the pair in the body's frame and returns the
    thing's change and a message to the body. A second net predicts the body from itself and the messages.
    Changes are predicted in units of the typical change, with a squared error: an absolute error predicts its
    median, which for things is "nothing moves", and curiosity dies.

    Source: joint embedding prediction after LeCun 2022 (A Path Towards Autonomous Machine Intelligence,
    section 4) with the regularisers of VICReg (Bardes et al. 2021, arXiv 2105.04906); ensembles after Sancaktar
    et al. 2022 (arXiv 2206.11403). We differ in keeping whereabouts explicit, see `Perception`.
    """

    def __init__(self, perception: Perception, actions: int, members: int, hidden: int) -> None:
        super().__init__()
        self.perception = perception
        what, scalars = perception.what, perception.where - PLANE
        self.body_out, self.thing_out = perception.size, THING + what
        own = 2 + scalars + 4 + what  # motion, scalars, place and heading in the room, what
        pair = 4 + 1 + 2 + 2 + 2 + 2 + perception.appearance_size + what  # as `geometry` lists them
        self.own_size, self.pair_size = own, pair
        self.pair_net = EnsembleMLP(members, (own + pair + actions, hidden, hidden, self.thing_out + MESSAGE))
        self.body_net = EnsembleMLP(members, (own + actions + MESSAGE, hidden, hidden, self.body_out))
        self.inverse = inverse_dynamics_net(2 * what + 2 * perception.where, actions) if what else None
        self.touch = nn.Sequential(nn.Linear(self.body_out, 32), nn.SiLU(), nn.Linear(32, perception.touch_size))

    def geometry(self, latent: Tensor, appearance: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Sees tokens from the body.

        Args:
            latent: (B, 1 + k, Z).
            appearance: (B, k, features).

        Returns:
            The body's own features (B, own), those of each pair (B, k, pair), and the cosine and sine of its
            heading (B, 1).
        """
        p = self.perception
        where = latent[..., : p.where] * p.scale(latent.shape[-2] - 1)
        body, things = where[:, 0], where[:, 1:, :THING]
        cos, sin = body[:, 4:5], body[:, 5:6]
        own = [rotate(body[:, 2:4], cos, -sin) * 2.0, body[:, PLANE:], body[:, :2] / 2.0, body[:, 4:6]]
        offset = things[..., :2] - body[:, None, :2]
        seen = rotate(torch.cat([offset, things[..., 2:6]], -1), cos[:, None], -sin[:, None])
        offset, motion, heading = seen[..., :2], seen[..., 2:4], seen[..., 4:6]
        distance = offset.norm(dim=-1, keepdim=True)
        fine = offset / NEAR * (NEAR / distance.clamp_min(NEAR))
        pair = [offset / 2.0, fine * 2.0, torch.exp(-distance / NEAR) * 2.0, motion * 2.0, heading]
        pair += [things[..., :2] / 2.0, things[..., 6:8] * 2.0, appearance]
        if p.what:
            own.append(latent[:, 0, p.where :])
            pair.append(latent[:, 1:, p.where :])
        return torch.cat(own, -1), torch.cat(pair, -1), cos, sin

    def forward(self, latent: Tensor, action: Tensor, appearance: Tensor) -> Tensor:
        """Predicts the next latents.

        Args:
            latent: (B, 1 + k, Z).
            action: (B, A).
            appearance: (B, k, features).

        Returns:
            (E, B, 1 + k, Z), one prediction per member.
        """
        b, n, _ = latent.shape
        own, pair, cos, sin = self.geometry(latent, appearance)
        me = torch.cat([own, action], -1)
        rows = torch.cat([pair, me[:, None].expand(-1, n - 1, -1)], -1).flatten(0, 1)  # (B k, in)
        out = self.pair_net(rows).unflatten(1, (b, n - 1))  # (E, B, k, thing + message)
        message = out[..., self.thing_out :].sum(2)
        body = self.body_net(torch.cat([me.expand(out.shape[0], -1, -1), message], -1))
        thing, where = out[..., : self.thing_out], self.perception.where
        # Changes are predicted in the body's frame and turned back into the room's.
        thing_change = torch.cat(
            [
                rotate(thing[..., :PLANE], cos[:, None], sin[:, None]),
                thing[..., PLANE:THING],
                thing.new_zeros(*thing.shape[:-1], where - THING),
                thing[..., THING:],
            ],
            -1,
        )
        body_change = torch.cat([rotate(body[..., :PLANE], cos, sin), body[..., PLANE:]], -1)
        return latent + torch.cat([body_change.unsqueeze(2), thing_change], 2)

    def loss(
        self,
        latent: Tensor,
        after: Tensor,
        action: Tensor,
        appearance: Tensor,
        touch: Tensor,
        weights: tuple[float, float],
    ) -> dict[str, Tensor]:
        """Returns the parts of the training loss for transitions.

        Args:
            latent: (B, 1 + k, Z) before.
            after: (B, 1 + k, Z) after.
            action: (B, A).
            appearance: (B, k, features).
            touch: (B, parts) felt after (N).
            weights: Of the VICReg and of the inverse-dynamics terms.
        """
        where = self.perception.where
        error = (self(latent, action, appearance) - after) ** 2
        # Means over members, tokens and dimensions: a thing's change counts as much as the body's.
        losses = {"body": error[:, :, 0, :where].mean(), "things": error[:, :, 1:, :THING].mean()}
        if self.perception.what:
            losses["what"] = error[..., where:].mean()
            spread, redundancy = vicreg(torch.cat([latent, after])[..., where:])
            losses["vicreg"] = weights[0] * (spread + 0.25 * redundancy)
            assert self.inverse is not None
            both = torch.cat([latent[:, 0], after[:, 0]], -1)
            losses["inverse"] = weights[1] * ((self.inverse(both) - action) ** 2).mean()
        # The readout never shapes the latent.
        losses["readout"] = ((self.touch(after[:, 0].detach()) - torch.log1p(touch)) ** 2).mean()
        return losses

    @torch.no_grad()
    def imagine(self, latent: Tensor, actions: Tensor, senses: Senses, attended: Tensor) -> Rollout:
        """Rolls plans out along the members' mean.

        Args:
            latent: (1 + k, Z) tokens of now.
            actions: (T, B, A).
            senses: Senses of now, without leading shape.
            attended: (k,) indices of the attended things.
        """
        steps, plans, _ = actions.shape
        appearance = self.perception.appearance(senses)[attended].expand(plans, -1, -1)
        state = latent.expand(plans, -1, -1)
        states, means = [state], []
        unit = self.perception.change[0, 4]
        for t in range(steps):
            mean = self(state, actions[t], appearance)
            state = mean.mean(0)
            heading = state[:, 0, 4:6]
            state[:, 0, 4:6] = heading / (heading.norm(dim=-1, keepdim=True) * unit).clamp_min(1e-6)
            states.append(state)
            means.append(mean)
        path = torch.stack(states)
        read = self.perception.imagined(path, senses, attended)
        read["touch"] = torch.expm1(self.touch(path[:, :, 0])).clamp_min(0.0)
        return Rollout(path, actions, torch.stack(means, 1), read, attended, True)
