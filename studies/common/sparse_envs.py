"""Environments whose reward is too sparse to be found by chance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import gymnasium
import numpy as np

import worlds  # noqa: F401  # registers housecat's worlds with Gymnasium
from housecat.core.obs_layout import BODY

MAZE = 4  # cells along a side
Episodes = list[tuple[int, bool, list[int]]]  # the step it ended in, whether it arrived, and the cells it visited


class SparseReward(gymnasium.Wrapper[Any, Any, Any, Any]):
    """Rewards arriving, which ends an episode, and nothing else; keeps a list of the episodes.

    Attributes:
        steps: Steps of all episodes together.
        episodes: For each, the step it ended in, whether it arrived, and the numbers of the cells it visited.
    """

    def __init__(self, env: gymnasium.Env[Any, Any], reward: float) -> None:
        super().__init__(env)
        self.reward, self.steps = reward, 0
        self.episodes: Episodes = []
        self.visited = set[int]()

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Takes a step, see `gymnasium.Env.step`."""
        obs, _, terminated, truncated, info = self.env.step(action)
        self.steps += 1
        arrived = self._arrived(terminated)
        if arrived or truncated:
            self.episodes.append((self.steps, arrived, sorted(self.visited)))
        return obs, self.reward * arrived, arrived, truncated, info

    def _arrived(self, terminated: bool) -> bool:
        return bool(terminated)


class DriveOnly(gymnasium.Wrapper[Any, Any, Any, Any]):
    """A kitten that can only drive and turn, and observes only where it is and which way it faces.

    To an objective that seeks what is new, movements of head and paw would be as new as another part of the maze.
    """

    def __init__(self, env: gymnasium.Env[Any, Any]) -> None:
        super().__init__(env)
        self.observation_space = gymnasium.spaces.Box(-10.0, 10.0, (4,), np.float32)
        self.action_space = gymnasium.spaces.Box(-1.0, 1.0, (2,), np.float32)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Returns x, y (m), sine and cosine of the heading."""
        obs, info = self.env.reset(seed=seed, options=options)
        return obs["body"][BODY.pose], info

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Takes a step; the action is drive and turn, each -1 to 1."""
        obs, reward, *rest = self.env.step(np.concatenate([action, np.zeros(3, np.float32)]))
        return (obs["body"][BODY.pose], float(reward), *rest)


class SparseMaze(SparseReward):
    """The same maze and the same goal in every episode; keeps which cells were visited."""

    def __init__(self, env: gymnasium.Env[Any, Any], reward: float, layout: int) -> None:
        super().__init__(env, reward)
        self.layout = layout

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Puts the body back to the start, see `gymnasium.Env.reset`."""
        self.visited = set()
        return self.env.reset(seed=self.layout, options=options)

    def _arrived(self, terminated: bool) -> bool:
        truth = self.env.unwrapped.truth()  # type: ignore[attr-defined]  # a world of housecat
        column, row = truth["maze.cell"]
        self.visited.add(row * MAZE + column)
        return bool(truth["at_goal"])


@dataclass(frozen=True)
class Task:
    """What is to be learnt, and how.

    Attributes:
        title: Title of the panel in the figure.
        make: Makes the environment for a seed.
        policy: Name of a policy of Stable-Baselines3.
        steps: Steps of all environments together, whole rollouts of PPO.
        envs: Number of environments side by side.
        weight: Weight of an objective: its root mean square reward per step.
        measure: Returns what counts, from the episodes and the number of steps.
        unit: Unit of the measure.
        settings: Other arguments of PPO.
    """

    title: str
    make: Callable[[int], SparseReward]
    policy: str
    steps: int
    envs: int
    weight: float
    measure: Callable[[Episodes, int], float]
    unit: str
    settings: dict[str, Any] = field(default_factory=dict)


def make_car(seed: int) -> SparseReward:
    """Returns a car that is rewarded at the flag alone; it observes place and velocity as shares of their range."""
    env = gymnasium.make("MountainCarContinuous-v0")
    return SparseReward(gymnasium.wrappers.RescaleObservation(env, np.float32(-1.0), np.float32(1.0)), 10.0)


def make_maze(seed: int) -> SparseReward:
    """Returns a kitten in a maze of 16 cells that is rewarded at the goal alone.

    Physics takes steps twice as long as elsewhere: nothing here is finer than a hedge.
    """
    env = gymnasium.make(
        "worlds:housecat/Maze-v0",
        cells=(MAZE, MAZE),
        senses=("body",),
        physics_dt=1 / 120,
        frames_per_step=1,
        max_episode_steps=200,
    )
    return SparseMaze(DriveOnly(env), 10.0, seed)


def arrivals(episodes: Episodes, steps: int) -> float:
    """Returns how often the goal was reached, per 10,000 steps."""
    return sum(arrived for _, arrived, _ in episodes) / steps * 10_000


def share_visited(episodes: Episodes, steps: int) -> float:
    """Returns the share of the maze's cells that an episode of the second half visits, on average.

    An episode ends at the goal: if it were found, the less would be seen the better it was known.
    """
    shares = [len(cells) / MAZE**2 for step, _, cells in episodes if step > steps / 2]
    return float(np.mean(shares)) if shares else 0.0


TASKS = {
    "car": Task(
        "MountainCarContinuous, rewarded at the flag alone",
        make_car,
        "MlpPolicy",
        40_960,
        8,
        0.3,
        arrivals,
        "times at the flag per 10,000 steps",
        {"n_steps": 256, "batch_size": 256},
    ),
    "maze": Task(
        "how much of a maze is seen",
        make_maze,
        "MlpPolicy",
        8_192,
        4,
        1.0,
        share_visited,
        "share of cells visited in a late episode",
        {"n_steps": 128, "batch_size": 64, "learning_rate": 1e-3},
    ),
}
