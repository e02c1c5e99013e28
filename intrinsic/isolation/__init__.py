"""Keeping the code of plug-ins apart from everybody else's state."""
