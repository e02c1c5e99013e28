"""The contract of an intrinsic objective: a cost that an agent carries in itself."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from torch import Tensor, nn

View = Mapping[str, Tensor]
Memory = Any


class Objective(nn.Module, ABC):
    r"""A cost of what happens, lived or imagined; lower is better.

    The same object is the planner's cost over a hundred imagined futures a step, the lived cost that the critic
    learns to anticipate, and (as reward = -cost) a reward. It is an `nn.Module`, so what it learns saves,
    loads and moves like any other.

    `reads` names what it needs; the view that its methods are handed has exactly these keys. For a stretch of
    experience with leading shape ``*lead`` (any, such as (T, B) or none at all), the keys are, per transition:

    ========================  ==================  ==========================================================
    key                       shape               meaning
    ========================  ==================  ==========================================================
    ``latent``                (\*lead, N, Z)      latent tokens after the transition (token 0 is the body)
    ``latent.before``         (\*lead, N, Z)      latent tokens before it
    ``action``                (\*lead, A)         the action taken, each -1 to 1
    ``mean``                  (E, \*lead, N, Z)   what each ensemble member predicted for ``latent``
    ``attended``              (\*lead, N)         1 where a token was attended to, else 0
    ``senses.<name>``         (\*lead, ...)       the sense after the transition: lived, or read out of imagination
    ``senses.<name>.before``  (\*lead, ...)       the sense before it
    ========================  ==================  ==========================================================

    Index from the right (``view["senses.vitals"][..., 1]``) and any leading shape works.

    Attributes:
        reads: The keys it needs.
        memory: ``"episode"`` when it keeps a memory value within an episode (see `begin`).
        unit: The cost that counts as one on the mixture's common scale; None to scale by a running root mean
            square: of how much imagined plans differ in the cost, or, where nobody plans, of the cost itself.
        hardwired: True for drives that nobody can change, whose unit is fixed.
        anticipated: True when the critic learns what it will cost in future.
    """

    reads: frozenset[str] = frozenset()
    memory: ClassVar[Literal["none", "episode"]] = "none"
    unit: float | None = None
    hardwired: ClassVar[bool] = False
    anticipated: ClassVar[bool] = True

    @abstractmethod
    def cost(self, view: View, memory: Memory = None) -> Tensor:
        """Returns the cost of each transition, shape (*lead,). Pure: writes nothing, draws no random numbers."""

    def loss(self, view: View) -> Tensor | None:
        """Returns a scalar to minimise for what the objective learns, or None. The host owns the optimiser.

        The view's tensors carry no gradient: an objective cannot bend the model it is fed from.
        """
        return None

    def observe(self, view: View, memory: Memory = None) -> None:
        """Takes note of lived transitions, each exactly once. The only method that may change the objective."""

    def begin(self, lead: tuple[int, ...]) -> Memory:
        """Returns an empty episodic memory: a tensor, or tuples, lists or dicts of tensors, each (*lead, ...)."""
        return None

    def remember(self, memory: Memory, view: View) -> Memory:
        """Returns the memory after the view's transition; must not change the one given."""
        return memory
