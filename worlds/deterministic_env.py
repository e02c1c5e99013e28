"""What makes a world exact: its state kept and put back to the bit, and a hash of its whole life."""

from __future__ import annotations

import hashlib
from abc import abstractmethod
from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar

import gymnasium
import numpy as np
import numpy.typing as npt

from worlds.physics import state as physics_state
from worlds.physics.client import Physics
from worlds.physics.snapshot import SnapshotCache, pack, unpack

Obs = dict[str, npt.NDArray[Any]]


class DeterministicEnv(gymnasium.Env[Obs, npt.NDArray[np.float32]]):
    """An environment on a physics, with snapshots and a digest.

    Attributes:
        version: Of the world, as in the id ``housecat/Playroom-v0``: a new one where the same seed and actions give
            another life.
        steps: Control steps since `reset`.
        events: What happened since the last step.
    """

    version: ClassVar[int] = 0
    senses: Sequence[str]
    control_dt: float

    def __init__(self, physics: Physics) -> None:
        self.physics = physics
        self.steps = 0
        self.events: list[dict[str, Any]] = []
        self._hash = b""
        self._snapshot_cache = SnapshotCache(physics)

    @abstractmethod
    def observe(self) -> Obs:
        """Returns the senses of now, without living a step."""

    @abstractmethod
    def _clear_contacts(self) -> None:
        """Drops all contacts that the physics remembers; comes before a layout or a state is put in place."""

    @abstractmethod
    def _state(self) -> dict[str, Any]:
        """Returns what `snapshot` must keep besides the physics, fit for JSON."""

    @abstractmethod
    def _set_state(self, state: dict[str, Any]) -> None: ...

    @cached_property
    def movable_bodies(self) -> tuple[physics_state.MovableBody, ...]:
        """What can move, once the world is furnished."""
        return physics_state.movable_bodies(self.physics)

    def exact_state(self) -> dict[str, float]:
        """Returns every number that the physics moves, without rounding, by name: ``"red ball.position.x"``."""
        names = physics_state.variable_names(self.movable_bodies)
        return dict(zip(names, physics_state.read_variables(self.physics, self.movable_bodies).tolist(), strict=True))

    def digest(self) -> str:
        """Returns a hash of the life since `reset`: of every action, sense and exact state in order.

        Two lives have the same if, and only if, they were the same to the bit so far.
        """
        return self._hash.hex()

    def _update_digest(self, action: bytes, obs: Obs, fresh: bool = False) -> None:
        rolled = hashlib.blake2b(b"" if fresh else self._hash, digest_size=16)
        rolled.update(action)
        for name in self.senses:
            rolled.update(obs[name].tobytes())
        rolled.update(physics_state.read_variables(self.physics, self.movable_bodies).tobytes())
        self._hash = rolled.digest()

    @property
    def _signature(self) -> dict[str, Any]:
        """What two worlds must have in common for the one to take a snapshot of the other."""
        return {
            "world": type(self).__name__,
            "version": self.version,
            "movers": [mover.name for mover in self.movable_bodies],
            "control_dt": self.control_dt,
            "physics_dt": self.physics.dt,
        }

    def snapshot(self) -> bytes:
        """Returns the whole state of the world, to be put back by `restore` in any process."""
        state = {
            "random": self.np_random.bit_generator.state,
            "steps": self.steps,
            "events": self.events,
            "digest": self.digest(),
            "pushes": self.physics.pending_impulses,
            "own": self._state(),
        }
        return pack(self._signature, state, physics_state.save(self.physics))

    def restore(self, snapshot: bytes) -> Obs:
        """Puts back a state that `snapshot` of a world made with the same arguments returned.

        Going back to the same snapshot again and again is much faster from the third time on.

        Raises:
            UserError: If it is damaged, or of another world or version; this world is as it was, then.
        """
        state = self._snapshot_cache.get(snapshot)
        if state is None:
            state, physics = unpack(snapshot, self._signature)
            self._clear_contacts()
            self._snapshot_cache.load(snapshot, state, physics)
        else:
            self._clear_contacts()
            self._snapshot_cache.restore(snapshot)
        for body, impulse in state["pushes"]:
            self.physics.apply_impulse(body, tuple(impulse))
        self.np_random.bit_generator.state = state["random"]
        self.steps, self.events, self._hash = state["steps"], [*state["events"]], bytes.fromhex(state["digest"])
        self._set_state(state["own"])
        return self.observe()
