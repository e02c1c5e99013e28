import torch

from agent.actor.planners import colored_noise


def test_noise_has_unit_variance_and_its_colour_makes_it_smooth() -> None:
    for beta in (0.0, 1.5, 3.5):
        noise = colored_noise(beta, 40, (4000,), torch.Generator().manual_seed(0))
        assert noise.shape == (40, 4000)
        assert abs(float(noise.var(0, correction=0).mean() + noise.mean(0).square().mean()) - 1.0) < 0.1
    white, brown = (
        colored_noise(beta, 40, (500,), torch.Generator().manual_seed(0)).diff(dim=0).abs().mean()
        for beta in (0.0, 3.5)
    )
    assert brown < 0.3 * white
