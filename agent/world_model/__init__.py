"""The world model: an ensemble that predicts the next latent, and imagines rollouts."""
