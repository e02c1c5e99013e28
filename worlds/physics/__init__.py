"""Rigid-body physics. Only `worlds.physics.client` imports PyBullet."""
