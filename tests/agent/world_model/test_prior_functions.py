import torch

from agent.world_model.prior_functions import NearnessPrior


def spread(prior: NearnessPrior, distance: float) -> float:
    angle = torch.linspace(0.0, 6.0, 50)
    offset = distance * torch.stack([angle.cos(), angle.sin()], -1)[None]
    far = torch.tanh((torch.full((1, 50), distance) - 0.1) / 0.4)
    change = prior(offset, far)
    assert change.shape == (5, 1, 50, 8)
    return float(change.std(0).mean())


def test_members_differ_about_what_is_near_and_not_about_what_is_far() -> None:
    prior = NearnessPrior(5, 8, torch.Generator().manual_seed(0))
    assert spread(prior, 0.2) > 0.1
    assert spread(prior, 2.0) < 0.01


def test_a_prior_is_not_learnt_but_kept() -> None:
    prior = NearnessPrior(5, 8)
    assert not list(prior.parameters())
    assert set(prior.state_dict()) == {"first", "shift", "second"}
