"""What can be read off latents by a linear probe, and how many directions they use. Not a study."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
RIDGE = 1e-3  # of the variance of a standardised latent
ALIVE = 0.1  # in units of the typical change: less is not told from the error of prediction
TRAINED = 0.7  # share of a life, its first part, that a probe is fitted on


def rank(rows: npt.NDArray[np.floating]) -> float:
    """Returns the effective rank of rows (n, Z), from 1 to Z; 0 where all rows are alike.

    Source: Roy and Vetterli 2007, The effective rank: the exponential of the entropy of the spectrum.
    """
    spectrum = np.linalg.svd(rows - rows.mean(0), compute_uv=False) ** 2
    total = spectrum.sum()
    if total < 1e-10 * rows.size:
        return 0.0
    share = spectrum[spectrum > 1e-12 * total] / total
    return float(np.exp(-(share * np.log(share)).sum()))


def directions(rows: npt.NDArray[np.floating]) -> int:
    """Returns how many principal directions of rows (n, Z) have a standard deviation of at least `ALIVE`."""
    spectrum = np.linalg.svd(rows - rows.mean(0), compute_uv=False) / np.sqrt(max(1, len(rows)))
    return int((spectrum >= ALIVE).sum())


def share_told(latents: npt.NDArray[np.floating], truth: npt.NDArray[np.floating]) -> float:
    """Returns the mean R2 that `told` finds; worse than the mean counts as nothing told."""
    return float(np.nanmean(np.clip(told(latents, truth), 0.0, None)))


def told(latents: npt.NDArray[np.floating], truth: npt.NDArray[np.floating], trained: float = TRAINED) -> Floats:
    """Returns R2 (F,) of a ridge regression from latents (T, ...) to truth (T, F), on the life's last part.

    Time comes first, and what follows it in `latents` (..., Z) beside the last is taken as more rows: a probe is shared
    by all of them, and `truth` is then (T, ..., F). What never varies is left out (nan). A truth that is nan is left
    out too.
    """
    cut = int(len(latents) * trained)
    x, y = (values.reshape(len(values), -1, values.shape[-1]).astype(np.float64) for values in (latents, truth))
    parts = []
    for part in (slice(0, cut), slice(cut, None)):
        a, b = x[part].reshape(-1, x.shape[-1]), y[part].reshape(-1, y.shape[-1])
        fine = np.isfinite(b).all(1)
        parts.append((a[fine], b[fine]))
    (a, b), (c, d) = parts
    middle, spread = a.mean(0), a.std(0) + 1e-9
    a, c = ((it - middle) / spread for it in (a, c))
    weights = np.linalg.solve(a.T @ a / len(a) + RIDGE * np.eye(a.shape[1]), a.T @ (b - b.mean(0)) / len(a))
    off = ((c @ weights + b.mean(0) - d) ** 2).mean(0)
    var = d.var(0)
    return np.where(var > 1e-8, 1.0 - off / np.maximum(var, 1e-8), np.nan)
