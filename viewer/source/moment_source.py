"""The interface of what a window shows moments of, and a life lived in the same process."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from viewer.source.worker import Live, Make, live_with_reload

if TYPE_CHECKING:
    from agent.moment import Moment
    from worlds.events import Event
    from worlds.rendering.scene import Scene, Vector


class SourceError(RuntimeError):
    """A life broke off; the message says why."""


class MomentSource(Protocol):
    """A source of the moments of a life, one step at a time and only as asked for.

    Attributes:
        ended: True once there are no more moments.
        kept: Folder that the life is kept in once the source is closed; empty where it is not.
    """

    ended: bool
    kept: str

    def ready(self) -> bool:
        """Tells whether world and mind exist. Raises what making them raised."""
        ...

    def scene(self) -> Scene:
        """Returns what there is to draw."""
        ...

    @property
    def things(self) -> tuple[str, ...]:
        """Names of the things."""
        ...

    def request(self, events: Sequence[Event] = ()) -> None:
        """Asks for one more step, with what a user does to the world just before it."""
        ...

    def poll(self) -> Moment | None:
        """Returns the next moment when there is one; never waits for another process."""
        ...

    def restart(self) -> None:
        """Begins the same life again, from birth."""
        ...

    def tiny_render(self, width: int, height: int, eye: Vector, target: Vector, fov: float) -> npt.NDArray[np.uint8]:
        """Returns a picture by the world's own renderer."""
        ...

    def close(self) -> None:
        """Ends the life and frees its resources."""
        ...


class InlineSource:
    """Lives in the caller's process, within `poll`: for videos and tests.

    Args:
        make: Makes the world and the mind.
        live: Lives the mind in the world.
    """

    def __init__(self, make: Make, live: Live = live_with_reload) -> None:
        self._make, self._live, self.kept = make, live, ""
        self._begin()

    def _begin(self) -> None:
        self._world, mind = self._make()
        self._pending: list[Event] = []
        self._moments = self._live(self._world, mind, self._take_events)
        self._asked = 0
        self.ended = False
        self._scene: Scene = self._world.scene()

    def _take_events(self, step: int) -> Sequence[Event]:
        events, self._pending = self._pending, []
        return events

    def ready(self) -> bool:
        """Returns True: world and mind are made in the constructor."""
        return True

    def scene(self) -> Scene:
        """Returns what there is to draw."""
        return self._scene

    @property
    def things(self) -> tuple[str, ...]:
        """Names of the things."""
        return tuple(self._world.things)

    def request(self, events: Sequence[Event] = ()) -> None:
        """Asks for one more step."""
        self._pending += events
        self._asked += 1

    def poll(self) -> Moment | None:
        """Lives one step if one was asked for."""
        if self.ended or not self._asked:
            return None
        self._asked -= 1
        moment: Moment | None = next(self._moments, None)
        self.ended = moment is None
        return moment

    def restart(self) -> None:
        """Begins again, from birth."""
        self.close()
        self._begin()

    def tiny_render(self, width: int, height: int, eye: Vector, target: Vector, fov: float) -> npt.NDArray[np.uint8]:
        """Returns a picture by the world's own renderer."""
        picture: npt.NDArray[np.uint8] = self._world.tiny_render(width, height, eye, target, fov)
        return picture

    def close(self) -> None:
        """Frees the world."""
        self._world.close()
