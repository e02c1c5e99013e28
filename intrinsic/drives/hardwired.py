"""The base class of drives that cannot be changed."""

from __future__ import annotations

from abc import ABCMeta
from typing import Any, ClassVar

from intrinsic.objective import Objective


class Sealed(ABCMeta):
    """Metaclass of classes whose attributes cannot be replaced after the class statement."""

    def __setattr__(cls, name: str, value: Any) -> None:
        if not name.startswith(("__", "_abc")):  # what ABCMeta itself writes
            raise AttributeError(f"{cls.__name__} is hardwired: its {name!r} cannot be changed")
        super().__setattr__(name, value)


class Hardwired(Objective, metaclass=Sealed):
    """A drive that an agent is born with: constants and a pure function, nothing to learn, nothing to set.

    Its weight in a mixture can be set; its formula and constants cannot. The seal stops accidents and
    careless plug-ins, not a determined attacker: Python code that runs in a process can change that process.

    Source: LeCun, *A Path Towards Autonomous Machine Intelligence*, 2022, section 3.2: the intrinsic cost is
    immutable, so that an agent cannot learn itself out of its drives.
    """

    hardwired: ClassVar[bool] = True

    def __setattr__(self, name: str, value: Any) -> None:
        if name != "training":  # nn.Module.train and .eval write it; no drive reads it
            raise AttributeError(f"{type(self).__name__} is hardwired: its {name!r} cannot be changed")
        super().__setattr__(name, value)
