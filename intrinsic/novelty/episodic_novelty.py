"""Episodic novelty (NGU): states new to the episode, weighted by how new they are to the whole life."""

from __future__ import annotations

from typing import ClassVar, Final

import torch
from torch import Tensor

from intrinsic.nets import InverseDynamicsFeatures, first_transition
from intrinsic.objective import Memory, Objective, View
from intrinsic.prediction.rnd import RND

KERNEL: Final = 1e-3  # epsilon of the kernel, in squared distances to the usual neighbour
FLOOR: Final = 1e-3  # c, which keeps an empty episode's reward finite
ENOUGH: Final = 8.0  # similarity from which a state has no novelty
MOST: Final = 5.0  # L, how much a life's novelty can add


class EpisodicNovelty(Objective):
    r"""Rewards states unlike those of the episode, times how new they are to the whole life.

    Formula: ``cost = - min(max(m, 1), 5) / (sqrt(sum over the k nearest of K(phi, phi_i)) + c)``, 0 where the root is
    above 8, with ``K = e / (d^2 / d_mean^2 + e)`` and m the error of RND, standardised, plus 1.

    Source: Badia et al., *Never give up* (NGU), 2020, arXiv 2002.06038, section 2. Differs: the
    usual distance d_mean is a running mean per episode over the nearest distances; the reward is divided by that of an
    empty episode, 1/c, so that it is 1 at most before m; the last 100 states of an episode are remembered, so
    that a planner can fork it; tokens are pooled (see `intrinsic.nets.TokenPool`).

    Reads: ``latent.before``, ``latent`` (\*lead, N, Z), ``action`` (\*lead, A).

    Weaknesses: after 100 steps an episode begins to forget. Nearly all of the reward is in the first states of an
    episode, since the kernel is sharp. The weaknesses of RND apply to m.
    """

    reads = frozenset({"latent.before", "latent", "action"})
    memory = "episode"
    anticipated: ClassVar[bool] = False
    habituates: ClassVar[bool] = True
    level: Tensor
    spread: Tensor
    count: Tensor

    def __init__(self, hidden: int = 64, size: int = 32, states: int = 100, k: int = 10) -> None:
        """Makes the objective.

        Args:
            hidden: Width of the hidden layers.
            size: Number of features of a state.
            states: Number of states of an episode that are remembered, the last ones.
            k: Number of nearest states to compare with.
        """
        super().__init__()
        self.hidden, self.size, self.states, self.k = hidden, size, states, k
        self.life = RND(hidden, size)

    def build(self, view: View) -> None:
        """Makes the nets."""
        self.phi = InverseDynamicsFeatures(
            first_transition(view, "latent"), first_transition(view, "action"), self.hidden, self.size
        )
        self.life.build(view)
        for name, value in (("level", 0.0), ("spread", 1.0), ("count", 0.0)):
            self.register_buffer(name, torch.tensor(value))

    def begin(self, lead: tuple[int, ...]) -> dict[str, Tensor]:
        """Returns an episode without states."""
        return {
            "states": torch.zeros(*lead, self.states, self.size),
            "seen": torch.zeros(lead, dtype=torch.int64),
            "usual": torch.zeros(lead),
        }

    def _nearest(self, memory: dict[str, Tensor], phi: Tensor) -> Tensor:
        r"""Returns squared distances (\*lead, k) to the nearest states; infinite where there are fewer."""
        square = (memory["states"] - phi.unsqueeze(-2)).square().sum(-1)
        empty = torch.arange(self.states) >= memory["seen"].unsqueeze(-1)
        return square.masked_fill(empty, torch.inf).topk(self.k, -1, largest=False).values

    def _episode(self, memory: dict[str, Tensor], near: Tensor) -> Tensor:
        """Returns how new to the episode a state is, 0 to 1, by the squared distances to its nearest."""
        usual: Tensor = memory["usual"].clamp_min(1e-6).unsqueeze(-1)
        likeness = (KERNEL / (near / usual + KERNEL)).sum(-1)
        root = (likeness + 1e-12).sqrt()
        return (FLOOR / (root + FLOOR)).masked_fill(root > ENOUGH, 0.0)

    def _life(self, view: View) -> Tensor:
        """Returns how new a state is to the whole life, 1 to 5."""
        return (1.0 + (-self.life.cost(view) - self.level) / self.spread.clamp_min(1e-6)).clamp(1.0, MOST)

    def cost(self, view: View, memory: Memory = None) -> Tensor:
        """Returns the negative novelty, shape (*lead,)."""
        return -self._episode(memory, self._nearest(memory, self.phi(view["latent"]))) * self._life(view)

    def remember(self, memory: dict[str, Tensor], view: View) -> dict[str, Tensor]:
        """Returns the episode with one more state."""
        phi = self.phi(view["latent"])
        return self._added(memory, phi, self._nearest(memory, phi))

    def sequence_cost(self, view: View, memory: dict[str, Tensor]) -> tuple[Tensor, dict[str, Tensor]]:
        r"""Returns costs (T, \*lead) and the episode after them; the nets see all steps at once."""
        news = []
        for phi in self.phi(view["latent"]):
            near = self._nearest(memory, phi)
            news.append(self._episode(memory, near))
            memory = self._added(memory, phi, near)
        return -torch.stack(news) * self._life(view), memory

    def _added(self, memory: dict[str, Tensor], phi: Tensor, near: Tensor) -> dict[str, Tensor]:
        seen = memory["seen"]
        known = near.isfinite()
        mean = torch.where(known, near, 0.0).sum(-1) / known.sum(-1).clamp_min(1)
        rate = 1.0 / seen.clamp(1, self.states)
        here = (torch.arange(self.states) == (seen % self.states).unsqueeze(-1)).unsqueeze(-1)
        return {
            "states": torch.where(here, phi.unsqueeze(-2), memory["states"]),
            "seen": seen + 1,
            "usual": torch.where(seen > 0, memory["usual"].lerp(mean, rate), memory["usual"]),
        }

    def loss(self, view: View) -> Tensor:
        """Returns the error of the predicted actions, and the error of RND."""
        return self.phi.loss(*self.phi.before_and_after(view), view["action"]) + self.life.loss(view)

    def observe(self, view: View, memory: Memory = None) -> None:
        """Updates the normalisation of latents and errors."""
        self.phi.observe(view["latent"])
        self.life.observe(view)
        error = -self.life.cost(view).flatten()
        self.count += len(error)
        share = float(len(error) / self.count.clamp_max(1000.0))
        off = error.mean() - self.level
        variance = self.spread.square().lerp(error.var(correction=0) + off.square(), min(share, 1.0))
        self.spread.copy_(variance.sqrt())
        self.level.add_(off * min(share, 1.0))
