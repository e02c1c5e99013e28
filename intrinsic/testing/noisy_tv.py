"""A small experience with a noisy television in it, predicted by a small ensemble; every objective is shown it."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor, nn

BATCH: Final = 32  # environments side by side
STEPS: Final = 200
SIZE: Final = 8  # latent numbers: which place it is (3), and its state (5)
ACTIONS: Final = 2
MEMBERS: Final = 5
HIDDEN: Final = 48
PLACES: Final = ("room", "television", "attic")

View = dict[str, Tensor]


@dataclass(frozen=True)
class NoisyTvExperience:
    """Transitions to learn from, and transitions to judge afterwards.

    Attributes:
        lived: One view a step, of leading shape (BATCH,): the room at even steps, the television at odd ones.
        after: View of later transitions in each place, by its name. The attic was never visited.
    """

    lived: tuple[View, ...]
    after: dict[str, View]


class _Ensemble(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        width = SIZE + ACTIONS
        self.first = nn.Parameter(torch.randn(MEMBERS, width, HIDDEN) / width**0.5)
        self.last = nn.Parameter(0.3 * torch.randn(MEMBERS, HIDDEN, SIZE) / HIDDEN**0.5)

    def forward(self, before: Tensor, action: Tensor) -> Tensor:
        inputs = torch.cat([before, action], -1).expand(MEMBERS, -1, -1)
        return before + torch.bmm(nn.functional.silu(torch.bmm(inputs, self.first)), self.last)


@functools.cache
def noisy_tv_experience(seed: int = 0) -> NoisyTvExperience:
    """Collects the experience: in the room outcomes follow from state and action, at the television they are noise.

    The attic works by other rules than the room. The ensemble learns from all transitions so far, two batches a step.

    Args:
        seed: Seed of all random numbers; nothing global is touched.
    """
    generator = torch.Generator().manual_seed(seed)
    room_rule = torch.linalg.qr(torch.randn(5, 5, generator=generator)).Q
    attic_rule = torch.linalg.qr(torch.randn(5, 5, generator=generator)).Q
    push = 0.5 * torch.randn(ACTIONS, 5, generator=generator)

    def transitions(place: str) -> tuple[Tensor, Tensor, Tensor]:
        now, action = (torch.randn(BATCH, n, generator=generator) for n in (5, ACTIONS))
        action = action.clamp(-1.0, 1.0)
        noise = torch.randn(BATCH, 5, generator=generator)
        outcomes = {
            "room": now @ room_rule + action @ push,
            "television": noise,
            "attic": now @ attic_rule - action @ push,
        }
        where = torch.zeros(BATCH, 3)
        where[:, PLACES.index(place)] = 1.0
        return torch.cat([where, now], -1), action, torch.cat([where, outcomes[place]], -1)

    with torch.random.fork_rng(devices=[]), torch.inference_mode(False), torch.enable_grad():
        torch.manual_seed(seed)
        model = _Ensemble()
        optimizer = torch.optim.Adam(model.parameters(), lr=3e-3, fused=True)
        lived: list[View] = []
        past: list[tuple[Tensor, Tensor, Tensor]] = []
        for step in range(STEPS):
            past.append(transitions(PLACES[step % 2]))
            lived.append(_view(model, *past[-1]))
            for _ in range(2):
                pick = torch.randint(len(past), (4,), generator=generator).tolist()
                before, action, after = (torch.cat([past[i][part] for i in pick]) for part in range(3))
                loss = (model(before, action) - after).square().mean((1, 2)).sum()
                optimizer.zero_grad(set_to_none=True)
                loss.backward()
                optimizer.step()
        return NoisyTvExperience(tuple(lived), {place: _view(model, *transitions(place)) for place in PLACES})


@torch.no_grad()
def _view(model: _Ensemble, before: Tensor, action: Tensor, after: Tensor) -> View:
    mean = model(before, action).unsqueeze(-2)
    tokens = {"latent.before": before.unsqueeze(-2), "latent": after.unsqueeze(-2)}
    return {**tokens, "action": action, "mean": mean, "attended": torch.ones(BATCH, 1)}
