from __future__ import annotations

import pygame
import pytest

from viewer.app import Window
from viewer.keys import KEYS, action_for


def test_no_key_does_two_things():
    names = [name for key in KEYS for name in key.names]
    assert len(names) == len(set(names))
    assert len({key.action for key in KEYS}) == len(KEYS)


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.action)
def test_every_key_is_dispatched_to_a_method_of_the_window(key):
    assert callable(getattr(Window, key.action))
    assert all(action_for(name) == key.action for name in key.names)


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.action)
def test_pygame_knows_the_keys_by_these_names(key):
    named = [name for name in key.names if name not in ("+", "?")]  # these two are known by what they type
    pygame.display.init()
    assert all(pygame.key.key_code(name.replace("keypad +", "[+]").replace("keypad -", "[-]")) for name in named)


def test_an_unknown_key_does_nothing():
    assert action_for("z", "z") is None
    assert action_for("left shift", "") is None
