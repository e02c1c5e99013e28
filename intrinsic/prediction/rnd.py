"""RND: the error of a net that learns to imitate a random one."""

from __future__ import annotations

from typing import ClassVar

from torch import Tensor

from intrinsic.nets import TokenFeatures, TokenPool, first_transition
from intrinsic.objective import Memory, Objective, View


class RND(Objective):
    r"""Rewards states where a trained net does not yet match a fixed random net.

    Formula: ``cost = - mean over D of (predictor(s') - target(s'))^2``; the predictor learns to make it small.

    Source: Burda et al., *Exploration by random network distillation*, 2018, arXiv 1810.12894, section 2.2, with their
    normalisation of observations. Differs: tokens are pooled (see `intrinsic.nets.TokenPool`); the two nets are of one
    shape; returns are not split by horizon, since the critic here knows each drive apart.

    Reads: ``latent`` (\*lead, N, Z).

    Weaknesses: it rewards states, not transitions: nothing new can be found in a known state. Noise in the state is new
    every time, until the nets generalise over it. What has become familiar never becomes rewarding again.
    """

    reads = frozenset({"latent"})
    anticipated: ClassVar[bool] = False
    habituates: ClassVar[bool] = True

    def __init__(self, hidden: int = 64, size: int = 32) -> None:
        """Makes the objective.

        Args:
            hidden: Width of the hidden layers.
            size: Number of outputs D of either net.
        """
        super().__init__()
        self.hidden, self.size = hidden, size

    def build(self, view: View) -> None:
        """Makes the nets."""
        shape = first_transition(view, "latent").shape
        self.target = TokenFeatures(shape, self.hidden, self.size, fixed=True)
        self.predictor = TokenPool(shape, self.hidden, self.size)

    def _error(self, view: View) -> Tensor:
        tokens = self.target.look(view["latent"])
        return (self.predictor(tokens) - self.target.pool(tokens)).square().mean(-1)

    def cost(self, view: View, memory: Memory = None) -> Tensor:
        """Returns the negative error, shape (*lead,)."""
        return -self._error(view)

    def loss(self, view: View) -> Tensor:
        """Returns the mean error."""
        return self._error(view).mean()

    def observe(self, view: View, memory: Memory = None) -> None:
        """Updates the normalisation of latents."""
        self.target.observe(view["latent"])
