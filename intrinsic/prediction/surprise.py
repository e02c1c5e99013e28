"""Surprise: a reward for wrongly predicted outcomes."""

from __future__ import annotations

from torch import Tensor

from intrinsic.nets import Tokens, sum_attended, validated_tokens
from intrinsic.objective import Memory, Objective, View


class Surprise(Objective):
    r"""Rewards lived steps whose outcome the world model predicted wrongly.

    Formula: ``cost = - sum over attended tokens n, of sum over z, of (latent[n, z] - mean over e of mean[e, n, z])^2``.

    Source: Schmidhuber, *A possibility for implementing curiosity and boredom in model-building neural controllers*,
    1991; as the energy between predicted and actual latent, LeCun 2022, section 4.4. We take the mean of the ensemble
    for the prediction.

    Reads: ``latent`` (\*lead, N, Z), ``mean`` (E, \*lead, N, Z), ``attended`` (\*lead, N).

    Weaknesses: a noisy television is rewarded for ever, since noise is never predicted. Imagined futures have no
    surprise, since they are the prediction: planning sees it only through the critic, which learns where it was.
    """

    reads = frozenset({"latent", "mean", "attended"})

    def __init__(self, tokens: Tokens = "all") -> None:
        """Makes the objective.

        Args:
            tokens: ``"all"``, or ``"things"`` to leave out token 0, the agent's own body, where there are others.
        """
        super().__init__()
        self.tokens = validated_tokens(tokens)

    def cost(self, view: View, memory: Memory = None) -> Tensor:
        """Returns the negative energy (standardised latent units squared), shape (*lead,)."""
        energy = (view["latent"] - view["mean"].mean(0)).square().sum(-1)
        return -sum_attended(energy, view["attended"], self.tokens)
