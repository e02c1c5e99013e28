"""Running moments agree with the moments of all numbers together."""

from __future__ import annotations

import math

import pytest
import torch

from intrinsic.running_moments import ExponentialMoments, RunningRms, merge_moments


def test_merged_batches_have_the_moments_of_all_rows() -> None:
    generator = torch.Generator().manual_seed(0)
    batches = [2.0 + 3.0 * torch.randn(n, 4, generator=generator) for n in (5, 1, 30, 12)]
    mean, var, count = torch.zeros(4), torch.ones(4), 0
    for batch in batches:
        count += len(batch)
        merge_moments(mean, var, batch, len(batch) / count)
    rows = torch.cat(batches)
    torch.testing.assert_close(mean, rows.mean(0))
    torch.testing.assert_close(var, rows.var(0, correction=0))


def test_exponential_moments_are_unbiased_from_the_first_number_on() -> None:
    moments = ExponentialMoments(half_life=2.0)
    assert (moments.mean, moments.deviation) == (0.0, 0.0)
    moments.update(5.0)
    moments.update(math.nan)
    assert moments.mean == pytest.approx(5.0)
    assert moments.deviation == pytest.approx(0.0, abs=1e-6)
    for value in (1.0, 3.0) * 50:
        moments.update(value)
    weights = [0.5 ** (age / 2.0) for age in range(100)]
    expected = sum(w * value for w, value in zip(weights, (3.0, 1.0) * 50, strict=True)) / sum(weights)
    assert moments.mean == pytest.approx(expected, abs=1e-3)
    assert moments.deviation == pytest.approx(math.sqrt(1.0 - (expected - 2.0) ** 2), abs=1e-2)


def test_a_running_root_mean_square_forgets_and_begins_anew() -> None:
    rms = RunningRms()
    assert rms.value() == 1.0
    rms.update(torch.tensor([3.0, 4.0, float("inf")]), half_life=10.0)
    assert rms.value() == pytest.approx(math.sqrt(12.5))
    for _ in range(100):
        rms.update(torch.full((10,), 2.0), half_life=10.0)
    assert rms.value() == pytest.approx(2.0)
    rms.reset()
    assert rms.value() == 1.0
