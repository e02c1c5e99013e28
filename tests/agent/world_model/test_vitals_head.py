import torch

from agent.perception.egocentric import proximity_features
from agent.world_model.vitals_head import VitalsHead

RADIUS, LOOKS = 0.4, 3  # of the plate; features: half extent, glow, other


def lives(count: int, generator: torch.Generator) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Steps of a body with a plate (which glows) and a ball (which does not) at random distances, all in metres."""
    distance = torch.rand(count, 2, 1, generator=generator) * 2.0
    looks = torch.tensor([[RADIUS, 1.0, 0.0], [0.1, 0.0, 1.0]]).expand(count, -1, -1)
    heat = torch.rand(count, 1, generator=generator)
    target = (distance[:, 0] < RADIUS).float()
    near = torch.cat([*proximity_features(distance, looks[..., :1]), looks], -1)
    return heat, near, 5.0 * (target - heat)


def test_few_burns_teach_what_heats_and_that_it_cools() -> None:
    torch.manual_seed(0)
    generator = torch.Generator().manual_seed(0)
    heat, near, change = lives(200, generator)  # about 40 of them on the plate
    model = VitalsHead(1, near.shape[-1])
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    for _ in range(800):
        loss = ((model(heat, near) - change) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    heat, near, change = lives(1000, torch.Generator().manual_seed(1))
    with torch.no_grad():
        error = ((model(heat, near) - change) ** 2).mean()
    assert error < 0.1 * (change**2).mean()


def test_a_newborn_expects_no_change() -> None:
    heat, near, _ = lives(10, torch.Generator().manual_seed(0))
    assert not VitalsHead(1, near.shape[-1])(heat, near).any()
