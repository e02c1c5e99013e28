"""Masked tokens are predicted from the others, and tokens from those one step later."""

from typing import Any

import pytest
import torch

import agent
import worlds
from agent.perception.egocentric import PAIR_GEOMETRY_SIZE, EgoFeatures
from agent.world_model.auxiliary_losses import AuxiliaryLosses
from housecat.core.errors import UserError
from tests.agent.conftest import SMALL
from worlds.env import World


@pytest.fixture
def auxiliary_losses(world: World) -> AuxiliaryLosses:
    mind = agent.Mind.born(world, seed=0, config=SMALL.updated({"training.backward_weight": 1.0}))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return AuxiliaryLosses(mind.perception, actions=2, image_tokens=0, image_only=False)


def tokens(
    auxiliary_losses: AuxiliaryLosses, generator: torch.Generator, batch: int = 256
) -> tuple[torch.Tensor, EgoFeatures]:
    """Returns tokens of a body and two things in which every learned number of all is the same few."""
    p = auxiliary_losses.perception
    common = torch.randn(batch, 1, p.latent_size, generator=generator).expand(-1, 3, -1)
    latent = torch.cat([torch.zeros(batch, 3, p.pose_size), common], -1)
    pair = torch.zeros(batch, 2, PAIR_GEOMETRY_SIZE + p.appearance_size + p.latent_size)
    return latent, EgoFeatures(torch.zeros(batch, 1), pair, torch.zeros(batch, 1))


def fitted(auxiliary_losses: AuxiliaryLosses, error: Any) -> tuple[float, float]:
    optimizer = torch.optim.Adam(auxiliary_losses.parameters(), lr=3e-3)
    first = float(error().detach())
    for _ in range(250):
        loss = error()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return first, float(loss.detach())


def test_masked_tokens_are_predicted_from_the_others(auxiliary_losses: AuxiliaryLosses) -> None:
    generator = torch.Generator().manual_seed(1)

    def error() -> torch.Tensor:
        latent, ego = tokens(auxiliary_losses, generator)
        return auxiliary_losses.masked_loss(latent, ego, generator)

    first, last = fitted(auxiliary_losses, error)
    assert last < 0.2 * first
    latent, ego = tokens(auxiliary_losses, generator)
    alone = latent.clone()
    alone[..., auxiliary_losses.perception.pose_size :] = torch.randn(
        latent[..., auxiliary_losses.perception.pose_size :].shape, generator=generator
    )
    assert float(auxiliary_losses.masked_loss(alone, ego, generator)) > 4 * last  # nothing to read it off


def test_tokens_are_predicted_from_the_next_tokens_and_the_action(auxiliary_losses: AuxiliaryLosses) -> None:
    generator = torch.Generator().manual_seed(1)

    def error() -> torch.Tensor:
        after, ego = tokens(auxiliary_losses, generator)
        action = torch.rand(len(after), 2, generator=generator)
        before = after - 2.0 * action.mean(-1)[:, None, None]
        return auxiliary_losses.backward_loss(before, after, action, ego)

    first, last = fitted(auxiliary_losses, error)
    assert last < 0.05 * first


def test_only_what_is_learned_counts_and_only_one_sense_is_masked(auxiliary_losses: AuxiliaryLosses) -> None:
    generator = torch.Generator().manual_seed(1)
    latent, _ = tokens(auxiliary_losses, generator)
    moved = latent.clone()
    moved[..., : auxiliary_losses.perception.pose_size] += 100.0
    assert torch.equal(auxiliary_losses.without_pose(moved), auxiliary_losses.without_pose(latent))
    mask = auxiliary_losses.sample_mask(latent, generator)
    assert mask.sum(1).unique().tolist() == [1.0]
    assert (mask.mean(0) > 0.2).all()
    seeing = AuxiliaryLosses(auxiliary_losses.perception, 2, image_tokens=3, image_only=False)
    wide = torch.zeros(256, 6, auxiliary_losses.perception.token_size)
    assert {tuple(row) for row in seeing.sample_mask(wide, generator).tolist()} == {
        (1, 0, 0, 0, 0, 0),
        (0, 1, 0, 0, 0, 0),
        (0, 0, 1, 0, 0, 0),
        (0, 0, 0, 1, 1, 1),
    }


def test_a_life_with_auxiliary_losses_is_exact() -> None:
    def life() -> list[tuple[list[float], dict[str, float]]]:
        world = worlds.make("playroom", seed=11)
        mind = agent.Mind.born(
            world, seed=0, config=SMALL.updated({"training.backward_weight": 1.0, "training.masked_weight": 1.0})
        )
        return [(m.action.tolist(), m.losses) for m in agent.live(world, mind, 22)]

    first = life()
    assert life() == first
    assert first[-1][1]["backward"] > 0.0
    assert first[-1][1]["masked"] > 0.0


def test_auxiliary_losses_need_learned_latents() -> None:
    with pytest.raises(UserError, match=r"model\.latent_size=0"):
        agent.Mind.born(
            worlds.make("playroom", seed=0),
            config=SMALL.updated({"model.latent_size": 0, "training.masked_weight": 1.0}),
        )
