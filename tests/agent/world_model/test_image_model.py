"""Minds that see: by an eye alone, and by an eye beside things."""

from pathlib import Path

import numpy as np
import pytest
import torch

import agent
import worlds
from agent.world_model.image_model import ImageEncoder, ImageTokenEncoder, ImageWorldModel
from housecat.core.errors import UserError
from housecat.core.obs_layout import BODY
from studies.common.probes import probe_r2
from tests.agent.conftest import SMALL
from worlds.env import World

EYE = SMALL.updated({"model.image_tokens": 2, "training.warmup_steps": 12, "training.batch_size": 8})
ALL = ("body", "touch", "things", "vitals", "eye")


def seeing(*senses: str) -> World:
    return worlds.make("playroom", seed=11, senses=senses, frames_per_step=1)


def life(world: World, mind: agent.Mind, steps: int) -> list[tuple[list[float], float]]:
    return [(m.action.tolist(), m.surprise) for m in agent.live(world, mind, steps)]


@pytest.mark.parametrize("senses", [("body", "eye"), ("body", "touch", "vitals", "eye")])
def test_a_mind_lives_plans_and_learns_by_its_eye_alone(senses: tuple[str, ...]) -> None:
    world = seeing(*senses)
    mind = agent.Mind.born(world, seed=0, config=EYE)
    assert ("pain" in mind.mixture.names) == ("vitals" in senses)
    moments = list(agent.live(world, mind, EYE.training.warmup_steps + 2))
    assert moments[-1].thought.mode == "plan"
    assert moments[-1].thought.attention == ()
    assert all(np.isfinite(value) for value in moments[-1].losses.values())
    assert moments[-1].losses["image"] > 0.0
    assert moments[-1].losses["pose"] > 0.0
    assert moments[-1].costs["disagreement"] < 0.0
    assert mind.memory.senses["eye"].dtype == torch.uint8
    np.testing.assert_array_equal(mind.memory.senses["eye"][mind.memory.last].numpy(), moments[-1].obs["eye"])


def test_a_mind_may_see_without_being_asked_where_it_is() -> None:
    mind = agent.Mind.born(seeing("body", "eye"), seed=0, config=EYE.updated({"training.pose_weight": 0.0}))
    *_, moment = agent.live(seeing("body", "eye"), mind, EYE.training.warmup_steps)
    assert moment.losses["image"] > 0.0
    assert moment.losses["pose"] == 0.0


def test_a_life_by_the_eye_is_exact_and_goes_on_after_saving(tmp_path: Path) -> None:
    world = seeing("body", "eye")
    mind = agent.Mind.born(world, seed=0, config=EYE)
    first = life(world, mind, 14)
    mind.save(tmp_path / "mind")
    snapshot = world.snapshot()
    tail = life(world, mind, 3)
    loaded = agent.Mind.load(tmp_path / "mind")
    assert torch.equal(loaded.memory.senses["eye"][:15], mind.memory.senses["eye"][:15])
    world.restore(snapshot)
    assert life(world, loaded, 3) == tail
    again = seeing("body", "eye")
    assert life(again, agent.Mind.born(again, seed=0, config=EYE), 14) == first


def test_what_is_seen_of_things_is_predicted_beside_them_and_nobody_is_curious_about_it_twice() -> None:
    world = seeing(*ALL)
    mind = agent.Mind.born(world, seed=0, config=EYE.updated({"model.eye": True}))
    moments = list(agent.live(world, mind, EYE.training.warmup_steps + 2))
    assert moments[-1].losses["image"] > 0.0
    assert moments[-1].losses["things"] > 0.0
    assert len(moments[-1].thought.attention) == EYE.attention.num_attended
    senses = mind.sense(world.observe())
    attended = torch.arange(EYE.attention.num_attended)
    view = mind.world_model.imagine(
        mind.world_model.encode(senses, attended), torch.zeros(2, 3, 5), senses, attended
    ).view()
    count = 1 + EYE.attention.num_attended + EYE.model.image_tokens
    assert view["latent"].shape == (2, 3, count, mind.perception.token_size)
    assert view["attended"][0, 0].tolist() == [1.0] * (1 + EYE.attention.num_attended) + [0.0] * EYE.model.image_tokens


def test_a_mind_that_is_not_asked_to_see_lives_as_it_would_without_an_eye() -> None:
    blind, sighted = worlds.make("playroom", seed=11), seeing(*ALL)
    assert life(blind, agent.Mind.born(blind, seed=0, config=SMALL), 21) == life(
        sighted, agent.Mind.born(sighted, seed=0, config=SMALL), 21
    )


def test_what_does_not_fit_is_refused_and_both_sides_are_named() -> None:
    with pytest.raises(
        UserError, match=r"model.eye=True needs the sense eye; this world has body, things, touch, vitals"
    ):
        agent.Mind.born(worlds.make("playroom", seed=0), config=SMALL.updated({"model.eye": True}))
    only = seeing("body", "eye")
    with pytest.raises(UserError, match=r"'pain' reads senses\.vitals.* Offered: .*senses\.body"):
        agent.Mind.born(only, {"pain": 1.0}, config=EYE)
    with pytest.raises(UserError, match=r"senses\.things.* Offered: .*senses\.body"):
        agent.Mind.born(only, {"goal:things.red_ball.position=1,2": 1.0}, config=EYE)
    with pytest.raises(UserError, match="body and eye; this world lacks touch, things"):
        agent.Mind.born(worlds.make("playroom", seed=0, senses=("body", "vitals")))
    with pytest.raises(
        UserError, match=r"training\.symmetry=True is for minds that live by things alone; one that sees has"
    ):
        agent.Mind.born(only, config=EYE.updated({"training.symmetry": True}))
    mind = agent.Mind.born(only, config=EYE)
    with pytest.raises(UserError, match="this mind has senses"):
        mind.attach(worlds.make("playroom", seed=0))


def test_memory_holds_no_more_images_than_its_capacity() -> None:
    mind = agent.Mind.born(seeing("body", "eye"), config=EYE.updated({"training.image_capacity": 30}))
    assert mind.memory.capacity == 30
    with pytest.raises(UserError, match=r"training\.image_capacity=8 must exceed training\.batch_size=8"):
        EYE.updated({"training.image_capacity": 8})


def test_pictures_of_any_lead_are_encoded_alike() -> None:
    encoder = ImageEncoder(2, 6, 84)
    pictures = torch.randint(0, 256, (2, 3, 84, 84, 3), dtype=torch.uint8)
    tokens = encoder(pictures)
    assert tokens.shape == (2, 3, 2, 6)
    torch.testing.assert_close(encoder(pictures[1, 2]), tokens[1, 2], rtol=1e-4, atol=1e-5)


def spots(place: torch.Tensor) -> torch.Tensor:
    """Returns pictures (B, 84, 84, 3) of a bright spot at places (B, 2), in pixels, on a ground of stripes."""
    at = torch.arange(84.0)
    near = [torch.exp(-((at - place[:, i : i + 1]) ** 2) / 30.0) for i in range(2)]
    ground = 60.0 + 40.0 * torch.sin(at / 5.0)
    spot = near[0].unsqueeze(2) * near[1].unsqueeze(1)
    return (ground + 150.0 * spot).clamp(0, 255).to(torch.uint8).unsqueeze(-1).expand(-1, -1, -1, 3).contiguous()


def seen_by_learning(method: str, inverse: float) -> tuple[float, float]:
    """Returns R2 of a spot's place off the latents of an eye that learnt how actions move it, and their spread."""
    generator = torch.Generator().manual_seed(0)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        perception = ImageTokenEncoder(1, 84, things=False, body=6, vitals=0, touch=0, appearance=1, latent_size=0)
        model = ImageWorldModel(perception, actions=2, members=2, hidden=16)
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    nobody = {"body": torch.zeros(32, 6), "things": torch.zeros(32, 0, 9)}
    nobody |= {"vitals": torch.zeros(32, 0), "touch": torch.zeros(32, 0)}
    nothing = torch.zeros(32, 0, dtype=torch.int64)
    for _ in range(120):
        place = 14.0 + 56.0 * torch.rand(32, 2, generator=generator)
        action = 2.0 * torch.rand(32, 2, generator=generator) - 1.0
        before, after = (model.encode({**nobody, "eye": spots(at)}, nothing) for at in (place, place + 10.0 * action))
        ego = model.ego_features_of(before, torch.zeros(32, 0, 1))
        losses = model.loss(before, after, action, ego)[0]
        side = model.representation_losses(before, after, action, torch.zeros(32, 0), method, generator)
        loss = losses["image"] + 0.05 * side["regularizer"] + inverse * side["inverse"]
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    place = 14.0 + 56.0 * torch.rand(400, 2, generator=generator)
    with torch.no_grad():
        latent = perception.encode_image({"eye": spots(place)}).flatten(1).numpy()
    return float(probe_r2(latent, place.numpy()).mean()), float(latent.std(0).mean())


def test_a_body_that_feels_where_it_is_learns_to_see_it() -> None:
    generator = torch.Generator().manual_seed(0)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        perception = ImageTokenEncoder(1, 84, things=False, body=6, vitals=0, touch=0, appearance=1, latent_size=0)
        model = ImageWorldModel(perception, actions=2, members=2, hidden=16)
    perception.room_low.copy_(torch.tensor([-3.0, 1.0]))
    perception.room_high.copy_(torch.tensor([3.0, 5.0]))
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    nothing = torch.zeros(32, 0, dtype=torch.int64)

    def moment(place: torch.Tensor) -> dict[str, torch.Tensor]:
        n = len(place)
        turn = 0.02 * place[:, :1]
        body = torch.cat([6.0 * place[:, :1] / 84 - 3.0, 4.0 * place[:, 1:] / 84 + 1.0, turn.sin(), turn.cos()], 1)
        senses = {"body": torch.cat([body, torch.zeros(n, 2)], 1), "things": torch.zeros(n, 0, 9)}
        return senses | {"vitals": torch.zeros(n, 0), "touch": torch.zeros(n, 0), "eye": spots(place)}

    for _ in range(120):
        before = model.encode(moment(14.0 + 56.0 * torch.rand(32, 2, generator=generator)), nothing)
        side = model.representation_losses(before, before, torch.zeros(32, 2), torch.zeros(32, 0), "none", generator)
        optimizer.zero_grad()
        side["pose"].backward()
        optimizer.step()
    place = 14.0 + 56.0 * torch.rand(400, 2, generator=generator)
    lived = moment(place)
    with torch.no_grad():
        tokens = model.encode(lived)
        pose = model.pose(tokens[:, 0])
        seen = model.pose_readout(tokens[:, 1:].flatten(1))
    torch.testing.assert_close(pose[:, 0], lived["body"][:, BODY.x] / 3.0)
    torch.testing.assert_close(pose[:, 1], (lived["body"][:, BODY.y] - 3.0) / 2.0)
    heading = lived["body"][:, [BODY.cos_heading, BODY.sin_heading]]  # cosine first, as in every where
    torch.testing.assert_close(pose[:, 2:], heading)
    assert float(((seen - pose) ** 2).mean()) < 0.1 * float(pose.var(0).mean())


def test_an_eye_learns_where_things_are_by_predicting_and_without_a_regulariser_it_goes_blind() -> None:
    explained, spread = seen_by_learning("vicreg", 0.05)
    blind, shrunk = seen_by_learning("none", 0.0)
    assert explained > 0.9
    assert spread > 0.5 > 0.1 > shrunk, (explained, spread, blind, shrunk)
