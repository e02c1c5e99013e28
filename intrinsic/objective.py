"""The contract of an intrinsic objective."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final, Literal

import torch
from torch import Tensor, nn

View = Mapping[str, Tensor]
Memory = Any
Action = Literal["box", "discrete", "multidiscrete"]
EVERY_ACTION: Final[frozenset[Action]] = frozenset({"box", "discrete", "multidiscrete"})


@dataclass(frozen=True)
class Names:
    """What a host calls the numbers in its senses.

    Attributes:
        things: Names of the K things, in the order of ``senses.things``.
        readings: Names of the numbers in a sense, by sense, such as ``{"body": ("x", "y", ...)}``.
    """

    things: tuple[str, ...] = ()
    readings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class Objective(nn.Module, ABC):
    r"""A cost of what happens, lived or imagined; lower is better.

    The same object is the planner's cost over about a hundred imagined plans a step, the lived cost that the critic
    learns to anticipate, and (as reward = -cost) a reward. It is an `nn.Module`, so what it learns saves,
    loads and moves like any other.

    `reads` names what it needs; the view that its methods are handed has exactly these keys. For a piece of
    experience with leading shape ``*lead`` (any, such as (T, B) or none at all), the keys are, per transition:

    ========================  ==================  ==========================================================
    key                       shape               meaning
    ========================  ==================  ==========================================================
    ``latent``                (\*lead, N, Z)      latent tokens after the transition (token 0 is the body)
    ``latent.before``         (\*lead, N, Z)      latent tokens before it
    ``action``                (\*lead, A)         the action taken, each -1 to 1; discrete ones as 0s and a 1
    ``mean``                  (E, \*lead, N, Z)   what each ensemble member predicted for ``latent``
    ``attended``              (\*lead, N)         1 where a token was attended to, else 0
    ``senses.<name>``         (\*lead, ...)       the sense after the transition: lived, or read out of imagination
    ``senses.<name>.before``  (\*lead, ...)       the sense before it
    ========================  ==================  ==========================================================

    Index from the right, senses by the names of their columns (``view["senses.vitals"][..., VITALS.energy]``, see
    `housecat.core.obs_layout`), and any leading shape works. A host without a body has
    one token: what its encoder makes of a vector, of pixels, or of all entries of a Dict. Objectives that read senses
    work in hosts with senses of these names (a Dict); those that read latents work everywhere.

    Attributes:
        reads: The keys it needs.
        memory: ``"episode"`` when it keeps a memory value within an episode (see `begin`).
        unit: The cost that counts as one on the mixture's common scale; None to scale by a running root mean
            square: of how much imagined plans differ in the cost, or, where nobody plans, of the cost itself.
        hardwired: True for drives that nobody can change, whose unit is fixed.
        anticipated: True when the critic learns what it will cost in future.
        actions: Kinds of action that it works with.
        differentiable: True when its cost has a gradient with respect to something that it reads.
        habituates: True when it claims that the familiar costs more than the new.
        long_horizon: True when its goal may lie beyond the horizon of a plan, so that a second level, where there is
            one, plans for it.
        argument_example: An example of the text that its constructor takes in a spec, such as that of `Goal`; empty for
            most.
        argument: The text that it was made with.
    """

    reads: frozenset[str] = frozenset()
    memory: ClassVar[Literal["none", "episode"]] = "none"
    unit: float | None = None
    hardwired: ClassVar[bool] = False
    anticipated: ClassVar[bool] = True
    actions: ClassVar[frozenset[Action]] = EVERY_ACTION
    differentiable: ClassVar[bool] = True
    habituates: ClassVar[bool] = False
    long_horizon: ClassVar[bool] = False
    argument_example: ClassVar[str] = ""
    argument: str = ""

    def build(self, view: View) -> None:
        """Makes what depends on shapes, such as networks: called once, before life, with a view of any leading shape.

        Random numbers that it draws follow from the host's seed.

        Args:
            view: One or more transitions with the keys of `reads`.
        """

    def bind_names(self, names: Names) -> None:
        """Looks up the columns and rows that it needs by their names; called whenever a life begins.

        Args:
            names: What the host calls its things and readings.

        Raises:
            UserError: A name that it needs is not there.
        """

    @abstractmethod
    def cost(self, view: View, memory: Memory = None) -> Tensor:
        r"""Returns the cost of each transition, shape (\*lead,). Pure: writes nothing, draws no random numbers.

        Args:
            view: Transitions of any leading shape, with the keys of `reads`.
            memory: The episodic memory before them, (\*lead, ...); None for objectives that keep none.
        """

    def loss(self, view: View) -> Tensor | None:
        """Returns a scalar to minimise for what the objective learns, or None. The host owns the optimizer.

        The view's tensors carry no gradient: an objective cannot bend the model it is fed from. In a mixture, random
        numbers drawn here come from a generator of the objective's own.

        Args:
            view: A batch of transitions, of any leading shape.
        """
        return None

    def observe(self, view: View, memory: Memory = None) -> None:
        r"""Observes lived transitions, each exactly once.

        Of the methods that are called with transitions, it is the only one that may change the objective's own state;
        its parameters are changed by the host's optimizer, by the gradient of `loss`.

        Args:
            view: The transitions, of any leading shape.
            memory: The episodic memory before them, (\*lead, ...); None for objectives that keep none.
        """

    def begin(self, lead: tuple[int, ...]) -> Memory:
        r"""Returns an empty episodic memory: a tensor, or tuples, lists or dicts of tensors, each (\*lead, ...).

        Args:
            lead: Leading shape: of how many lives side by side.
        """
        return None

    def remember(self, memory: Memory, view: View) -> Memory:
        r"""Returns the memory after the view's transition; must not change the one given.

        Args:
            memory: The memory before it, (\*lead, ...).
            view: One transition of each life, (\*lead, ...).
        """
        return memory

    def sequence_cost(self, view: View, memory: Memory) -> tuple[Tensor, Memory]:
        r"""Returns the costs (T, \*lead) of successive transitions of the same lives, and the memory after them.

        It is `cost` and `remember`, step by step; override it where all steps at once are cheaper.

        Args:
            view: Time first, (T, \*lead, ...).
            memory: (\*lead, ...) before the first of them.
        """
        costs = []
        key, first = next(iter(view.items()))
        time_axis = 1 if key == "mean" else 0  # the predictions of members have the ensemble first
        for t in range(first.shape[time_axis]):
            now = {key: tensor[:, t] if key == "mean" else tensor[t] for key, tensor in view.items()}
            costs.append(self.cost(now, memory))
            memory = self.remember(memory, now)
        return torch.stack(costs), memory
