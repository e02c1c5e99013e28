"""Made-up experience of every kind that an objective may meet: actions x observations, at any leading shape."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

import torch
from torch import Tensor

from housecat.core.obs_layout import THING_SIZE, THINGS
from intrinsic.objective import Action, Names
from intrinsic.views import TAILS

Observation = Literal["vector", "image", "dict"]
ENSEMBLE: Final = 5
ACTIONS: Final[dict[str, tuple[Action, int]]] = {
    "Box(1)": ("box", 1),
    "Box(6)": ("box", 6),
    "Discrete(4)": ("discrete", 4),
    "MultiDiscrete(3, 2)": ("multidiscrete", 5),
}
# Tokens N and their size Z: a host without a body makes one token of whatever it observes.
LATENTS: Final[dict[Observation, tuple[int, int]]] = {"vector": (1, 12), "image": (1, 16), "dict": (5, 8)}
NAMES: Final = Names(
    ("red ball", "box", "feeder", "plate"),
    {"body": ("x", "y", "sin heading", "cos heading", "vx", "vy", "up z", *(f"joint {i}" for i in range(8)))},
)


@dataclass(frozen=True)
class Kind:
    """A kind of host: what its actions and observations are."""

    action: str
    observation: Observation

    def __str__(self) -> str:
        return f"{self.action} x {self.observation}"


KINDS: Final = tuple(Kind(action, observation) for observation in LATENTS for action in ACTIONS)


def tail(key: str) -> int:
    """Returns how many dimensions a key of a view has after the leading ones (`mean`: after those and E)."""
    return TAILS[key.removesuffix(".before")]


def sample(kind: Kind, lead: tuple[int, ...], seed: int = 0, size: int | None = None) -> dict[str, Tensor]:
    """Returns transitions by chance, with every key that a host of this kind offers.

    Args:
        kind: Of host.
        lead: Leading shape.
        seed: Of the chance; nothing global is touched.
        size: Z, where other than the kind's.
    """
    generator = torch.Generator().manual_seed(seed)

    def draw(*shape: int) -> Tensor:
        return torch.randn(*lead, *shape, generator=generator)

    tokens, own = LATENTS[kind.observation]
    size = size or own
    before = draw(tokens, size)
    latent = before + 0.3 * draw(tokens, size)
    mean = torch.stack([latent + 0.1 * draw(tokens, size) for _ in range(ENSEMBLE)])
    view = {"latent": latent, "latent.before": before, "mean": mean, "action": _action(kind, draw)}
    view["attended"] = torch.ones(*lead, tokens)
    if kind.observation == "image":
        view |= {key: 255.0 * draw(16, 16, 3).sigmoid() for key in ("senses.eye", "senses.eye.before")}
    if kind.observation == "dict":
        for suffix in ("", ".before"):
            view |= {f"senses.{name}{suffix}": value for name, value in _senses(draw).items()}
    return view


def _action(kind: Kind, draw: Callable[..., Tensor]) -> Tensor:
    sort, size = ACTIONS[kind.action]
    raw = draw(size)
    if sort == "box":
        return raw.clamp(-1.0, 1.0)
    parts = (raw,) if sort == "discrete" else (raw[..., :3], raw[..., 3:])
    return torch.cat([torch.nn.functional.one_hot(part.argmax(-1), part.shape[-1]).float() for part in parts], -1)


def _senses(draw: Callable[..., Tensor]) -> dict[str, Tensor]:
    things = draw(4, THING_SIZE)
    things[..., THINGS.appearance] = things[..., THINGS.appearance].sigmoid()
    things[..., THINGS.present] = 1.0
    energy, damage, heat = draw(1).sigmoid(), draw(1).clamp_min(0.0), 22.0 + 15.0 * draw(1)
    return {
        "vitals": torch.cat([energy, damage, heat], -1),
        "body": draw(15),
        "things": things,
        "touch": draw(3).clamp_min(0.0),
    }


def arranged(view: dict[str, Tensor], act: Callable[[Tensor], Tensor]) -> dict[str, Tensor]:
    """Applies a change of the leading dimensions, such as flattening two of them, to each tensor of a view."""
    return {
        key: torch.stack([act(member) for member in tensor]) if key == "mean" else act(tensor)
        for key, tensor in view.items()
    }
