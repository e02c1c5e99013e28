"""Curiosity about where one has not been: distances to the past, and counts."""
