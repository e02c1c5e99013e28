"""Runs objectives on an environment's transitions and turns their costs into rewards."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from gymnasium import spaces
from torch import Tensor, nn

from agent.sb3.adapter.episodic_memories import reset_where
from agent.sb3.adapter.features import FeatureDynamics, FeatureEncoder
from agent.sb3.adapter.spaces import SpaceConverter
from agent.sb3.adapter.term_calls import call_term, terms_of
from agent.sb3.adapter.trainer import ObjectiveTrainer
from housecat.core.errors import UserError
from intrinsic import Memory, Mixture
from intrinsic.isolation.process_state import preserve_process_state, seed_from_name
from intrinsic.term import Term

ObsTensors = dict[str, Tensor]
RawCosts = dict[str, Tensor]
LATENT_KEYS = {"latent", "latent.before", "mean", "attended"}


@dataclass(frozen=True)
class Transitions:
    r"""Transitions of leading shape \*lead, such as (T, B).

    Attributes:
        obs: Observations before the action, by name, (\*lead, ...).
        action: Actions (\*lead, A).
        next_obs: Observations after the action, by name, (\*lead, ...); the last of its episode where one ended.
    """

    obs: ObsTensors
    action: Tensor
    next_obs: ObsTensors


class ObjectiveHost(nn.Module):
    """Runs the objectives of a mixture on the transitions of B environments.

    Objectives read each part of the observation as ``senses.<name>``. Those that read latents or predictions get them
    from a small encoder and ensemble of the host. There is one latent token, made of the whole observation. An
    objective that fails raises here, where a mind would mute it: an experiment on an objective must not continue
    without that objective.

    Args:
        mixture: The objectives.
        converter: Converter of the environment's observations and actions.
        num_envs: Number of environments side by side, B.
        seed: Seed of initial weights, of batches and of the random numbers that objectives may draw.
        batch: Transitions per update.
        learning_rate: Learning rate of Adam, for objectives and world model.

    Attributes:
        calls: How often objectives were given random numbers.

    Raises:
        UserError: If an objective cannot work with what the environment offers.
    """

    def __init__(
        self,
        mixture: Mixture,
        converter: SpaceConverter,
        num_envs: int,
        seed: int = 0,
        batch: int = 256,
        learning_rate: float = 1e-3,
    ) -> None:
        super().__init__()
        self.mixture, self.converter, self.num_envs = mixture, converter, num_envs
        self.seed, self.calls = seed, 0
        self.encoder: FeatureEncoder | None = None
        self.dynamics: FeatureDynamics | None = None
        with self._own_random_state():
            if mixture.reads & LATENT_KEYS:
                self.encoder = FeatureEncoder(converter.obs_spaces)
                if "mean" in mixture.reads:
                    self.dynamics = FeatureDynamics(self.encoder.latent_size, converter.action_size)
            mixture.check(self.view(_zero_transition(converter)))  # also builds what is sized by the first view
        self.trainer = ObjectiveTrainer(mixture, self.dynamics, batch, learning_rate, seed)
        self._memories: dict[str, Memory] = {}

    @property
    def episodic(self) -> list[str]:
        """Names of the objectives that keep a memory within an episode."""
        return [name for name, term in terms_of(self.mixture) if term.episodic]

    @contextlib.contextmanager
    def _own_random_state(self) -> Iterator[None]:
        """Seeds the global generators for objectives, and restores them so that the algorithm's draws do not change."""
        self.calls += 1
        with preserve_process_state(seed_from_name(f"host {self.seed}", self.calls)):
            yield

    def view(self, transitions: Transitions, dones: Tensor | None = None) -> dict[str, Tensor]:
        """Returns what objectives may read of transitions.

        Args:
            transitions: Transitions of any leading shape.
            dones: (T, B) whether an episode ended with each transition. Given only for transitions (T, B) that follow
                those of the last call and have not been seen before: their moments are merged into the running ones
                that normalize latents.
        """
        view = {"action": transitions.action}
        for name in self.converter.obs_spaces:
            view[f"senses.{name}"] = transitions.next_obs[name]
            view[f"senses.{name}.before"] = transitions.obs[name]
        if self.encoder is None:
            return view
        lead = tuple(transitions.action.shape[:-1])
        next_features = self.encoder.features(transitions.next_obs, lead)
        if dones is None:
            features = self.encoder.features(transitions.obs, lead)
        else:
            features = self._shifted_features(transitions.obs, next_features, dones)
            self.encoder.update_normalization(next_features)
        latent, next_latent = self.encoder(features), self.encoder(next_features)
        attended = next_latent.new_ones(next_latent.shape[:-1])
        view |= {"latent": next_latent, "latent.before": latent, "attended": attended}
        if self.dynamics is not None:
            if dones is not None:
                self.dynamics.update_scale(latent, next_latent)
            view["mean"] = self.dynamics(latent, transitions.action)
        return view

    def _shifted_features(self, obs: ObsTensors, next_features: Tensor, dones: Tensor) -> Tensor:
        """Returns the features of `obs`, (T, B, Z): those after the step before, except where an episode begins.

        An observation is the next one of the step before, whose features are known; this saves encoding images twice.
        """
        assert self.encoder is not None
        starts = torch.cat([torch.ones_like(dones[:1]), dones[:-1]])
        features = torch.cat([next_features[:1], next_features[:-1]])
        features[starts] = self.encoder.features({k: v[starts] for k, v in obs.items()}, (int(starts.sum()),))
        return features

    def reset_memories(self, ended: Tensor) -> None:
        """Resets the episodic memories of environments whose episode has ended, (B,)."""
        with self._own_random_state():
            for name, term in terms_of(self.mixture):
                if term.episodic and bool(ended.any()):
                    initial = call_term(name, term.begin, (self.num_envs,))
                    memory = self._memories.get(name, initial)
                    self._memories[name] = reset_where(ended, memory, initial, name)

    @torch.no_grad()
    def observe(self, transitions: Transitions, dones: Tensor) -> tuple[dict[str, Tensor], RawCosts]:
        """Shows new transitions to the objectives, to be called with each transition once and in order.

        Args:
            transitions: Transitions (T, B).
            dones: (T, B) whether an episode ended with each transition.

        Returns:
            The view, and the raw cost of each objective (T, B).
        """
        costs = {}
        with self._own_random_state():
            view = self.view(transitions, dones)
            for name, term in terms_of(self.mixture):
                if term.episodic:
                    costs[name] = self._observe_with_memory(name, term, view, dones)
                else:
                    costs[name] = call_term(name, term.cost, view)
                    call_term(name, term.observe, view)
        return view, costs

    def _observe_with_memory(self, name: str, term: Term, view: dict[str, Tensor], dones: Tensor) -> Tensor:
        """Shows transitions (T, B) to an objective step by step with its memory; returns its raw costs (T, B)."""
        memory = self._memories[name]
        costs = []
        for t in range(len(dones)):
            step = {key: tensor[:, t] if key == "mean" else tensor[t] for key, tensor in view.items()}
            costs.append(call_term(name, term.cost, step, memory))
            call_term(name, term.observe, step, memory)
            memory = call_term(name, term.remember, memory, step)
            if bool(dones[t].any()):
                memory = reset_where(dones[t], memory, call_term(name, term.begin, (self.num_envs,)), name)
        self._memories[name] = memory
        return torch.stack(costs)

    @torch.no_grad()
    def evaluate(self, transitions: Transitions, stored: RawCosts) -> tuple[dict[str, Tensor], RawCosts]:
        """Returns view and raw costs of replayed transitions (rows,) by the objectives as they are now.

        Args:
            transitions: Transitions sampled from a replay buffer.
            stored: Raw costs (rows,) of objectives that are not evaluated again, since they need an episodic memory.
        """
        with self._own_random_state():
            view = self.view(transitions)
            terms = terms_of(self.mixture)
            return view, {n: stored[n] if n in stored else call_term(n, term.cost, view) for n, term in terms}

    def rewards(self, costs: RawCosts) -> dict[str, Tensor]:
        """Updates the running scales by raw costs, and returns the weighted reward of each objective, shaped as these.

        Raises:
            UserError: If a reward is not finite.
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
        with self._own_random_state():
            return self.trainer.train(view, updates)


def _zero_transition(converter: SpaceConverter) -> Transitions:
    """Returns one transition of zeros, in the shapes of the environment's."""

    def zeros(space: spaces.Space[Any]) -> Tensor:
        shape = space.shape if isinstance(space, spaces.Box) else (spaces.flatdim(space),)
        return torch.zeros(1, *shape)

    obs = {name: zeros(space) for name, space in converter.obs_spaces.items()}
    return Transitions(obs, torch.zeros(1, converter.action_size), obs)
