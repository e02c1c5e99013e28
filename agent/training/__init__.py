"""Training: what the parts of a mind learn from the replay buffer."""
