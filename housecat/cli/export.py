"""The command `housecat export`: a run as a data set, or a mind's policy for Stable-Baselines3."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import tyro

from housecat.cli.options import JsonFlag, NameOption, PathOption
from housecat.cli.output import print_result
from housecat.core.errors import UserError


def export(
    path: Annotated[Path, tyro.conf.Positional],
    *,
    name: NameOption = None,
    sb3: PathOption = None,
    json: JsonFlag = False,
) -> int:
    """Makes a Minari dataset of a recorded run, or with --sb3 the policy of a mind for Stable-Baselines3.

    A dataset is kept where Minari keeps datasets: ~/.minari, or $MINARI_DATASETS_PATH. A policy is a zip file that
    SAC.load opens; the mind must have lived with the setting policy.mode=seed, gated or always.

    Args:
        path: Folder of the run; with --sb3 also the file of a mind.
        name: Id of the dataset; housecat/WORLD/RUN-v0 when not given.
        sb3: Write the policy of the mind to this file (.zip) instead.
        json: Print what was made as one JSON object.
    """
    from agent.runs.run_dir import RunDir

    if sb3 is not None:
        if name is not None:
            raise UserError("--name is for a dataset; a policy is kept in the file that --sb3 names")
        words = f"{sb3}\nAct by it: stable_baselines3.SAC.load({str(sb3)!r}).predict(obs, deterministic=True)"
        return print_result(_policy(path, sb3), words, json)
    from agent.runs.minari_export import export as make

    made = make(RunDir(path), name)
    words = f"{made['steps']} steps in {made['path']}\nRead them: minari.load_dataset({made['id']!r})"
    return print_result(made, words, json)


def _policy(path: Path, file: Path) -> dict[str, str]:
    """Writes the policy of a mind, or of the last checkpoint of a run."""
    from agent import Mind
    from agent.runs.run_dir import RunDir

    world, mind = "playroom", path
    options: dict[str, Any] = {}
    if path.is_dir():
        folder = RunDir(path)
        world, options, mind = folder.config.world, folder.config.world_options, folder.latest_mind()
    loaded = Mind.load(mind)
    try:
        from agent.sb3.policy_export import export as write
    except ModuleNotFoundError as error:
        raise UserError("this needs Stable-Baselines3: pip install 'housecat[sb3]'") from error
    write(loaded, file, world, options)
    return {"path": str(file), "mind": str(mind), "world": world}
