"""Every check of an objective, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from torch import nn

from housecat.core.errors import UserError
from intrinsic.isolation.guard import Fault
from intrinsic.isolation.vetting import vet
from intrinsic.objective import Objective
from intrinsic.registry import class_of, key_of, make, split
from intrinsic.testing import behaviour, contract
from intrinsic.testing.contract import Fresh
from intrinsic.testing.report import Finding, Report
from intrinsic.testing.samples import KINDS, Kind, sample
from intrinsic.testing.subject import PATIENCE, Subject

BUDGET_US = 100.0
CHECKS = {
    "reads": contract.reads,
    "shape": contract.shapes,
    "lead shapes": contract.leads,
    "purity": contract.purity,
    "memory": contract.forks,
    "growth": contract.growth,
    "save and load": behaviour.saving,
    "gradient": behaviour.gradient,
}


def check(objective: str | type[Objective] | Callable[[], Objective], budget_us: float = BUDGET_US) -> Report:
    """Checks all that the contract promises of an objective, on made-up experience of every kind it declares.

    Args:
        objective: A name or file (``my_drives.py:LovesRed``), a class, or a function that makes one.
        budget_us: Microseconds per transition that computing and learning may take together.

    Returns:
        What was found, with a remedy for each thing that is not as it must be.

    Raises:
        UserError: There is no such objective, or it cannot be made.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # small tensors are fastest on one, and times then mean the same everywhere
    try:
        return _checked(objective, budget_us)
    finally:
        torch.set_num_threads(threads)


def _checked(objective: str | type[Objective] | Callable[[], Objective], budget_us: float) -> Report:
    name, build = _maker(objective)
    first = vet(name, build())
    asked: set[str] = set()

    def fresh(kind: Kind) -> Subject:
        return Subject(name, build, kind, asked)

    try:
        kinds = contract.declared(frozenset(first.actions), frozenset(first.reads))
    except Fault as fault:
        return Report(name, (Finding("kinds", "fail", str(fault)),))
    # The richest host is examined most closely, the others for whether they work at all.
    kind = max(kinds, key=lambda k: (k.observation == "dict", k.action == "Box(6)"))
    findings: list[Finding] = []
    for title, act in CHECKS.items():
        findings.append(_found(title, lambda act=act: act(fresh, kind, asked)))  # type: ignore[misc]
        if findings[-1].mark == "fail" and title in ("reads", "shape") and _hopeless(fresh, kind):
            left = "left out until that is mended"
            return Report(name, (*findings, Finding("all else", "note", left)), kinds=(0, len(kinds)))
    findings, works = [*findings], [one for one in kinds if _works(fresh, one, findings)]
    words = f"works with {len(works)} of {len(kinds)} kinds of action and observation that it declares"
    if len(works) == len(kinds):
        findings.append(Finding("kinds", "ok", words))
    return _lived(name, first, fresh, kind, findings, (len(works), len(kinds)), budget_us)


def _lived(
    name: str,
    first: Objective,
    fresh: Fresh,
    kind: Kind,
    findings: list[Finding],
    kinds: tuple[int, int],
    budget_us: float,
) -> Report:
    found: behaviour.Taste | None = None

    def live() -> str:
        nonlocal found
        found = behaviour.taste(fresh)
        return behaviour.fading(found, type(first))

    findings.append(_found("the new", live))
    noise = found.noisy_tv if found else None
    words = f"{noise:.2f} (0: noise leaves it cold; 1: noise is as good as new)" if noise is not None else NO_NOISE
    findings.append(Finding("noisy television", "note", words))
    speed: tuple[float, float] | None = None

    def hurry() -> str:
        nonlocal speed
        plain = next((k for k in KINDS if str(k) == "Box(6) x vector" and first.reads <= sample(k, (1,)).keys()), kind)
        speed = behaviour.speed(fresh, plain, budget_us)
        return f"{speed[0]:.1f} us per transition to judge, {speed[1]:.1f} to learn (budget {budget_us:.0f})"

    findings.append(_found("speed", hurry))
    cost, update = speed or (None, None)
    return Report(name, tuple(findings), cost, update, noise, kinds)


NO_NOISE = "does not apply: it likes the new no better than the familiar, or does not read latents"


def _maker(objective: str | type[Objective] | Callable[[], Objective]) -> tuple[str, Callable[[], Objective]]:
    if isinstance(objective, str):
        kind, argument = class_of(objective), split(objective)[1]
        spec = f"{objective}:{kind.argument_example}" if kind.argument_example and not argument else objective
        return key_of(spec), lambda: make(spec)
    if isinstance(objective, nn.Module):
        raise UserError(f"give the class {type(objective).__name__} itself, or a function: it must be made anew")
    argument = getattr(objective, "argument_example", "")
    build = (lambda: objective(argument)) if argument else objective  # type: ignore[call-arg]
    return key_of(build()), build


def _found(title: str, act: Callable[[], str]) -> Finding:
    try:
        return Finding(title, "ok", act())
    except Fault as fault:
        return Finding(title, "fail", str(fault))
    except RuntimeError as error:  # such as shapes that do not broadcast, in our own comparison
        return Finding(title, "fail", f"{error}")


def _hopeless(fresh: Fresh, kind: Kind) -> bool:
    """Tells whether the simplest call fails, or takes so long, that nothing else should be tried."""
    try:
        subject = fresh(kind)
        subject.seconds = 0.0
        contract.sound(subject.cost(sample(kind, (2,))), (2,), full=False)
    except Fault:
        return True
    return subject.seconds > PATIENCE


def _works(fresh: Fresh, kind: Kind, findings: list[Finding]) -> bool:
    for finding in _tried(fresh, kind):
        findings.append(finding)
        return False
    return True


def _tried(fresh: Fresh, kind: Kind) -> Iterator[Finding]:
    try:
        subject, view = fresh(kind), sample(kind, (3, 4))
        contract.sound(subject.cost(view), (3, 4))
        subject.observe(view)
        subject.learn(view, subject.optimizer())
        contract.sound(subject.cost(view), (3, 4))
    except Fault as fault:
        yield Finding(str(kind), "fail", str(fault))
