from pathlib import Path

import pytest
import torch

import agent
from agent.perception.encoder import Senses, TokenEncoder
from agent.world_model.stochastic_latent import STOCHASTIC_SIZE, DiagonalGaussian, aggregate_futures, risk_measure
from agent.world_model.world_model import WorldModel
from housecat.core.errors import UserError
from housecat.core.obs_layout import BODY
from tests.agent.conftest import SMALL
from worlds.env import World

UNSURE = SMALL.updated({"model.num_futures": 3, "planner.risk": 1.0})


@pytest.fixture
def unsure(world: World) -> agent.Mind:
    return agent.Mind.born(world, seed=11, config=UNSURE)


def test_risk_orders_plans_of_equal_mean_by_their_spread() -> None:
    costs = torch.tensor([[1.0, 0.0, 1.0], [1.0, 2.0, torch.inf]])  # a sure plan, a gamble, and one that breaks
    assert risk_measure(costs[:, :2], 0.0).tolist() == [1.0, 1.0]
    for risk, worst in ((2.0, 1), (-2.0, 0)):
        judged = risk_measure(costs, risk)
        assert judged[0] == pytest.approx(1.0)
        assert int(judged[:2].argmax()) == worst
        assert judged[2] == torch.inf
    assert risk_measure(costs[:, 1:2], 200.0).item() == pytest.approx(2.0, abs=0.01)
    assert risk_measure(costs[:, 1:2], -200.0).item() == pytest.approx(0.0, abs=0.01)
    small = torch.tensor([[0.0], [0.02]])
    assert risk_measure(small, 1.0).item() == pytest.approx(
        0.01 + 0.5 * 0.01**2, rel=1e-3
    )  # mean and half the variance


def test_what_futures_cost_is_folded_by_plan_and_its_parts_add_up() -> None:
    total = torch.tensor([1.0, 2.0, 3.0, 6.0])  # two futures of two plans
    costs, parts, aggregated = aggregate_futures({"pain": total.expand(5, 4)}, {"pain": total}, total, 2, risk=1.0)
    assert costs["pain"].shape == (5, 2)
    assert costs["pain"][0].tolist() == parts["pain"].tolist() == [2.0, 4.0]
    assert torch.allclose(torch.stack(list(parts.values())).sum(0), aggregated)
    assert (parts["risk"] > 0).all()
    assert "risk" not in aggregate_futures({"pain": total.expand(5, 4)}, {"pain": total}, total, 2, risk=0.0)[1]


def test_kl_divergence_is_that_of_torch() -> None:
    mean, deviation = torch.randn(2, 7, STOCHASTIC_SIZE), torch.rand(2, 7, STOCHASTIC_SIZE) + 0.1
    one, two = (DiagonalGaussian(mean[i], deviation[i]) for i in range(2))
    normal = [torch.distributions.Normal(mean[i], deviation[i]) for i in range(2)]
    assert torch.allclose(one.kl_divergence(two), torch.distributions.kl_divergence(*normal).sum(-1), atol=1e-5)
    assert torch.equal(one.kl_divergence(one), torch.zeros(7))


@torch.no_grad()
def test_plans_share_noise_and_without_noise_there_is_the_mean_future(unsure: agent.Mind, world: World) -> None:
    senses = {name: torch.from_numpy(value).float() for name, value in world.observe().items()}
    attended, model = torch.arange(3), unsure.world_model
    latent = unsure.perception(senses)[:4]
    plan = torch.rand(5, 1, 5) * 2 - 1
    plans = torch.cat([plan, plan, -plan], 1)
    noise = torch.randn(5, 2, 4, STOCHASTIC_SIZE)
    several = model.imagine(latent, plans, senses, attended, noise)
    assert several.latent.shape[:2] == (6, 6)
    one, other = several.latent[:, :3], several.latent[:, 3:]  # by future
    assert torch.allclose(one[:, 0], one[:, 1], atol=1e-5)  # two equal plans under the same noise
    assert not torch.allclose(one[:, 0], other[:, 0], atol=1e-3)
    assert torch.equal(several.action[:, :3], several.action[:, 3:])
    middle = model.imagine(latent, plans, senses, attended)
    assert torch.allclose(model.imagine(latent, plans, senses, attended, 0 * noise[:, :1]).latent, middle.latent)


def noisy(rows: int, generator: torch.Generator) -> tuple[Senses, Senses]:
    """A body at rest; a thing that jumps 0.2 m left or right by chance, and one that goes where its velocity says."""
    before = {"body": torch.zeros(rows, 6), "vitals": torch.zeros(rows, 3), "touch": torch.zeros(rows, 1)}
    before["body"][:, BODY.cos_heading] = 1.0
    things = torch.zeros(rows, 2, 19)
    things[..., :2] = torch.rand(rows, 2, 2, generator=generator) * 2 - 1
    things[..., 7], things[..., -1], things[:, 0, 11] = 1.0, 1.0, 1.0  # upright, there, the first one red
    things[:, 1, 3:5] = torch.randn(rows, 2, generator=generator)
    after = things.clone()
    after[:, 0, 0] += 0.4 * torch.randint(2, (rows,), generator=generator) - 0.2
    after[:, 1, :2] += 0.2 * things[:, 1, 3:5]
    return {**before, "things": things}, {**before, "things": after}


def test_aleatoric_and_epistemic_uncertainty_are_distinguished() -> None:
    torch.manual_seed(0)
    generator = torch.Generator().manual_seed(0)
    perception = TokenEncoder(6, 3, 1, 11, latent_size=0)
    perception.typical_change[1, :2] = 0.2  # m, as it would have noticed
    model = WorldModel(perception, actions=1, members=3, hidden=32, stochastic=True)
    assert model.stochastic_latent is not None
    idle = torch.zeros(64, 1)

    def seen(senses: Senses) -> tuple[torch.Tensor, ...]:
        latent = perception(senses)
        return latent, model.ego_features_of(latent, perception.appearance(senses))

    def disagreement_and_spread() -> tuple[torch.Tensor, torch.Tensor]:
        """Of the two things (m), along their x."""
        latent, ego = seen(noisy(64, generator)[0])
        samples = torch.stack(
            [model.stochastic_latent.sample_prior(idle, ego, torch.randn(64, 3, STOCHASTIC_SIZE)) for _ in range(20)]
        )
        ahead = (
            torch.stack([model(latent, idle, ego, z) for z in samples])[..., 1:, 0] * perception.typical_change[1, 0]
        )
        return ahead.std(1).mean((0, 1)), ahead.mean(1).std(0).mean(0)  # over members for one z; over z

    with torch.no_grad():
        newborn, _ = disagreement_and_spread()
    optimizer = torch.optim.Adam(model.dynamics_parameters, lr=5e-3)
    for _ in range(300):
        senses, after = noisy(64, generator)
        latent, ego = seen(senses)
        losses, _ = model.loss(latent, perception(after), idle, ego, generator)
        optimizer.zero_grad()
        sum(losses.values()).backward()
        optimizer.step()
    with torch.no_grad():
        unknown, chance = disagreement_and_spread()
    assert chance[0] == pytest.approx(0.2, abs=0.05)  # left or right: a deviation of 0.2 m
    assert chance[1] < 0.05
    assert unknown[0] < 0.35 * chance[0]
    assert (unknown < newborn).all()


def test_a_life_of_several_futures_is_the_same_again_and_goes_on_bit_for_bit_after_saving(
    world: World, unsure: agent.Mind, tmp_path: Path
) -> None:
    start = world.snapshot()
    first = [m.action.tolist() for m in agent.live(world, unsure, 30)]
    world.restore(start)
    again = agent.Mind.born(world, seed=11, config=UNSURE)
    assert [m.action.tolist() for m in agent.live(world, again, 30)] == first
    unsure.save(tmp_path / "mind")
    loaded, here = agent.Mind.load(tmp_path / "mind"), world.snapshot()
    moments = list(agent.live(world, unsure, 5))
    world.restore(here)
    assert [m.action.tolist() for m in agent.live(world, loaded, 5)] == [m.action.tolist() for m in moments]
    chosen, *rivals = moments[-1].thought.plans
    assert chosen.futures.shape == (3, SMALL.planner.horizon + 1, len(moments[-1].things), 3)
    assert (chosen.futures[0] == chosen.things).all()
    assert chosen.spread is not None
    assert chosen.spread > 0
    assert "risk" in chosen.costs
    assert sum(chosen.costs.values()) == pytest.approx(chosen.cost, rel=1e-3, abs=1e-3)
    assert all(plan.spread is None for plan in rivals)


def test_plans_of_several_futures_are_refined_by_gradient_descent(world: World) -> None:
    config = UNSURE.updated(
        {"planner.kind": "icem+gradient", "planner.gradient_steps": 1, "training.warmup_steps": 2, "planner.horizon": 3}
    )
    moments = list(agent.live(world, agent.Mind.born(world, seed=0, config=config), 4))
    assert moments[-1].thought.plans[0].futures.shape[:2] == (3, 4)


def test_settings_that_make_no_sense_are_refused() -> None:
    with pytest.raises(UserError, match=r"model\.num_futures=1"):
        SMALL.updated({"model.num_futures": 1, "planner.risk": 1.0})
    with pytest.raises(UserError, match=r"model\.num_futures"):
        SMALL.updated({"model.num_futures": -1})
    with pytest.raises(UserError, match="risk=nan"):
        SMALL.updated({"model.num_futures": 2, "planner.risk": float("nan")})
