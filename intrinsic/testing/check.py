"""The check of an objective: every check of the contract, one after the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import torch
from torch import nn

from housecat.core.conformance import Finding
from housecat.core.errors import ContractViolation, UserError
from intrinsic.isolation.validation import validate_objective
from intrinsic.objective import Objective
from intrinsic.registry import class_of, make, split_argument, term_name
from intrinsic.testing import call_checks, learning_checks
from intrinsic.testing.objective_under_test import MAX_CALL_SECONDS, ContractCase
from intrinsic.testing.report import ObjectiveReport
from intrinsic.testing.samples import HOST_KINDS, HostKind, sample_view

BUDGET_US: Final = 100.0
CHECKS: Final[dict[str, Callable[[ContractCase], str]]] = {
    "reads": call_checks.check_reads,
    "shape": call_checks.check_shapes,
    "lead shapes": call_checks.check_lead_shapes,
    "purity": call_checks.check_purity,
    "memory": call_checks.check_memory_forks,
    "growth": call_checks.check_growth,
    "save and load": learning_checks.check_saving,
    "gradient": learning_checks.check_gradient,
}
NO_NOISE: Final = "does not apply: it likes the new no better than the familiar, or does not read latents"


def check(objective: str | type[Objective] | Callable[[], Objective], budget_us: float = BUDGET_US) -> ObjectiveReport:
    """Checks all that the contract promises of an objective, on made-up experience of every kind it declares.

    Args:
        objective: A name or file (``my_drives.py:LovesRed``), a class, or a function that makes one.
        budget_us: Microseconds per transition that computing and learning may take together.

    Returns:
        What was found, with a remedy for each check that failed.

    Raises:
        UserError: There is no such objective, or it cannot be made.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # small tensors are fastest on one, and times then mean the same everywhere
    try:
        return _run_checks(objective, budget_us)
    finally:
        torch.set_num_threads(threads)


def _run_checks(objective: str | type[Objective] | Callable[[], Objective], budget_us: float) -> ObjectiveReport:
    name, build = _name_and_maker(objective)
    first = validate_objective(name, build())
    try:
        hosts = call_checks.supported_hosts(frozenset(first.actions), frozenset(first.reads))
    except ContractViolation as violation:
        return ObjectiveReport(name, (Finding("hosts", "fail", str(violation)),))
    # The richest host is examined most closely, the others for whether the objective works in them at all.
    case = ContractCase(name, build, max(hosts, key=lambda h: (h.observation == "dict", h.action == "Box(6)")))
    findings: list[Finding] = []
    for title, act in CHECKS.items():
        findings.append(_finding(title, lambda act=act: act(case)))  # type: ignore[misc]
        if findings[-1].mark == "fail" and title in ("reads", "shape") and _is_unusable(case):
            rest = Finding("all else", "note", "left out until that is mended")
            return ObjectiveReport(name, (*findings, rest), hosts=(0, len(hosts)))
    failures = [finding for host in hosts if (finding := _host_failure(case, host)) is not None]
    works = len(hosts) - len(failures)
    message = f"works with {works} of {len(hosts)} kinds of action and observation that it declares"
    findings += failures or [Finding("hosts", "ok", message)]
    return _measure(case, first, findings, (works, len(hosts)), budget_us)


def _measure(
    case: ContractCase, first: Objective, findings: list[Finding], hosts: tuple[int, int], budget_us: float
) -> ObjectiveReport:
    """Adds to the findings what the objective makes of the new and of noise, and how long it takes."""
    preference: learning_checks.NoveltyPreference | None = None
    speed: tuple[float, float] | None = None

    def novelty() -> str:
        nonlocal preference
        preference = learning_checks.measure_novelty_preference(case)
        return learning_checks.check_habituation(preference, type(first))

    def timing() -> str:
        nonlocal speed
        plain = (host for host in HOST_KINDS if str(host) == "Box(6) x vector")
        host = next((h for h in plain if first.reads <= sample_view(h, (1,)).keys()), case.host)
        speed = learning_checks.measure_speed(case, host, budget_us)
        return f"{speed[0]:.1f} us per transition to judge, {speed[1]:.1f} to learn (budget {budget_us:.0f})"

    findings.append(_finding("the new", novelty))
    noise = preference.noisy_tv if preference else None
    message = f"{noise:.2f} (0: noise leaves it cold; 1: noise is as good as new)" if noise is not None else NO_NOISE
    findings.append(Finding("noisy television", "note", message))
    findings.append(_finding("speed", timing))
    cost, update = speed or (None, None)
    return ObjectiveReport(case.name, tuple(findings), cost, update, noise, hosts)


def _name_and_maker(
    objective: str | type[Objective] | Callable[[], Objective],
) -> tuple[str, Callable[[], Objective]]:
    if isinstance(objective, str):
        kind, argument = class_of(objective), split_argument(objective)[1]
        spec = f"{objective}:{kind.argument_example}" if kind.argument_example and not argument else objective
        return term_name(spec), lambda: make(spec)
    if isinstance(objective, nn.Module):
        raise UserError(f"give the class {type(objective).__name__} itself, or a function: it must be made anew")
    argument = getattr(objective, "argument_example", "")
    build = (lambda: objective(argument)) if argument else objective  # type: ignore[call-arg]
    return term_name(build()), build


def _finding(title: str, act: Callable[[], str]) -> Finding:
    try:
        return Finding(title, "ok", act())
    except (ContractViolation, RuntimeError) as error:  # RuntimeError: shapes that do not broadcast, in our comparisons
        return Finding(title, "fail", str(error))


def _is_unusable(case: ContractCase) -> bool:
    """Tells whether the simplest call fails, or takes so long, that nothing else should be checked."""
    try:
        subject = case.new()
        subject.longest_call = 0.0
        call_checks.validate_cost(subject.cost(sample_view(case.host, (2,))), (2,), exact=False)
    except ContractViolation:
        return True
    return subject.longest_call > MAX_CALL_SECONDS


def _host_failure(case: ContractCase, host: HostKind) -> Finding | None:
    """Lets the objective live and learn for a batch in a kind of host; returns what fails."""
    try:
        subject, view = case.new(host), sample_view(host, (3, 4))
        call_checks.validate_cost(subject.cost(view), (3, 4))
        subject.observe(view)
        subject.learn(view, subject.optimizer())
        call_checks.validate_cost(subject.cost(view), (3, 4))
    except ContractViolation as violation:
        return Finding(str(host), "fail", str(violation))
    return None
