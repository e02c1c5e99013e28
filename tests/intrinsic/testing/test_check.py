"""The kit finds what is wrong with an objective, and says what to change."""

from __future__ import annotations

import json
import re
import time

import numpy as np
import pytest
import torch

import intrinsic
from housecat.core.errors import UserError
from intrinsic import Objective


def bad(cost, **attributes) -> type[Objective]:
    attributes = {"reads": frozenset({"action", "latent"}), "unit": 1.0, **attributes}
    return type("Bad", (Objective,), {"cost": lambda self, view, memory=None: cost(view), **attributes})


def fine(view):
    return view["action"].sum(-1) + view["latent"].sum((-1, -2))


def scribbles(view):
    view["action"].mul_(2.0)
    return fine(view)


def sleeps(view):
    time.sleep(0.4)
    return fine(view)


def dawdles(view):
    time.sleep(0.03)
    return fine(view)


def toils(view):
    x = view["latent"].flatten(-2).sum(-1, keepdim=True).expand(*view["action"].shape[:-1], 256)
    for _ in range(100):
        x = x @ torch.eye(256)
    return x.sum(-1) + view["action"].sum(-1)


class Grows(Objective):
    reads = frozenset({"action"})

    def __init__(self):
        super().__init__()
        self.past = []

    def cost(self, view, memory=None):
        return view["action"].sum(-1)

    def observe(self, view, memory=None):
        self.past.append(view["action"])


class Episodic(Objective):
    reads = frozenset({"action"})
    memory = "episode"
    unit = 1.0

    def begin(self, lead):
        return torch.zeros(*lead, 1)

    def cost(self, view, memory=None):
        return view["action"].sum(-1) + memory.sum(-1)

    def remember(self, memory, view):
        return memory + view["action"].mean(-1, keepdim=True)


class Hoards(Episodic):
    def remember(self, memory, view):
        return torch.cat([memory, view["action"][..., :1]], -1)


class Leaks(Episodic):
    def remember(self, memory, view):
        return memory.add_(1.0)


class Mingles(Episodic):
    def remember(self, memory, view):
        return memory + view["action"].mean()


class Forgets(Objective):
    """Learns into a plain attribute, which nobody saves."""

    reads = frozenset({"action"})

    def __init__(self):
        super().__init__()
        self.level = torch.zeros(())

    def cost(self, view, memory=None):
        return view["action"].sum(-1) - self.level

    def observe(self, view, memory=None):
        self.level = 0.9 * self.level + view["action"].mean()


class Spies(Objective):
    """Changes with being asked."""

    reads = frozenset({"action"})

    def __init__(self):
        super().__init__()
        self.register_buffer("asked", torch.zeros(()))

    def cost(self, view, memory=None):
        self.asked += 1
        return view["action"].sum(-1)


FAULTS = {
    "undeclared": (bad(lambda v: fine(v) + v["mean"].sum()), "reads", "asked for 'mean'.*add the key to its `reads`"),
    "idle key": (bad(lambda v: v["action"].sum(-1)), "reads", "names latent, which it never looks at. Leave that out"),
    "unheard-of key": (bad(fine, reads={"senses.smell"}), "hosts", "no host offers.*senses.smell.*Offered are action"),
    "writes": (bad(scribbles), "purity", r"writes into view\['action'\].*\.clone\(\)"),
    "float64": (bad(lambda v: fine(v).double()), "shape", r"returned float64.*\.float\(\)"),
    "integers": (bad(lambda v: fine(v).long()), "shape", r"returned int64.*\.float\(\)"),
    "one for all": (bad(lambda v: fine(v).sum()), "shape", r"returned shape \(\) for transitions of shape"),
    "too many": (bad(lambda v: fine(v).unsqueeze(-1)), "shape", r"Reduce its last dimensions: \.mean\(-1\)"),
    "no tensor": (bad(lambda v: float(fine(v).sum())), "shape", "returned a float. Return a tensor"),
    "nan": (bad(lambda v: fine(v) / v["action"].norm(dim=-1)), "shape", "nan or infinity from finite senses"),
    "infinity": (bad(lambda v: fine(v) + v["action"].abs().sum(-1).log()), "shape", "nan or infinity"),
    "batch statistics": (bad(lambda v: fine(v) - fine(v).mean()), "lead shapes", "mixes transitions"),
    "draws": (bad(lambda v: fine(v) + torch.rand(())), "purity", r"draws random numbers \(torch\)"),
    "draws numpy": (bad(lambda v: fine(v) + float(np.random.rand())), "purity", r"draws random numbers \(numpy\)"),
    "a second a call": (bad(sleeps), "reads", r"a call took 0\.\d s for 12 transitions\. A planner calls it hundreds"),
    "slow alone": (bad(dawdles), "speed", r"a call for one transition takes \d+ ms; 20 are allowed"),
    "slow in bulk": (bad(toils), "speed", r"takes \d+ us per transition; the budget is 20"),
    "raises": (bad(lambda v: 1 / 0), "reads", "ZeroDivisionError"),
    "grows": (Grows, "growth", "keeps more and more.*register_buffer"),
    "memory grows": (Hoards, "memory", "keeps growing.*fixed size"),
    "memory leaks": (Leaks, "memory", "writes into the memory given"),
    "memory mingles": (Mingles, "memory", "treat each life by itself"),
    "forgets": (Forgets, "save and load", "not in `state_dict`.*register_buffer"),
    "changes when asked": (Spies, "purity", "changes asked. Only `observe` may"),
    "no gradient": (bad(lambda v: fine(v).detach()), "gradient", "Say `differentiable = False`"),
    "a hidden gradient": (bad(fine, differentiable=False), "gradient", "says `differentiable = False`. Leave that"),
    "never habituates": (bad(fine, habituates=True), "the new", "says `habituates = True`, but"),
    "memory that nobody asks for": (bad(fine, remember=lambda self, m, v: m), "memory", 'Write memory = "episode"'),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found_and_has_a_remedy(fault: str) -> None:
    kind, title, words = FAULTS[fault]
    report = intrinsic.check(kind, budget_us=20.0)
    assert not report.ok
    found = {finding.check: finding.message for finding in report.failed}
    assert title in found, str(report)
    assert re.search(words, found[title]), found[title]


def test_a_fault_in_a_file_names_its_line(plugin_file) -> None:
    path = plugin_file(
        "class Late(Objective):\n    reads = {'action'}\n    def cost(self, view, memory=None):\n"
        "        return view['latent']\n"
    )
    report = intrinsic.check(f"{path}:Late")
    assert report.failed[0].message.startswith("drives.py, line 8: KeyError: objective 'Late' asked for 'latent'")


def test_what_hangs_is_given_up_early() -> None:
    started = time.perf_counter()
    assert not intrinsic.check(bad(sleeps)).ok
    assert time.perf_counter() - started < 10.0


def test_an_object_is_refused_because_it_must_be_made_anew() -> None:
    with pytest.raises(UserError, match="give the class Bad itself"):
        intrinsic.check(bad(fine)())  # type: ignore[arg-type]


def test_a_good_one_is_reported_in_text_and_in_json() -> None:
    report = intrinsic.check(bad(fine))
    assert report.ok, str(report)
    assert str(report).startswith("Bad: keeps the contract")
    found = json.loads(json.dumps(report.to_json()))
    assert found["ok"] is True
    assert found["hosts"] == [12, 12]
    assert found["cost_us"] > 0.0


def test_the_check_leaves_random_numbers_and_threads_alone() -> None:
    before, threads = torch.get_rng_state(), torch.get_num_threads()
    intrinsic.check("bayesian_surprise")
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.get_num_threads() == threads


@pytest.mark.parametrize(("name", "least", "most"), [("disagreement", -1.0, 0.5), ("surprise", 0.4, 10.0)])
def test_the_noisy_television_tells_error_from_doubt(name: str, least: float, most: float) -> None:
    score = intrinsic.check(name).noisy_tv
    assert score is not None
    assert least < score < most
