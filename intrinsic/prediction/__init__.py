"""Curiosity about what cannot be predicted yet: errors, doubts, and progress."""
