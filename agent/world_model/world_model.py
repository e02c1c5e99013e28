"""The world model: predicts, learns from what came, and imagines."""

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
from agent.world_model.stochastic_latent import NAT_PRICE, DiagonalGaussian


class WorldModel(EnsembleDynamics):
    """The ensemble of dynamics with its losses, and imagination along what it predicts.

    Arguments are those of `EnsembleDynamics`.
    """

    def __init__(self, perception: TokenEncoder, actions: int, members: int, hidden: int, chance: bool = False) -> None:
        super().__init__(perception, actions, members, hidden, chance)
        self.step = TracedCall(self, "_step")
        self.predict = TracedCall(self, "_predict")

    def infer_latent(
        self, latent: Tensor, after: Tensor, action: Tensor, sight: EgoFeatures
    ) -> tuple[DiagonalGaussian, Tensor] | None:
        """Reads off transitions which of several futures came, and how many nats that tells (B, 1 + k)."""
        if self.futures is None:
            return None
        me, pair = torch.cat([sight.own, action], -1).detach(), sight.pair.detach()  # it shapes no latents
        came = self.futures.posterior(me, pair, (after - latent).detach(), sight.facing.detach())
        return came, came.divergence(self.futures.prior(me, pair))

    def posterior_predict(
        self, latent: Tensor, after: Tensor, action: Tensor, sight: EgoFeatures
    ) -> tuple[Tensor, Tensor | float]:
        """Predicts transitions that were lived, knowing which of several futures came.

        What is left of disagreement and error is then no chance. What the knowledge cost is to be counted to the error,
        or nothing that can be explained by luck, such as a toy that vanishes, would ever surprise.

        Returns:
            The means (E, B, 1 + k, Z), and the price of knowing (B,); 0 for a model that knows of one future alone.
        """
        told = self.infer_latent(latent, after, action, sight)
        if told is None:
            return self.predict(latent, action, *sight), 0.0
        return self.predict(latent, action, *sight, told[0].mean), NAT_PRICE * told[1].sum(-1)

    def loss(
        self,
        latent: Tensor,
        after: Tensor,
        action: Tensor,
        sight: EgoFeatures,
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
        where = self.perception.pose_size
        told = self.infer_latent(latent, after, action, sight)
        z = () if told is None else (told[0].sample(torch.randn(told[0].mean.shape, generator=generator)),)
        error = mask_unseen((self.predict(latent, action, *sight, *z) - after) ** 2, seen)
        losses, energy = self.errors(error), error.detach()[:, :, : self.told, :where].sum((-2, -1)).mean(0)
        if told:
            nats = told[1]  # at a price per token, as errors are per dimension
            losses["chance"] = NAT_PRICE * (nats[:, 0].mean() / where + nats[:, 1:].mean() / THING_POSE)
            energy = energy + NAT_PRICE * nats.detach().sum(-1)
        return losses, energy

    def errors(self, error: Tensor) -> dict[str, Tensor]:
        """Returns means of squared errors (E, B, 1 + k, Z) by part."""
        where = self.perception.pose_size
        # Means over members, tokens and dimensions: a thing's change counts as much as the body's.
        losses = {"body": error[:, :, 0, :where].mean(), "things": error[:, :, 1:, :THING_POSE].mean()}
        if self.perception.latent_size:
            losses["what"] = error[..., where:].mean()
        return losses

    def representation_losses(
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
            learned, later = (tokens[..., self.perception.pose_size :] for tokens in (latent, after))
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
        context = scene_context(self.perception, looks.expand(plans, -1, -1))
        state = latent.expand(plans, -1, -1)
        states, means = [state], []
        for t, action in enumerate(actions):
            mean, state = self.step(state, action, *context, *(() if noise is None else (noise[t],)))
            states.append(state)
            means.append(mean)
        path = torch.stack(states)
        read = self.perception.decode(path, senses, attended)
        if self.perception.touch_size:
            read["touch"] = torch.expm1(self.touch(path[:, :, 0])).clamp_min(0.0)
            read["touch"][0] = senses["touch"]  # now is felt, not read
        return Rollout(path, actions, torch.stack(means, 1), read, attended, True)

    def predict_things(self, senses: Senses) -> Tensor:
        """Predicts where things are after a step in which the body does nothing.

        Args:
            senses: Observations by name (B, ...), each with one thing alone.

        Returns:
            The columns `THING_POSE_COLUMNS` of each thing's row, as each member predicts them (E, B, THING_POSE), in
            the units of that row.
        """
        p, count = self.perception, len(senses["things"])
        latent = self.encode(senses, torch.zeros(count, 1, dtype=torch.int64))
        mean = self(latent, torch.zeros(count, self.actions), self.sight(latent, p.appearance(senses)))
        read: Tensor = mean[:, :, 1, :THING_POSE] * p.typical_change[1, :THING_POSE]
        return read

    def _step(self, state: Tensor, action: Tensor, *rest: Tensor) -> tuple[Tensor, Tensor]:
        """Returns what the members say of a step, and where imagination goes on; `rest` is an context, and noise."""
        parts = len(SceneContext._fields)
        sight = self.see(state, SceneContext(*rest[:parts]))
        chance = self.futures.sample_prior(action, sight, *rest[parts:]) if self.futures and rest[parts:] else None
        mean: Tensor = self(state, action, sight, chance)
        return mean, self.next_state(mean)

    def _predict(self, latent: Tensor, action: Tensor, *rest: Tensor) -> Tensor:
        """Predicts as `forward` does; `rest` is a sight, and chance."""
        parts = len(EgoFeatures._fields)
        mean: Tensor = self(latent, action, EgoFeatures(*rest[:parts]), *rest[parts:])
        return mean
