"""Curiosity about what one can bring about."""
