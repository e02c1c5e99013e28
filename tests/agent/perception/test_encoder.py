import math

import numpy as np
import pytest
import torch

import agent
import worlds
from agent.perception.attention import select_things, select_tokens
from agent.perception.egocentric import NEIGHBOR_SIZE, neighbor_features, scene_context, wall_proximity
from agent.perception.encoder import THING_POSE
from housecat.core.obs_layout import BODY, THINGS
from tests.agent.conftest import SMALL
from worlds.env import World


def senses_of(world: World) -> dict[str, torch.Tensor]:
    return {name: torch.from_numpy(value) for name, value in world.observe().items()}


def test_imagined_senses_are_the_inverse_of_perceiving(world: World, mind: agent.Mind) -> None:
    world.step(np.array([1, 0.5, 0, 0.3, 0], np.float32))
    senses = senses_of(world)
    attended = select_things(senses, 5)
    read = mind.perception.decode(select_tokens(mind.perception(senses), attended), senses, attended)
    for name in ("body", "vitals", "things"):
        if name == "body":  # the wheels' rates and all else included
            assert read[name].shape == senses[name].shape
        torch.testing.assert_close(read[name], senses[name], rtol=1e-4, atol=1e-4)


def test_the_nearest_rim_and_the_moving_are_attended_first(world: World) -> None:
    senses = senses_of(world)
    senses["things"][:, THINGS.position_xy] = 2.9
    senses["things"][2, THINGS.position_xy] = senses["body"][BODY.position] + 0.3
    assert select_things(senses, 3)[0] == 2
    senses["things"][4, THINGS.velocity_xy] = 50.0
    assert select_things(senses, 3)[0] == 4
    plate = senses["things"].clone()
    plate[:, THINGS.position_xy], plate[:, THINGS.velocity_xy] = senses["body"][BODY.position] + 1.0, 0.0
    assert select_things({**senses, "things": plate}, 1)[0] == 6  # all equally far: the hot plate is the largest


@pytest.mark.parametrize("turn", [0.7, -2.0])
def test_what_the_body_sees_does_not_depend_on_the_rooms_directions(world: World, turn: float) -> None:
    """Turning the whole room about its middle changes only what tells the place in the room."""
    mind = agent.Mind.born(world, seed=11, config=SMALL.updated({"model.neighbor_features": True}))
    senses = senses_of(world)
    beside = senses["things"][0, THINGS.position_xy] + torch.tensor([0.25, 0.05])  # so that it has company
    senses["things"][1, THINGS.position_xy] = beside
    senses["things"][1, THINGS.velocity_xy] = torch.tensor([0.2, -0.1])
    cos, sin = math.cos(turn), math.sin(turn)
    spin = torch.tensor([[cos, -sin], [sin, cos]])
    turned = {name: value.clone() for name, value in senses.items()}
    for pair in ((0, 1), (4, 5), (3, 2)):
        turned["body"][list(pair)] = spin @ senses["body"][list(pair)]
    for pair in ((0, 1), (3, 4), (7, 6)):
        turned["things"][:, list(pair)] = senses["things"][:, list(pair)] @ spin.T
    seen = []
    for s in (senses, turned):
        attended = torch.arange(5)
        latent = select_tokens(mind.perception(s), attended)[None]
        seen.append(mind.world_model.ego_features_of(latent, mind.perception.appearance(s)[attended][None]).pair[0])
    neighbor_features = mind.world_model.pair_size - NEIGHBOR_SIZE - mind.perception.appearance_size
    assert (seen[0][:2, neighbor_features : neighbor_features + NEIGHBOR_SIZE].abs() > 0.01).all()
    for part in (slice(6), slice(neighbor_features, None)):
        torch.testing.assert_close(seen[0][:, part], seen[1][:, part], rtol=1e-4, atol=1e-4)


def test_what_lies_beside_a_thing_is_seen_the_less_the_farther_off_and_not_at_all_if_absent(mind: agent.Mind) -> None:
    looks = torch.zeros(1, 4, mind.perception.appearance_size)
    looks[..., 0], looks[..., -1] = 0.1, torch.tensor([1.0, 1.0, 1.0, 0.0])
    looks[0, :, 1] = torch.tensor([5.0, 6.0, 7.0, 8.0])
    offset = torch.tensor([[[0.0, 0.0], [0.0, 0.2], [2.0, 0.0], [-0.2, 0.0]]])  # two touch; the last is absent
    velocity = torch.tensor([[[0.0, 0.0], [0.3, 0.0], [0.0, 9.0], [0.0, 9.0]]])
    way, going, beside = neighbor_features(offset, velocity, scene_context(mind.perception, looks))
    torch.testing.assert_close(way[0, :3], torch.tensor([[0.0, 1.0], [0.0, -1.0], [0.0, 0.0]]), atol=1e-3, rtol=0.0)
    torch.testing.assert_close(going[0, 0], torch.tensor([0.3, 0.0]), atol=1e-3, rtol=0.0)
    torch.testing.assert_close(beside[0, :3, 1], torch.tensor([6.0, 5.0, 0.0]), atol=1e-3, rtol=0.0)
    offset[0, 1, 1] = 0.2 + 0.15
    near = neighbor_features(offset, velocity, scene_context(mind.perception, looks))[0]
    assert near[0, 0, 1] == pytest.approx(math.exp(-1), abs=1e-3)


def test_typical_changes_follow_what_is_lived_but_trembling_is_no_news(mind: agent.Mind, world: World) -> None:
    before = senses_of(world)
    floor = mind.perception.typical_change.clone() / 2
    for _ in range(3000):
        mind.perception.update_statistics(before, before)
    torch.testing.assert_close(mind.perception.typical_change, floor)
    after = {name: value.clone() for name, value in before.items()}
    after["things"][:, THINGS.x] += 1.0
    for _ in range(500):
        mind.perception.update_statistics(before, after)
    assert mind.perception.typical_change[1, 0] > 5 * floor[1, 0]
    assert mind.perception.typical_change[1, 0] == mind.perception.typical_change[1, 1]  # one scale per vector


def test_what_is_not_attended_stays_where_it_is(mind: agent.Mind) -> None:
    world = worlds.make("playroom", seed=2)
    senses = senses_of(world)
    attended = select_things(senses, 3)
    latent = select_tokens(mind.perception(senses), attended)
    rollout = mind.world_model.imagine(latent, torch.ones(4, 2, 5), senses, attended)
    others = [i for i in range(8) if i not in attended.tolist()]
    assert rollout.senses["things"].shape == (5, 2, 8, 19)
    still = senses["things"][others].expand(5, 2, -1, -1)
    torch.testing.assert_close(rollout.senses["things"][:, :, others], still)
    assert not torch.equal(
        rollout.senses["things"][-1, 0, attended, :THING_POSE], senses["things"][attended, :THING_POSE]
    )


def test_walls_are_where_nothing_was_seen_beyond(mind: agent.Mind, world: World) -> None:
    senses = senses_of(world)
    senses["things"][:, THINGS.position_xy] = torch.linspace(-1.0, 1.0, len(senses["things"]))[:, None]
    senses["things"][0, THINGS.position_xy] = torch.tensor([3.0, -3.0])
    perception = mind.perception
    perception.update_statistics(senses, senses)
    appearance = perception.appearance(senses)
    rim = float(appearance[0, 0])
    assert float(perception.room_high[0]) == pytest.approx(3.0 + rim)
    assert float(perception.room_low[1]) == pytest.approx(-3.0 - rim)
    context = scene_context(perception, appearance[None, :1])
    amid, at_wall = wall_proximity(torch.tensor([[[0.0, 0.0], [3.0, 0.0]]]), context)[0]
    assert float(at_wall[0]) == pytest.approx(1.0, abs=1e-3)
    assert abs(float(amid[0])) < 0.2
