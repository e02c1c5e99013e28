"""Contact: touching things."""

from __future__ import annotations

import pytest
import torch

import intrinsic


def test_touch_is_fun_but_a_blow_is_no_better():
    cost = intrinsic.make("contact").cost({"senses.touch": torch.tensor([[0.0, 0.0], [1.0, 0.0], [50.0, 50.0]])})
    assert cost.tolist() == pytest.approx([0.0, -0.5, -100.0 / 101.0])
