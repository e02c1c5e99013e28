from __future__ import annotations

import numpy as np
import pytest
import torch
from gymnasium import spaces

from agent.sb3.adapter import ObjectiveHost, SpaceConverter, Transitions
from agent.sb3.adapter.features import LATENT_BOUND, FeatureDynamics, FeatureEncoder
from intrinsic import Mixture


@pytest.fixture
def random() -> torch.Generator:
    torch.set_num_threads(1)
    return torch.Generator().manual_seed(0)


def test_latents_are_normalized_over_all_transitions_so_far(random):
    encoder = FeatureEncoder({"a": spaces.Box(-1e3, 1e3, (2,)), "b": spaces.Discrete(3)})
    rows = torch.randn(6000, 2, generator=random) * torch.tensor([50.0, 0.01]) + torch.tensor([300.0, -2.0])
    onehot = torch.eye(3)[torch.randint(3, (6000,), generator=random)]
    for part in torch.arange(6000).split(700):
        encoder.update_normalization(encoder.features({"a": rows[part], "b": onehot[part]}, (len(part),)))
    features = encoder.features({"a": rows, "b": onehot}, (6000,))
    latent = encoder(features)
    assert latent.shape == (6000, 1, 5)
    assert torch.allclose(latent.mean((0, 1)), torch.zeros(5), atol=0.02)
    assert torch.allclose(latent.std((0, 1)), torch.ones(5), atol=0.02)
    assert encoder(features * 1e6).abs().max() == LATENT_BOUND


def test_a_feature_that_never_changed_stays_finite_when_it_does():
    encoder = FeatureEncoder({"a": spaces.Box(-1.0, 1.0, (1,))})
    encoder.update_normalization(torch.zeros(10, 1))
    assert encoder(torch.ones(1, 1)).item() == LATENT_BOUND


@pytest.mark.parametrize("shape", [(3, 64, 64), (64, 48, 3), (1, 8, 8)])
def test_images_of_any_size_are_distinguished_by_fixed_weights(shape, random):
    encoder = FeatureEncoder({"eye": spaces.Box(0, 255, shape, np.uint8), "body": spaces.Box(-1.0, 1.0, (2,))})
    eye = torch.randint(256, (4, 3, *shape), generator=random).to(torch.uint8)
    features = encoder.features({"eye": eye, "body": torch.zeros(4, 3, 2)}, (4, 3))
    assert features.shape == (4, 3, encoder.latent_size) == (4, 3, 66)
    assert features.flatten(0, 1)[:, 2:].unique(dim=0).shape[0] == 12
    assert not any(p.requires_grad for p in encoder.parameters())


def test_an_ensemble_learns_to_predict_and_comes_to_agree(random):
    torch.manual_seed(0)
    model = FeatureDynamics(latent_size=3, action_size=1, members=3, hidden=32)
    before = torch.randn(512, 1, 3, generator=random)
    action = torch.rand(512, 1, generator=random) * 2 - 1
    after = before + 0.01 * torch.cat([action, before[:, 0, :1], -action], -1).unsqueeze(-2)  # small changes count
    model.update_scale(before, after)
    optimizer = torch.optim.Adam(model.parameters(), 3e-3)
    spread, losses = [], []
    for _ in range(150):
        loss = model.loss(before, action, after)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        spread.append(model(before, action).std(0).mean().item())
    assert model(before, action).shape == (3, 512, 1, 3)
    assert losses[-1] < 0.1 * losses[0]
    assert spread[-1] < 0.5 * spread[0]
    still = (after - before).square().mean()
    assert (model(before, action).mean(0) - after).square().mean() < 0.1 * still


@pytest.mark.parametrize("lead", [(), (7,), (2, 3)])
def test_predictions_have_the_shape_of_what_they_predict(lead, random):
    before, action = torch.randn(*lead, 1, 4, generator=random), torch.randn(*lead, 2, generator=random)
    assert FeatureDynamics(4, 2, members=5)(before, action).shape == (5, *lead, 1, 4)


def test_consecutive_transitions_are_encoded_as_if_each_were_encoded_alone(random):
    image = spaces.Box(0, 255, (3, 16, 16), np.uint8)
    host = ObjectiveHost(Mixture({"disagreement": 1.0}), SpaceConverter(image, spaces.Discrete(2)), num_envs=2)
    after = torch.randint(256, (6, 2, 3, 16, 16), generator=random).to(torch.uint8)
    ended = torch.zeros(6, 2, dtype=torch.bool)
    ended[2, 0] = ended[3, 0] = ended[4, 1] = ended[5, 1] = True
    before = torch.cat([after[-1:].flip(1), after[:-1]])
    before[1:][ended[:-1]] = 7  # where another episode began
    transitions = Transitions({"obs": before}, torch.zeros(6, 2, 2), {"obs": after})
    with torch.no_grad():
        shifted, plain = host.view(transitions, ended), host.view(transitions)
    assert torch.allclose(shifted["latent.before"], plain["latent.before"], atol=1e-5)
    assert torch.allclose(shifted["latent"], plain["latent"], atol=1e-5)
