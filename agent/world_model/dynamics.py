"""What the world model predicts of one step: nets over tokens, an ensemble of them."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from agent.perception.attention import select_tokens
from agent.perception.egocentric import (
    PAIR_GEOMETRY_SIZE,
    PROXIMITY_SIZE,
    RADIUS,
    EgoFeatures,
    SceneContext,
    appearance_in,
    body_feature_size,
    ego_features,
    from_complex,
    pair_feature_size,
    proximity_features,
    scene_context,
    to_complex,
    vitals_in,
)
from agent.perception.encoder import PLANAR, THING_POSE, Senses, TokenEncoder
from agent.world_model.auxiliary_losses import AuxiliaryLosses
from agent.world_model.ensemble_mlp import EnsembleMLP
from agent.world_model.prior_functions import NearnessPrior
from agent.world_model.regularizers import inverse_dynamics_net
from agent.world_model.stochastic_latent import LATENT_SIZE, StochasticLatent
from agent.world_model.vitals_head import VitalsHead

MESSAGE = 16  # what a thing tells the body


class EnsembleDynamics(nn.Module):
    """Predicts the next latent of the body and of each attended thing, E times.

    One net is shared by all pairs of body and thing; it sees the pair in the body's frame and returns the
    thing's change and a message to the body. A second net predicts the body from itself and the messages, a third
    its vitals. What members say of things near the body starts from priors in which they differ. Changes are
    predicted in units of the typical change, with a squared error: an absolute error predicts its median, which for
    things is "nothing moves", and curiosity dies.

    Source: joint embedding prediction after LeCun 2022 (A Path Towards Autonomous Machine Intelligence,
    section 4) with the regularisers of VICReg (Bardes et al. 2021, arXiv 2105.04906); ensembles after Sancaktar
    et al. 2022 (arXiv 2206.11403). We differ in keeping whereabouts explicit, see `TokenEncoder`.

    Args:
        perception: Whose latents it predicts; trained with it.
        actions: Size of an action.
        members: E.
        hidden: Width of both hidden layers.
        chance: Whether it knows that a step may come out in several ways, see `StochasticLatent`.

    Attributes:
        told: End of the tokens whose error is surprise, None for all.
        blanks: What else it predicts, where that is switched on.
    """

    told: int | None = None
    blanks: AuxiliaryLosses

    def __init__(self, perception: TokenEncoder, actions: int, members: int, hidden: int, chance: bool = False) -> None:
        super().__init__()
        self.perception, self.actions = perception, actions
        what = perception.latent_size
        self.own_size, self.pair_size = body_feature_size(perception), pair_feature_size(perception)
        own, luck = self.own_size + actions, LATENT_SIZE if chance else 0
        self.futures = StochasticLatent(perception, own, self.pair_size, hidden) if chance else None
        both, out = own + self.pair_size + 2 * luck, THING_POSE + what + MESSAGE
        self.pair_net = EnsembleMLP(members, (both, hidden, hidden, out))
        self.body_net = EnsembleMLP(members, (own + luck + MESSAGE, hidden, hidden, perception.body_size + what))
        self.vitals_net = self._vitals_net(PROXIMITY_SIZE + perception.appearance_size)
        self.prior = NearnessPrior(members, THING_POSE)
        self.inverse = inverse_dynamics_net(2 * perception.token_size, actions) if what else None
        self.touch: nn.Module = nn.Identity()
        if parts := perception.touch_size:
            self.touch = nn.Sequential(nn.Linear(perception.token_size, 32), nn.Hardswish(), nn.Linear(32, parts))

    def _vitals_net(self, near: int) -> nn.Module:
        """Makes what predicts the vitals, from so many features of each thing."""
        return VitalsHead(self.perception.vitals_size, near) if self.perception.vitals_size else nn.Identity()

    @property
    def predictor(self) -> list[nn.Parameter]:
        """Parameters of the nets that predict, without those that encode and read out."""
        nets = [self.pair_net, self.body_net, self.vitals_net, *([self.futures] if self.futures else [])]
        return [p for net in nets for p in net.parameters()]

    def encode(self, senses: Senses, attended: Tensor | None = None) -> Tensor:
        """Returns the tokens (*lead, N, Z) of senses: body, attended things (*lead, k) or all of them, and more."""
        every: Tensor = self.perception(senses)
        return every if attended is None else select_tokens(every, attended)

    def see(self, latent: Tensor, context: SceneContext) -> EgoFeatures:
        """Sees tokens (B, N, Z) from the body."""
        return ego_features(self.perception, latent, context)

    def sight(self, latent: Tensor, appearance: Tensor) -> EgoFeatures:
        """Sees tokens (B, 1 + k, Z) and what the things look like (B, k, features) from the body."""
        return self.see(latent, scene_context(self.perception, appearance))

    def forward(self, latent: Tensor, action: Tensor, sight: EgoFeatures, chance: Tensor | None = None) -> Tensor:
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
            chance = self.futures.prior(me, pair).mean if chance is None else chance
            me, pair = torch.cat([me, chance[:, 0]], -1), torch.cat([pair, chance[:, 1:]], -1)
        p, members = self.perception, self.pair_net.members
        # Parts are split off at once: the gradient of a slice is as large as what it was cut from.
        flatly, thing = [PLANAR, THING_POSE - PLANAR], self.pair_net.pairs(me, pair)  # (E, B, k, thing + message)
        moved, lifted, looks, message = thing.split_with_sizes([*flatly, p.latent_size, MESSAGE], -1)
        body = self.body_net(torch.cat([me.expand(members, -1, -1), message.sum(2)], -1)).unsqueeze(2)
        going, joints, mood = body.split_with_sizes([PLANAR, p.body_size - PLANAR, p.latent_size], -1)
        prior = self.prior(sight.pair[..., :2], sight.pair[..., PAIR_GEOMETRY_SIZE - 1])
        pushed, raised = prior.split_with_sizes(flatly, -1)
        # Changes are predicted in the body's frame and turned back into the room's.
        plane = from_complex(to_complex(torch.cat([going, moved + pushed], 2)) * sight.facing.unsqueeze(1))
        first, others = plane.split_with_sizes([1, plane.shape[2] - 1], 2)
        step = going[..., 0, :2].detach().mean(0) * p.typical_change[0, :2]
        own = [first, joints, self._vitals(sight, step)]
        rest = [others, lifted + raised]
        for row, size in ((own, p.body_size + p.vitals_size), (rest, THING_POSE)):
            if p.pose_size > size:
                row.append(plane.new_zeros(*row[0].shape[:-1], p.pose_size - size))
        if p.latent_size:
            own.append(mood)
            rest.append(looks)
        change = torch.cat([torch.cat(own, -1), torch.cat(rest, -1)], 2)
        return latent + change

    def _vitals(self, sight: EgoFeatures, step: Tensor) -> Tensor:
        """Returns the change of the vitals (E, B, 1, V) when the body moves by `step` (B, 2), in its own frame (m)."""
        p = self.perception
        if not p.vitals_size:
            return step.new_zeros(self.pair_net.members, len(step), 1, 0)
        appearance = appearance_in(p, sight)
        distance = (sight.pair[..., :2] - step.unsqueeze(1)).norm(dim=-1, keepdim=True)
        near = proximity_features(distance, appearance[..., RADIUS])
        change: Tensor = self.vitals_net(vitals_in(p, sight), torch.cat([*near, appearance], -1))
        return change.unsqueeze(1).expand(self.pair_net.members, -1, -1, -1)

    def next_state(self, mean: Tensor) -> Tensor:
        """Returns the state (B, 1 + k, Z) that imagination goes on from after what the members say (E, B, 1 + k, Z)."""
        state = mean.mean(0)
        heading = state[:, 0, 4:6].clone()  # a mean of directions is shorter than one
        unit = self.perception.typical_change[0, 4]
        state[:, 0, 4:6] = heading / (heading.norm(dim=-1, keepdim=True).clamp_min(1e-6) * unit)
        return state
