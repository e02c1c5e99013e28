"""Sensors: what an agent observes of its body and of the world."""
