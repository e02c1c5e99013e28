"""What every planner keeps, and a mind with each."""

from pathlib import Path

import pytest
import torch

import agent
from agent.actor.planners import GradientPlanner, Planner, colored_noise, make_planner
from agent.actor.planners.gradient import gradient_descent
from agent.config import settings
from housecat.core.errors import UserError
from tests.agent.conftest import SMALL
from worlds.env import World

LOOK = agent.MindConfig.of(
    {
        "planner.horizon": 8,
        "planner.samples": 48,
        "planner.iterations": 3,
        "planner.elites": 8,
        "planner.noise_beta": 1.0,
    }
)


def search(name: str) -> Planner:
    return make_planner(LOOK.updated({"planner.kind": name}).planner, action_size=2)


def away(goal: torch.Tensor):
    return lambda plans: (plans - goal.unsqueeze(1)).square().sum((0, 2))


@pytest.mark.parametrize("name", settings()["planner.kind"].choices)
def test_it_comes_nearer_to_the_optimum_than_sampling_alone(name: str) -> None:
    goal, generator, better = torch.full((8, 2), 0.6), torch.Generator().manual_seed(0), 0
    for _ in range(20):
        _, costs = search(name).plan(away(goal), generator)
        noise = (0.6 * colored_noise(1.0, 8, (144, 2), generator)).clamp(-1, 1)
        better += bool(costs.min() < away(goal)(noise).min())
    assert better >= 18


@pytest.mark.parametrize("name", settings()["planner.kind"].choices)
def test_plans_stay_within_the_actions_and_are_those_that_were_judged_last(name: str) -> None:
    seen: list[torch.Tensor] = []
    goal = torch.full((8, 2), 3.0)

    def spy(plans: torch.Tensor) -> torch.Tensor:
        assert plans.shape[0] == 8
        assert plans.shape[2] == 2
        assert plans.abs().max() <= 1.0
        seen.append(plans.detach())
        return away(goal)(plans)

    plans, costs = search(name).plan(spy, torch.Generator().manual_seed(1))
    assert torch.equal(plans, seen[-1])
    assert torch.equal(costs, away(goal)(plans))


@pytest.mark.parametrize("name", settings()["planner.kind"].choices)
def test_it_goes_on_from_its_last_plan_and_can_forget_it(name: str) -> None:
    planner, generator = search(name), torch.Generator().manual_seed(2)
    goal = torch.full((8, 2), 0.7)
    first = float(planner.plan(away(goal), generator)[1].min())
    for _ in range(5):
        costs = planner.plan(away(goal), generator)[1]
    assert float(costs.min()) < first
    planner.reset()
    assert not planner.mean.any()
    assert not planner.elites.shape[1]


@pytest.mark.parametrize("name", settings()["planner.kind"].choices)
def test_a_future_that_breaks_the_model_is_not_chosen(name: str) -> None:
    def broken(plans: torch.Tensor) -> torch.Tensor:
        costs = plans.square().sum((0, 2))
        return torch.where(plans[0, :, 0] > 0, torch.nan * costs, costs)

    plans, costs = search(name).plan(broken, torch.Generator().manual_seed(3))
    assert float(plans[0, costs.argmin(), 0]) <= 0


def test_going_down_the_slope_never_ends_higher() -> None:
    generator = torch.Generator().manual_seed(4)
    plans = torch.rand(5, 30, 2, generator=generator) * 2 - 1

    def rough(plans: torch.Tensor) -> torch.Tensor:
        return torch.sin(20.0 * plans).sum((0, 2))

    _, costs = gradient_descent(rough, plans, steps=4, step_size=0.3)
    assert bool((costs <= rough(plans) + 1e-5).all())


def test_a_gradient_finds_in_three_steps_what_as_many_samples_do_not() -> None:
    goal, generator = torch.linspace(-0.8, 0.8, 12).view(12, 1).expand(12, 6), torch.Generator().manual_seed(5)
    _, costs = GradientPlanner(horizon=12, action_size=6, samples=8, iterations=3, beta=1.0).plan(away(goal), generator)
    noise = (0.6 * colored_noise(1.0, 12, (32, 6), generator)).clamp(-1, 1)
    assert float(costs.min()) < 0.5 * float(away(goal)(noise).min())


@pytest.mark.parametrize("name", settings()["planner.kind"].choices)
def test_a_life_goes_on_bit_for_bit_after_saving(name: str, world: World, tmp_path: Path) -> None:
    mind = agent.Mind.born(world, seed=0, config=SMALL.updated({"planner.kind": name}))
    list(agent.live(world, mind, 25))
    mind.save(tmp_path / "mind")
    again, snapshot = agent.Mind.load(tmp_path / "mind"), world.snapshot()
    first = [m.action.tolist() for m in agent.live(world, mind, 4)]
    world.restore(snapshot)
    assert [m.action.tolist() for m in agent.live(world, again, 4)] == first
    assert mind.decision.plans
    assert not mind.mixture.muted


def test_the_slope_of_imagined_costs_is_the_one_that_small_steps_show(mind: agent.Mind, world: World) -> None:
    list(agent.live(world, mind, 30))
    from agent.perception.attention import select_things, select_tokens
    from agent.perception.obs_spec import as_tensors

    senses = as_tensors(world.observe(), mind.shapes)
    attended = select_things(senses, mind.config.attention.num_attended)
    latent = select_tokens(mind.perception(senses), attended).detach()
    plan = (torch.rand(5, 1, mind.actions, generator=torch.Generator().manual_seed(6)) - 0.5).requires_grad_()
    total = mind.actor.evaluate(latent, plan, senses, attended).total
    (slope,) = torch.autograd.grad(total.sum(), plan)
    step = 0.02 * slope / slope.norm()
    with torch.no_grad():
        up, down = (float(mind.actor.evaluate(latent, plan + s, senses, attended).total) for s in (step, -step))
    assert (up - down) / 0.04 == pytest.approx(float(slope.norm()), rel=0.1)


def test_an_unknown_planner_is_named_with_those_there_are() -> None:
    with pytest.raises(UserError, match="icem"):
        LOOK.updated({"planner.kind": "icm"})


HEAD = "import torch\nfrom intrinsic import Objective\nclass Odd(Objective):\n    reads = frozenset({'senses.body'})\n"


def test_a_cost_that_cannot_be_differentiated_is_refused_where_the_planner_needs_it(
    world: World, tmp_path: Path
) -> None:
    (tmp_path / "odd.py").write_text(
        f"{HEAD}"
        "    def cost(self, view, memory=None):\n"
        "        far = view['senses.body'][..., :2].norm(dim=-1)\n"
        "        far -= 0.3\n"
        "        return far\n"
    )
    wants = {f"{tmp_path / 'odd.py'}:Odd": 1.0}
    agent.Mind.born(world, wants, config=SMALL)
    with pytest.raises(UserError, match=r"'Odd' cannot be differentiated.*planner.kind=icem"):
        agent.Mind.born(world, wants, config=SMALL.updated({"planner.kind": "gradient"}))


def test_a_mind_that_wants_only_what_has_no_slope_lives_by_what_it_sampled(world: World, tmp_path: Path) -> None:
    (tmp_path / "odd.py").write_text(
        f"{HEAD}    differentiable = False\n"
        "    def cost(self, view, memory=None):\n"
        "        return (view['senses.body'][..., 0] > 0).float()\n"
    )
    config = SMALL.updated({"planner.kind": "icem+gradient", "planner.use_critic": False, "training.warmup_steps": 2})
    mind = agent.Mind.born(world, {f"{tmp_path / 'odd.py'}:Odd": 1.0}, config=config)
    moments = list(agent.live(world, mind, 5))
    assert moments[-1].thought.mode == "plan"
    assert not mind.mixture.muted
