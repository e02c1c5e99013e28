"""Made-up experience of every kind of host: actions x observations, at any leading shape."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

import torch
from torch import Tensor

from housecat.core.obs_layout import THING_SIZE, THINGS
from intrinsic.objective import Action, Names

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
SAMPLE_NAMES: Final = Names(
    ("red ball", "box", "feeder", "plate"),
    {"body": ("x", "y", "sin heading", "cos heading", "vx", "vy", "up z", *(f"joint {i}" for i in range(8)))},
)


@dataclass(frozen=True)
class HostKind:
    """A kind of host.

    Attributes:
        action: What its actions are, a key of `ACTIONS`.
        observation: What its observations are: a vector, an image or a Dict of senses.
    """

    action: str
    observation: Observation

    def __str__(self) -> str:
        return f"{self.action} x {self.observation}"


HOST_KINDS: Final = tuple(HostKind(action, observation) for observation in LATENTS for action in ACTIONS)


def sample_view(host: HostKind, lead: tuple[int, ...], seed: int = 0, size: int | None = None) -> dict[str, Tensor]:
    """Returns random transitions with every key that a host of some kind offers.

    Args:
        host: The kind of host.
        lead: Leading shape of the view.
        seed: Seed of the random numbers; nothing global is touched.
        size: Size Z of the latent tokens, where other than the host's.
    """
    generator = torch.Generator().manual_seed(seed)

    def draw(*shape: int) -> Tensor:
        return torch.randn(*lead, *shape, generator=generator)

    tokens, own = LATENTS[host.observation]
    size = size or own
    before = draw(tokens, size)
    latent = before + 0.3 * draw(tokens, size)
    mean = torch.stack([latent + 0.1 * draw(tokens, size) for _ in range(ENSEMBLE)])
    view = {"latent": latent, "latent.before": before, "mean": mean, "action": _action(host, draw)}
    view["attended"] = torch.ones(*lead, tokens)
    if host.observation == "image":
        view |= {key: 255.0 * draw(16, 16, 3).sigmoid() for key in ("senses.eye", "senses.eye.before")}
    if host.observation == "dict":
        for suffix in ("", ".before"):
            view |= {f"senses.{name}{suffix}": value for name, value in _senses(draw).items()}
    return view


def _action(host: HostKind, draw: Callable[..., Tensor]) -> Tensor:
    kind, size = ACTIONS[host.action]
    raw = draw(size)
    if kind == "box":
        return raw.clamp(-1.0, 1.0)
    parts = (raw,) if kind == "discrete" else (raw[..., :3], raw[..., 3:])
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


def map_lead(view: dict[str, Tensor], act: Callable[[Tensor], Tensor]) -> dict[str, Tensor]:
    """Applies a change of the leading dimensions, such as flattening two of them, to each tensor of a view.

    Args:
        view: The view, with any leading shape.
        act: The change, of tensors that begin with the leading shape.
    """
    return {
        key: torch.stack([act(member) for member in tensor]) if key == "mean" else act(tensor)
        for key, tensor in view.items()
    }
