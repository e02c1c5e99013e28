"""The base class of a deterministic environment: bit-exact snapshots, and a digest of the episode."""

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
    """An environment on a physics, with bit-exact snapshots and a digest.

    Args:
        physics: The physics.

    Attributes:
        version: Version of the world, as in the id ``housecat/Playroom-v0``; it grows where the same seed and actions
            lead to another episode.
        physics: The physics.
        steps: Control steps since `reset`.
        events: What happened since the last step, as plain mappings.
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
        """Returns the current observation, without a step."""

    @abstractmethod
    def _clear_contacts(self) -> None:
        """Drops all contacts that the physics caches; called before a layout or a state is put in place."""

    @abstractmethod
    def _state(self) -> dict[str, Any]:
        """Returns what a snapshot holds besides the physics, as JSON types."""

    @abstractmethod
    def _set_state(self, state: dict[str, Any]) -> None:
        """Restores what `_state` returned."""

    @cached_property
    def movable_bodies(self) -> tuple[physics_state.MovableBody, ...]:
        """All bodies that can move; complete once the world is built."""
        return physics_state.movable_bodies(self.physics)

    def exact_state(self) -> dict[str, float]:
        """Returns every number that the physics changes, without rounding, by name: ``"red ball.position.x"``."""
        names = physics_state.variable_names(self.movable_bodies)
        return dict(zip(names, physics_state.read_variables(self.physics, self.movable_bodies).tolist(), strict=True))

    def digest(self) -> str:
        """Returns a hash of the episode: of every action, observation and exact state since `reset`, in order.

        Two episodes have the same digest if and only if they are equal to the bit so far.
        """
        return self._hash.hex()

    def _update_digest(self, action: bytes, obs: Obs, fresh: bool = False) -> None:
        """Adds an action and what followed to the digest, or starts a fresh one."""
        chained = hashlib.blake2b(b"" if fresh else self._hash, digest_size=16)
        chained.update(action)
        for name in self.senses:
            chained.update(obs[name].tobytes())
        chained.update(physics_state.read_variables(self.physics, self.movable_bodies).tobytes())
        self._hash = chained.digest()

    @property
    def _signature(self) -> dict[str, Any]:
        """What two worlds must have in common for one to restore a snapshot of the other."""
        return {
            "world": type(self).__name__,
            "version": self.version,
            "movers": [body.name for body in self.movable_bodies],
            "control_dt": self.control_dt,
            "physics_dt": self.physics.dt,
        }

    def snapshot(self) -> bytes:
        """Returns the whole state of the world, which `restore` takes in any process."""
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
        """Restores a state that `snapshot` of a world made with the same arguments returned.

        Restoring the same snapshot repeatedly is much faster from the third time on.

        Args:
            snapshot: What `snapshot` returned.

        Returns:
            The observation in that state.

        Raises:
            UserError: If it is damaged, or of another world or version; this world is unchanged then.
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
