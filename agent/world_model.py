"""The world model: an ensemble of action-conditioned predictors over tokens, and imagination with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn

from agent.ensemble import EnsembleMLP
from agent.perception import PLANE, THING, Perception, Senses
from agent.regularizers import inverse_dynamics_net, vicreg

NEAR = 0.5  # metres within which geometry is seen finely
RIMS = (0.1, 0.4)  # metres over which it is seen that a rim is crossed
MESSAGE = 16  # what a thing tells the body


@dataclass(frozen=True)
class Rollout:
    """A stretch of experience, time first.

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

    def view(self) -> dict[str, Tensor]:
        """Returns everything that an objective may read, per transition (see `intrinsic.Objective`)."""
        keys = {"latent": self.latent[1:], "latent.before": self.latent[:-1], "action": self.action, "mean": self.mean}
        keys["attended"] = self.latent.new_ones(self.latent[1:].shape[:-1])
        for name, value in self.senses.items():
            keys[f"senses.{name}"] = value[1:]
            keys[f"senses.{name}.before"] = value[:-1]
        return keys

    def at(self, step: int) -> dict[str, Tensor]:
        """Returns the view of one step, without the time."""
        return {name: value[:, step] if name == "mean" else value[step] for name, value in self.view().items()}


class Sight(NamedTuple):
    """Tokens as the body sees them.

    Attributes:
        own: (B, own) the body's own features.
        pair: (B, k, pair) features of each pair of body and thing, in the body's frame.
        facing: (B, 1) heading as a complex number of length one.
    """

    own: Tensor
    pair: Tensor
    facing: Tensor


def planar(vectors: Tensor) -> Tensor:
    """Sees vectors in the plane, (..., 2 n), as complex numbers (..., n): turning is then multiplying."""
    return torch.view_as_complex(vectors.reshape(*vectors.shape[:-1], vectors.shape[-1] // 2, 2))


def flat(numbers: Tensor) -> Tensor:
    """Undoes `planar`."""
    return torch.view_as_real(numbers).flatten(-2)


class WorldModel(nn.Module):
    """Predicts the next latent of the body and of each attended thing, E times.

    One net is shared by all pairs of body and thing; it sees the pair in the body's frame and returns the
    thing's change and a message to the body. A second net predicts the body from itself and the messages.
    Changes are predicted in units of the typical change, with a squared error: an absolute error predicts its
    median, which for things is "nothing moves", and curiosity dies.

    Source: joint embedding prediction after LeCun 2022 (A Path Towards Autonomous Machine Intelligence,
    section 4) with the regularisers of VICReg (Bardes et al. 2021, arXiv 2105.04906); ensembles after Sancaktar
    et al. 2022 (arXiv 2206.11403). We differ in keeping whereabouts explicit, see `Perception`.

    Args:
        perception: Whose latents it predicts; trained with it.
        actions: Size of an action.
        members: E.
        hidden: Width of both hidden layers.
    """

    facing_where: Tensor

    def __init__(self, perception: Perception, actions: int, members: int, hidden: int) -> None:
        super().__init__()
        self.perception = perception
        what = perception.what
        self.own_size = 2 + perception.where - PLANE + what
        self.pair_size = THING + 3 + len(RIMS) + perception.appearance_size + what
        self.body_out, self.thing_out = perception.size, THING + what
        own = self.own_size + actions
        self.pair_net = EnsembleMLP(members, (own + self.pair_size, hidden, hidden, self.thing_out + MESSAGE))
        self.body_net = EnsembleMLP(members, (own + MESSAGE, hidden, hidden, self.body_out))
        self.inverse = inverse_dynamics_net(2 * perception.size, actions) if what else None
        self.touch = nn.Sequential(nn.Linear(self.body_out, 32), nn.SiLU(), nn.Linear(32, perception.touch_size))
        # Offsets are taken of positions alone, not of velocities and headings.
        self.register_buffer("facing_where", torch.tensor([1.0, 0.0, 0.0]))

    def sight(self, latent: Tensor, appearance: Tensor) -> Sight:
        """Sees tokens (B, 1 + k, Z) and what the things look like (B, k, features) from the body."""
        p = self.perception
        where = latent[..., : p.where] * p.scale(latent.shape[-2] - 1)
        body, things = where[:, 0], where[:, 1:, :THING]
        me, others = planar(body[:, :PLANE]), planar(things[..., :PLANE])  # (B, 3), (B, k, 3)
        facing = me[:, 2:3]
        turn = facing.conj()
        seen = flat((others - (me * self.facing_where).unsqueeze(1)) * turn.unsqueeze(1))
        offset = seen[..., :2]
        distance = offset.norm(dim=-1, keepdim=True)
        fine, close = offset * (2.0 / distance.clamp_min(NEAR)), torch.exp(distance / -NEAR)
        rims = torch.tanh((distance - appearance[..., :1]) / distance.new_tensor(RIMS))
        # No place in the room is among them: a plate that burns would be learnt as a place that burns.
        own = [flat(me[:, 1:2] * turn), body[:, PLANE:]]
        pair = [seen, things[..., PLANE:], fine, close, rims, appearance]
        if p.what:
            own.append(latent[:, 0, p.where :])
            pair.append(latent[:, 1:, p.where :])
        return Sight(torch.cat(own, -1), torch.cat(pair, -1), facing)

    def forward(self, latent: Tensor, action: Tensor, sight: Sight) -> Tensor:
        """Predicts the next latents.

        Args:
            latent: (B, 1 + k, Z).
            action: (B, A).
            sight: Of the latents.

        Returns:
            (E, B, 1 + k, Z), one prediction per member.
        """
        me = torch.cat([sight.own, action], -1)
        out = self.pair_net.pairs(me, sight.pair)  # (E, B, k, thing + message)
        message = out[..., self.thing_out :].sum(2)
        body = self.body_net(torch.cat([me.expand(out.shape[0], -1, -1), message], -1)).unsqueeze(2)
        # Changes are predicted in the body's frame and turned back into the room's.
        plane = torch.cat([body[..., :PLANE], out[..., :PLANE]], 2)
        plane = flat(planar(plane) * sight.facing.unsqueeze(1))
        rest = nn.functional.pad(out[..., PLANE:THING], (0, self.perception.where - THING))
        if self.perception.what:
            rest = torch.cat([rest, out[..., THING : self.thing_out]], -1)
        change = torch.cat([plane, torch.cat([body[..., PLANE:], rest], 2)], -1)
        return latent + change

    def loss(self, latent: Tensor, after: Tensor, action: Tensor, sight: Sight) -> tuple[dict[str, Tensor], Tensor]:
        """Returns the prediction errors of transitions by part, and the energy of each transition (B,).

        Args:
            latent: (B, 1 + k, Z) before.
            after: (B, 1 + k, Z) after.
            action: (B, A).
            sight: Of `latent`.
        """
        where = self.perception.where
        error = (self(latent, action, sight) - after) ** 2
        # Means over members, tokens and dimensions: a thing's change counts as much as the body's.
        losses = {"body": error[:, :, 0, :where].mean(), "things": error[:, :, 1:, :THING].mean()}
        if self.perception.what:
            losses["what"] = error[..., where:].mean()
        return losses, error.detach()[..., :where].sum((-2, -1)).mean(0)

    def side_losses(self, latent: Tensor, after: Tensor, action: Tensor, touch: Tensor) -> dict[str, Tensor]:
        """Returns what keeps latents from collapsing, and the error of the readout of touch.

        Args:
            latent: (B, 1 + k, Z) before.
            after: (B, 1 + k, Z) after.
            action: (B, A).
            touch: (B, parts) felt after (N).
        """
        zero = latent.new_zeros(())
        losses = {"vicreg": zero, "inverse": zero}
        if self.inverse is not None:
            spread, redundancy = vicreg(torch.cat([latent, after])[..., self.perception.where :])
            losses["vicreg"] = spread + 0.25 * redundancy
            both = torch.cat([latent[:, 0], after[:, 0]], -1)
            losses["inverse"] = ((self.inverse(both) - action) ** 2).mean()
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
        plans = actions.shape[1]
        appearance = self.perception.appearance(senses)[attended].expand(plans, -1, -1)
        state = latent.expand(plans, -1, -1)
        states, means = [state], []
        unit = self.perception.change[0, 4]
        for action in actions:
            mean = self(state, action, self.sight(state, appearance))
            state = mean.mean(0)
            heading = state[:, 0, 4:6]  # a mean of directions is shorter than one
            heading /= heading.norm(dim=-1, keepdim=True).clamp_min(1e-6) * unit
            states.append(state)
            means.append(mean)
        path = torch.stack(states)
        read = self.perception.imagined(path, senses, attended)
        read["touch"] = torch.expm1(self.touch(path[:, :, 0])).clamp_min(0.0)
        read["touch"][0] = senses["touch"]  # now is felt, not read
        return Rollout(path, actions, torch.stack(means, 1), read, attended, True)
