import pytest
import torch
from torch import Tensor, nn

import agent
from agent.world_model.regularizers import REGULARIZERS, regularize
from housecat.core.errors import UserError
from tests.agent.conftest import SMALL
from worlds.env import World

WORKING = [name for name in REGULARIZERS if name != "none"]


def rank(rows: Tensor) -> float:
    """Returns the effective rank (Roy & Vetterli 2007) of rows."""
    spectrum = torch.linalg.svdvals(rows - rows.mean(0)).square()
    share = spectrum / spectrum.sum().clamp_min(1e-12)
    return float(torch.exp(-(share * share.clamp_min(1e-12).log()).sum()))


def encoded(name: str) -> Tensor:
    """Trains an encoder that begins near collapse, on moments that differ a little from the ones before."""
    generator = torch.Generator().manual_seed(0)
    before = torch.randn(128, 3, 6, generator=generator)
    after = before + 0.1 * torch.randn(128, 3, 6, generator=generator)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        net = nn.Linear(6, 6)
    with torch.no_grad():  # it sees one direction only, and that faintly
        net.weight.copy_(0.1 * torch.ones(6, 6) + 0.02 * net.weight)
    optimizer = torch.optim.Adam(net.parameters(), lr=0.02)
    for _ in range(300):
        loss = regularize(name, net(before), net(after), generator)
        if loss.requires_grad:
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return net(before).detach().flatten(0, 1)


@pytest.mark.parametrize("name", WORKING)
def test_it_tells_collapsed_latents_from_spread_ones(name: str) -> None:
    generator = torch.Generator().manual_seed(0)
    spread = torch.randn(256, 4, 6, generator=generator)
    copies = torch.randn(256, 4, 1, generator=generator).expand(-1, -1, 6)
    near = [x + 0.05 * torch.randn(256, 4, 6, generator=generator) for x in (spread, copies, 0.0 * copies)]
    good, bad, worst = (
        float(regularize(name, a, b, generator)) for a, b in zip((spread, copies, 0.0 * copies), near, strict=True)
    )
    assert good < 0.7 * bad
    assert good < 0.5 * worst


@pytest.mark.parametrize("name", WORKING)
def test_it_lifts_an_encoder_out_of_collapse(name: str) -> None:
    assert rank(encoded(name)) > 4.5


def test_without_one_a_collapsed_encoder_stays_collapsed() -> None:
    assert rank(encoded("none")) < 1.5


@pytest.mark.parametrize("name", REGULARIZERS)
def test_a_mind_lives_with_it(name: str, world: World) -> None:
    mind = agent.Mind.born(world, seed=0, config=SMALL.updated({"training.regularizer": name}))
    losses = list(agent.live(world, mind, 20))[-1].losses
    assert (losses["regularizer"] > 0.0) == (name != "none")


def test_an_unknown_one_is_named_with_those_there_are() -> None:
    with pytest.raises(UserError, match="vicreg"):
        SMALL.updated({"training.regularizer": "vicregg"})


def test_things_that_never_change_differ_only_from_each_other() -> None:
    looks = torch.eye(8).expand(64, 8, 8)
    generator = torch.Generator().manual_seed(0)
    apart = float(regularize("infonce", looks, looks, generator))
    alike = torch.ones(64, 8, 8) + 1e-3 * torch.randn(64, 8, 8, generator=generator)
    collapsed = float(regularize("infonce", torch.ones(64, 8, 8), alike, generator))
    assert apart < 0.05 < collapsed
