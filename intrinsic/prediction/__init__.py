"""Curiosity by prediction: errors, ensemble disagreement, and learning progress."""
