"""A recorded life as a Minari dataset, for offline reinforcement learning."""

from __future__ import annotations

import copy
import importlib
import re
import warnings
from typing import Any

import gymnasium
import numpy as np

from agent.runs.run_dir import RunConfig, RunDir
from housecat.core.atomic_write import Arrays
from housecat.core.errors import UserError
from housecat.core.plugins import is_file_spec
from worlds.registry import gym_id

ID = re.compile(r"([\w-]+/)*[\w-]+-v\d+")
MISSING = "exporting needs Minari and h5py: pip install -c constraints.txt 'housecat[minari]' (or minari h5py)"


def export(folder: RunDir, name: str | None = None) -> dict[str, Any]:
    """Makes one episode of a run: T + 1 observations, T actions and rewards, truncated at its end.

    The reward of a step is minus its cost, as weighed by the mind that lived it (nan, a muted objective, counts 0).
    The costs themselves, unweighted, and the emotions are in the infos.

    Args:
        folder: The run.
        name: Id of the dataset; ``housecat/<world>/<run>-v0`` when not given.

    Returns:
        The dataset's ``id``, its ``path``, the number of ``steps`` and the ``return``.

    Raises:
        UserError: If Minari is not installed, the id is unfit or taken, or the run has no moments.
    """
    try:
        minari = importlib.import_module("minari")
        importlib.import_module("h5py")
    except ImportError as error:
        raise UserError(f"{MISSING} ({error})") from error
    arrays, config = folder.arrays(), folder.config
    if not len(arrays.get("step", ())):
        raise UserError(f"{folder.path} has no moments yet; `housecat run --resume {folder.path}` lives them")
    given = name or f"housecat/{config.world_name}/{re.sub(r'[^A-Za-z0-9_-]', '_', folder.path.resolve().name)}-v0"
    if not ID.fullmatch(given):
        raise UserError(f"name={given!r}; a dataset's id is like housecat/playroom/my-run-v0, and ends in a version")
    if given in minari.list_local_datasets():
        raise UserError(f"there is a dataset {given} already; give another --name, or: minari delete {given}")
    world = config.make_world()
    try:
        first = world.observe()
        steps = len(arrays["action"])
        rewards = rewards_of(arrays)
        episode = minari.data_collector.EpisodeBuffer(
            seed=config.seed,
            observations={k: np.concatenate([v[None], arrays[f"obs.{k}"]]) for k, v in first.items()},
            actions=arrays["action"],
            rewards=rewards.tolist(),
            terminations=[False] * steps,
            truncations=[False] * (steps - 1) + [True],
            infos=_infos(arrays),
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it would like an address to write to
            dataset = minari.create_dataset_from_buffers(
                given,
                [episode],
                env=_spec(config),
                observation_space=world.observation_space,
                action_space=world.action_space,
                algorithm_name=f"housecat, mind {config.mind_name}",
                description=f"A life of {steps} control steps of {world.control_dt} s in the world {config.world}.",
                data_format="hdf5",
                jpeg_encoding=False,
            )
    finally:
        world.close()
    return {"id": given, "path": str(dataset.storage.data_path), "steps": steps, "return": float(rewards.sum())}


def _spec(config: RunConfig) -> gymnasium.envs.registration.EnvSpec | None:
    """Returns what Gymnasium makes the world by, with senses as they were recorded; None for a class in a file."""
    if is_file_spec(config.world):
        return None
    spec = copy.deepcopy(gymnasium.spec(gym_id(config.world)))
    spec.kwargs = {**spec.kwargs, "flat": False, **config.world_options}
    return spec


def rewards_of(arrays: Arrays) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Returns (T,) minus the weighted cost of each step."""
    cost = np.zeros(len(arrays["action"]))
    for name, weight in arrays.items():
        if name.startswith("weights."):
            cost += np.nan_to_num(weight.astype(np.float64) * arrays[f"costs.{name.removeprefix('weights.')}"])
    return -cost


def _infos(arrays: Arrays) -> dict[str, Any]:
    """Returns costs and emotions, each (T + 1,): the first, before any step, is 0."""
    recorded = {name: values for name, values in arrays.items() if name.startswith(("costs.", "emotions."))}
    return {name: np.concatenate([[0.0], values]).astype(np.float32) for name, values in recorded.items()}
