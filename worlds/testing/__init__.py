"""Checks for the authors of worlds."""
