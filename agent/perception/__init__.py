"""Perception: from observations to latent tokens, and what is known of things out of sight."""
