"""What is out of sight is still believed to be there."""

from pathlib import Path

import numpy as np
import pytest
import torch

import agent
import worlds
from agent.perception.belief import MIN_PRESENCE, BeliefTracker, freeze_unseen
from agent.perception.visibility import SEEN, mask_unseen, seen_throughout
from housecat.core.errors import UserError
from housecat.core.obs_layout import THINGS
from tests.agent.conftest import SMALL
from worlds.env import World

BELIEVING = SMALL.updated({"model.belief": True})
KNOWN = [THINGS.x, THINGS.y, THINGS.vx, THINGS.cos_heading, THINGS.radius, THINGS.present]


def world() -> World:
    return worlds.make("playroom", seed=11, things="seen")


def test_what_was_seen_is_kept_in_mind_with_growing_doubt_and_what_never_was_is_not() -> None:
    room = world()
    mind = agent.Mind.born(room, seed=0, config=BELIEVING)
    assert mind.belief is not None
    seen, doubts = set(np.flatnonzero(room.observe()["things"][:, THINGS.present]).tolist()), {}
    for moment in agent.live(room, mind, 30):
        raw = moment.obs["things"]
        senses = mind.sense(moment.obs)["things"]
        seen |= set(np.flatnonzero(raw[:, THINGS.present]).tolist())
        for k in range(len(raw)):
            if raw[k, THINGS.present]:
                np.testing.assert_array_equal(senses[k].numpy(), raw[k])
                doubts.pop(k, None)
            elif k in seen:
                assert MIN_PRESENCE <= float(senses[k, THINGS.present]) < SEEN
                assert float(mind.belief.position_std[k]) > doubts.get(k, 0.0)
                doubts[k] = float(mind.belief.position_std[k])
            else:
                assert not senses[k].any()
    assert doubts, "everything was in view at the end: the test saw nothing"
    hidden_objects = mind.belief.hidden_objects()
    assert {hidden.thing for hidden in hidden_objects} == set(doubts)
    assert all(hidden.steps_unseen > 0 and hidden.position_std > 0.0 for hidden in hidden_objects)


def test_what_is_hidden_goes_on_as_the_model_says_and_what_rests_stays() -> None:
    room = world()
    mind = agent.Mind.born(room, seed=0, config=BELIEVING)
    senses = {name: torch.from_numpy(value).clone() for name, value in room.observe().items()}
    senses["things"] = torch.zeros(8, 19)
    senses["things"][:2, KNOWN] = torch.tensor([[1.0, 0.5, 0.8, 1.0, 0.1, 1.0], [2.0, 0.5, 0.0, 1.0, 0.1, 1.0]])
    gone = {**senses, "things": torch.zeros(8, 19)}
    model, change = mind.world_model, mind.perception.typical_change

    def rolls(latent: torch.Tensor, action: torch.Tensor, sight: object) -> torch.Tensor:
        assert latent.shape[:2] == (8, 2)  # each thing is looked at by itself
        mean = latent.expand(3, -1, -1, -1).clone()
        mean[:, 0, 1, 0] += 0.16 / change[1, 0]  # the first thing goes on at 0.8 m/s
        mean[0, 0, 1, 0] += 0.03 / change[1, 0]
        mean[:, 1, 1, 0] += 0.1 / change[1, 0]  # the second was at rest: nobody is there to move it
        return mean

    model.forward = rolls  # type: ignore[method-assign]
    assert mind.belief is not None
    mind.belief.squared_error[1] = 1e6  # going straight on was always wrong: the model alone is believed
    for step in range(1, 4):
        senses = mind.belief.update(model.predict_things, senses, gone)
        assert float(senses["things"][0, THINGS.x]) == pytest.approx(1.0 + step * 0.17, abs=1e-3)
        assert senses["things"][1, THINGS.position_xy].tolist() == [2.0, 0.5]
        assert float(mind.belief.position_std[0]) > float(mind.belief.position_std[1]) > 0.0
    assert not senses["things"][2:].any()


def test_whoever_was_right_about_what_was_seen_is_believed_about_what_is_not(world: World) -> None:
    mind = agent.Mind.born(world, seed=0, config=BELIEVING)
    assert mind.belief is not None
    senses = {name: torch.from_numpy(value).clone() for name, value in world.observe().items()}
    senses["things"][:, THINGS.velocity] = 0.0
    senses["things"][0, THINGS.vx] = 0.8  # rolls straight on, 0.16 m in a step; the newborn model knows nothing of it
    for _ in range(60):
        after = {name: value.clone() for name, value in senses.items()}
        after["things"][0, THINGS.x] += 0.16
        senses = mind.belief.update(mind.world_model.predict_things, senses, after)
    assert float(mind.belief.pace) == pytest.approx(0.2, abs=1e-3)
    assert float(mind.belief.squared_error[0, 0]) > 50 * float(mind.belief.squared_error[1, 0])
    start = float(senses["things"][0, THINGS.x])
    gone = {**senses, "things": senses["things"].clone()}
    gone["things"][0] = 0.0
    for _ in range(3):
        senses = mind.belief.update(mind.world_model.predict_things, senses, gone)
    assert float(senses["things"][0, THINGS.x]) == pytest.approx(start + 0.48, abs=0.03)


def test_nothing_is_learnt_from_what_was_only_believed() -> None:
    before, after = torch.zeros(2, 3, 19), torch.zeros(2, 3, 19)
    before[..., -1], after[..., -1] = 1.0, 1.0
    before[0, 1, -1] = after[1, 2, -1] = 0.8
    seen = seen_throughout(before, after)
    assert seen.tolist() == [[True, False, True], [True, True, False]]
    error = mask_unseen(torch.ones(4, 2, 5, 6), seen.float())
    assert error[0, :, :, 0].tolist() == [[1, 1, 0, 1, 1], [1, 1, 1, 0, 1]]
    after[..., 0] = 1.0
    moved = after - freeze_unseen({"things": before}, {"things": after})["things"]
    assert moved[..., 0].tolist() == [[1, 0, 1], [1, 1, 0]]


def test_a_life_with_beliefs_is_exact_and_goes_on_after_saving(tmp_path: Path) -> None:
    def lived(room: World, mind: agent.Mind, steps: int) -> list[tuple[list[float], float]]:
        return [(m.action.tolist(), m.surprise) for m in agent.live(room, mind, steps)]

    room = world()
    mind = agent.Mind.born(room, seed=0, config=BELIEVING)
    first = lived(room, mind, 24)
    mind.save(tmp_path / "mind")
    snapshot, tail = room.snapshot(), lived(room, mind, 4)
    room.restore(snapshot)
    loaded = agent.Mind.load(tmp_path / "mind")
    assert isinstance(loaded.belief, BeliefTracker)
    assert lived(room, loaded, 4) == tail
    again = world()
    assert lived(again, agent.Mind.born(again, seed=0, config=BELIEVING), 24) == first
    assert mind.memory.transitions == 28  # beliefs are remembered as they were held: no step is torn in two
    mind.begin_episode()
    assert not mind.belief.rows.any()  # type: ignore[union-attr]


def test_without_things_there_is_nothing_to_believe() -> None:
    with pytest.raises(UserError, match=r"model\.belief=True keeps things in mind"):
        agent.Mind.born(worlds.make("playroom", seed=0, senses=("body", "eye")), config=BELIEVING)
