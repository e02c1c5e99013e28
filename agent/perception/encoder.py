"""From senses to latent tokens and back: token 0 is the body, the others are things.

A token is an explicit *where* and a learned *what*. The where holds sensed pose and motion, each divided by
its typical change per step, so that a difference of one in a latent means "as much as usually changes".
The what is encoded from everything else that is sensed about the token.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from housecat.core.obs_layout import BODY, THINGS, indices, keep

Senses = dict[str, Tensor]

# A where begins with three vectors in the floor's plane: position, velocity, heading (cosine before sine). Then come
# scalars: of the body its own readings, of a thing its height and the rate of its height.
BODY_ORDER = (*indices(BODY.position), *indices(BODY.velocity), BODY.cos_heading, BODY.sin_heading)
THING_ORDER = (
    *indices(THINGS.position_xy),
    *indices(THINGS.velocity_xy),
    THINGS.cos_heading,
    THINGS.sin_heading,
    THINGS.z,
    THINGS.vz,
)
PLANE = len(BODY_ORDER)
THING = len(THING_ORDER)
# Where the columns of `body` stand among the first numbers of its where: `BODY_ORDER` undone.
BODY_ORDER_BACK = [BODY_ORDER.index(column) for column in range(PLANE)]
# Typical change per step before anything is known: m, m/s, unit vector; then scalars of things (m, m/s).
PRIOR_PLANE = (0.05, 0.05, 0.2, 0.2, 0.2, 0.2)
PRIOR_THING = (0.02, 0.02, 0.1, 0.1, 0.1, 0.1, 0.02, 0.1)
PRIOR_COUNT = 200.0
HEAT_UNIT = 50.0  # temperatures (deg C) are divided by it, so that all vitals are of the order of one


class TokenEncoder(nn.Module):
    """Encodes senses into latent tokens.

    Args:
        body: Size of the sense ``body``.
        vitals: Size of the sense ``vitals``.
        touch: Size of the sense ``touch``.
        appearance: Features per thing that tell what it is, after its whereabouts.
        what: Learned dimensions per token.
        beside: Whether it is seen what lies beside each thing.
    """

    change: Tensor
    floor: Tensor
    count: Tensor
    low: Tensor
    high: Tensor
    seen = 0  # learned numbers of a picture that are among the body's own features

    def __init__(
        self, body: int, vitals: int, touch: int, appearance: int, what: int, beside: bool = False, hidden: int = 64
    ) -> None:
        super().__init__()
        self.body_size, self.vitals_size, self.touch_size = body, vitals, touch
        self.appearance_size, self.what, self.beside = appearance, what, beside
        self.where = max(body + vitals, THING)
        self.where += self.where % 2  # pairs of numbers are seen as vectors in the plane
        self.size = self.where + what
        prior = torch.full((2, self.where), 0.1)
        prior[0, :PLANE] = torch.tensor(PRIOR_PLANE)
        prior[1, :THING] = torch.tensor(PRIOR_THING)
        self.register_buffer("change", prior.clone())
        # A creature that has touched nothing yet must not take trembling for news.
        self.register_buffer("floor", prior / 2, persistent=False)
        self.register_buffer("count", torch.tensor(PRIOR_COUNT))
        # How far anything was ever seen to reach (m): where the room's walls must be, for all it knows.
        self.register_buffer("low", torch.zeros(2))
        self.register_buffer("high", torch.zeros(2))
        if what:
            self.body_encoder = nn.Sequential(
                nn.Linear(body - PLANE + vitals + touch, hidden), nn.Hardswish(), nn.Linear(hidden, what)
            )
            self.thing_encoder = nn.Sequential(nn.Linear(appearance, hidden), nn.Hardswish(), nn.Linear(hidden, what))

    def wheres(self, senses: Senses) -> Tensor:
        """Returns the sensed whereabouts (*lead, 1 + K, where), in physical units, body first."""
        body, vitals, things = senses["body"], senses["vitals"] / self._vital_units(senses["vitals"]), senses["things"]
        scalars = body[..., BODY.proprioception]
        own = torch.cat([body[..., list(BODY_ORDER)], scalars, vitals], -1)
        own = nn.functional.pad(own, (0, self.where - own.shape[-1]))
        others = nn.functional.pad(things[..., list(THING_ORDER)], (0, self.where - THING))
        return torch.cat([own.unsqueeze(-2), others], -2)

    def _vital_units(self, vitals: Tensor) -> Tensor:
        return vitals.new_tensor((1.0, 1.0, HEAT_UNIT)[: self.vitals_size])

    def forward(self, senses: Senses) -> Tensor:
        """Returns latent tokens (*lead, 1 + K, Z) of senses with leading shape *lead."""
        where = self.wheres(senses) / self.scale(senses["things"].shape[-2])
        if not self.what:
            return where
        feel = torch.cat(
            [
                senses["body"][..., BODY.proprioception],
                senses["vitals"] / self._vital_units(senses["vitals"]),
                torch.log1p(senses["touch"]),
            ],
            -1,
        )
        what = torch.cat([self.body_encoder(feel).unsqueeze(-2), self.thing_encoder(self.appearance(senses))], -2)
        return torch.cat([where, what], -1)

    def appearance(self, senses: Senses) -> Tensor:
        """Returns what things look like, (*lead, K, appearance): extent, colour, shape, glow, presence."""
        return senses["things"][..., THINGS.appearance]

    @property
    def middle(self) -> float:
        """The y (m) in the middle of where it ever saw something: a mirror there shows the same walls."""
        return 0.5 * float(self.low[1] + self.high[1])

    def places(self, latent: Tensor) -> Tensor:
        """Returns where tokens (*lead, 1 + k, Z) are in the room, (*lead, 1 + k, 2) in m."""
        return latent[..., :2] * self.scale(latent.shape[-2] - 1)[:, :2]

    def scale(self, things: int) -> Tensor:
        """Returns the typical change per step of each where, (1 + things, where)."""
        return torch.cat([self.change[:1], self.change[1:].expand(things, -1)], 0)

    @torch.no_grad()
    def observe(self, before: Senses, after: Senses) -> None:
        """Updates the typical change per step, and how far the room reaches, from one lived transition (no lead)."""
        things = after["things"][after["things"][:, THINGS.present] > 0.5]
        at, rim = things[:, THINGS.position_xy], things[:, keep(THINGS.radius)]
        self.high.copy_(torch.cat([at + rim, after["body"][None, BODY.position], self.high[None]]).amax(0))
        self.low.copy_(torch.cat([at - rim, after["body"][None, BODY.position], self.low[None]]).amin(0))
        moved = (self.wheres(after) - self.wheres(before)) ** 2  # (1 + K, where)
        square = torch.stack([moved[0], moved[1:].mean(0) if len(moved) > 1 else self.change[1] ** 2])
        for i in range(0, PLANE, 2):  # one scale per vector, so that turning a vector commutes with scaling it
            square[:, i : i + 2] = square[:, i : i + 2].mean(1, keepdim=True)
        self.count += 1
        mean = self.change**2 + (square - self.change**2) / self.count
        self.change.copy_(torch.maximum(mean.sqrt(), self.floor))

    def imagined(self, latent: Tensor, still: Senses, attended: Tensor) -> Senses:
        """Reads the explicit senses back from imagined latents.

        Args:
            latent: (*lead, 1 + k, Z) tokens of the body and the attended things.
            still: Senses of now, without leading shape or with the last of *lead: what is not attended stays as it is.
            attended: (k,) indices of the attended things, or (B, k) where B is the last of *lead.

        Returns:
            ``body``, ``vitals`` and ``things`` with leading shape *lead.
        """
        where = latent[..., : self.where] * self.scale(latent.shape[-2] - 1)
        own, others = where[..., 0, :], where[..., 1:, :THING]
        n = self.body_size
        body = torch.cat([own[..., BODY_ORDER_BACK], own[..., PLANE:n]], -1)
        vitals = own[..., n : n + self.vitals_size]
        vitals = vitals * self._vital_units(vitals)
        things = still["things"].expand(*latent.shape[:-2], -1, -1).clone()
        order = torch.tensor(THING_ORDER)
        if attended.dim() == 1:
            things[..., attended[:, None], order] = others
        else:
            row = torch.arange(len(attended))[:, None, None]
            things[..., row, attended[..., None], order] = others
        return {"body": body, "vitals": vitals, "things": things}
