"""Trust in habits: given by practice and agreement, taken back by pain, surprise and doubt."""

from __future__ import annotations

import pytest

from agent.actor.reactive.arbitration import COOLDOWN_STEPS, MIN_COMPARISONS, ModeArbiter


def test_trust_needs_practice_and_agreement_and_is_checked() -> None:
    arbiter = ModeArbiter(tolerance=0.5, check_interval=3)
    assert not arbiter.decide(0.0)
    for _ in range(MIN_COMPARISONS):
        arbiter.compare(0.1, 0.1)
    assert [arbiter.decide(0.2) for _ in range(5)] == [True, True, True, False, True]
    assert not arbiter.decide(0.8)  # here it expects to do badly
    for _ in range(20):
        arbiter.compare(2.0, 2.0)
    assert arbiter.decide(0.2)  # it did badly elsewhere, as it expected
    for _ in range(20):
        arbiter.compare(2.0, 0.2)
    assert not arbiter.decide(0.2)  # it did worse than it expected


@pytest.mark.parametrize("what", ["pain", "surprise"])
def test_pain_and_surprise_bring_planning_back_for_a_while(what: str) -> None:
    arbiter = ModeArbiter(tolerance=0.5, check_interval=100)
    for _ in range(MIN_COMPARISONS):
        arbiter.compare(0.1, 0.1)
        arbiter.observe(1.0, 1.0, False)
    assert arbiter.decide(0.0)
    arbiter.observe(1.0, 50.0 if what == "surprise" else 1.0, what == "pain")
    back = 0
    while not arbiter.decide(0.0):
        arbiter.observe(1.0, 1.0, False)
        back += 1
    assert back == COOLDOWN_STEPS


def test_uncertainty_brings_planning_back_at_once() -> None:
    arbiter = ModeArbiter(tolerance=0.5, check_interval=100)
    for step in range(MIN_COMPARISONS):
        arbiter.compare(0.1, 0.1)
        arbiter.observe(1.0 + 0.1 * (step % 4 == 1), 1.0 + 0.1 * (step % 4 == 1), False)
    assert arbiter.decide(0.0)
    arbiter.observe(3.0, 1.0, False)
    assert not arbiter.decide(0.0)
    arbiter.observe(1.0, 1.0, False)
    assert arbiter.decide(0.0)
