"""The world model: an ensemble of action-conditioned predictors over tokens, and imagination with it."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from agent.belief import of_seen
from agent.blanks import Blanks
from agent.configurator import gather, tokens
from agent.ensemble import EnsembleMLP
from agent.futures import CHANCE, PRICE, Futures, Gauss
from agent.perception import PLANE, THING, Perception, Senses
from agent.prior import NearnessPrior
from agent.regularizers import inverse_dynamics_net, regularize
from agent.rollout import Rollout
from agent.sight import (
    GEOMETRY,
    NEARNESS,
    Outlook,
    Sight,
    appearance_in,
    flat,
    look_out,
    nearness,
    own_size,
    pair_size,
    planar,
    see,
    vitals_in,
)
from agent.vitals import VitalsModel

__all__ = ["Rollout", "WorldModel"]

MESSAGE = 16  # what a thing tells the body


class WorldModel(nn.Module):
    """Predicts the next latent of the body and of each attended thing, E times.

    One net is shared by all pairs of body and thing; it sees the pair in the body's frame and returns the
    thing's change and a message to the body. A second net predicts the body from itself and the messages, a third
    its vitals. What members say of things near the body starts from priors in which they differ. Changes are
    predicted in units of the typical change, with a squared error: an absolute error predicts its median, which for
    things is "nothing moves", and curiosity dies.

    Source: joint embedding prediction after LeCun 2022 (A Path Towards Autonomous Machine Intelligence,
    section 4) with the regularisers of VICReg (Bardes et al. 2021, arXiv 2105.04906); ensembles after Sancaktar
    et al. 2022 (arXiv 2206.11403). We differ in keeping whereabouts explicit, see `Perception`.

    Args:
        perception: Whose latents it predicts; trained with it.
        actions: Size of an action.
        members: E.
        hidden: Width of both hidden layers.
        chance: Whether it knows that a step may come out in several ways, see `Futures`.

    Attributes:
        told: End of the tokens whose error is surprise, None for all.
        blanks: What else it predicts, where that is switched on.
    """

    told: int | None = None
    blanks: Blanks

    def __init__(
        self, perception: Perception, actions: int, members: int, hidden: int, chance: bool = False
    ) -> None:
        super().__init__()
        self.perception, self.actions = perception, actions
        what = perception.what
        self.own_size, self.pair_size = own_size(perception), pair_size(perception)
        self.thing_out = THING + what
        own, luck = self.own_size + actions, CHANCE if chance else 0
        self.futures = Futures(perception, own, self.pair_size, hidden) if chance else None
        both, out = own + self.pair_size + 2 * luck, self.thing_out + MESSAGE
        self.pair_net = EnsembleMLP(members, (both, hidden, hidden, out))
        self.body_net = EnsembleMLP(members, (own + luck + MESSAGE, hidden, hidden, perception.body_size + what))
        self.vitals_net = self._vitals_net(NEARNESS + perception.appearance_size)
        self.prior = NearnessPrior(members, THING)
        self.inverse = inverse_dynamics_net(2 * perception.size, actions) if what else None
        self.touch: nn.Module = nn.Identity()
        if parts := perception.touch_size:
            self.touch = nn.Sequential(nn.Linear(perception.size, 32), nn.Hardswish(), nn.Linear(32, parts))

    def _vitals_net(self, near: int) -> nn.Module:
        """Makes what predicts the vitals, from so many features of each thing."""
        return VitalsModel(self.perception.vitals_size, near) if self.perception.vitals_size else nn.Identity()

    @property
    def predictor(self) -> list[nn.Parameter]:
        """Parameters of the nets that predict, without those that encode and read out."""
        nets = [self.pair_net, self.body_net, self.vitals_net, *([self.futures] if self.futures else [])]
        return [p for net in nets for p in net.parameters()]

    def encode(self, senses: Senses, attended: Tensor | None = None) -> Tensor:
        """Returns the tokens (*lead, N, Z) of senses: body, attended things (*lead, k) or all of them, and more."""
        every: Tensor = self.perception(senses)
        return every if attended is None else tokens(every, attended)

    def see(self, latent: Tensor, outlook: Outlook) -> Sight:
        """Sees tokens (B, N, Z) from the body."""
        return see(self.perception, latent, outlook)

    def sight(self, latent: Tensor, appearance: Tensor) -> Sight:
        """Sees tokens (B, 1 + k, Z) and what the things look like (B, k, features) from the body."""
        return self.see(latent, look_out(self.perception, appearance))

    def forward(self, latent: Tensor, action: Tensor, sight: Sight, chance: Tensor | None = None) -> Tensor:
        """Predicts the next latents.

        Args:
            latent: (B, 1 + k, Z).
            action: (B, A).
            sight: Of the latents.
            chance: (B, 1 + k, CHANCE) which of several futures it is, where the model knows of several; its middle
                when not given.

        Returns:
            (E, B, 1 + k, Z), one prediction per member.
        """
        me, pair = torch.cat([sight.own, action], -1), sight.pair
        if self.futures is not None:
            chance = self.futures.expect(me, pair).mean if chance is None else chance
            me, pair = torch.cat([me, chance[:, 0]], -1), torch.cat([pair, chance[:, 1:]], -1)
        out = self.pair_net.pairs(me, pair)  # (E, B, k, thing + message)
        message = out[..., self.thing_out :].sum(2)
        body = self.body_net(torch.cat([me.expand(out.shape[0], -1, -1), message], -1)).unsqueeze(2)
        things = out[..., :THING] + self.prior(sight.pair[..., :2], sight.pair[..., GEOMETRY - 1])
        # Changes are predicted in the body's frame and turned back into the room's.
        plane = flat(planar(torch.cat([body[..., :PLANE], things[..., :PLANE]], 2)) * sight.facing.unsqueeze(1))
        p = self.perception
        step = body[..., 0, :2].detach().mean(0) * p.change[0, :2]
        own = [plane[:, :, :1], body[..., PLANE : p.body_size], self._vitals(sight, step)]
        rest = [plane[:, :, 1:], things[..., PLANE:]]
        for row, size in ((own, p.body_size + p.vitals_size), (rest, THING)):
            if p.where > size:
                row.append(plane.new_zeros(*row[0].shape[:-1], p.where - size))
        if p.what:
            own.append(body[..., p.body_size :])
            rest.append(out[..., THING : self.thing_out])
        change = torch.cat([torch.cat(own, -1), torch.cat(rest, -1)], 2)
        return latent + change

    def _vitals(self, sight: Sight, step: Tensor) -> Tensor:
        """Returns the change of the vitals (E, B, 1, V) when the body moves by `step` (B, 2), in its own frame (m)."""
        p = self.perception
        if not p.vitals_size:
            return step.new_zeros(self.pair_net.members, len(step), 1, 0)
        appearance = appearance_in(p, sight)
        near = nearness((sight.pair[..., :2] - step.unsqueeze(1)).norm(dim=-1, keepdim=True), appearance[..., :1])
        change: Tensor = self.vitals_net(vitals_in(p, sight), torch.cat([*near, appearance], -1))
        return change.unsqueeze(1).expand(self.pair_net.members, -1, -1, -1)

    def explain(self, latent: Tensor, after: Tensor, action: Tensor, sight: Sight) -> tuple[Gauss, Tensor] | None:
        """Reads off transitions which of several futures came, and how many nats that tells (B, 1 + k)."""
        if self.futures is None:
            return None
        me, pair = torch.cat([sight.own, action], -1).detach(), sight.pair.detach()  # it shapes no latents
        came = self.futures.explain(me, pair, (after - latent).detach(), sight.facing.detach())
        return came, came.divergence(self.futures.expect(me, pair))

    def relive(self, latent: Tensor, after: Tensor, action: Tensor, sight: Sight) -> tuple[Tensor, Tensor | float]:
        """Predicts transitions that were lived, knowing which of several futures came.

        What is left of disagreement and error is then no chance. What the knowledge cost is to be counted to the error,
        or nothing that can be explained by luck, such as a toy that vanishes, would ever surprise.

        Returns:
            The means (E, B, 1 + k, Z), and the price of knowing (B,); 0 for a model that knows of one future alone.
        """
        told = self.explain(latent, after, action, sight)
        if told is None:
            return self(latent, action, sight), 0.0
        return self(latent, action, sight, told[0].mean), PRICE * told[1].sum(-1)

    def loss(
        self,
        latent: Tensor,
        after: Tensor,
        action: Tensor,
        sight: Sight,
        generator: torch.Generator | None = None,
        seen: Tensor | None = None,
    ) -> tuple[dict[str, Tensor], Tensor]:
        """Returns the prediction errors of transitions by part, and the energy of each transition (B,).

        Args:
            latent: (B, 1 + k, Z) before.
            after: (B, 1 + k, Z) after.
            action: (B, A).
            sight: Of `latent`.
            generator: Random numbers, for a model that knows of several futures.
            seen: (B, k) of which things it was seen what they did; None for all.
        """
        where = self.perception.where
        told = self.explain(latent, after, action, sight)
        z = told and told[0].draw(torch.randn(told[0].mean.shape, generator=generator))
        error = of_seen((self(latent, action, sight, z) - after) ** 2, seen)
        losses, energy = self.errors(error), error.detach()[..., :where].sum((-2, -1)).mean(0)
        if told:
            nats = told[1]  # at a price per token, as errors are per dimension
            losses["chance"] = PRICE * (nats[:, 0].mean() / where + nats[:, 1:].mean() / THING)
            energy = energy + PRICE * nats.detach().sum(-1)
        return losses, energy

    def errors(self, error: Tensor) -> dict[str, Tensor]:
        """Returns means of squared errors (E, B, 1 + k, Z) by part."""
        where = self.perception.where
        # Means over members, tokens and dimensions: a thing's change counts as much as the body's.
        losses = {"body": error[:, :, 0, :where].mean(), "things": error[:, :, 1:, :THING].mean()}
        if self.perception.what:
            losses["what"] = error[..., where:].mean()
        return losses

    def settle(self, mean: Tensor) -> Tensor:
        """Returns the state (B, 1 + k, Z) that imagination goes on from after what the members say (E, B, 1 + k, Z)."""
        state = mean.mean(0)
        heading = state[:, 0, 4:6].clone()  # a mean of directions is shorter than one
        unit = self.perception.change[0, 4]
        state[:, 0, 4:6] = heading / (heading.norm(dim=-1, keepdim=True).clamp_min(1e-6) * unit)
        return state

    def side_losses(
        self, latent: Tensor, after: Tensor, action: Tensor, touch: Tensor, method: str, generator: torch.Generator
    ) -> dict[str, Tensor]:
        """Returns what keeps latents from collapsing, and the error of the readout of touch.

        Args:
            latent: (B, 1 + k, Z) before.
            after: (B, 1 + k, Z) after.
            action: (B, A).
            touch: (B, parts) felt after (N).
            method: Name of the regulariser.
            generator: Random numbers for it.
        """
        zero = latent.new_zeros(())
        losses = {"regularizer": zero, "inverse": zero}
        if self.inverse is not None:
            learned, later = (tokens[..., self.perception.where :] for tokens in (latent, after))
            losses["regularizer"] = regularize(method, learned, later, generator)
            both = torch.cat([latent[:, 0], after[:, 0]], -1)
            losses["inverse"] = ((self.inverse(both) - action) ** 2).mean()
        # The readout never shapes the latent.
        if self.perception.touch_size:
            losses["readout"] = ((self.touch(after[:, 0].detach()) - torch.log1p(touch)) ** 2).mean()
        return losses

    def imagine(
        self, latent: Tensor, actions: Tensor, senses: Senses, attended: Tensor, noise: Tensor | None = None
    ) -> Rollout:
        """Rolls plans out along the members' mean.

        Args:
            latent: (1 + k, Z) tokens of now, or (B, 1 + k, Z) where each plan begins from its own.
            actions: (T, B, A).
            senses: Senses of now, without leading shape, or (B, ...).
            attended: (k,) indices of the attended things, or (B, k).
            noise: (T, F, 1 + k, CHANCE), standard normal, to imagine F futures of each plan; the same for all plans, so
                that they are compared by the same luck. The rollout then has F B columns, first all plans in the first
                future. None for one future, the middle of what may come.
        """
        if noise is not None:
            noise = noise.repeat_interleave(actions.shape[1], 1)
            actions = actions.repeat(1, noise.shape[1] // actions.shape[1], 1)
        plans = actions.shape[1]
        looks = gather(self.perception.appearance(senses), attended)
        outlook = look_out(self.perception, looks.expand(plans, -1, -1))
        state = latent.expand(plans, -1, -1)
        states, means = [state], []
        for t, action in enumerate(actions):
            sight = self.see(state, outlook)
            chance = None if noise is None or self.futures is None else self.futures.luck(action, sight, noise[t])
            mean = self(state, action, sight, chance)
            state = self.settle(mean)
            states.append(state)
            means.append(mean)
        path = torch.stack(states)
        read = self.perception.imagined(path, senses, attended)
        if self.perception.touch_size:
            read["touch"] = torch.expm1(self.touch(path[:, :, 0])).clamp_min(0.0)
            read["touch"][0] = senses["touch"]  # now is felt, not read
        return Rollout(path, actions, torch.stack(means, 1), read, attended, True)
