"""Checks of what the contract promises of every call. Each returns what is well, or raises `Fault` with a remedy."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from intrinsic.isolation.guard import Fault
from intrinsic.objective import Memory, Objective
from intrinsic.testing.samples import ACTIONS, KINDS, Kind, arranged, sample
from intrinsic.testing.subject import PATIENCE, Subject, numbers, same
from intrinsic.views import mapped

Fresh = Callable[[Kind], Subject]
LEADS: tuple[tuple[int, ...], ...] = ((), (1,), (7,), (3, 4), (5, 2, 3))
GROWTH = 12  # rounds of transitions over which nothing may keep growing


def declared(actions: frozenset[str], reads: frozenset[str]) -> list[Kind]:
    """Returns the kinds of host that an objective declares itself fit for, by its `actions` and `reads`."""
    fits = [kind for kind in KINDS if ACTIONS[kind.action][0] in actions and reads <= sample(kind, (1,)).keys()]
    if not fits:
        offered = ", ".join(sorted(set().union(*(sample(kind, (1,)) for kind in KINDS))))
        raise Fault(f"no host offers what it `reads` ({', '.join(sorted(reads))}). Offered are {offered}")
    return fits


def reads(fresh: Fresh, kind: Kind, asked: set[str]) -> str:
    """It looks at what it declares, and at nothing else."""
    subject, view = fresh(kind), sample(kind, (3, 4))
    memory = subject.begin((3, 4))
    subject.cost(view, memory)
    if subject.seconds > PATIENCE:
        subject.seconds = 0.0  # the first call of a process also loads things
        subject.cost(view, memory)
        if subject.seconds > PATIENCE:
            raise Fault(f"a call took {subject.seconds:.1f} s for 12 transitions. {FASTER}")
    subject.loss(view)
    subject.observe(view, memory)
    if memory is not None:
        subject.remember(memory, view)
    idle = subject.reads - asked
    if idle:
        raise Fault(
            f"`reads` names {_listed(idle)}, which it never looks at. Leave that out of `reads`: a host may not offer "
            "it, and would refuse the objective for nothing"
        )
    return f"looks at {_listed(subject.reads) or 'nothing'}, as declared"


FASTER = "A planner calls it hundreds of times a second: use tensor operations in place of loops, sleeps and files"


def shapes(fresh: Fresh, kind: Kind, asked: set[str]) -> str:
    """`cost` returns one finite float32 a transition, at any leading shape."""
    subject = fresh(kind)
    for lead in LEADS:
        for view in (sample(kind, lead), extreme(kind, lead)):
            sound(subject.cost(view), lead)
    return "one finite float32 a transition, at any leading shape"


def sound(cost: Any, lead: tuple[int, ...], full: bool = True) -> None:
    """Raises `Fault` unless it is one finite float32 a transition, or if not `full` one number of any kind."""
    if not isinstance(cost, Tensor):
        raise Fault(f"`cost` returned a {type(cost).__name__}. Return a tensor, one number a transition")
    if cost.shape != lead:
        extra = cost.dim() > len(lead) and cost.shape[: len(lead)] == lead
        raise Fault(
            f"`cost` returned shape {tuple(cost.shape)} for transitions of shape {lead}. "
            + (
                "Reduce its last dimensions: .mean(-1)"
                if extra
                else "Index and reduce from the right: [..., VITALS.energy]"
            )
        )
    if not full:
        return
    if cost.dtype != torch.float32:
        more = "it doubles memory and breaks mixtures" if cost.dtype == torch.float64 else "a mean of it is not defined"
        name = str(cost.dtype).removeprefix("torch.")
        raise Fault(f"`cost` returned {name}: {more}. Return float32, as with .float()")
    if not bool(torch.isfinite(cost).all()):
        raise Fault("`cost` returned nan or infinity from finite senses. Guard divisions and roots: .clamp_min(1e-6)")


def extreme(kind: Kind, lead: tuple[int, ...]) -> dict[str, Tensor]:
    """Returns a view in which nothing is anything, which is where divisions and logarithms break."""
    return {key: torch.zeros_like(tensor) for key, tensor in sample(kind, lead).items()}


def leads(fresh: Fresh, kind: Kind, asked: set[str]) -> str:
    """The cost of a transition does not hang on how many others stand beside it."""
    subject, view = fresh(kind), sample(kind, (3, 4))
    memory = subject.begin((3, 4))
    cost = subject.cost(view, memory)
    flat = subject.cost(arranged(view, lambda t: t.flatten(0, 1)), _taken(memory, lambda t: t.flatten(0, 1)))
    turned = subject.cost(arranged(view, lambda t: t.transpose(0, 1)), _taken(memory, lambda t: t.transpose(0, 1)))
    alone = subject.cost(arranged(view, lambda t: t[1, 2]), _taken(memory, lambda t: t[1, 2]))
    for name, found, expected in (
        ("flattened", flat, cost.flatten()),
        ("turned", turned, cost.transpose(0, 1)),
        ("alone", alone, cost[1, 2]),
    ):
        if not _alike(found, expected):
            raise Fault(
                f"the same transition costs something else when the batch is {name}: `cost` mixes transitions. "
                "Reduce trailing dimensions only (dim=-1), and take batch statistics in `observe`, not in `cost`"
            )
    return "lived (T, B), imagined (H, candidates), flat and alone cost the same"


def purity(fresh: Fresh, kind: Kind, asked: set[str]) -> str:
    """`cost` writes nothing, draws nothing and says the same twice."""
    subject, view = fresh(kind), sample(kind, (6,))
    memory, clean = subject.begin((6,)), sample(kind, (6,))
    if not memory_is(memory, subject.begin((6,))):
        raise Fault("`begin` returned another memory the second time. Return an empty one, without chance")
    state, kept = subject.state(), _taken(memory, Tensor.clone)
    drawn: list[str] = []
    first = subject.run(lambda: _undrawn(lambda: subject.objective.cost(subject.view(view), memory), drawn))
    second = subject.cost(view, memory)
    if drawn:
        raise Fault(f"`cost` draws random numbers ({_listed(drawn)}), so that plans are judged by luck. Draw in `loss`")
    for key in subject.reads:
        if not torch.equal(view[key], clean[key]):
            raise Fault(f"`cost` writes into view[{key!r}], which others read too. Work on a copy: .clone()")
    if memory is not None and not same(memory, kept):
        raise Fault("`cost` writes into its memory. Return what is new from `remember`, and leave the one given alone")
    if not torch.equal(first, second):
        raise Fault("`cost` says something else the second time. It must follow from view, memory and state alone")
    changed = [key for key, value in subject.objective.state_dict().items() if not torch.equal(value, state[key])]
    if changed:
        raise Fault(f"`cost` changes {_listed(changed)}. Only `observe` may: most futures never come")
    return "two calls equal bit for bit, nothing written, no random numbers drawn"


def _alike(a: Tensor, b: Tensor) -> bool:
    """Tells whether two results are equal but for the order of sums."""
    return a.shape == b.shape and torch.allclose(a, b, rtol=1e-3, atol=1e-5)


def _taken(memory: Memory, act: Callable[[Tensor], Tensor]) -> Memory:
    return mapped(act, memory)


def memory_is(a: Memory, b: Memory) -> bool:
    """Tells whether two memories are alike, None included."""
    return (a is None) == (b is None) and (a is None or same(a, b))


def _undrawn(act: Callable[[], Tensor], drawn: list[str]) -> Tensor:
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


def forks(fresh: Fresh, kind: Kind, asked: set[str]) -> str:
    """An episodic memory is a value of fixed size that a planner can fork."""
    subject = fresh(kind)
    if not subject.episodic:
        if type(subject.objective).remember is not Objective.remember:
            raise Fault('it defines `remember`, but nobody will call it. Write memory = "episode" in the class')
        return "keeps no memory within an episode"
    one = subject.begin((1,))
    for seed in range(3):
        kept = _taken(one, Tensor.clone)
        after = subject.remember(one, sample(kind, (1,), seed))
        if not same(one, kept):
            raise Fault("`remember` writes into the memory given, so imagined futures leak into life. Return a new one")
        one = after
    forked = _taken(one, lambda t: _many(t, 4))
    futures = sample(kind, (4,), 9)
    grown = subject.remember(forked, futures)
    alone = arranged(futures, lambda t: t[2:3])
    by_itself = subject.remember(one, alone)
    third = _taken(grown, lambda t: t[2:3])
    if not all(_alike(a.float(), b.float()) for a, b in _pairs(third, by_itself)):
        raise Fault("a fork remembers what happened to its neighbours: `remember` must treat each life by itself")
    sizes = []
    for seed in range(GROWTH):
        one = subject.remember(one, sample(kind, (1,), seed))
        sizes.append(numbers(one))
    if sizes[-1] > sizes[GROWTH // 2] > sizes[0]:
        raise Fault(
            f"the memory keeps growing, {sizes[0]} to {sizes[-1]} numbers in {GROWTH} steps. Give it a fixed size and "
            "count what is in it, or keep a sum"
        )
    return f"forks keep to themselves; {sizes[-1]} numbers per life, however long"


def _many(tensor: Tensor, count: int) -> Tensor:
    if tensor.shape[:1] != (1,):
        raise Fault(f"`begin` for lives of shape (1,) made a tensor of shape {tuple(tensor.shape)}. Put the lead first")
    return tensor.expand(count, *tensor.shape[1:])


def _pairs(a: Memory, b: Memory) -> list[tuple[Tensor, Tensor]]:
    left: list[Tensor] = []
    right: list[Tensor] = []
    _taken(a, lambda t: left.append(t) or t)  # type: ignore[func-returns-value]
    _taken(b, lambda t: right.append(t) or t)  # type: ignore[func-returns-value]
    return list(zip(left, right, strict=True))


def growth(fresh: Fresh, kind: Kind, asked: set[str]) -> str:
    """What it keeps between calls does not grow without end."""
    subject, sizes = fresh(kind), []
    for seed in range(GROWTH):
        view = sample(kind, (64,), seed)
        subject.observe(view)
        subject.cost(view)
        subject.loss(view)
        sizes.append(subject.kept())
    if all(b > a for a, b in itertools.pairwise(sizes[2:])):
        raise Fault(
            f"it keeps more and more, {sizes[2]} to {sizes[-1]} numbers in {GROWTH * 64} transitions: a life fills the "
            "memory of the machine. Use a buffer of fixed size (register_buffer) and overwrite the oldest"
        )
    return "what it keeps does not grow"


def _listed(names: Any) -> str:
    return ", ".join(sorted(names))
