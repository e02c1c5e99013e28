"""SAC in a room of housecat's, which rewards nothing: all it wants is intrinsic. python examples/sb3_playroom.py."""

import gymnasium
import tyro
from stable_baselines3 import SAC
from stable_baselines3.common.monitor import Monitor

import worlds
from agent.sb3 import IntrinsicReward


class Touches(gymnasium.Wrapper):  # type: ignore[type-arg]
    """Counts the steps in which something was touched; the agent does not learn of it."""

    touched = 0

    def step(self, action):  # type: ignore[no-untyped-def]
        """Lives one control step."""
        result = super().step(action)
        self.touched += any(event["event"] == "contact" for event in result[-1]["events"])
        return result


def main(world: str = "playroom", steps: int = 5_000, seed: int = 0) -> float:
    """Learns, and returns the share of steps in which the kitten touched a thing.

    Args:
        world: Name of a world, see `housecat worlds`.
        steps: Control steps.
        seed: Seed of algorithm and objectives.
    """
    room = Touches(gymnasium.make(f"worlds:housecat/{world.title()}-v0", max_episode_steps=500, frames_per_step=1))
    assert world in worlds.names()
    model = SAC("MultiInputPolicy", Monitor(room), learning_starts=200, seed=seed, device="cpu", verbose=1)
    model.learn(steps, callback=IntrinsicReward({"disagreement": 1.0, "pain": 1.0, "effort": 0.05}, seed=seed))
    return room.touched / steps


if __name__ == "__main__":
    print("share of steps touching a thing:", tyro.cli(main))
