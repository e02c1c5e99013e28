"""A life that is recorded as it is lived, can be stopped at any step, and goes on as though it never was."""

from __future__ import annotations

import shutil
from collections.abc import Generator
from pathlib import Path

import worlds
from agent.life import live
from agent.mind import Mind
from agent.moment import Moment
from agent.recorder import Recorder
from agent.run_folder import RunConfig, RunFolder
from usererror import UserError
from worlds import World

CHECKPOINT = 1000  # steps
SPARE = 500_000_000  # bytes left free for checkpoints, a clip, and everybody else


def begin(config: RunConfig) -> tuple[World, Mind]:
    """Makes the world and the mind that a run starts with."""
    world = worlds.make(config.world, seed=config.seed)
    if config.mind is None:
        return world, Mind.born(world, objectives=config.objectives or None, seed=config.seed)
    return world, Mind.load(config.mind, config.objectives or None)


def awaken(path: Path) -> tuple[World, Mind]:
    """Makes world and mind as a run's last checkpoint keeps them, or as it started where there is none."""
    folder = RunFolder(path)
    saved = folder.checkpoints()
    if not saved:
        return begin(folder.config)
    _, at = saved[-1]
    world = worlds.make(folder.config.world, seed=folder.config.seed)
    world.restore((at / "world.bin").read_bytes())
    return world, Mind.load(at / "mind")


def live_recorded(folder: RunFolder, checkpoint: int = CHECKPOINT) -> Generator[tuple[Moment, Recorder]]:
    """Lives what is left of a run, from its last checkpoint, and yields each moment once it is recorded.

    Closing the generator between two moments keeps a checkpoint of the last; breaking off within a moment
    leaves the one before, since a half-lived step cannot be gone on with.

    Args:
        folder: The run.
        checkpoint: Steps between checkpoints.

    Raises:
        UserError: If the run has all its steps, or the disk is too small or full.
    """
    config, saved = folder.config, folder.checkpoints()
    rows = saved[-1][0] if saved else 0
    if rows >= config.steps:
        raise UserError(f"{folder.path} has {rows} steps already; give more --steps to go on with it")
    world, mind = awaken(folder.path)
    check_space(folder.path, world, config.steps - rows)
    with Recorder(folder, rows) as recorder:
        try:
            for moment in live(world, mind, steps=config.steps - rows):
                recorder.add(moment)
                if recorder.rows % checkpoint == 0 and recorder.rows < config.steps:
                    recorder.checkpoint(mind, world)
                yield moment, recorder
        except GeneratorExit:
            recorder.checkpoint(mind, world)
            raise
        recorder.checkpoint(mind, world)


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
