"""Training what objectives learn, where no mind does it."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from agent.sb3.adapter.features import Dynamics
from agent.sb3.adapter.term_calls import terms_of, told
from housecat.core.errors import UserError
from intrinsic import Mixture

STEEPEST = 10.0  # norm of a gradient, cut for each learner apart


class ObjectiveTrainer:
    """Trains objectives and a world model with one optimiser.

    Args:
        mixture: The objectives.
        dynamics: The world model, where there is one.
        batch: Transitions per update.
        learning_rate: Of Adam.
        seed: Of the choice of batches.
    """

    def __init__(
        self, mixture: Mixture, dynamics: Dynamics | None, batch: int, learning_rate: float, seed: int
    ) -> None:
        self._terms, self._dynamics, self._batch = terms_of(mixture), dynamics, batch
        self._generator = torch.Generator().manual_seed(seed)
        self._learners = {name: [p for p in term.parameters() if p.requires_grad] for name, term in self._terms}
        if dynamics is not None:
            self._learners["world_model"] = list(dynamics.parameters())
        everything = [p for parameters in self._learners.values() for p in parameters]
        self.optimizer = torch.optim.Adam(everything, lr=learning_rate, fused=True) if everything else None

    def teach(self, view: dict[str, Tensor], updates: int) -> dict[str, float]:
        """Trains on transitions; returns mean losses by name.

        Args:
            view: With leading shape (T, B) or (rows,).
            updates: Steps of the optimiser, each on a batch of its own.
        """
        if self.optimizer is None:
            return {}
        dims = view["action"].dim() - 1
        flat = {k: v.flatten(1, dims) if k == "mean" else v.flatten(0, dims - 1) for k, v in view.items()}
        rows = len(flat["action"])
        batch = min(self._batch, rows)
        passes = -(-updates * batch // rows)
        order = torch.cat([torch.randperm(rows, generator=self._generator) for _ in range(passes)])
        sums: dict[str, float] = {}
        for part in order[: updates * batch].view(updates, batch):
            some = {k: v[:, part] if k == "mean" else v[part] for k, v in flat.items()} if batch < rows else flat
            for name, loss in self._update(some, self.optimizer).items():
                sums[name] = sums.get(name, 0.0) + loss / updates
        return sums

    def state(self) -> dict[str, Tensor]:
        """Returns the state of its choices and of its optimiser, by name."""
        state = {"generator": self._generator.get_state()}
        for i, parts in (self.optimizer.state_dict()["state"] if self.optimizer else {}).items():
            state |= {f"{i}.{name}": value for name, value in parts.items()}
        return state

    def load(self, state: dict[str, Tensor]) -> None:
        """Takes on what `state` returned."""
        self._generator.set_state(state["generator"])
        parts: dict[int, dict[str, Tensor]] = {}
        for key, value in state.items():
            index, _, name = key.partition(".")
            if name:
                parts.setdefault(int(index), {})[name] = value
        if self.optimizer is not None and parts:
            self.optimizer.load_state_dict({**self.optimizer.state_dict(), "state": parts})

    def _update(self, view: dict[str, Tensor], optimizer: torch.optim.Optimizer) -> dict[str, float]:
        asked = {name: told(name, term.loss, view) for name, term in self._terms}
        if self._dynamics is not None:
            asked["world_model"] = self._dynamics.loss(view["latent.before"], view["action"], view["latent"])
        losses = {name: loss for name, loss in asked.items() if loss is not None and loss.requires_grad}
        if not losses:
            return {}
        optimizer.zero_grad(set_to_none=True)
        torch.stack(list(losses.values())).sum().backward()  # type: ignore[no-untyped-call]
        for name, parameters in self._learners.items():
            norm = nn.utils.clip_grad_norm_(parameters, STEEPEST)
            if not bool(torch.isfinite(norm)):
                raise UserError(f"the loss of {name!r} has a gradient of nan or infinity. Guard divisions and roots")
        optimizer.step()
        return {name: float(loss.detach()) for name, loss in losses.items()}
