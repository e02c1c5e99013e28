"""The command `housecat export`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import tyro

from housecat_options import Json, Name
from housecat_results import report


def export(path: Annotated[Path, tyro.conf.Positional], *, name: Name = None, json: Json = False) -> int:
    """Makes a Minari dataset of a recorded run, for offline reinforcement learning.

    It is kept where Minari keeps datasets: ~/.minari, or $MINARI_DATASETS_PATH.

    Args:
        path: Folder of the run.
        name: Id of the dataset; housecat/WORLD/RUN-v0 when not given.
        json: Print what was made as one JSON object.
    """
    from agent.export import export as make
    from agent.run_folder import RunFolder

    made = make(RunFolder(path), name)
    words = f"{made['steps']} steps in {made['path']}\nRead them: minari.load_dataset({made['id']!r})"
    return report(made, words, json)
