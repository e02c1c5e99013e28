"""Turns mouse events in the room into motions of the camera and pushes of things."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import pygame

from viewer.scene.camera_controller import CameraController
from viewer.source.moment_source import MomentSource
from worlds.events import Poke
from worlds.rendering.picking import pick

CLICK = 0.30  # impulse of a click on a toy (N s)
PER_METRE = 0.45  # impulse of a drag (N s per metre drawn)
STRONGEST = 1.2  # impulse (N s)
BODY = 4.0  # how much harder the body is pushed: it is heavier
STILL = 6  # pixels that a click may wander


class MouseInput:
    """Interprets mouse events.

    Args:
        source: Source of the moments, for the names of what can be pushed.
        camera_controller: Controller that drags of the room move.
        room: Rectangle of the room in the window.

    Attributes:
        hover: Name of what can be pushed under the mouse; empty where there is nothing.
        push: Start and end (x, y) on the floor (m) of the push being drawn, or None.
    """

    def __init__(self, source: MomentSource, camera_controller: CameraController, room: pygame.Rect) -> None:
        self._source, self._camera_controller, self._room = source, camera_controller, room
        self._scene = source.scene()
        self._body = self._scene.nodes[self._scene.body].split(".")[0]
        self._targets = {*source.things, self._body}
        self.hover = ""
        self.push: tuple[tuple[float, float], tuple[float, float]] | None = None
        self._grabbed = ""
        self._down: tuple[int, int] | None = None
        self._moved = 0.0

    def handle(self, event: pygame.event.Event, poses: npt.NDArray[Any], shift: bool) -> Poke | None:
        """Handles a mouse event.

        Args:
            event: The event.
            poses: (M, 7) poses of the nodes that are shown.
            shift: Whether Shift is held down.

        Returns:
            The push that the event completes, or None.
        """
        if event.type == pygame.MOUSEWHEEL:
            if self._room.collidepoint(pygame.mouse.get_pos()):
                self._camera_controller.zoom(event.y)
        elif event.type == pygame.MOUSEBUTTONDOWN and event.button in (1, 2, 3) and self._room.collidepoint(event.pos):
            self._down, self._moved = event.pos, 0.0
            self._grabbed = self._under(event.pos, poses)[0] if event.button == 1 and not shift else ""
        elif event.type == pygame.MOUSEMOTION:
            self._motion(event, poses, shift)
        elif event.type == pygame.MOUSEBUTTONUP and self._down is not None:
            poke = self._poke(poses) if self._grabbed else None
            self._down, self._grabbed, self.push = None, "", None
            return poke
        return None

    def _motion(self, event: pygame.event.Event, poses: npt.NDArray[Any], shift: bool) -> None:
        if self._down is None:
            self.hover = self._under(event.pos, poses)[0] if self._room.collidepoint(event.pos) else ""
            return
        self._moved += abs(event.rel[0]) + abs(event.rel[1])
        if self._grabbed:
            floor = self._under(event.pos, poses)[1]
            if floor is not None and self._moved > STILL:
                at = poses[self._scene.nodes.index(self._grabbed)]
                self.push = ((float(at[0]), float(at[1])), floor)
        elif event.buttons[1] or (shift and event.buttons[0]):
            self._camera_controller.pan(*event.rel)
        else:
            self._camera_controller.orbit(*event.rel)

    def _under(self, at: tuple[int, int], poses: npt.NDArray[Any]) -> tuple[str, tuple[float, float] | None]:
        """Returns the name of what can be poked at a place in the window, and the floor behind it."""
        x, y = at[0] - self._room.x, at[1] - self._room.y
        found = pick(self._scene, self._camera_controller.camera, poses, x, y, *self._room.size)
        name = "" if found.node is None else self._scene.nodes[found.node].split(".")[0]
        return (name if name in self._targets else ""), None if found.floor is None else found.floor[:2]

    def _poke(self, poses: npt.NDArray[Any]) -> Poke | None:
        at = np.asarray(poses[self._scene.nodes.index(self._grabbed), :2], float)
        if self.push is None:
            away = at - np.asarray(self._camera_controller.camera.eye[:2])
            strength = CLICK
        else:
            away = np.subtract(self.push[1], at)
            strength = min(float(np.linalg.norm(away)) * PER_METRE, STRONGEST)
        length = float(np.linalg.norm(away))
        if length < 1e-6 or not math.isfinite(length):
            return None
        strength *= BODY if self._grabbed == self._body else 1.0
        x, y = away / length * strength
        return Poke(self._grabbed, (round(float(x), 4), round(float(y), 4), 0.0))
