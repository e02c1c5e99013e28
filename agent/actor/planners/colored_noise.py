"""Colored noise, which is correlated in time: plans are sampled with it, so that they lead somewhere."""

from __future__ import annotations

import math

import torch
from torch import Tensor


def colored_noise(beta: float, steps: int, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
    """Draws noise with unit variance at each step, whose power falls with frequency as 1 / f^beta.

    Source: Timmer & König 1995, as used for planning by Pinneri et al. 2020.

    Args:
        beta: Exponent: 0 is white noise, 1 pink, 2 brown; higher is smoother in time.
        steps: Number of time steps, T.
        shape: Shape of the noise at each step.
        generator: Source of random numbers.

    Returns:
        Noise (T, *shape).
    """
    frequency = torch.fft.rfftfreq(steps)
    frequency[0] = 1.0 / steps
    power = frequency ** (-beta / 2.0)
    real = torch.randn(len(frequency), *shape, generator=generator)
    imag = torch.randn(len(frequency), *shape, generator=generator)
    imag[0] = 0.0
    real[0] *= math.sqrt(2.0)
    if steps % 2 == 0:
        imag[-1] = 0.0
        real[-1] *= math.sqrt(2.0)
    spectrum = torch.complex(real, imag) * power.view(-1, *[1] * len(shape))
    noise: Tensor = torch.fft.irfft(spectrum, n=steps, dim=0)
    weights = power.clone()
    weights[1 : (steps + 1) // 2] *= math.sqrt(2.0)
    sigma = math.sqrt(2.0) * weights.square().sum().sqrt() / steps
    return torch.div(noise, sigma)
