"""What a mind imagines, as lines and ghosts in the room."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from viewer import style
from worlds.rendering.camera import Ghost, Overlay, Rgba, dot, ribbon, ring
from worlds.rendering.meshes import compose, inverse
from worlds.rendering.scene import Scene

if TYPE_CHECKING:
    from agent.moment import Moment, Plan

Array = npt.NDArray[np.float32]
MOVES = 0.05  # a thing that a plan moves by less (m) is left out
RIVALS = 4
BELIEVED = 0.55  # opacity of a belief
LIFT = 0.012  # above the floor (m), so that lines do not sink into it


class Imagination:
    """Draws the plans of a moment; works them out once a moment and not once a frame."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._color = {scene.nodes[s.node]: s.color for s in reversed(scene.shapes)}
        root = scene.nodes[scene.body].split(".")[0]
        self._parts = [i for i, name in enumerate(scene.nodes) if name.split(".")[0] == root]
        self._reach = {
            name: max((max(s.size[:2]) for s in scene.shapes if s.node == i), default=0.1)
            for i, name in enumerate(scene.nodes)
        }
        self._made: tuple[int, tuple[Array, ...], tuple[Ghost, ...]] | None = None

    def overlay(self, moment: Moment | None, poses: Array, pulse: float, show: bool = True) -> Overlay:
        """Returns what to draw over the room.

        Args:
            moment: The moment being shown; None before the first.
            poses: (M, 7) current poses of the nodes, which rings follow.
            pulse: Time (s) that makes the rings pulsate.
            show: Whether to draw plans.
        """
        if moment is None:
            return Overlay()
        if self._made is None or self._made[0] != id(moment):
            self._made = (id(moment), *self._plans(moment))
        rings = []
        for rank, index in enumerate(moment.thought.attention[:3]):
            name = moment.things[index]
            if name in self._scene.nodes:
                at = poses[self._scene.nodes.index(name), :3] * (1, 1, 0) + (0, 0, LIFT)
                radius = min(self._reach.get(name, 0.1), 0.6) + 0.07 + 0.008 * np.sin(pulse * 3.0 - rank)
                rings.append(ring(at, float(radius), (1.0, 1.0, 1.0, (0.9, 0.6, 0.4)[rank]), 0.022))
        rings += self._believed(moment)
        if not show:
            return Overlay(tuple(rings))
        return Overlay((*self._made[1], *rings), self._made[2])

    def _believed(self, moment: Moment) -> list[Array]:
        """Rings where things out of sight are believed to be, the wider the less it is known."""
        rings = []
        for belief in moment.thought.hidden_objects:
            if (name := moment.things[belief.thing]) in self._scene.nodes:
                red, green, blue = self._color.get(name, (1.0, 1.0, 1.0))
                at = np.array([*belief.position[:2], LIFT], np.float32)
                rings.append(
                    ring(at, self._reach[name] + min(belief.position_std, 0.5), (red, green, blue, BELIEVED), 0.03)
                )
        return rings

    def _plans(self, moment: Moment) -> tuple[tuple[Array, ...], tuple[Ghost, ...]]:
        plans = moment.thought.plans
        strips: list[Array] = []
        for rank, plan in enumerate(plans[1 : RIVALS + 1]):
            strips.append(
                _path(self._inside(plan.body)[:, :2], _rgba(style.RIVAL, 0.55 - 0.08 * rank), 0.017, (0.9, 0.25))
            )
        if not plans:
            return tuple(strips), ()
        chosen = plans[0]
        ghosts = []
        for k, path in enumerate(np.moveaxis(np.asarray(chosen.things), 1, 0)):
            name, path = moment.things[k], self._inside(path)
            if name not in self._scene.nodes:
                continue
            red, green, blue = (0.25 + 0.75 * c for c in self._color.get(name, (1.0, 1.0, 1.0)))
            for future in chosen.futures[1:]:  # where else chance may lead it
                other = self._inside(future[:, k])
                if float(np.abs(other - other[0]).max()) > MOVES:
                    strips.append(_path(other[:, :2], (red, green, blue, 0.45), 0.014, (0.3, 1.0)))
            if float(np.abs(path - path[0]).max()) < MOVES:
                continue
            color = (red, green, blue, 0.95)
            strips.append(_path(path[:, :2], color, 0.028, (0.5, 1.0)))
            node = self._scene.nodes.index(name)
            pose = np.array(moment.frames[-1, node], np.float32)
            pose[:3] = path[-1]
            ghosts.append(Ghost(node, pose, 0.42))
        strips += [*self._body(chosen), *self._subgoals(moment.thought.subgoals)]
        return tuple(strips), (*ghosts, *self._shadow(chosen, moment.frames[-1]))

    def _inside(self, path: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Cuts an imagined path where it leaves the room: beyond the walls there is nothing to draw on."""
        outside = (np.abs(path[:, :2]) > np.array(self._scene.size) / 2 + 0.05).any(1)
        return path[: max(1, int(outside.argmax()))] if outside.any() else path

    def _body(self, plan: Plan) -> list[Array]:
        path = self._inside(plan.body)[:, :2]
        glow = _path(path, _rgba(style.PLAN, 0.16), 0.12, (1.0, 0.5))
        line = _path(path, _rgba(style.PLAN, 1.0), 0.034, (1.0, 0.55))
        steps = [dot(np.array([*p, LIFT + 0.003]), 0.028, (1.0, 1.0, 1.0, 0.85)) for p in path[5::5]]
        return [glow, line, *steps]

    def _subgoals(self, path: npt.NDArray[Any] | None) -> list[Array]:
        """Returns where a second level wants the body to be: a ring at the next place, dots at those after it."""
        if path is None:
            return []
        places = [np.array([x, y, LIFT + 0.006]) for x, y in self._inside(path)[:, :2]]
        color = _rgba(style.PLAN, 0.9)
        return [ring(places[0], 0.11, color, 0.03), *(dot(place, 0.045, color) for place in places[1:])]

    def _shadow(self, plan: Plan, poses: npt.NDArray[Any]) -> list[Ghost]:
        """Returns the body's ghost where the plan ends, all its parts held as they are now."""
        x, y, heading = (float(v) for v in self._inside(plan.body)[-1])
        now = np.asarray(poses[self._scene.body], np.float64)
        if np.hypot(x - now[0], y - now[1]) < 0.25:
            return []  # it would stand in the body itself
        then = np.array([x, y, now[2], 0.0, 0.0, np.sin(heading / 2), np.cos(heading / 2)])
        carry = compose(then, inverse(now))
        return [Ghost(i, compose(carry, poses[i]).astype(np.float32), 0.34, (0.75, 1.0, 0.94)) for i in self._parts]


def _rgba(color: style.Color, alpha: float) -> Rgba:
    return (color[0] / 255, color[1] / 255, color[2] / 255, alpha)


def _path(flat: npt.NDArray[Any], color: Rgba, width: float, fade: tuple[float, float]) -> Array:
    points = np.concatenate([flat, np.full((len(flat), 1), LIFT)], axis=1)
    return ribbon(points, color, width, fade)
