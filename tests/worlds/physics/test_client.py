"""The physics client: its lifetime."""

import gc

import pybullet

from worlds.physics.client import Physics


def test_a_physics_that_is_dropped_frees_its_client() -> None:
    physics = Physics(1 / 240)
    client = physics.client
    assert pybullet.getConnectionInfo(client)["isConnected"]
    del physics
    gc.collect()
    assert not pybullet.getConnectionInfo(client)["isConnected"]
