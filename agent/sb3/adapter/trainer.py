"""Trains objectives and the dynamics ensemble beside an algorithm of Stable-Baselines3."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from agent.sb3.adapter.features import FeatureDynamics
from agent.sb3.adapter.term_calls import call_term, terms_of
from housecat.core.errors import UserError
from intrinsic import Mixture

MAX_GRAD_NORM = 10.0  # at which gradients are clipped, of each objective and the world model apart


class ObjectiveTrainer:
    """Trains objectives and a world model with one Adam.

    Args:
        mixture: The objectives.
        dynamics: The world model, where there is one.
        batch: Transitions per update.
        learning_rate: Learning rate of Adam.
        seed: Seed of the draw of batches.
    """

    def __init__(
        self, mixture: Mixture, dynamics: FeatureDynamics | None, batch: int, learning_rate: float, seed: int
    ) -> None:
        self._terms, self._dynamics, self._batch_size = terms_of(mixture), dynamics, batch
        self._generator = torch.Generator().manual_seed(seed)
        self._parameters = {name: [p for p in term.parameters() if p.requires_grad] for name, term in self._terms}
        if dynamics is not None:
            self._parameters["world_model"] = list(dynamics.parameters())
        trained = [p for parameters in self._parameters.values() for p in parameters]
        self.optimizer = torch.optim.Adam(trained, lr=learning_rate, fused=True) if trained else None

    def train(self, view: dict[str, Tensor], updates: int) -> dict[str, float]:
        """Trains on transitions; returns the mean loss of each objective, and of ``world_model``.

        Args:
            view: What objectives read of the transitions, with leading shape (T, B) or (rows,).
            updates: Steps of the optimizer, each on a batch of its own.
        """
        if self.optimizer is None:
            return {}
        dims = view["action"].dim() - 1
        flat = {k: v.flatten(1, dims) if k == "mean" else v.flatten(0, dims - 1) for k, v in view.items()}
        rows = len(flat["action"])
        batch_size = min(self._batch_size, rows)
        epochs = -(-updates * batch_size // rows)
        order = torch.cat([torch.randperm(rows, generator=self._generator) for _ in range(epochs)])
        sums: dict[str, float] = {}
        for drawn in order[: updates * batch_size].view(updates, batch_size):
            batch = (
                {k: v[:, drawn] if k == "mean" else v[drawn] for k, v in flat.items()} if batch_size < rows else flat
            )
            for name, loss in self._update(batch, self.optimizer).items():
                sums[name] = sums.get(name, 0.0) + loss / updates
        return sums

    def state_dict(self) -> dict[str, Tensor]:
        """Returns the state of the generator that draws batches, and of the optimizer, by name."""
        state = {"generator": self._generator.get_state()}
        for i, parts in (self.optimizer.state_dict()["state"] if self.optimizer else {}).items():
            state |= {f"{i}.{name}": value for name, value in parts.items()}
        return state

    def load_state_dict(self, state: dict[str, Tensor]) -> None:
        """Restores what `state_dict` returned."""
        self._generator.set_state(state["generator"])
        parts: dict[int, dict[str, Tensor]] = {}
        for key, value in state.items():
            index, _, name = key.partition(".")
            if name:
                parts.setdefault(int(index), {})[name] = value
        if self.optimizer is not None and parts:
            self.optimizer.load_state_dict({**self.optimizer.state_dict(), "state": parts})

    def _update(self, view: dict[str, Tensor], optimizer: torch.optim.Optimizer) -> dict[str, float]:
        computed = {name: call_term(name, term.loss, view) for name, term in self._terms}
        if self._dynamics is not None:
            computed["world_model"] = self._dynamics.loss(view["latent.before"], view["action"], view["latent"])
        losses = {name: loss for name, loss in computed.items() if loss is not None and loss.requires_grad}
        if not losses:
            return {}
        optimizer.zero_grad(set_to_none=True)
        torch.stack(list(losses.values())).sum().backward()  # type: ignore[no-untyped-call]
        for name, parameters in self._parameters.items():
            norm = nn.utils.clip_grad_norm_(parameters, MAX_GRAD_NORM)
            if not bool(torch.isfinite(norm)):
                raise UserError(f"the loss of {name!r} has a gradient of nan or infinity. Guard divisions and roots")
        optimizer.step()
        return {name: float(loss.detach()) for name, loss in losses.items()}
