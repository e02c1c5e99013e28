"""Augmentations of what is learnt from: pictures a little moved and lit otherwise, noise, and the room in a mirror."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from agent.config import MindConfig
from agent.perception.encoder import BODY_POSE_COLUMNS, PLANAR, THING_POSE_COLUMNS, Senses, TokenEncoder
from housecat.core.errors import UserError
from housecat.core.obs_layout import BODY, THINGS, keep
from worlds import World

THING_FLIPS = (THINGS.y, THINGS.vy, THINGS.sin_heading)


@dataclass(frozen=True)
class Symmetry:
    """What a body is in a mirror: left is right, and what turns to the left turns to the right.

    Attributes:
        body: (n,) which reading stands where, and its sign (n,).
        action: (A,) and (A,), of an action.
    """

    body: tuple[Tensor, Tensor]
    action: tuple[Tensor, Tensor]

    @classmethod
    def of(cls, world: World) -> Symmetry:
        """Makes the mirror of the body in a world.

        Raises:
            UserError: If that body does not say what turns to the other side in a mirror.
        """
        mirror = cls.fitting(world)
        if mirror is None:
            name = getattr(getattr(world, "body", None), "name", "a body without a name")
            raise UserError(
                f"training.symmetry=True needs a body that is alike on both sides, such as kitten; here lives {name}"
            )
        return mirror

    @classmethod
    def fitting(cls, world: World) -> Symmetry | None:
        """Makes the mirror of the body in a world; None where that body does not say what turns to the other side."""
        body = getattr(world, "body", None)
        flips = getattr(body, "mirror_flips", ())
        if body is None or not flips:
            return None
        return cls(_swapped(body.readings, flips), _swapped(body.actions, flips))

    def state_dict(self) -> dict[str, list[list[float]]]:
        """Returns it as plain values."""
        return {"body": [part.tolist() for part in self.body], "action": [part.tolist() for part in self.action]}

    @classmethod
    def from_state_dict(cls, state: dict[str, list[list[float]]]) -> Symmetry:
        """Makes the symmetry whose `state_dict` was returned."""
        (body, body_sign), (action, action_sign) = state["body"], state["action"]
        return cls((torch.tensor(body), torch.tensor(body_sign)), (torch.tensor(action), torch.tensor(action_sign)))

    def actions(self, actions: Tensor) -> Tensor:
        """Returns actions (..., A) in a mirror."""
        where, sign = self.action
        return actions[..., where] * sign

    def senses(self, senses: Senses, middle: float) -> Senses:
        """Returns senses (B, ...) in a mirror along x through `middle` (m)."""
        (where, sign), shift = self.body, torch.zeros(len(self.body[0]))
        shift[BODY.y] = 2.0 * middle
        flipped = {**senses, "body": senses["body"][..., where] * sign + shift}
        things = senses["things"].clone()
        if things.numel():
            there = (things[..., keep(THINGS.present)] > 0.0).float()  # what is out of sight is nowhere, and stays so
            things[..., THING_FLIPS] *= -1.0
            things[..., keep(THINGS.y)] += 2.0 * middle * there
            flipped["things"] = things
        return flipped

    def some(self, chosen: Tensor, senses: Senses, middle: float) -> Senses:
        """Returns senses (B, ...), those that are chosen (B,) in the mirror."""
        return {name: either(chosen, value, senses[name]) for name, value in self.senses(senses, middle).items()}


def either(chosen: Tensor, one: Tensor, other: Tensor) -> Tensor:
    """Returns rows (B, ...) of one tensor where they are chosen (B,), and of another where not."""
    return torch.where(chosen.view(-1, *[1] * (one.dim() - 1)), one, other)


def _swapped(names: tuple[str, ...], flips: tuple[str, ...]) -> tuple[Tensor, Tensor]:
    other = {"left": "right", "right": "left"}
    twins = [" ".join(other.get(word, word) for word in name.split()) for name in names]
    return torch.tensor([names.index(twin) for twin in twins]), torch.tensor(
        [-1.0 if name in flips else 1.0 for name in names]
    )


def augment(
    config: MindConfig,
    perception: TokenEncoder,
    mirror: Symmetry | None,
    given: tuple[Senses, Tensor, Senses],
    generator: torch.Generator,
) -> tuple[Senses, Tensor, Senses]:
    """Returns transitions (senses before, action, senses after, each (B, ...)) in another light.

    Before and after are changed alike, but for noise: what is predicted is the change from one to the other. Turning
    the room is no augmentation here, since predictions are made in the body's frame, and turn with it.

    Args:
        config: How much of what.
        perception: Which knows how far the room reaches, and how much usually changes.
        mirror: Of the body; None where none is wanted.
        given: What was lived.
        generator: Random numbers.
    """
    before, action, after = given
    size = len(action)
    if mirror is not None:
        chosen = torch.rand(size, generator=generator) < 0.5
        middle = perception.center_y
        action = either(chosen, mirror.actions(action), action)
        before, after = (mirror.some(chosen, it, middle) for it in (before, after))
    if config.training.obs_noise:
        before, after = (_noised(it, config.training.obs_noise, perception, generator) for it in (before, after))
    if "eye" in before and (config.training.image_shift or config.training.brightness_jitter):
        across, down = torch.randint(
            -config.training.image_shift, config.training.image_shift + 1, (2, size), generator=generator
        )
        light = 1.0 + config.training.brightness_jitter * (2.0 * torch.rand(size, generator=generator) - 1.0)
        before, after = ({**it, "eye": _seen(it["eye"], across, down, light)} for it in (before, after))
    return before, action, after


def _noised(senses: Senses, size: float, p: TokenEncoder, generator: torch.Generator) -> Senses:
    """Adds noise to positions, velocities and joints, in units of what usually changes in a step."""
    body, things = senses["body"].clone(), senses["things"].clone()
    scale = torch.cat([p.typical_change[0, :PLANAR], p.typical_change[0, PLANAR : p.body_size]])
    order = [*BODY_POSE_COLUMNS, *range(PLANAR, p.body_size)]
    body[:, order] += size * scale * torch.randn(body.shape, generator=generator)
    if things.numel():
        noise = torch.randn(*things.shape[:-1], len(THING_POSE_COLUMNS), generator=generator)
        there = (things[..., keep(THINGS.present)] > 0.0).float()
        things[..., THING_POSE_COLUMNS] += size * p.typical_change[1, : len(THING_POSE_COLUMNS)] * noise * there
    return {**senses, "body": body, "things": things}


def _seen(pictures: Tensor, across: Tensor, down: Tensor, light: Tensor) -> Tensor:
    """Returns pictures (B, side, side, 3), each moved by some pixels (B,), and lit otherwise (B,)."""
    side = torch.arange(pictures.shape[1])
    rows = (side + down.unsqueeze(1)).clamp(0, len(side) - 1)
    columns = (side + across.unsqueeze(1)).clamp(0, len(side) - 1)
    moved = pictures[torch.arange(len(pictures))[:, None, None], rows[:, :, None], columns[:, None, :]]
    return (moved.float() * light.view(-1, 1, 1, 1)).clamp(0.0, 255.0).to(torch.uint8)
