"""Keeps a life that was watched and not recorded."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.runs.recorder import Recorder
from agent.runs.run_dir import RunConfig, RunDir

if TYPE_CHECKING:
    from agent.mind import Mind
    from worlds.env import World


def keep_life(config: RunConfig, world: World, mind: Mind, steps: int) -> str:
    """Saves a world and a mind as the checkpoint of a new run without moments; returns the run's folder.

    Args:
        config: What the life was started with.
        world: The world as it is now.
        mind: The mind as it is now.
        steps: Control steps lived since the start.

    Raises:
        UserError: If the folder cannot be written to, or an objective cannot be saved.
    """
    folder = RunDir.create(replace(config, steps=steps))
    Recorder(folder, steps).checkpoint(mind, world)
    return str(folder.path)
