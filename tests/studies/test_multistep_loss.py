import numpy as np

from studies import multistep_loss


def test_all_variants_are_compared_in_the_same_moments() -> None:
    found = multistep_loss.learn_and_compare("playroom", seed=31, steps=5, updates=1, moments=1)
    assert set(found) == set(multistep_loss.VARIANTS)
    curves = np.stack([one.error for one in found.values()])
    assert curves.shape == (3, multistep_loss.HORIZON)
    assert np.isfinite(curves).all()
    assert len({float(curve[-1]) for curve in curves}) == 3  # each learnt in its own way
    assert all(-1 <= one.cost <= 1 for one in found.values())
