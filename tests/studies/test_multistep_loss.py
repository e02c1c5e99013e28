import numpy as np

from studies import multistep_loss as onend


def test_who_learnt_is_asked_the_same_as_who_did_not() -> None:
    asked = onend.learn_and_ask("playroom", seed=31, steps=5, lessons=1, moments=1)
    assert set(asked) == set(onend.LEARNS)
    curves = np.stack([error for error, _, _ in asked.values()])
    assert curves.shape == (3, onend.HORIZON)
    assert np.isfinite(curves).all()
    assert len({float(curve[-1]) for curve in curves}) == 3  # each learnt in its own way
    assert all(-1 <= cost <= 1 for _, _, cost in asked.values())
