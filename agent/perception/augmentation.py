"""Data augmentation of transitions: shifted and relit images, noise, and mirroring."""

from __future__ import annotations

import torch
from torch import Tensor

from agent.config import MindConfig
from agent.perception.encoder import BODY_POSE_COLUMNS, PLANAR, THING_POSE_COLUMNS, Senses, TokenEncoder
from agent.perception.symmetry import Symmetry, select_rows
from housecat.core.obs_layout import THINGS, keep


def augment(
    config: MindConfig,
    perception: TokenEncoder,
    symmetry: Symmetry | None,
    transitions: tuple[Senses, Tensor, Senses],
    generator: torch.Generator,
) -> tuple[Senses, Tensor, Senses]:
    """Returns augmented transitions: senses before, action, senses after, each (B, ...).

    Senses before and after an action are changed alike, except for noise: the world model predicts the change between
    them. Rotating the room would be no augmentation, since predictions are made in the body's frame.

    Args:
        config: Settings; `config.training` says how strong each augmentation is.
        perception: The encoder, which knows the extent of the room and typical changes.
        symmetry: The symmetry of the body, to mirror half of the batch; None to mirror nothing.
        transitions: Senses before, action and senses after.
        generator: Source of random numbers.
    """
    before, action, after = transitions
    size = len(action)
    if symmetry is not None:
        selected = torch.rand(size, generator=generator) < 0.5
        center_y = perception.center_y
        action = select_rows(selected, symmetry.mirror_actions(action), action)
        before, after = (symmetry.mirror_selected(selected, senses, center_y) for senses in (before, after))
    if config.training.obs_noise:
        before, after = (
            _add_noise(senses, config.training.obs_noise, perception, generator) for senses in (before, after)
        )
    if "eye" in before and (config.training.image_shift or config.training.brightness_jitter):
        shift_x, shift_y = torch.randint(
            -config.training.image_shift, config.training.image_shift + 1, (2, size), generator=generator
        )
        light = 1.0 + config.training.brightness_jitter * (2.0 * torch.rand(size, generator=generator) - 1.0)
        before, after = (
            {**senses, "eye": _shift_and_light(senses["eye"], shift_x, shift_y, light)} for senses in (before, after)
        )
    return before, action, after


def _add_noise(senses: Senses, size: float, p: TokenEncoder, generator: torch.Generator) -> Senses:
    """Adds noise to positions, velocities and joints, in units of their typical change per step."""
    body, things = senses["body"].clone(), senses["things"].clone()
    scale = torch.cat([p.typical_change[0, :PLANAR], p.typical_change[0, PLANAR : p.body_size]])
    order = [*BODY_POSE_COLUMNS, *range(PLANAR, p.body_size)]
    body[:, order] += size * scale * torch.randn(body.shape, generator=generator)
    if things.numel():
        noise = torch.randn(*things.shape[:-1], len(THING_POSE_COLUMNS), generator=generator)
        there = (things[..., keep(THINGS.present)] > 0.0).float()
        things[..., THING_POSE_COLUMNS] += size * p.typical_change[1, : len(THING_POSE_COLUMNS)] * noise * there
    return {**senses, "body": body, "things": things}


def _shift_and_light(images: Tensor, shift_x: Tensor, shift_y: Tensor, light: Tensor) -> Tensor:
    """Returns images (B, side, side, 3), each shifted by some pixels (B,), with its brightness times `light` (B,)."""
    side = torch.arange(images.shape[1])
    rows = (side + shift_y.unsqueeze(1)).clamp(0, len(side) - 1)
    columns = (side + shift_x.unsqueeze(1)).clamp(0, len(side) - 1)
    moved = images[torch.arange(len(images))[:, None, None], rows[:, :, None], columns[:, None, :]]
    return (moved.float() * light.view(-1, 1, 1, 1)).clamp(0.0, 255.0).to(torch.uint8)
