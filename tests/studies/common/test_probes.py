"""Measures of latents and of predicted events are what they say."""

import numpy as np
import pytest

from studies.common.probes import (
    active_directions,
    auroc,
    calibration_bins,
    calibration_error,
    effective_rank,
    mean_probe_r2,
    probe_r2,
)


def test_the_rank_counts_the_directions_that_latents_use() -> None:
    rng = np.random.default_rng(0)
    one, many = rng.normal(size=(500, 1)), rng.normal(size=(500, 6))
    assert effective_rank(one @ rng.normal(size=(1, 6))) == pytest.approx(1.0, abs=0.01)
    assert effective_rank(many) == pytest.approx(6.0, abs=0.1)
    assert effective_rank(np.ones((500, 6))) == 0.0


def test_a_probe_is_judged_on_what_it_was_not_fitted_on() -> None:
    rng = np.random.default_rng(0)
    latent = rng.normal(size=(400, 3, 5))
    truth = np.stack([latent @ rng.normal(size=5), rng.normal(size=(400, 3)), np.ones((400, 3))], -1)
    truth[::7, 1, 0] = np.nan  # not known there
    linear, noise, constant = probe_r2(latent, truth)
    assert linear > 0.99
    assert -0.1 < noise < 0.05
    assert np.isnan(constant)
    wide = rng.normal(size=(60, 40))
    assert probe_r2(wide, rng.normal(size=(60, 1)))[0] < 0.0  # learnt by heart: worth nothing later


def test_nothing_known_is_nothing_to_read_off() -> None:
    latent = np.random.default_rng(0).normal(size=(40, 5))
    assert np.isnan(probe_r2(latent, np.full((40, 1), np.nan))).all()
    assert np.isnan(mean_probe_r2(latent, np.ones((40, 1))))
    noise = np.random.default_rng(1).normal(size=(40, 1))
    assert mean_probe_r2(latent, np.concatenate([latent[:, :1], noise], 1)) == pytest.approx(0.5, abs=0.01)


def test_directions_count_as_active_from_their_spread_on() -> None:
    rows = np.random.default_rng(0).normal(size=(2000, 4)) * [1.0, 0.5, 0.05, 0.0]
    assert active_directions(rows) == 2


def test_a_score_that_ranks_all_events_first_is_perfect_and_noise_is_not() -> None:
    events = np.array([False, False, True, True])
    assert auroc(np.array([0.1, 0.2, 0.3, 0.4]), events) == 1.0
    assert auroc(np.array([0.4, 0.1, 0.3, 0.2]), events) == 0.5
    assert auroc(np.zeros(4), events) == 0.5


def test_probabilities_that_come_true_as_often_as_they_say_are_calibrated() -> None:
    rng = np.random.default_rng(0)
    probability = rng.uniform(size=20_000)
    events = rng.uniform(size=20_000) < probability
    assert calibration_error(probability, events) < 0.02
    assert calibration_error(0.5 * probability, events) == pytest.approx(0.25, abs=0.03)
    bins = np.array(calibration_bins(probability, events))
    assert bins.shape == (10, 3)
    assert bins[:, 2].sum() == pytest.approx(1.0)
    np.testing.assert_allclose(bins[:, 0], np.linspace(0.05, 0.95, 10), atol=0.01)
    few = calibration_bins(np.array([0.0, 0.05, 1.0, 1.0]), np.array([False, True, True, True]))
    assert few == [(pytest.approx(0.025), 0.5, 0.5), (1.0, 1.0, 0.5)]
