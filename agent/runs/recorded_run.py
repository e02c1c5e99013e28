"""A life that is recorded as it is lived, can be stopped at any step, and goes on as though it never was."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

from agent.checkpoint.checkpoint import SUFFIX, objectives_of
from agent.config import MindConfig
from agent.loop import live
from agent.mind import Mind
from agent.moment import Moment
from agent.perception.obs_spec import obs_shapes, required_shapes, supported_objectives
from agent.runs.recorder import Recorder
from agent.runs.run_dir import RunConfig, RunDir
from agent.training.nan_guard import STOPPED
from housecat.core.errors import UserError
from worlds import World

log = logging.getLogger(__name__)

CHECKPOINT = 1000  # steps
ASTRAY = "learning-stopped"  # the file of a mind that can learn no more, in the folder of its run
SPARE = 500_000_000  # bytes left free for checkpoints, a clip, and everybody else


def begin(config: RunConfig) -> tuple[World, Mind]:
    """Makes the world and the mind that a run starts with, see `_begin`."""
    world, mind = _begin(config)
    if config.async_planning:
        mind.config = mind.config.updated({"planner.async_planning": "on"})
        required_shapes(mind.shapes, mind.config)  # a mind that sees does not think ahead
    return world, mind


def _begin(config: RunConfig) -> tuple[World, Mind]:
    """Makes the world and the mind that a run starts with.

    Objectives given for the run come on top of the mind's own; a weight of 0 leaves one out.
    """
    settings = MindConfig.of(config.settings)
    own = settings.objectives if config.mind is None else objectives_of(config.mind)
    wanted = {name: weight for name, weight in {**own, **config.objectives}.items() if weight != 0.0}
    if config.mind is not None:  # before the world: a misspelt name raises at once
        mind = Mind.load(config.mind, wanted if config.objectives else None)
        mind.trainer.nan_guard.in_a_row = 0  # where it could learn no more, another life is another try
        world = config.make_world()
        mind.attach(world)  # or a mismatch would raise only once the run has a folder
        return world, mind
    world = config.make_world()
    wanted = supported_objectives(wanted, obs_shapes(world), config.objectives)
    return world, Mind.born(world, objectives=wanted, seed=config.seed, config=settings)


def resume_from_checkpoint(path: Path) -> tuple[World, Mind]:
    """Makes world and mind as a run's last checkpoint keeps them, or as it started where there is none."""
    folder = RunDir(path)
    saved = folder.checkpoints()
    if not saved:
        return begin(folder.config)
    _, at = saved[-1]
    world = folder.config.make_world()
    world.restore((at / "world.bin").read_bytes())
    return world, Mind.load(at / "mind")


@dataclass(frozen=True)
class RecordedRun:
    """Lives and records what is left of a run; made by `start` or `resume`.

    Attributes:
        folder: Folder of the run.
        world: World of the run.
        mind: Mind that acts in it.
        rows: Steps that the run has already.
    """

    folder: RunDir
    world: World
    mind: Mind
    rows: int = 0

    @classmethod
    def start(cls, config: RunConfig, name: str | None = None) -> RecordedRun:
        """Makes a new run. Its folder comes last, so that a mistake leaves none behind.

        Args:
            config: What it is started with.
            name: Name of the folder in ``runs/``; None for the next free number.

        Raises:
            UserError: If world, mind or objectives cannot be made, the name is taken, or the disk is too small.
        """
        world, mind = begin(config)
        check_space(Path(), world, config.steps)
        return cls(RunDir.create(config, name), world, mind)

    @classmethod
    def resume(cls, path: Path, steps: int | None = None) -> RecordedRun:
        """Goes on with a run from its last checkpoint.

        Args:
            path: Its folder.
            steps: Steps it is to have in the end; None for as many as it was started for.

        Raises:
            UserError: If it has all its steps, cannot be read, or the disk is too small.
        """
        folder = RunDir(path)
        config = folder.reach(folder.config.steps if steps is None else steps)
        saved = folder.checkpoints()
        rows = saved[-1][0] if saved else 0
        world, mind = resume_from_checkpoint(path)
        check_space(path, world, config.steps - rows)
        return cls(folder, world, mind, rows)

    def moments(self, checkpoint: int = CHECKPOINT) -> Generator[tuple[Moment, Recorder]]:
        """Yields each moment once it is recorded.

        Closing the generator between two moments keeps a checkpoint of the last; breaking off within a moment
        leaves the one before, since a half-lived step cannot be gone on with.

        Args:
            checkpoint: Steps between checkpoints.

        Raises:
            UserError: If the disk is full, or another process records into the run.
        """
        steps = self.folder.config.steps
        with Recorder(self.folder, self.rows) as recorder:
            try:
                for moment in live(self.world, self.mind, steps=steps - self.rows):
                    recorder.add(moment)
                    if any(event["event"] == STOPPED for event in moment.events):
                        self.mind.save(self.folder.path / ASTRAY)
                        log.warning("the mind as it is now is kept in %s", self.folder.path / f"{ASTRAY}{SUFFIX}")
                    if recorder.rows % checkpoint == 0 and recorder.rows < steps:
                        recorder.checkpoint(self.mind, self.world)
                    yield moment, recorder
            except GeneratorExit:
                recorder.checkpoint(self.mind, self.world)
                raise
            recorder.checkpoint(self.mind, self.world)


def check_space(path: Path, world: World, steps: int) -> None:
    """Makes sure that a run fits on the disk.

    Raises:
        UserError: If there is less room than the run may need.
    """
    senses = sum(array.nbytes for array in world.observation_space.sample().values())
    need = steps * (2 * senses + 2000) + SPARE  # twice: as recorded, and as remembered in the checkpoint
    free = shutil.disk_usage(path).free
    if free < need:
        raise UserError(
            f"{steps} steps may need {need / 1e9:.1f} GB, and {path.resolve()} has {free / 1e9:.1f} GB free. "
            "Make room, or give fewer --steps."
        )
