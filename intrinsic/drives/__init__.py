"""Drives that an agent is born with: constants and pure functions of the senses, nothing to learn."""
