"""What every world is: a Gymnasium environment that can be drawn, saved, told of events and asked for the truth."""

from __future__ import annotations

import base64
import json
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import gymnasium
import numpy as np
import numpy.typing as npt
from gymnasium import spaces

from usererror import UserError, unknown
from worlds.events import Event, to_json
from worlds.physics import Physics
from worlds.scene import Scene, Vector

Obs = dict[str, npt.NDArray[Any]]


class World(gymnasium.Env[Obs, npt.NDArray[np.float32]]):
    """A world steps its physics many times per control step and never ends by itself.

    The reward is always 0: what an agent wants is its own affair (see the package `intrinsic`).

    Args:
        senses: Names of the senses in an observation.
        control_dt: Seconds per control step; an integer multiple of `physics_dt`.
        physics_dt: Seconds per physics substep.
        film: Poses recorded per control step, for smooth drawing.
        render_mode: ``"rgb_array"`` or None.

    Raises:
        UserError: If a sense does not exist, or the two times do not fit.
    """

    metadata: dict[str, Any] = {  # noqa: RUF012  # Gymnasium declares it as an instance's
        "render_modes": ["rgb_array"],
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
        film: int = 6,
        render_mode: str | None = None,
    ) -> None:
        for name in senses:
            if name not in self.known_senses:
                raise unknown("sense", name, self.known_senses)
        ratio = control_dt / physics_dt if physics_dt > 0 else 0.0
        if ratio < 1 or abs(ratio - round(ratio)) > 1e-6:
            raise UserError(
                f"control_dt={control_dt} s is not a whole multiple of physics_dt={physics_dt} s; "
                "try control_dt=0.2 with physics_dt=1/240"
            )
        if film < 1 or round(ratio) % film:
            raise UserError(f"film={film} must divide the {round(ratio)} physics substeps of a control step")
        if render_mode not in (None, *self.metadata["render_modes"]):
            raise UserError(f"render_mode={render_mode!r}; allowed: None, {', '.join(self.metadata['render_modes'])}")
        self.senses = tuple(senses)
        self.control_dt, self.physics_dt = control_dt, physics_dt
        self.substeps, self.film_frames = round(ratio), film
        self.render_mode = render_mode
        self.physics = Physics(physics_dt)
        self.steps = 0
        self.events: list[dict[str, Any]] = []
        self._renderer: Any = None

    @property
    @abstractmethod
    def things(self) -> tuple[str, ...]:
        """Names of the K things, in the order of the sense ``things``."""

    @property
    def readings(self) -> dict[str, tuple[str, ...]]:
        """Names of the numbers in a sense, by sense, where they have names."""
        return {}

    @abstractmethod
    def scene(self) -> Scene:
        """Returns what there is to draw, with the poses of now."""

    @abstractmethod
    def film(self) -> npt.NDArray[np.float32]:
        """Returns (film, M, 7) poses of the scene's nodes during the last step, the last one at its end."""

    @abstractmethod
    def truth(self) -> Mapping[str, Any]:
        """Returns the true state, for studies and viewers alone; an agent never sees it."""

    @abstractmethod
    def _sense(self) -> Obs: ...

    @abstractmethod
    def _act(self, action: npt.NDArray[np.float32]) -> None: ...

    @abstractmethod
    def _apply(self, event: Event) -> None: ...

    @abstractmethod
    def _arrange(self, layout: Mapping[str, Sequence[float]]) -> None:
        """Lays the room out anew with `self.np_random`, and puts what `layout` names where it says."""

    @abstractmethod
    def _forget(self) -> None:
        """Drops all contacts that the physics remembers; comes before a layout or a state is put in place."""

    @abstractmethod
    def _state(self) -> dict[str, Any]:
        """Returns what `snapshot` must keep besides the physics, fit for JSON."""

    @abstractmethod
    def _set_state(self, state: dict[str, Any]) -> None: ...

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Obs, dict[str, Any]]:
        """Lays the room out: by the seed when given, else by going on with the room's random numbers.

        Args:
            seed: Of the layout and of all later chances.
            options: ``{"layout": {"red ball": (x, y), "kitten": (x, y, heading)}}`` puts some things and the body
                where it says (m, rad); the others lie by chance.

        Raises:
            UserError: If an option is unknown, or what it puts overlaps or does not fit.
        """
        options = options or {}
        for name in options:
            if name != "layout":
                raise unknown("option of reset", name, ("layout",))
        super().reset(seed=seed)
        self.steps = 0
        self.events = []
        self._arrange(options.get("layout", {}))
        return self._sense(), {"events": []}

    def step(self, action: npt.NDArray[np.float32]) -> tuple[Obs, float, bool, bool, dict[str, Any]]:
        """Lives one control step; ``info["events"]`` lists what happened in it."""
        action = np.asarray(action, dtype=np.float32)
        if action.shape != self.action_space.shape or not np.isfinite(action).all():
            raise UserError(f"an action is {self.action_space.shape} finite numbers from -1 to 1, got {action!r}")
        self._act(np.clip(action, -1.0, 1.0))
        self.steps += 1
        events, self.events = self.events, []
        return self._sense(), 0.0, False, False, {"events": events}

    def observe(self) -> Obs:
        """Returns the senses of now, without living a step."""
        return self._sense()

    def apply(self, event: Event) -> None:
        """Lets something from outside happen before the next step, and notes it among that step's events.

        Raises:
            UserError: If the event names a target that does not exist.
        """
        self._apply(event)
        self.events.append(to_json(event))

    def snapshot(self) -> bytes:
        """Returns the whole state of the world, to be put back by `restore` in any process.

        It is JSON, so that restoring a stranger's snapshot runs no code; floats survive it bit for bit.
        """
        state = {
            "physics": base64.b64encode(self.physics.save()).decode(),
            "random": self.np_random.bit_generator.state,
            "steps": self.steps,
            "events": self.events,
            "own": self._state(),
        }
        return json.dumps(state).encode()

    def restore(self, snapshot: bytes) -> Obs:
        """Puts back a state that `snapshot` of a world made with the same arguments returned."""
        try:
            state = json.loads(snapshot)
            physics = base64.b64decode(state["physics"])
        except (ValueError, KeyError) as error:
            raise UserError(f"this is not a snapshot of a world ({error})") from error
        self._forget()
        self.physics.load(physics)
        self.np_random.bit_generator.state = state["random"]
        self.steps, self.events = state["steps"], state["events"]
        self._set_state(state["own"])
        return self._sense()

    def render(self) -> npt.NDArray[np.uint8] | None:
        """Returns a picture (480, 640, 3) from a corner of the room, or None without a render mode."""
        if self.render_mode is None:
            return None
        from worlds.renderer import Camera, make_renderer  # OpenGL starts only where it is asked for

        if self._renderer is None:
            self._renderer = make_renderer(self, 640, 480)
        width = max(self.scene().size)
        camera = Camera(eye=(-0.6 * width, -0.75 * width, 0.8 * width), target=(0.0, 0.0, 0.0), fov=45.0)
        return np.array(self._renderer.render(self.scene().poses, camera))

    def tiny_render(
        self, width: int, height: int, eye: Vector, target: Vector, fov: float
    ) -> npt.NDArray[np.uint8]:  # fmt: skip
        """Returns a picture (height, width, 3) by PyBullet's software rasteriser, where OpenGL is missing."""
        return self.physics.picture(width, height, eye, target, fov)

    def close(self) -> None:
        """Frees physics and renderer."""
        self.physics.close()
        self._renderer = None
