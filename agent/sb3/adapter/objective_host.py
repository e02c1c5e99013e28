"""Offers objectives what they read, lets them live through transitions, and makes rewards of their costs."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from gymnasium import spaces
from torch import Tensor, nn

from agent.sb3.adapter.episodic_memories import renewed
from agent.sb3.adapter.features import Dynamics, Encoder
from agent.sb3.adapter.spaces import Sensing
from agent.sb3.adapter.term_calls import terms_of, told
from agent.sb3.adapter.trainer import ObjectiveTrainer
from housecat.core.errors import UserError
from intrinsic import Memory, Mixture
from intrinsic.isolation.process_state import preserve_process_state, seed_from_name
from intrinsic.term import Term

Senses = dict[str, Tensor]
Raw = dict[str, Tensor]
LATENT = {"latent", "latent.before", "mean", "attended"}


@dataclass(frozen=True)
class Stretch:
    r"""Transitions of leading shape \*lead, such as (T, B).

    Attributes:
        before: Each sense before the transition, (\*lead, ...).
        action: (\*lead, A).
        after: Each sense after it, at the end of an episode too.
    """

    before: Senses
    action: Tensor
    after: Senses


class ObjectiveHost(nn.Module):
    """Carries a mixture through an environment's transitions.

    It offers each sense as ``senses.<name>``, and where an objective reads latents or predictions, those of a small
    encoder and ensemble of its own. There is one latent token, made of all senses. An objective that fails raises
    here: an experiment must not go on without what it is about.

    Args:
        mixture: The objectives.
        sensing: Of the environment.
        lives: Environments side by side, B.
        seed: For first weights, batches and the random numbers that objectives may draw.
        batch: Transitions per update.
        learning_rate: Of Adam, for objectives and world model.

    Attributes:
        calls: How often objectives were given random numbers.

    Raises:
        UserError: If an objective cannot work with what the environment offers.
    """

    def __init__(
        self,
        mixture: Mixture,
        sensing: Sensing,
        lives: int,
        seed: int = 0,
        batch: int = 256,
        learning_rate: float = 1e-3,
    ) -> None:
        super().__init__()
        self.mixture, self.sensing, self.lives = mixture, sensing, lives
        self.seed, self.calls = seed, 0
        self.encoder: Encoder | None = None
        self.dynamics: Dynamics | None = None
        with self._chances():
            if mixture.reads & LATENT:
                self.encoder = Encoder(sensing.spaces)
                if "mean" in mixture.reads:
                    self.dynamics = Dynamics(self.encoder.width, sensing.actions)
            mixture.check(self.view(_example(sensing)))  # what is sized by the first thing it sees is made here
        self.teacher = ObjectiveTrainer(mixture, self.dynamics, batch, learning_rate, seed)
        self._memories: dict[str, Memory] = {}

    @property
    def episodic(self) -> list[str]:
        """Names of the objectives that keep a memory within an episode."""
        return [name for name, term in terms_of(self.mixture) if term.episodic]

    @contextlib.contextmanager
    def _chances(self) -> Iterator[None]:
        """Gives objectives random numbers of their own: the algorithm's stay as they would be without them."""
        self.calls += 1
        with preserve_process_state(seed_from_name(f"host {self.seed}", self.calls)):
            yield

    def view(self, stretch: Stretch, lived: Tensor | None = None) -> dict[str, Tensor]:
        """Returns what objectives may read of a stretch.

        Args:
            stretch: What happened.
            lived: For transitions (T, B) seen for the first time, which standardise the latents: (T, B) whether an
                episode ended with them.
        """
        view = {"action": stretch.action}
        for name in self.sensing.spaces:
            view[f"senses.{name}"], view[f"senses.{name}.before"] = stretch.after[name], stretch.before[name]
        if self.encoder is None:
            return view
        lead = tuple(stretch.action.shape[:-1])
        then = self.encoder.features(stretch.after, lead)
        if lived is None:
            first = self.encoder.features(stretch.before, lead)
        else:
            first = self._before(stretch.before, then, lived)
            self.encoder.observe(then)
        before, after = self.encoder(first), self.encoder(then)
        view |= {"latent": after, "latent.before": before, "attended": after.new_ones(after.shape[:-1])}
        if self.dynamics is not None:
            if lived is not None:
                self.dynamics.observe(before, after)
            view["mean"] = self.dynamics(before, stretch.action)
        return view

    def _before(self, senses: Senses, then: Tensor, ended: Tensor) -> Tensor:
        """Returns features before lived transitions: those after the last one, but where an episode begins."""
        assert self.encoder is not None
        fresh = torch.cat([torch.ones_like(ended[:1]), ended[:-1]])
        first = torch.cat([then[:1], then[:-1]])
        first[fresh] = self.encoder.features({k: v[fresh] for k, v in senses.items()}, (int(fresh.sum()),))
        return first

    def begin(self, ended: Tensor) -> None:
        """Begins episodic memories anew in those of the B lives that have ended, (B,)."""
        with self._chances():
            for name, term in terms_of(self.mixture):
                if term.episodic and bool(ended.any()):
                    fresh = told(name, term.begin, (self.lives,))
                    old = self._memories.get(name, fresh)
                    self._memories[name] = renewed(old, fresh, ended, name)

    @torch.no_grad()
    def live(self, stretch: Stretch, ended: Tensor) -> tuple[dict[str, Tensor], Raw]:
        """Takes in lived transitions, each once and in order.

        Args:
            stretch: Of shape (T, B).
            ended: (T, B) whether an episode ended with the transition.

        Returns:
            The view, and the raw cost of each objective (T, B).
        """
        costs = {}
        with self._chances():
            view = self.view(stretch, ended)
            for name, term in terms_of(self.mixture):
                if term.episodic:
                    costs[name] = self._step_by_step(name, term, view, ended)
                else:
                    costs[name] = told(name, term.cost, view)
                    told(name, term.observe, view)
        return view, costs

    def _step_by_step(self, name: str, term: Term, view: dict[str, Tensor], ended: Tensor) -> Tensor:
        memory = self._memories[name]
        costs = []
        for t in range(len(ended)):
            now = {key: tensor[:, t] if key == "mean" else tensor[t] for key, tensor in view.items()}
            costs.append(told(name, term.cost, now, memory))
            told(name, term.observe, now, memory)
            memory = told(name, term.remember, memory, now)
            if bool(ended[t].any()):
                memory = renewed(memory, told(name, term.begin, (self.lives,)), ended[t], name)
        self._memories[name] = memory
        return torch.stack(costs)

    @torch.no_grad()
    def judge(self, stretch: Stretch, kept: Raw) -> tuple[dict[str, Tensor], Raw]:
        """Returns the view and raw costs of transitions of long ago as of now, and where there are any, as `kept`."""
        with self._chances():
            view = self.view(stretch)
            terms = terms_of(self.mixture)
            return view, {n: kept[n] if n in kept else told(n, term.cost, view) for n, term in terms}

    def rewards(self, costs: Raw) -> dict[str, Tensor]:
        """Moves the running scales by raw costs, and returns the reward of each objective with its weight.

        Raises:
            UserError: If one is not finite.
        """
        self.mixture.rescale(costs)
        weights, scales = self.mixture.weights, self.mixture.scales
        rewards = {name: cost * (-weights[name] / scales[name]) for name, cost in costs.items()}
        for name, reward in rewards.items():
            if not bool(torch.isfinite(reward).all()):
                raise UserError(f"objective {name!r} rewards with nan or infinity, as there are in what it reads")
        return rewards

    def learn(self, view: dict[str, Tensor], updates: int) -> dict[str, float]:
        """Trains objectives and world model on transitions (T, B) or (rows,); returns mean losses by name."""
        with self._chances():
            return self.teacher.teach(view, updates)


def _example(sensing: Sensing) -> Stretch:
    """Returns one transition that nobody lived."""

    def nothing(space: spaces.Space[Any]) -> Tensor:
        shape = space.shape if isinstance(space, spaces.Box) else (spaces.flatdim(space),)
        return torch.zeros(1, *shape)

    senses = {name: nothing(space) for name, space in sensing.spaces.items()}
    return Stretch(senses, torch.zeros(1, sensing.actions), senses)
