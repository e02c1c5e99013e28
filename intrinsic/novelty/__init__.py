"""Novelty of states: distances to earlier states, and visit counts."""
