"""Measures of latents (linear probes, effective rank) and of predicted events (AUROC, calibration)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from sklearn.calibration import calibration_curve
from sklearn.linear_model import Ridge
from sklearn.metrics import r2_score, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

Floats = npt.NDArray[np.float64]
RIDGE = 1e-3  # penalty per sample, of the variance of a standardised latent
ACTIVE = 0.1  # in units of the typical change: less cannot be distinguished from the error of prediction
TRAINED = 0.7  # share of a recording, its first part, that a probe is fitted on
CONSTANT = 1e-8  # variance below which a target counts as constant
BINS = 10  # of like probabilities


def effective_rank(rows: npt.NDArray[np.floating]) -> float:
    """Returns the effective rank of rows (n, Z), from 1 to Z; 0 where all rows are alike.

    Source: Roy and Vetterli 2007, The effective rank: the exponential of the entropy of the spectrum.
    """
    spectrum = np.linalg.svd(rows - rows.mean(0), compute_uv=False) ** 2
    total = spectrum.sum()
    if total < 1e-10 * rows.size:
        return 0.0
    share = spectrum[spectrum > 1e-12 * total] / total
    return float(np.exp(-(share * np.log(share)).sum()))


def active_directions(rows: npt.NDArray[np.floating]) -> int:
    """Returns how many principal directions of rows (n, Z) have a standard deviation of at least `ACTIVE`."""
    spectrum = np.linalg.svd(rows - rows.mean(0), compute_uv=False) / np.sqrt(max(1, len(rows)))
    return int((spectrum >= ACTIVE).sum())


def probe_r2(latents: npt.NDArray[np.floating], truth: npt.NDArray[np.floating]) -> Floats:
    """Returns R2 (F,) of a linear probe from latents (T, ..., Z) to truth (T, ..., F), on the last part of a recording.

    The probe is a ridge regression. It is fitted on the first part (`TRAINED`); all axes between the first and the last
    are samples of the same probe. A sample whose truth is nan is left out. Where the truth never varies or is not
    known, R2 is nan.
    """
    cut = int(len(latents) * TRAINED)
    x, y = (values.reshape(len(values), -1, values.shape[-1]).astype(np.float64) for values in (latents, truth))
    parts = []
    for part in (slice(0, cut), slice(cut, None)):
        inputs, targets = x[part].reshape(-1, x.shape[-1]), y[part].reshape(-1, y.shape[-1])
        known = np.isfinite(targets).all(1)
        parts.append((inputs[known], targets[known]))
    (inputs, targets), (test_inputs, test_targets) = parts
    if not len(inputs) or not len(test_inputs):
        return np.full(y.shape[-1], np.nan)
    probe = make_pipeline(StandardScaler(), Ridge(alpha=RIDGE * len(inputs))).fit(inputs, targets)
    predicted = probe.predict(test_inputs).reshape(test_targets.shape)
    scores = r2_score(test_targets, predicted, multioutput="raw_values")
    return np.where(test_targets.var(0) > CONSTANT, scores, np.nan)


def mean_probe_r2(latents: npt.NDArray[np.floating], truth: npt.NDArray[np.floating]) -> float:
    """Returns the mean over targets of `probe_r2`, where less than 0 counts as 0; nan where no target varies."""
    scores = probe_r2(latents, truth)
    known = scores[np.isfinite(scores)]
    return float(known.clip(0.0).mean()) if len(known) else float("nan")


def auroc(scores: Floats, events: npt.NDArray[np.bool_]) -> float:
    """Returns the chance that a score is higher where there was an event than where there was none; 0.5 is chance."""
    return float(roc_auc_score(events, scores))


def calibration_bins(probabilities: Floats, events: npt.NDArray[np.bool_]) -> list[tuple[float, float, float]]:
    """Returns, for each bin of like probabilities, their mean, the share of events, and the share of samples."""
    observed, predicted = calibration_curve(events, probabilities, n_bins=BINS)
    inner_edges = np.linspace(0.0, 1.0, BINS + 1)[1:-1]
    counts = np.bincount(np.searchsorted(inner_edges, probabilities), minlength=BINS)
    shares = counts[counts > 0] / len(probabilities)
    return [(float(p), float(o), float(s)) for p, o, s in zip(predicted, observed, shares, strict=True)]


def calibration_error(probabilities: Floats, events: npt.NDArray[np.bool_]) -> float:
    """Returns how far probabilities are from the share of events, on average over samples.

    Source: expected calibration error, Naeini et al. 2015 (AAAI), with bins of equal width.
    """
    return sum(abs(p - observed) * share for p, observed, share in calibration_bins(probabilities, events))
