"""What is masked is filled in from the rest, and the past from what came after it."""

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
def blanks(world: World) -> AuxiliaryLosses:
    mind = agent.Mind.born(world, seed=0, config=SMALL.updated({"training.backward_weight": 1.0}))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return AuxiliaryLosses(mind.perception, actions=2, pictured=0, alone=False)


def tokens(blanks: AuxiliaryLosses, generator: torch.Generator, batch: int = 256) -> tuple[torch.Tensor, EgoFeatures]:
    """Returns tokens of a body and two things in which every learned number of all is the same few."""
    p = blanks.perception
    common = torch.randn(batch, 1, p.latent_size, generator=generator).expand(-1, 3, -1)
    latent = torch.cat([torch.zeros(batch, 3, p.pose_size), common], -1)
    pair = torch.zeros(batch, 2, PAIR_GEOMETRY_SIZE + p.appearance_size + p.latent_size)
    return latent, EgoFeatures(torch.zeros(batch, 1), pair, torch.zeros(batch, 1))


def fitted(blanks: AuxiliaryLosses, error: Any) -> tuple[float, float]:
    optimizer = torch.optim.Adam(blanks.parameters(), lr=3e-3)
    first = float(error().detach())
    for _ in range(250):
        loss = error()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return first, float(loss.detach())


def test_what_is_masked_is_read_off_what_is_not(blanks: AuxiliaryLosses) -> None:
    generator = torch.Generator().manual_seed(1)

    def error() -> torch.Tensor:
        latent, sight = tokens(blanks, generator)
        return blanks.masked(latent, sight, generator)

    first, last = fitted(blanks, error)
    assert last < 0.2 * first
    latent, sight = tokens(blanks, generator)
    alone = latent.clone()
    alone[..., blanks.perception.pose_size :] = torch.randn(
        latent[..., blanks.perception.pose_size :].shape, generator=generator
    )
    assert float(blanks.masked(alone, sight, generator)) > 4 * last  # nothing to read it off


def test_the_past_is_told_from_what_came_after_and_what_was_done(blanks: AuxiliaryLosses) -> None:
    generator = torch.Generator().manual_seed(1)

    def error() -> torch.Tensor:
        after, sight = tokens(blanks, generator)
        action = torch.rand(len(after), 2, generator=generator)
        before = after - 2.0 * action.mean(-1)[:, None, None]
        return blanks.past(before, after, action, sight)

    first, last = fitted(blanks, error)
    assert last < 0.05 * first


def test_only_what_is_learned_counts_and_only_one_sense_is_masked(blanks: AuxiliaryLosses) -> None:
    generator = torch.Generator().manual_seed(1)
    latent, _ = tokens(blanks, generator)
    moved = latent.clone()
    moved[..., : blanks.perception.pose_size] += 100.0
    assert torch.equal(blanks.learned(moved), blanks.learned(latent))
    mask = blanks.mask(latent, generator)
    assert mask.sum(1).unique().tolist() == [1.0]
    assert (mask.mean(0) > 0.2).all()
    seeing = AuxiliaryLosses(blanks.perception, 2, pictured=3, alone=False)
    wide = torch.zeros(256, 6, blanks.perception.token_size)
    assert {tuple(row) for row in seeing.mask(wide, generator).tolist()} == {
        (1, 0, 0, 0, 0, 0),
        (0, 1, 0, 0, 0, 0),
        (0, 0, 1, 0, 0, 0),
        (0, 0, 0, 1, 1, 1),
    }


def test_a_mind_fills_in_blanks_and_its_life_is_exact() -> None:
    def life() -> list[tuple[list[float], dict[str, float]]]:
        world = worlds.make("playroom", seed=11)
        mind = agent.Mind.born(
            world, seed=0, config=SMALL.updated({"training.backward_weight": 1.0, "training.masked_weight": 1.0})
        )
        return [(m.action.tolist(), m.losses) for m in agent.live(world, mind, 22)]

    first = life()
    assert life() == first
    assert first[-1][1]["past"] > 0.0
    assert first[-1][1]["masked"] > 0.0


def test_without_learned_latents_there_is_no_blank_to_fill() -> None:
    with pytest.raises(UserError, match=r"model\.latent_size=0"):
        agent.Mind.born(
            worlds.make("playroom", seed=0),
            config=SMALL.updated({"model.latent_size": 0, "training.masked_weight": 1.0}),
        )
