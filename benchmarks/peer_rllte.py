"""Times rllte-core 1.0.1's rewards; run by benchmarks/objectives.py with the Python of an environment that has it."""

from __future__ import annotations

import json
import sys
import time

import gymnasium
import numpy as np
import torch
from rllte.xplore.reward import E3B, ICM, RE3, RND, Disagreement

T, B = 128, 8


class Noise(gymnasium.Env):
    """Observations by chance: only their shape matters here."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        images = len(shape) == 3
        low, high, kind = (0, 255, np.uint8) if images else (-np.inf, np.inf, np.float32)
        self.observation_space = gymnasium.spaces.Box(low, high, shape, kind)
        self.action_space = gymnasium.spaces.Discrete(4)

    def reset(self, *, seed=None, options=None):  # noqa: D102
        super().reset(seed=seed)
        return self.observation_space.sample(), {}

    def step(self, action):  # noqa: D102
        return self.observation_space.sample(), 0.0, False, False, {}


class Tensors:
    """A vector of environments that answers in tensors, as rllte's rewards expect."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.envs = gymnasium.vector.SyncVectorEnv([lambda: Noise(shape) for _ in range(B)])
        self.num_envs, self.unwrapped = B, self.envs
        self.observation_space, self.action_space = self.envs.single_observation_space, self.envs.single_action_space

    def reset(self):  # noqa: D102
        obs, info = self.envs.reset()
        return torch.as_tensor(obs).float(), info

    def step(self, actions):  # noqa: D102
        obs, *rest = self.envs.step(np.asarray(actions))
        return (torch.as_tensor(obs).float(), *rest)


def samples(shape: tuple[int, ...], seed: int) -> dict[str, torch.Tensor]:
    """Returns a rollout by chance."""
    g = torch.Generator().manual_seed(seed)
    draw = (
        (lambda: torch.randint(0, 256, (T, B, *shape), generator=g).float())
        if len(shape) == 3
        else (lambda: torch.randn(T, B, *shape, generator=g))
    )
    zeros = torch.zeros(T, B)
    actions = torch.randint(0, 4, (T, B, 1), generator=g)
    keys = {"observations": draw(), "next_observations": draw(), "actions": actions}
    return {**keys, "rewards": zeros, "terminateds": zeros, "truncateds": zeros}


def measure(kind: type, shape: tuple[int, ...], rounds: int, age: int = 0) -> float:
    """Returns microseconds of processor time per transition, the least of some rounds."""
    torch.manual_seed(0)
    reward = kind(Tensors(shape), device="cpu")
    times = []
    for seed in range(rounds + age):
        rollout = samples(shape, seed)
        started = time.process_time()
        if kind is RE3:
            for t in range(T):
                step = {key: value[t] for key, value in rollout.items()}
                reward.watch(
                    step["observations"],
                    *(step[k] for k in ("actions", "rewards", "terminateds", "truncateds", "next_observations")),
                )
        if seed >= age:
            reward.compute(rollout)
            times.append(time.process_time() - started)
    return min(times) / (T * B) * 1e6


def main() -> None:
    """Prints one JSON object."""
    torch.set_num_threads(1)
    rounds, images = int(sys.argv[1]), int(sys.argv[2])
    kinds = {"rnd": RND, "icm": ICM, "disagreement": Disagreement, "e3b": E3B, "state_entropy": RE3}
    found = {"vector": {}, "image": {}, "failed": {}}
    for name, kind in kinds.items():
        for where, shape, count in (("vector", (32,), rounds), ("image", (3, 64, 64), images)):
            if not count:
                continue
            try:
                found[where][name] = measure(kind, shape, count)
            except Exception as error:  # what the peer cannot do is a result, too
                found["failed"][f"{name}/{where}"] = f"{type(error).__name__}: {error}"
    try:
        found["vector"]["state_entropy, old"] = measure(RE3, (32,), rounds, age=8)
    except Exception as error:
        found["failed"]["state_entropy, old/vector"] = f"{type(error).__name__}: {error}"
    print(json.dumps(found))


if __name__ == "__main__":
    main()
