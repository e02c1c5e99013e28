"""Intrinsic objectives as rewards of Stable-Baselines3's algorithms, and a mind's policy as one of its policies."""

from agent.sb3.intrinsic_reward import PPO, IntrinsicReward, make_vec_env

__all__ = ["PPO", "IntrinsicReward", "make_vec_env"]
