"""PPO in MountainCarContinuous, whose reward alone teaches to stand still: python examples/sb3_mountain_car.py."""

import tyro
from stable_baselines3 import PPO
from stable_baselines3.common.env_util import make_vec_env

from agent.sb3 import IntrinsicReward


def main(steps: int = 60_000, objective: str = "disagreement", weight: float = 1.0, seed: int = 0) -> float:
    """Learns, and returns the mean return of the last hundred episodes.

    Args:
        steps: Steps of the environments, together.
        objective: Name of the objective whose reward is added to the environment's.
        weight: Weight of the objective.
        seed: Seed of environments, algorithm and objective.
    """
    cars = make_vec_env("MountainCarContinuous-v0", 8, seed=seed)
    model = PPO("MlpPolicy", cars, n_steps=256, batch_size=256, gae_lambda=0.9, seed=seed, device="cpu", verbose=1)
    model.learn(steps, callback=IntrinsicReward({objective: weight}, seed=seed))
    returns = [episode["r"] for episode in model.ep_info_buffer or ()]
    return sum(returns) / max(len(returns), 1)


if __name__ == "__main__":
    print("mean return:", tyro.cli(main))
