"""Random numbers that objectives draw are their own, and leave those of the life alone."""

from __future__ import annotations

import random

import numpy as np
import torch

from intrinsic import Mixture
from intrinsic.testing.samples import HOST_KINDS, sample_view
from tests.intrinsic.misbehaving import fine, misbehaving


def draws(view):
    torch.manual_seed(1)
    np.random.seed(1)
    random.seed(1)
    torch.set_grad_enabled(False)
    torch.set_default_dtype(torch.float64)
    return view["action"].sum(-1) + torch.rand(()) + np.random.rand() + random.random()


def test_random_numbers_of_a_plugin_do_not_change_the_life(make_view):
    def life(objectives) -> list[float]:
        with torch.random.fork_rng():
            torch.manual_seed(5)
            np.random.seed(5)
            random.seed(5)
            mixture, view, numbers = Mixture(objectives), make_view(2), []
            mixture.check(view)
            for _ in range(3):
                numbers += [float(torch.rand(())), np.random.rand(), random.random()]
                mixture.costs(view)
                mixture.observe(view)
                mixture.loss(view)
            assert torch.is_grad_enabled()
            assert torch.get_default_dtype() == torch.float32
            assert mixture.muted == {}
            return numbers

    both = {"loss": lambda self, view: draws(view).sum(), "observe": lambda self, view, memory=None: draws(view)}
    assert life({"pain": 1.0, misbehaving(draws, **both): 1.0}) == life({"pain": 1.0})


def test_a_cost_that_draws_is_still_pure_and_a_loss_draws_anew(make_view):
    noisy = misbehaving(lambda view: fine(view) + torch.rand(()), loss=lambda self, view: torch.rand(()))
    mixture, view = Mixture({noisy: 1.0}), make_view(2)
    assert torch.equal(mixture.costs(view)["Bad"], mixture.costs(view)["Bad"])
    assert mixture.loss(view) != mixture.loss(view)


def test_state_after_a_fault_inside_the_fence_is_restored(make_view):
    def explodes(view):
        draws(view)
        raise ValueError("boom")

    before = torch.get_rng_state()
    mixture = Mixture({misbehaving(explodes): 1.0})
    mixture.costs(make_view(2))
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.is_grad_enabled()
    assert torch.get_default_dtype() == torch.float32


def test_learning_objectives_of_our_own_draw_from_generators_of_their_own():
    def numbers(objectives) -> list[float]:
        with torch.random.fork_rng():
            torch.manual_seed(5)
            mixture, view = Mixture(objectives), sample_view(HOST_KINDS[-1], (8,))
            mixture.check(view)
            mixture.observe(view)
            mixture.loss(view)
            return torch.rand(3).tolist()

    learners = {"skill_diversity": 1.0, "bayesian_surprise": 1.0, "state_entropy": 1.0}
    assert numbers({**learners, "pain": 1.0}) == numbers({"pain": 1.0})


def test_what_is_built_follows_the_seed_alone(make_view):
    def weights(seed: int) -> torch.Tensor:
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            mixture = Mixture({"rnd": 1.0})
            torch.rand(seed)  # what is drawn between making and building changes nothing
            mixture.check(make_view(2))
            return next(mixture.parameters()).detach().clone()

    assert torch.equal(weights(3), weights(3))
    assert not torch.equal(weights(3), weights(4))
