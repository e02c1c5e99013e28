import torch

from agent.actor.planners import ICEM, colored_noise


def planner(iterations: int = 3) -> ICEM:
    return ICEM(horizon=8, action_size=2, samples=48, iterations=iterations, num_elites=8, beta=1.0)


def evaluate(goal: torch.Tensor):
    return lambda plans: (plans - goal.unsqueeze(1)).square().sum((0, 2))


def test_planning_comes_nearer_to_the_optimum_than_sampling_as_often() -> None:
    goal = torch.full((8, 2), 0.6)
    generator = torch.Generator().manual_seed(0)
    better = 0
    for _ in range(20):
        _, costs = planner().plan(evaluate(goal), generator)
        noise = (0.6 * colored_noise(1.0, 8, (144, 2), generator)).clamp(-1, 1)
        better += bool(costs.min() < evaluate(goal)(noise).min())
    assert better >= 18


def test_plans_stay_within_the_actions_and_keep_the_best_so_far() -> None:
    search, seen = planner(), []
    goal = torch.full((8, 2), 3.0)

    def spy(plans: torch.Tensor) -> torch.Tensor:
        assert plans.shape == (8, 48, 2)
        assert plans.abs().max() <= 1.0
        costs = evaluate(goal)(plans)
        seen.append(float(costs.min()))
        return costs

    _, costs = search.plan(spy, torch.Generator().manual_seed(1))
    assert float(costs.min()) == min(seen)


def test_the_last_plan_is_carried_over_one_step_later() -> None:
    search = planner()
    generator = torch.Generator().manual_seed(2)
    goal = torch.linspace(-0.8, 0.8, 8).unsqueeze(1).expand(8, 2)
    search.plan(evaluate(goal), generator)
    warm = search.mean.clone()
    first: list[torch.Tensor] = []
    search.plan(lambda plans: first.append(plans) or evaluate(goal)(plans), generator)  # type: ignore[func-returns-value]
    assert torch.equal(first[0][:-1, -1], warm[1:])
    search.reset()
    assert not search.mean.any()
