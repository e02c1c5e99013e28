"""One-step dynamics: an ensemble of nets that predict the next tokens."""

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
from agent.world_model.stochastic_latent import STOCHASTIC_SIZE, StochasticLatent
from agent.world_model.vitals_head import VitalsHead

MESSAGE_SIZE = 16  # numbers that the body's net gets from each thing


class EnsembleDynamics(nn.Module):
    """Predicts the next tokens of the body and of each attended thing, with an ensemble of E members.

    One net is shared by all pairs of body and thing: from their egocentric features it predicts the thing's change and
    a message to the body. A second net predicts the body's change from its own features and the sum of the messages, a
    third that of the vitals. To what the members predict of things near the body, fixed prior functions are added,
    which differ between members. Changes are predicted in units of the typical change, with a squared error: the
    minimiser of an absolute error is the median, which for things is "nothing moves", and then the members agree
    everywhere and curiosity ends.

    Source: joint embedding prediction after LeCun 2022 (A Path Towards Autonomous Machine Intelligence,
    section 4) with the regularisers of VICReg (Bardes et al. 2021, arXiv 2105.04906); ensembles after Sancaktar
    et al. 2022 (arXiv 2206.11403). We differ in keeping poses explicit, see `TokenEncoder`.

    Args:
        perception: The encoder of the tokens; trained together with the dynamics.
        actions: Size of an action.
        members: Number of members, E.
        hidden: Width of both hidden layers.
        stochastic: Whether it models several outcomes of a step, see `StochasticLatent`.

    Attributes:
        surprise_end: End of the tokens whose error counts as surprise; None for all tokens.
        auxiliary_losses: Further predictions of latents, where settings switch them on.
    """

    surprise_end: int | None = None
    auxiliary_losses: AuxiliaryLosses

    def __init__(
        self, perception: TokenEncoder, actions: int, members: int, hidden: int, stochastic: bool = False
    ) -> None:
        super().__init__()
        self.perception, self.actions = perception, actions
        latent_size = perception.latent_size
        self.own_size, self.pair_size = body_feature_size(perception), pair_feature_size(perception)
        own, z = self.own_size + actions, STOCHASTIC_SIZE if stochastic else 0
        self.stochastic_latent = StochasticLatent(perception, own, self.pair_size, hidden) if stochastic else None
        inputs, outputs = own + self.pair_size + 2 * z, THING_POSE + latent_size + MESSAGE_SIZE
        self.pair_net = EnsembleMLP(members, (inputs, hidden, hidden, outputs))
        inputs, outputs = own + z + MESSAGE_SIZE, perception.body_size + latent_size
        self.body_net = EnsembleMLP(members, (inputs, hidden, hidden, outputs))
        self.vitals_net = self._vitals_net(PROXIMITY_SIZE + perception.appearance_size)
        self.prior = NearnessPrior(members, THING_POSE)
        self.inverse = inverse_dynamics_net(2 * perception.token_size, actions) if latent_size else None
        self.touch: nn.Module = nn.Identity()
        if parts := perception.touch_size:
            self.touch = nn.Sequential(nn.Linear(perception.token_size, 32), nn.Hardswish(), nn.Linear(32, parts))

    def _vitals_net(self, features: int) -> nn.Module:
        """Makes the net that predicts the vitals from a number of features of each thing."""
        return VitalsHead(self.perception.vitals_size, features) if self.perception.vitals_size else nn.Identity()

    @property
    def dynamics_parameters(self) -> list[nn.Parameter]:
        """Parameters of the nets that predict; without the encoder, the readouts and the inverse dynamics."""
        nets = [self.pair_net, self.body_net, self.vitals_net]
        nets += [self.stochastic_latent] if self.stochastic_latent else []
        return [p for net in nets for p in net.parameters()]

    def encode(self, senses: Senses, attended: Tensor | None = None) -> Tensor:
        """Encodes senses into tokens.

        Args:
            senses: By name, (*lead, ...).
            attended: (*lead, k) indices of the attended things; None for all things.

        Returns:
            Tokens (*lead, N, Z): of the body, of these things, and of the image, where there is one.
        """
        tokens: Tensor = self.perception(senses)
        return tokens if attended is None else select_tokens(tokens, attended)

    def ego_features(self, latent: Tensor, context: SceneContext) -> EgoFeatures:
        """Returns the egocentric features of tokens (B, N, Z)."""
        return ego_features(self.perception, latent, context)

    def ego_features_of(self, latent: Tensor, appearance: Tensor) -> EgoFeatures:
        """Returns the egocentric features of tokens (B, N, Z) and things of an appearance (B, k, features)."""
        return self.ego_features(latent, scene_context(self.perception, appearance))

    def forward(self, latent: Tensor, action: Tensor, ego: EgoFeatures, z: Tensor | None = None) -> Tensor:
        """Predicts the next tokens.

        Args:
            latent: (B, 1 + k, Z) tokens.
            action: (B, A).
            ego: Egocentric features of the tokens.
            z: (B, 1 + k, STOCHASTIC_SIZE) values of the stochastic latent, in a model that has one; None for the mean
                of its prior.

        Returns:
            (E, B, 1 + k, Z), one prediction per member.
        """
        own, pair = torch.cat([ego.own, action], -1), ego.pair
        if self.stochastic_latent is not None:
            z = self.stochastic_latent.prior(own, pair).mean if z is None else z
            own, pair = torch.cat([own, z[:, 0]], -1), torch.cat([pair, z[:, 1:]], -1)
        p, members = self.perception, self.pair_net.members
        # Outputs are split once: the gradient of each slice would be a tensor as large as what it was cut from.
        pose_parts, pairs = [PLANAR, THING_POSE - PLANAR], self.pair_net.pairs(own, pair)  # (E, B, k, outputs)
        planar, vertical, latents, message = pairs.split_with_sizes([*pose_parts, p.latent_size, MESSAGE_SIZE], -1)
        body = self.body_net(torch.cat([own.expand(members, -1, -1), message.sum(2)], -1)).unsqueeze(2)
        body_planar, joints, body_latent = body.split_with_sizes([PLANAR, p.body_size - PLANAR, p.latent_size], -1)
        prior = self.prior(ego.pair[..., :2], ego.pair[..., PAIR_GEOMETRY_SIZE - 1])
        prior_planar, prior_vertical = prior.split_with_sizes(pose_parts, -1)
        # Changes are predicted in the frame of the body and rotated into that of the room.
        planar = torch.cat([body_planar, planar + prior_planar], 2)
        planar = from_complex(to_complex(planar) * ego.facing.unsqueeze(1))
        first, others = planar.split_with_sizes([1, planar.shape[2] - 1], 2)
        step = body_planar[..., 0, :2].detach().mean(0) * p.typical_change[0, :2]
        body_change = [first, joints, self._vitals(ego, step)]
        thing_change = [others, vertical + prior_vertical]
        for parts, size in ((body_change, p.body_size + p.vitals_size), (thing_change, THING_POSE)):
            if p.pose_size > size:
                parts.append(planar.new_zeros(*parts[0].shape[:-1], p.pose_size - size))
        if p.latent_size:
            body_change.append(body_latent)
            thing_change.append(latents)
        change = torch.cat([torch.cat(body_change, -1), torch.cat(thing_change, -1)], 2)
        return latent + change

    def _vitals(self, ego: EgoFeatures, step: Tensor) -> Tensor:
        """Returns the change of the vitals (E, B, 1, V) when the body moves by `step` (B, 2), in its own frame (m)."""
        p = self.perception
        if not p.vitals_size:
            return step.new_zeros(self.pair_net.members, len(step), 1, 0)
        appearance = appearance_in(p, ego)
        distance = (ego.pair[..., :2] - step.unsqueeze(1)).norm(dim=-1, keepdim=True)
        proximity = proximity_features(distance, appearance[..., RADIUS])
        change: Tensor = self.vitals_net(vitals_in(p, ego), torch.cat([*proximity, appearance], -1))
        return change.unsqueeze(1).expand(self.pair_net.members, -1, -1, -1)

    def next_state(self, mean: Tensor) -> Tensor:
        """Returns the state (B, 1 + k, Z) from which a rollout continues after predictions (E, B, 1 + k, Z)."""
        state = mean.mean(0)
        heading = state[:, 0, 4:6].clone()  # the mean of unit vectors is shorter than one
        unit = self.perception.typical_change[0, 4]
        state[:, 0, 4:6] = heading / (heading.norm(dim=-1, keepdim=True).clamp_min(1e-6) * unit)
        return state
