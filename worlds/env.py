"""The base class of all worlds: a Gymnasium environment with drawing, snapshots, events and a ground truth."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from gymnasium import spaces

from housecat.core.errors import UserError, unknown_name
from worlds.deterministic_env import DeterministicEnv, Obs
from worlds.events import Event, to_json
from worlds.physics.client import Physics
from worlds.rendering.human_window import EnvRenderer
from worlds.rendering.scene import Scene, Vector

MAX_SUBSTEPS = 10_000  # physics substeps per control step

__all__ = ["Obs", "World"]

MAX_ACTION = 1.0 + 1e-6  # actions reach 1, which rounding may exceed


class World(DeterministicEnv):
    """A simulated world; it steps its physics many times per control step and never ends an episode by itself.

    The reward is always 0: costs and rewards belong to the agent (see the package `intrinsic`).

    Args:
        senses: Names of the senses in an observation.
        control_dt: Seconds per control step; an integer multiple of `physics_dt`.
        physics_dt: Seconds per physics substep.
        frames_per_step: Poses recorded per control step, for smooth drawing.
        render_mode: ``"rgb_array"`` for `render` to return pictures, ``"human"`` for a window that shows every step,
            or None.
        flat: Whether the sense ``things`` comes as one row of K x F numbers, as Stable-Baselines3 needs it.

    Raises:
        UserError: If a sense does not exist, `control_dt` is not a multiple of `physics_dt`, or `frames_per_step` does
            not divide the substeps.
    """

    metadata: dict[str, Any] = {  # noqa: RUF012  # Gymnasium declares it as an attribute of the instance
        "render_modes": ["human", "rgb_array"],
        "render_fps": 5,
    }
    known_senses: ClassVar[tuple[str, ...]] = ()
    observation_space: spaces.Dict  # type: ignore[assignment]  # narrower than Gymnasium's
    action_space: spaces.Box  # type: ignore[assignment]

    def __init__(
        self,
        senses: Sequence[str],
        control_dt: float = 0.2,
        physics_dt: float = 1.0 / 240.0,
        frames_per_step: int = 6,
        render_mode: str | None = None,
        flat: bool = False,
    ) -> None:
        for name in senses:
            if name not in self.known_senses:
                raise unknown_name("sense", name, self.known_senses)
        ratio = control_dt / physics_dt if 0 < physics_dt < math.inf else 0.0
        if not 1 <= ratio <= MAX_SUBSTEPS or abs(ratio - round(ratio)) > 1e-6:
            raise UserError(
                f"control_dt={control_dt} s is not a whole multiple of physics_dt={physics_dt} s, at most "
                f"{MAX_SUBSTEPS} of them; try control_dt=0.2 with physics_dt=1/240"
            )
        if frames_per_step < 1 or round(ratio) % frames_per_step:
            raise UserError(
                f"frames_per_step={frames_per_step} must divide the {round(ratio)} physics substeps of a control step"
            )
        if render_mode not in (None, *self.metadata["render_modes"]):
            raise UserError(f"render_mode={render_mode!r}; allowed: None, {', '.join(self.metadata['render_modes'])}")
        self.senses = tuple(senses)
        self.control_dt, self.physics_dt = control_dt, physics_dt
        self.substeps, self.frames_per_step = round(ratio), frames_per_step
        self.render_mode = render_mode
        self.metadata = {**self.metadata, "render_fps": max(1, round(1.0 / control_dt))}
        self.flat = flat
        super().__init__(Physics(physics_dt))
        self._env_renderer = EnvRenderer(self)

    @property
    @abstractmethod
    def things(self) -> tuple[str, ...]:
        """Names of the K things, in the order of the sense ``things``."""

    @property
    def readings(self) -> dict[str, tuple[str, ...]]:
        """Names of the columns of the senses that have named columns, by sense."""
        return {}

    @abstractmethod
    def scene(self) -> Scene:
        """Returns the shapes to draw, with their current poses."""

    @abstractmethod
    def frames(self) -> npt.NDArray[np.float32]:
        """Returns (frames_per_step, M, 7) poses of the scene's nodes during the last step, the last one at its end."""

    @abstractmethod
    def truth(self) -> Mapping[str, Any]:
        """Returns the true state, for studies and viewers; it is no part of an observation."""

    @abstractmethod
    def _read_senses(self) -> Obs:
        """Returns the current observation, with ``things`` as a table."""

    @abstractmethod
    def _advance(self, action: npt.NDArray[np.float32]) -> None:
        """Applies a valid action and simulates one control step."""

    @abstractmethod
    def _apply_event(self, event: Event) -> None:
        """Applies an event; raises `UserError` if its target does not exist."""

    @abstractmethod
    def _reset_layout(self, layout: Mapping[str, Sequence[float]]) -> None:
        """Draws a new layout with `self.np_random`, and places what `layout` names."""

    def _reset_info(self) -> dict[str, Any]:
        """Returns what the info of `reset` holds besides the events."""
        return {}

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Obs, dict[str, Any]]:
        """Starts an episode with a new layout.

        Args:
            seed: Seed of the layout and of all random numbers after it; when None, the world's generator goes on.
            options: ``{"layout": {"red ball": (x, y), "kitten": (x, y, heading)}}`` places some of the things and the
                body (m, rad); the others are placed at random.

        Raises:
            UserError: If an option is unknown, or what is placed overlaps something or lies outside.
        """
        options = options or {}
        for name in options:
            if name != "layout":
                raise unknown_name("option of reset", name, ("layout",))
        super().reset(seed=seed)
        self.steps = 0
        self.events = []
        self._reset_layout(options.get("layout", {}))
        obs, was_reset_before = self.observe(), bool(self._hash)
        self._update_digest(b"", obs, fresh=True)
        if self.render_mode == "human" and was_reset_before:  # the constructor resets, too, and shows nothing
            self._env_renderer.show()
        return obs, {"events": [], **self._reset_info()}

    def step(self, action: npt.NDArray[np.float32]) -> tuple[Obs, float, bool, bool, dict[str, Any]]:
        """Simulates one control step; ``info["events"]`` lists what happened in it.

        Args:
            action: (A,) numbers from -1 to 1.

        Returns:
            Observation, reward (0), terminated and truncated (False), and info.

        Raises:
            UserError: If the action is not in `action_space`; the world is unchanged then.
        """
        valid = self._validate_action(action)
        self._advance(valid)
        self.steps += 1
        events, self.events = self.events, []
        obs = self.observe()
        self._update_digest(valid.tobytes(), obs)
        if self.render_mode == "human":
            self._env_renderer.show()
        return obs, 0.0, False, False, {"events": events}

    def _validate_action(self, action: Any) -> npt.NDArray[np.float32]:
        """Returns an action as float32, clipped to -1 to 1; raises `UserError` if it is no action of this world."""
        space = self.action_space
        expected = f"an action here is {space.shape[0]} finite numbers from -1 to 1"
        try:
            array = np.asarray(action)
        except ValueError as error:
            raise UserError(f"{expected}, got {action!r}: {error}") from error
        if array.dtype.kind not in "fiu":
            raise UserError(f"{expected}, got {action!r}, of type {array.dtype}")
        if array.shape != space.shape:
            raise UserError(f"{expected}, of shape {space.shape}; got shape {array.shape}")
        numbers = array.tolist()  # for a few numbers, Python is much quicker than NumPy
        if not all(-MAX_ACTION <= number <= MAX_ACTION for number in numbers):  # False for nan, too
            raise UserError(f"{expected}; got {numbers}. Clip it, or divide it by its range")
        return np.array([min(max(number, -1.0), 1.0) for number in numbers], np.float32)

    def observe(self) -> Obs:
        """Returns the current observation, without a step."""
        obs = self._read_senses()
        if self.flat:
            return {name: value.reshape(-1) if value.ndim == 2 else value for name, value in obs.items()}
        return obs

    def apply(self, event: Event) -> None:
        """Applies an event from outside before the next step, and lists it among that step's events.

        Args:
            event: What a user does to the world.

        Raises:
            UserError: If the event names a target that does not exist.
        """
        self._apply_event(event)
        self.events.append(to_json(event))

    def render(self) -> npt.NDArray[np.uint8] | None:
        """Returns a picture (480, 640, 3) from a corner of the room; None in ``"human"`` mode and without a mode."""
        if self.render_mode == "human":
            self._env_renderer.show()
            return None
        return None if self.render_mode is None else self._env_renderer.picture(self.scene().poses)

    def tiny_render(self, width: int, height: int, eye: Vector, target: Vector, fov: float) -> npt.NDArray[np.uint8]:
        """Returns a picture (height, width, 3) by PyBullet's software rasteriser; see `Physics.render`."""
        return self.physics.render(width, height, eye, target, fov)

    def close(self) -> None:
        """Frees physics, renderer and window."""
        self.physics.close()
        self._env_renderer.close()
