"""A second level of planning, by a slower world model in the same latent space, which sets the first level goals."""
