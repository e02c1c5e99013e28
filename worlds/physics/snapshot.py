"""Snapshots as bytes: JSON with a checksum, so that reading one runs no code and damage is noticed."""

from __future__ import annotations

import base64
import hashlib
import json
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from housecat.core.errors import UserError
from worlds.physics import state as physics_state
from worlds.physics.client import Physics

FORMAT = 2
CACHE_SIZE = 4  # snapshots whose physics stays in memory (0.3 MB each)
MARK = "housecat snapshot"


def pack(signature: Mapping[str, Any], state: Mapping[str, Any], physics: bytes) -> bytes:
    """Returns a snapshot.

    Args:
        signature: What a world must have in common with this one to restore the snapshot.
        state: All but the physics, as JSON types; floats survive it bit for bit.
        physics: State of the physics.
    """
    body = json.dumps({**state, "physics": base64.b64encode(physics).decode()})
    head = {"is": MARK, "format": FORMAT, "sha256": hashlib.sha256(body.encode()).hexdigest(), "fits": dict(signature)}
    return f"{json.dumps(head)}\n{body}".encode()


def unpack(snapshot: bytes, signature: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Reads what `pack` wrote.

    Args:
        snapshot: The bytes.
        signature: Signature of the world that is to restore it.

    Returns:
        The state, and that of the physics.

    Raises:
        UserError: If it is damaged, of another version, or of another world.
    """
    first, _, body = bytes(snapshot).partition(b"\n")
    try:
        head = json.loads(first)
        if not isinstance(head, dict) or head.get("is") != MARK:
            raise ValueError("its first line does not say so")
    except ValueError as error:
        # The format before this one had no head.
        old = first.startswith(b'{"physics"')
        what = f"a snapshot of format 1, and this is format {FORMAT}" if old else f"no snapshot of a world ({error})"
        raise UserError(f"these {len(snapshot)} bytes are {what}. Make a new one with world.snapshot()") from error
    if head.get("format") != FORMAT:
        raise UserError(
            f"this snapshot has format {head.get('format')}, and this housecat reads format {FORMAT}. "
            "Restore it with the version that wrote it, or make a new one"
        )
    kept = head.get("fits", {})
    for name in {**signature, **kept}:
        if kept.get(name) != signature.get(name):
            raise UserError(
                f"this snapshot has {name} {kept.get(name)!r}, and this world has {name} {signature.get(name)!r}. "
                "Restore it into a world made with the same arguments"
            )
    digest = hashlib.sha256(body).hexdigest()
    if digest != head.get("sha256"):
        raise UserError(
            f"this snapshot is damaged: its checksum should be {str(head.get('sha256'))[:12]} and is {digest[:12]}. "
            "Take another copy"
        )
    state = json.loads(body)
    return state, base64.b64decode(state.pop("physics"))


class SnapshotCache:
    """A cache of the snapshots that were restored last: from the third time on, restoring is 100 times faster."""

    def __init__(self, physics: Physics) -> None:
        self._physics = physics
        self._kept: OrderedDict[bytes, tuple[int, dict[str, Any]] | None] = OrderedDict()

    def get(self, snapshot: bytes) -> dict[str, Any] | None:
        """Returns the state of a snapshot whose physics is in memory, ready for `restore`; None for others."""
        kept = self._kept.get(snapshot)
        return None if kept is None else kept[1]

    def restore(self, snapshot: bytes) -> None:
        """Restores the physics of a snapshot for which `get` returned a state."""
        kept = self._kept[snapshot]
        assert kept is not None
        self._kept.move_to_end(snapshot)
        physics_state.load_from_memory(self._physics, kept[0])

    def load(self, snapshot: bytes, state: dict[str, Any], physics: bytes) -> None:
        """Restores the physics of a snapshot from bytes; at the second time it stays in memory."""
        physics_state.load(self._physics, physics)
        known = snapshot in self._kept
        self._kept[snapshot] = (physics_state.save_in_memory(self._physics), state) if known else None
        self._kept.move_to_end(snapshot)
        while len(self._kept) > CACHE_SIZE:
            _, oldest = self._kept.popitem(last=False)
            if oldest is not None:
                physics_state.drop_from_memory(self._physics, oldest[0])
