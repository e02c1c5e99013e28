from __future__ import annotations

from typing import NamedTuple

import pytest
import torch

from housecat.core.errors import UserError
from housecat.core.obs_layout import VITALS
from intrinsic import Mixture, Objective


class Fading(Objective):
    """A cost with a running scale."""

    reads = frozenset({"action"})

    def cost(self, view, memory=None):
        return view["action"].abs().mean(-1)


class Counts(Objective):
    """Costs how often the same energy, in tenths, was met in this episode."""

    reads = frozenset({"senses.vitals"})
    memory = "episode"
    unit = 1.0

    def begin(self, lead):
        return {"visits": torch.zeros(*lead, 11)}

    def _cell(self, view):
        tenths = (view["senses.vitals"][..., VITALS.energy] * 10).long().clamp(0, 10)
        return torch.nn.functional.one_hot(tenths, 11).float()

    def remember(self, memory, view):
        return {"visits": memory["visits"] + self._cell(view)}

    def cost(self, view, memory=None):
        return (memory["visits"] * self._cell(view)).sum(-1)


class Learns(Objective):
    reads = frozenset({"latent"})

    def __init__(self):
        super().__init__()
        self.net = torch.nn.Linear(4, 1)

    def cost(self, view, memory=None):
        return self.net(view["latent"]).mean((-1, -2))

    def loss(self, view):
        return self.net(view["latent"]).square().mean()


ALL = {"disagreement": 1.0, "pain": 2.0, "hunger": 1.0, "effort": 0.1}


def test_each_term_is_visible_and_the_total_weighs_them(make_view):
    mixture, view = Mixture(ALL), make_view(3, 4)
    costs = mixture.costs(view)
    assert list(costs) == list(ALL)
    torch.testing.assert_close(costs["pain"], view["senses.vitals"][..., VITALS.damage] / 0.2)
    torch.testing.assert_close(mixture.total(costs), sum(ALL[name] * cost for name, cost in costs.items()))


def test_raw_costs_are_in_the_objectives_own_units(make_view):
    view = make_view(3)
    assert torch.equal(Mixture(ALL).costs(view, scaled=False)["pain"], view["senses.vitals"][..., VITALS.damage])


def test_a_fading_cost_stays_comparably_loud(make_view):
    mixture, view = Mixture({Fading(): 1.0}), make_view(50)
    loudness = []
    for step in range(60):
        view["action"] = torch.full((50, 2), 0.97**step)
        mixture.observe(view)
        loudness.append(float(mixture.costs(view)["Fading"].mean()))
    assert loudness[0] == pytest.approx(1.0)  # bias correction: right from the first sample on
    assert 0.97**59 < 0.17 < min(loudness)
    assert min(loudness) > 0.5


def test_the_host_can_take_the_scale_over(make_view):
    mixture, view = Mixture({Fading(): 1.0, "pain": 1.0}), make_view(50)
    mixture.observe(view)
    mixture.rescale({"Fading": torch.full((50,), 0.01), "pain": torch.ones(50)})
    assert mixture.scales == {"Fading": pytest.approx(0.01), "pain": 0.2}
    mixture.observe(view)
    assert mixture.scales["Fading"] == pytest.approx(0.01)


def test_scales_ignore_what_is_not_finite():
    mixture = Mixture({Fading(): 1.0})
    mixture.rescale({"Fading": torch.tensor([0.5, float("nan"), float("inf")])})
    assert mixture.scales["Fading"] == pytest.approx(0.5)


def test_observing_in_inference_mode_leaves_ordinary_buffers(make_view):
    mixture = Mixture({Fading(): 1.0})
    with torch.inference_mode():
        mixture.observe(make_view(3))
    mixture.observe(make_view(3))
    assert mixture.muted == {}


def test_weights_and_scales_are_saved(make_view):
    mixture, twin, view = Mixture({**ALL, Fading(): 1.0}), Mixture({**ALL, Fading(): 1.0}), make_view(20)
    mixture.set_weight("effort", 3.0)
    mixture.observe(view)
    mixture.rescale({"disagreement": torch.full((5,), -4.0)})
    twin.load_state_dict(mixture.state_dict())
    assert twin.weights == mixture.weights
    assert twin.scales == mixture.scales
    later = make_view(20, seed=1)
    mixture.observe(later)
    twin.observe(later)
    assert twin.scales == mixture.scales


def test_losses_are_summed_and_cannot_bend_the_model(make_view):
    mixture, view = Mixture({"pain": 1.0, Learns(): 1.0}), make_view(6)
    view["latent"].requires_grad_()
    loss = mixture.loss(view)
    loss.backward()
    assert view["latent"].grad is None
    assert mixture["Learns"].net.weight.grad is not None
    assert Mixture({"pain": 1.0}).loss(view) is None


def test_gradients_of_imagined_costs_reach_the_planner_and_lived_ones_carry_none(make_view):
    mixture, view = Mixture({**ALL, Fading(): 1.0}), make_view(6)
    view["action"].requires_grad_()
    mixture.total(mixture.costs(view)).sum().backward()
    assert view["action"].grad.abs().sum() > 0.0
    assert not any(cost.requires_grad for cost in mixture.costs(view, lived=True).values())


def test_memories_are_values_that_a_planner_forks(make_view):
    mixture = Mixture({Counts(): 1.0, "pain": 1.0})
    memories = mixture.begin((1,))
    assert list(memories) == ["Counts"]
    after = mixture.remember(memories, make_view(1))
    assert memories["Counts"]["visits"].sum() == 0.0
    assert mixture.costs(make_view(1), after)["Counts"] == 1.0
    forked = mixture.fork(after, 8)
    candidates = {key: t.expand(8, *t.shape[1:]) for key, t in make_view(1).items() if key.startswith("senses")}
    assert mixture.costs(candidates, forked)["Counts"].tolist() == [1.0] * 8
    assert mixture.remember(forked, candidates)["Counts"]["visits"].sum() == 16.0
    assert after["Counts"]["visits"].sum() == 1.0
    mixture.check(make_view(2))


def test_an_unmuted_objective_begins_its_memory_anew(make_view):
    mixture, view = Mixture({Counts(): 1.0}), make_view(1)
    memories = mixture.remember({"Counts": None}, view)
    assert mixture.costs(view, memories)["Counts"] == 1.0
    assert mixture.muted == {}


def test_diverged_imagination_is_passed_on_and_mutes_nobody(make_view):
    mixture, view = Mixture({"pain": 1.0, Counts(): 1.0, Fading(): 1.0}), make_view(4)
    view["senses.vitals"][2, VITALS.damage] = float("nan")
    view["action"][3] = float("inf")
    total = mixture.total(mixture.costs(view))
    assert torch.isfinite(total).tolist() == [True, True, False, False]
    assert mixture.muted == {}


def test_a_memory_of_another_shape_than_asked_for_is_found_before_life_begins(make_view):
    class Stubborn(Objective):
        reads = frozenset({"action"})
        memory = "episode"

        def begin(self, lead):
            return torch.zeros(8)

        def cost(self, view, memory=None):
            return view["action"][..., 0]

    with pytest.raises(UserError, match="`begin` must keep tensors of leading shape"):
        Mixture({Stubborn(): 1.0}).check(make_view(1))


def test_a_memory_may_be_a_named_tuple(make_view):
    class Pair(NamedTuple):
        left: torch.Tensor
        right: torch.Tensor

    class Keeps(Objective):
        reads = frozenset({"action"})
        memory = "episode"

        def begin(self, lead):
            return Pair(torch.zeros(lead), torch.ones(*lead, 3))

        def cost(self, view, memory=None):
            return memory.left + memory.right.sum(-1)

    mixture = Mixture({Keeps(): 1.0})
    forked = mixture.fork(mixture.begin((1,)), 5)["Keeps"]
    assert forked.right.shape == (5, 3)
    assert not mixture.muted


def test_reads_is_the_union():
    assert Mixture(ALL).reads == {"mean", "attended", "senses.vitals", "action"}


def test_anticipated_names_what_the_critic_learns():
    assert Mixture(ALL).anticipated == ("pain", "hunger")


def test_weights_change_while_living(make_view):
    mixture, view = Mixture({"pain": 1.0, "effort": 1.0}), make_view(3)
    mixture.set_weight("effort", 0.0)
    assert mixture.weights == {"pain": 1.0, "effort": 0.0}
    costs = mixture.costs(view)
    torch.testing.assert_close(mixture.total(costs), costs["pain"])


def test_a_weight_for_a_stranger_names_the_nearest():
    with pytest.raises(UserError, match=r"unknown objective in this mixture 'pian'. Did you mean pain"):
        Mixture({"pain": 1.0}).set_weight("pian", 1.0)


def test_objects_are_called_by_their_class_and_ours_by_their_name(my_drives):
    assert Mixture({Fading(): 1.0}).names == ("Fading",)
    assert Mixture({my_drives: 1.0, "pain": 1.0}).names == ("LovesRed", "pain")
    assert Mixture.parse([f"{my_drives}=2", "pain"]).weights == {"LovesRed": 2.0, "pain": 1.0}


def test_two_of_one_name_are_refused():
    with pytest.raises(UserError, match="two objectives are called 'Fading'"):
        Mixture({Fading(): 1.0, Fading(): 2.0})


def test_an_empty_mixture_is_refused():
    with pytest.raises(UserError, match="at least one objective"):
        Mixture({})
