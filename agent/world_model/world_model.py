"""The world model: ensemble dynamics with their losses, and rollouts in imagination."""

from __future__ import annotations

import torch
from torch import Tensor

from agent.perception.attention import gather
from agent.perception.egocentric import EgoFeatures, SceneContext, scene_context
from agent.perception.encoder import THING_POSE, Senses, TokenEncoder
from agent.perception.visibility import mask_unseen
from agent.world_model.dynamics import EnsembleDynamics
from agent.world_model.jit_cache import TracedCall
from agent.world_model.regularizers import regularize
from agent.world_model.rollout import Rollout
from agent.world_model.stochastic_latent import KL_WEIGHT, DiagonalGaussian


class WorldModel(EnsembleDynamics):
    """Ensemble dynamics with their training losses, and rollouts of plans.

    Arguments are those of `EnsembleDynamics`.
    """

    def __init__(
        self, perception: TokenEncoder, actions: int, members: int, hidden: int, stochastic: bool = False
    ) -> None:
        super().__init__(perception, actions, members, hidden, stochastic)
        self.step = TracedCall(self, "_step")
        self.predict = TracedCall(self, "_predict")

    def infer_latent(
        self, latent: Tensor, after: Tensor, action: Tensor, ego: EgoFeatures
    ) -> tuple[DiagonalGaussian, Tensor] | None:
        """Infers the stochastic latent of transitions from how they came out.

        Returns:
            The posterior, and its divergence from the prior (B, 1 + k), in nats; None for a model without a stochastic
            latent.
        """
        if self.stochastic_latent is None:
            return None
        own, pair = torch.cat([ego.own, action], -1).detach(), ego.pair.detach()  # tokens are not trained by it
        posterior = self.stochastic_latent.posterior(own, pair, (after - latent).detach(), ego.facing.detach())
        return posterior, posterior.kl_divergence(self.stochastic_latent.prior(own, pair))

    def posterior_predict(
        self, latent: Tensor, after: Tensor, action: Tensor, ego: EgoFeatures
    ) -> tuple[Tensor, Tensor | float]:
        """Predicts observed transitions with the stochastic latent inferred from how they came out.

        Disagreement and error are then without aleatoric uncertainty. The cost of the inferred latent is to be added to
        the error; otherwise nothing that the latent can explain, such as a toy that vanishes, would be a surprise.

        Returns:
            Predictions (E, B, 1 + k, Z), and the cost of the latent (B,), in units of a squared error; 0 for a model
            without one.
        """
        inferred = self.infer_latent(latent, after, action, ego)
        if inferred is None:
            return self.predict(latent, action, *ego), 0.0
        posterior, nats = inferred
        return self.predict(latent, action, *ego, posterior.mean), KL_WEIGHT * nats.sum(-1)

    def loss(
        self,
        latent: Tensor,
        after: Tensor,
        action: Tensor,
        ego: EgoFeatures,
        generator: torch.Generator | None = None,
        seen: Tensor | None = None,
    ) -> tuple[dict[str, Tensor], Tensor]:
        """Computes the prediction errors of transitions.

        Args:
            latent: (B, 1 + k, Z) tokens before.
            after: (B, 1 + k, Z) tokens after.
            action: (B, A).
            ego: Egocentric features of `latent`.
            generator: Random numbers, for a model with a stochastic latent.
            seen: (B, k) mask of the things that were seen during the whole step; None for all.

        Returns:
            Losses by part, see `loss_by_part`, with ``kl`` for the stochastic latent; and the energy of each transition
            (B,), in squared typical changes.
        """
        pose_size = self.perception.pose_size
        inferred = self.infer_latent(latent, after, action, ego)
        z: tuple[Tensor, ...] = ()
        if inferred is not None:
            posterior, nats = inferred
            z = (posterior.sample(torch.randn(posterior.mean.shape, generator=generator)),)
        squared_error = mask_unseen((self.predict(latent, action, *ego, *z) - after) ** 2, seen)
        losses = self.loss_by_part(squared_error)
        energy = squared_error.detach()[:, :, : self.surprise_end, :pose_size].sum((-2, -1)).mean(0)
        if inferred is not None:  # per dimension of a token, as the errors are
            losses["kl"] = KL_WEIGHT * (nats[:, 0].mean() / pose_size + nats[:, 1:].mean() / THING_POSE)
            energy = energy + KL_WEIGHT * nats.detach().sum(-1)
        return losses, energy

    def loss_by_part(self, squared_error: Tensor) -> dict[str, Tensor]:
        """Returns the means of squared errors (E, B, 1 + k, Z) by part.

        Returns:
            ``body`` and ``things``: errors of poses; ``latent``: of the learned latents of all tokens.
        """
        pose_size = self.perception.pose_size
        # Means over members, tokens and dimensions: the change of a thing counts as much as that of the body.
        losses = {
            "body": squared_error[:, :, 0, :pose_size].mean(),
            "things": squared_error[:, :, 1:, :THING_POSE].mean(),
        }
        if self.perception.latent_size:
            losses["latent"] = squared_error[..., pose_size:].mean()
        return losses

    def representation_losses(
        self, latent: Tensor, after: Tensor, action: Tensor, touch: Tensor, method: str, generator: torch.Generator
    ) -> dict[str, Tensor]:
        """Computes the losses that keep latents from collapsing, and the error of the readout of touch.

        Args:
            latent: (B, 1 + k, Z) tokens before.
            after: (B, 1 + k, Z) tokens after.
            action: (B, A).
            touch: (B, parts) forces felt after the step (N).
            method: Name of the regulariser, one of `REGULARIZERS`.
            generator: Random numbers for the regulariser.

        Returns:
            ``regularizer``; ``inverse``: error of the action that is read from two tokens of the body; ``touch``: error
            of the touch that is read from the body's token, where there is touch.
        """
        zero = latent.new_zeros(())
        losses = {"regularizer": zero, "inverse": zero}
        if self.inverse is not None:
            learned, next_learned = (tokens[..., self.perception.pose_size :] for tokens in (latent, after))
            losses["regularizer"] = regularize(method, learned, next_learned, generator)
            body = torch.cat([latent[:, 0], after[:, 0]], -1)
            losses["inverse"] = ((self.inverse(body) - action) ** 2).mean()
        # The gradient of the readout does not reach the latents.
        if self.perception.touch_size:
            losses["touch"] = ((self.touch(after[:, 0].detach()) - torch.log1p(touch)) ** 2).mean()
        return losses

    def imagine(
        self, latent: Tensor, actions: Tensor, senses: Senses, attended: Tensor, noise: Tensor | None = None
    ) -> Rollout:
        """Rolls out plans; each step continues from the mean of the members' predictions.

        Args:
            latent: (1 + k, Z) current tokens, or (B, 1 + k, Z) where each plan starts from its own.
            actions: (T, B, A).
            senses: Current senses, without leading shape, or (B, ...).
            attended: (k,) indices of the attended things, or (B, k).
            noise: (T, F, 1 + k, STOCHASTIC_SIZE), standard normal, for F futures of each plan; the same for all plans,
                so that they are compared under common random numbers. The rollout then has F B columns: all plans in
                the first future, then all in the second, and so on. None for one future, by the mean of the prior.
        """
        if noise is not None:
            noise = noise.repeat_interleave(actions.shape[1], 1)
            actions = actions.repeat(1, noise.shape[1] // actions.shape[1], 1)
        plans = actions.shape[1]
        appearance = gather(self.perception.appearance(senses), attended)
        context = scene_context(self.perception, appearance.expand(plans, -1, -1))
        state = latent.expand(plans, -1, -1)
        states, means = [state], []
        for t, action in enumerate(actions):
            mean, state = self.step(state, action, *context, *(() if noise is None else (noise[t],)))
            states.append(state)
            means.append(mean)
        path = torch.stack(states)
        decoded = self.perception.decode(path, senses, attended)
        if self.perception.touch_size:
            decoded["touch"] = torch.expm1(self.touch(path[:, :, 0])).clamp_min(0.0)
            decoded["touch"][0] = senses["touch"]  # the current touch is sensed
        return Rollout(path, actions, torch.stack(means, 1), decoded, attended, True)

    def predict_things(self, senses: Senses) -> Tensor:
        """Predicts the poses of things after a step in which the body does nothing.

        Args:
            senses: Observations by name (B, ...), each with a single thing.

        Returns:
            The columns `THING_POSE_COLUMNS` of each thing's row, as each member predicts them (E, B, THING_POSE), in
            the units of that row.
        """
        p, count = self.perception, len(senses["things"])
        latent = self.encode(senses, torch.zeros(count, 1, dtype=torch.int64))
        ego = self.ego_features_of(latent, p.appearance(senses))
        mean = self(latent, torch.zeros(count, self.actions), ego)
        pose: Tensor = mean[:, :, 1, :THING_POSE] * p.typical_change[1, :THING_POSE]
        return pose

    def _step(self, state: Tensor, action: Tensor, *rest: Tensor) -> tuple[Tensor, Tensor]:
        """Returns the predictions of a step, and the state to continue from; `rest` is a scene context, and noise."""
        parts = len(SceneContext._fields)
        ego = self.ego_features(state, SceneContext(*rest[:parts]))
        z = None
        if self.stochastic_latent is not None and rest[parts:]:
            z = self.stochastic_latent.sample_prior(action, ego, *rest[parts:])
        mean: Tensor = self(state, action, ego, z)
        return mean, self.next_state(mean)

    def _predict(self, latent: Tensor, action: Tensor, *rest: Tensor) -> Tensor:
        """Predicts as `forward` does; `rest` is egocentric features, and z."""
        parts = len(EgoFeatures._fields)
        mean: Tensor = self(latent, action, EgoFeatures(*rest[:parts]), *rest[parts:])
        return mean
