"""Checks of what the contract promises of every call.

Each check returns what it saw, or raises `ContractViolation` with what is wrong and what to change.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterable
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor

from housecat.core.errors import ContractViolation
from intrinsic.objective import Objective
from intrinsic.testing.objective_under_test import MAX_CALL_SECONDS, ContractCase, bit_equal, tensors_of
from intrinsic.testing.samples import ACTIONS, HOST_KINDS, HostKind, map_lead, sample_view
from intrinsic.views import map_tensors

LEADS: Final[tuple[tuple[int, ...], ...]] = ((), (1,), (7,), (3, 4), (5, 2, 3))
GROWTH_ROUNDS: Final = 12  # rounds of transitions over which nothing may keep growing
FASTER: Final = (
    "A planner calls it hundreds of times a second: use tensor operations in place of loops, sleeps and files"
)


def supported_hosts(actions: frozenset[str], reads: frozenset[str]) -> list[HostKind]:
    """Returns the kinds of host that an objective declares itself fit for.

    Args:
        actions: Its `actions`.
        reads: Its `reads`.
    """
    hosts = [
        host for host in HOST_KINDS if ACTIONS[host.action][0] in actions and reads <= sample_view(host, (1,)).keys()
    ]
    if not hosts:
        offered = _listed(set().union(*(sample_view(host, (1,)) for host in HOST_KINDS)))
        raise ContractViolation(f"no host offers what it `reads` ({_listed(reads)}). Offered are {offered}")
    return hosts


def check_reads(case: ContractCase) -> str:
    """It looks at what it declares, and at nothing else."""
    subject, view = case.new(), sample_view(case.host, (3, 4))
    memory = subject.begin((3, 4))
    subject.cost(view, memory)
    if subject.longest_call > MAX_CALL_SECONDS:
        subject.longest_call = 0.0  # the first call of a process also loads things
        subject.cost(view, memory)
        if subject.longest_call > MAX_CALL_SECONDS:
            raise ContractViolation(f"a call took {subject.longest_call:.1f} s for 12 transitions. {FASTER}")
    subject.loss(view)
    subject.observe(view, memory)
    if memory is not None:
        subject.remember(memory, view)
    unused = subject.reads - case.requested
    if unused:
        raise ContractViolation(
            f"`reads` names {_listed(unused)}, which it never looks at. Leave that out of `reads`: a host may not "
            "offer it, and would refuse the objective for nothing"
        )
    return f"looks at {_listed(subject.reads) or 'nothing'}, as declared"


def check_shapes(case: ContractCase) -> str:
    """`cost` returns one finite float32 a transition, at any leading shape."""
    subject = case.new()
    for lead in LEADS:
        for view in (sample_view(case.host, lead), zero_view(case.host, lead)):
            validate_cost(subject.cost(view), lead)
    return "one finite float32 a transition, at any leading shape"


def validate_cost(cost: Any, lead: tuple[int, ...], exact: bool = True) -> None:
    """Checks that a cost is one finite float32 a transition.

    Args:
        cost: What `cost` returned.
        lead: Leading shape of the view.
        exact: False to accept numbers of any type, finite or not.

    Raises:
        ContractViolation: It is not.
    """
    if not isinstance(cost, Tensor):
        raise ContractViolation(f"`cost` returned a {type(cost).__name__}. Return a tensor, one number a transition")
    if cost.shape != lead:
        extra = cost.dim() > len(lead) and cost.shape[: len(lead)] == lead
        raise ContractViolation(
            f"`cost` returned shape {tuple(cost.shape)} for transitions of shape {lead}. "
            + ("Reduce its last dimensions: .mean(-1)" if extra else "Index and reduce from the right: [..., column]")
        )
    if not exact:
        return
    if cost.dtype != torch.float32:
        more = "it doubles memory and breaks mixtures" if cost.dtype == torch.float64 else "a mean of it is not defined"
        name = str(cost.dtype).removeprefix("torch.")
        raise ContractViolation(f"`cost` returned {name}: {more}. Return float32, as with .float()")
    if not bool(torch.isfinite(cost).all()):
        raise ContractViolation(
            "`cost` returned nan or infinity from finite senses. Guard divisions and roots: .clamp_min(1e-6)"
        )


def zero_view(host: HostKind, lead: tuple[int, ...]) -> dict[str, Tensor]:
    """Returns a view in which every number is 0: where divisions and logarithms break."""
    return {key: torch.zeros_like(tensor) for key, tensor in sample_view(host, lead).items()}


def check_lead_shapes(case: ContractCase) -> str:
    """The cost of a transition does not depend on the transitions beside it."""
    subject, view = case.new(), sample_view(case.host, (3, 4))
    memory = subject.begin((3, 4))
    cost = subject.cost(view, memory)

    def rearranged(act: Callable[[Tensor], Tensor]) -> Tensor:
        return subject.cost(map_lead(view, act), map_tensors(act, memory))

    for name, found, expected in (
        ("flattened", rearranged(lambda t: t.flatten(0, 1)), cost.flatten()),
        ("turned", rearranged(lambda t: t.transpose(0, 1)), cost.transpose(0, 1)),
        ("alone", rearranged(lambda t: t[1, 2]), cost[1, 2]),
    ):
        if not _almost_equal(found, expected):
            raise ContractViolation(
                f"the same transition costs something else when the batch is {name}: `cost` mixes transitions. "
                "Reduce trailing dimensions only (dim=-1), and take batch statistics in `observe`, not in `cost`"
            )
    return "lived (T, B), imagined (H, candidates), flat and alone cost the same"


def check_purity(case: ContractCase) -> str:
    """`cost` writes nothing, draws no random numbers and returns the same twice."""
    subject, view = case.new(), sample_view(case.host, (6,))
    memory, untouched = subject.begin((6,)), sample_view(case.host, (6,))
    if not bit_equal(memory, subject.begin((6,))):
        raise ContractViolation("`begin` returned another memory the second time. Return an empty one, without chance")
    state, kept = subject.state(), map_tensors(Tensor.clone, memory)
    drawn: list[str] = []
    first = subject.run(lambda: _recording_draws(lambda: subject.objective.cost(subject.view(view), memory), drawn))
    second = subject.cost(view, memory)
    if drawn:
        raise ContractViolation(
            f"`cost` draws random numbers ({_listed(drawn)}), so that plans are judged by luck. Draw in `loss`"
        )
    for key in subject.reads:
        if not torch.equal(view[key], untouched[key]):
            raise ContractViolation(
                f"`cost` writes into view[{key!r}], which others read too. Work on a copy: .clone()"
            )
    if not bit_equal(memory, kept):
        raise ContractViolation(
            "`cost` writes into its memory. Return what is new from `remember`, and leave the one given alone"
        )
    if not torch.equal(first, second):
        raise ContractViolation(
            "`cost` says something else the second time. It must follow from view, memory and state alone"
        )
    changed = [key for key, value in subject.objective.state_dict().items() if not torch.equal(value, state[key])]
    if changed:
        raise ContractViolation(f"`cost` changes {_listed(changed)}. Only `observe` may: most futures never come")
    return "two calls equal bit for bit, nothing written, no random numbers drawn"


def _almost_equal(a: Tensor, b: Tensor) -> bool:
    """Tells whether two results are equal but for the order of sums."""
    return a.shape == b.shape and torch.allclose(a, b, rtol=1e-3, atol=1e-5)


def _recording_draws(act: Callable[[], Tensor], drawn: list[str]) -> Tensor:
    """Calls a function and adds to `drawn` the global generators that it drew from."""
    before = torch.get_rng_state(), np.random.get_state()[1], random.getstate()  # type: ignore[index]
    result = act()
    after = torch.get_rng_state(), np.random.get_state()[1], random.getstate()  # type: ignore[index]
    if not torch.equal(before[0], after[0]):
        drawn.append("torch")
    if not np.array_equal(np.asarray(before[1]), np.asarray(after[1])):
        drawn.append("numpy")
    if before[2] != after[2]:
        drawn.append("random")
    return result


def check_memory_forks(case: ContractCase) -> str:
    """An episodic memory is a value of fixed size that a planner can fork."""
    subject = case.new()
    if not subject.episodic:
        if type(subject.objective).remember is not Objective.remember:
            raise ContractViolation(
                'it defines `remember`, but nobody will call it. Write memory = "episode" in the class'
            )
        return "keeps no memory within an episode"
    memory = subject.begin((1,))
    for seed in range(3):
        kept = map_tensors(Tensor.clone, memory)
        after = subject.remember(memory, sample_view(case.host, (1,), seed))
        if not bit_equal(memory, kept):
            raise ContractViolation(
                "`remember` writes into the memory given, so imagined futures leak into life. Return a new one"
            )
        memory = after
    futures = sample_view(case.host, (4,), 9)
    forked = subject.remember(map_tensors(lambda tensor: _expand_lead(tensor, 4), memory), futures)
    third = map_tensors(lambda tensor: tensor[2:3], forked)
    alone = subject.remember(memory, map_lead(futures, lambda tensor: tensor[2:3]))
    pairs = zip(tensors_of(third), tensors_of(alone), strict=True)
    if not all(_almost_equal(a.float(), b.float()) for a, b in pairs):
        raise ContractViolation(
            "a fork remembers what happened to its neighbours: `remember` must treat each life by itself"
        )
    sizes = []
    for seed in range(GROWTH_ROUNDS):
        memory = subject.remember(memory, sample_view(case.host, (1,), seed))
        sizes.append(sum(tensor.numel() for tensor in tensors_of(memory)))
    if sizes[-1] > sizes[GROWTH_ROUNDS // 2] > sizes[0]:
        raise ContractViolation(
            f"the memory keeps growing, {sizes[0]} to {sizes[-1]} numbers in {GROWTH_ROUNDS} steps. Give it a fixed "
            "size and count what is in it, or keep a sum"
        )
    return f"forks keep to themselves; {sizes[-1]} numbers per life, however long"


def _expand_lead(tensor: Tensor, count: int) -> Tensor:
    """Expands a tensor of leading shape (1,) to (count,)."""
    if tensor.shape[:1] != (1,):
        raise ContractViolation(
            f"`begin` for lives of shape (1,) made a tensor of shape {tuple(tensor.shape)}. Put the lead first"
        )
    return tensor.expand(count, *tensor.shape[1:])


def check_growth(case: ContractCase) -> str:
    """What it keeps between calls does not grow without end."""
    subject, sizes = case.new(), []
    for seed in range(GROWTH_ROUNDS):
        view = sample_view(case.host, (64,), seed)
        subject.observe(view)
        subject.cost(view)
        subject.loss(view)
        sizes.append(subject.stored_numbers())
    if all(later > earlier for earlier, later in itertools.pairwise(sizes[2:])):
        raise ContractViolation(
            f"it keeps more and more, {sizes[2]} to {sizes[-1]} numbers in {GROWTH_ROUNDS * 64} transitions: a life "
            "fills the memory of the machine. Use a buffer of fixed size (register_buffer) and overwrite the oldest"
        )
    return "what it keeps does not grow"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
