"""What the critic learns of costs to come, on chains whose answers are known."""

import pytest
import torch

import agent
from agent.critic.critic import Critic, _project
from agent.perception.egocentric import EgoFeatures


def seen(mind: agent.Mind, places: torch.Tensor) -> EgoFeatures:
    """Sees places on a line, of which the critic knows nothing but how far along they are."""
    n = len(places)
    own = torch.zeros(n, mind.world_model.own_size)
    own[:, 0] = places
    return EgoFeatures(own, torch.zeros(n, 4, mind.world_model.pair_size), torch.zeros(n, 1, dtype=torch.complex64))


def taught(mind: agent.Mind, places: torch.Tensor, after: torch.Tensor, costs: torch.Tensor, steps: int) -> Critic:
    torch.manual_seed(0)
    critic = Critic(mind.world_model, ("pain",), discount=0.5)
    critic.update_cost_bounds(costs.amax(0))
    optimizer = torch.optim.Adam(critic.net.parameters(), lr=3e-3)
    for _ in range(steps):
        pick = torch.randint(len(costs), (64,))
        loss = critic.loss(seen(mind, places[pick]), seen(mind, after[pick]), costs[pick])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        critic.update_target(0.1)
    return critic


def test_a_newborn_expects_nothing(mind: agent.Mind) -> None:
    critic = Critic(mind.world_model, ("pain", "hunger"), discount=0.9)
    critic.update_cost_bounds(torch.ones(2))
    here = seen(mind, torch.randn(5))
    assert critic.expected_cost(here).abs().max() < 0.1
    assert critic.event_probability(here).max() < 0.05


def test_chances_that_are_shared_out_among_atoms_keep_their_mean(mind: agent.Mind) -> None:
    atoms = mind.critic.atoms
    chance = torch.randn(6, len(atoms)).softmax(-1)
    worth = 0.7 * atoms + 3.3
    goal = _project(chance, worth.expand(6, -1), atoms)
    assert torch.allclose(goal.sum(-1), torch.ones(6))
    assert torch.allclose(goal @ atoms, chance @ worth, rtol=1e-3)


def test_the_critic_learns_the_distribution_of_the_cost_to_come(mind: agent.Mind) -> None:
    """A cost of 1 in every second step of chance, discount 0.5: one on the whole, spread around it."""
    costs = (torch.rand(2000, 1, generator=torch.Generator().manual_seed(1)) < 0.5).float()
    still = torch.zeros(2000)
    critic, here = taught(mind, still, still, costs, 600), seen(mind, still[:1])
    assert float(critic.expected_cost(here).detach()) == pytest.approx(1.0, abs=0.15)
    chance = critic(here).logits.softmax(-1)[0, 0].detach()
    assert float(chance[critic.atoms < 0.3].sum()) > 0.1
    assert float(chance[critic.atoms > 1.7].sum()) > 0.1


def test_what_is_rare_and_heavy_is_expected_in_its_measure(mind: agent.Mind) -> None:
    """A cost of 5 once in fifty steps: 0.1 a step, 0.2 with what comes after at a discount of 0.5."""
    costs = 5.0 * (torch.arange(2000) % 50 == 0).float().unsqueeze(-1)
    still = torch.zeros(2000)
    critic, here = taught(mind, still, still, costs, 600), seen(mind, still[:1])
    assert float(critic.expected_cost(here).detach()) == pytest.approx(0.2, abs=0.08)
    alarm = critic.event_probability(here)[0, 0].detach()
    assert float(alarm[0]) == pytest.approx(0.02, abs=0.015)
    assert float(alarm[-1]) == pytest.approx(1.0 - 0.98**20, abs=0.1)


def test_the_alarm_tells_after_how_many_steps_it_strikes(mind: agent.Mind) -> None:
    """A walk along a line; it hurts to arrive at 1, after which one starts again at 0."""
    places = torch.arange(0.0, 0.95, 0.1)
    after = (places + 0.1) % 1.0
    costs = (after < 0.05).float().unsqueeze(-1)
    critic = taught(mind, places, after, costs, 900)
    alarm = critic.event_probability(seen(mind, torch.tensor([0.5]))).detach()[0, 0]  # five steps away
    assert float(alarm[2]) < 0.3
    assert float(alarm[7]) > 0.7
