"""A mind with wider nets keeps what was lived, and what does not depend on the width."""

import torch

import agent
import worlds
from agent.transfer import transfer
from tests.agent.conftest import SMALL
from worlds import World


def test_a_wider_mind_remembers_all_and_keeps_perception_critic_and_weights(world: World, mind: agent.Mind) -> None:
    mind.mixture.set_weight("pain", 3.0)
    for _ in agent.live(world, mind, 40):
        pass
    wide = transfer(mind, world, 24)
    assert (wide.config.model.hidden_size, wide.steps) == (24, 40)
    kept, again = mind.memory.state_dict(), wide.memory.state_dict()
    assert kept.pop("costs") == again.pop("costs")
    assert all(torch.equal(again[name], value) for name, value in kept.items())
    for part, other in ((wide.perception, mind.perception), (wide.critic, mind.critic)):
        assert all(
            torch.equal(a, b) for a, b in zip(part.state_dict().values(), other.state_dict().values(), strict=True)
        )
    assert wide.mixture.weights == mind.mixture.weights
    assert wide.world_model.pair_net.weights[1].shape[-1] == 24
    assert mind.config.model.hidden_size == SMALL.model.hidden_size
    assert next(iter(agent.live(world, wide, 1))).losses


def test_a_mind_may_be_regrown_to_see_what_lies_beside_things(world: World, mind: agent.Mind) -> None:
    for _ in agent.live(world, mind, 40):
        pass
    sharp = transfer(mind, world, SMALL.model.hidden_size, neighbor_features=True)
    assert sharp.config == SMALL.updated({"model.neighbor_features": True})
    assert sharp.world_model.pair_size == mind.world_model.pair_size + 4 + mind.perception.appearance_size
    assert [moment.thought.mode for moment in agent.live(world, sharp, 2)] == ["plan", "plan"]
    assert transfer(sharp, world, 24).config.model.neighbor_features


def test_a_mind_that_has_met_more_things_is_regrown_among_fewer() -> None:
    wide = worlds.make("playroom", seed=11, extras="all")
    mind = agent.Mind.born(wide, seed=11, config=SMALL)
    for _ in agent.live(wide, mind, 20):
        pass
    world = worlds.make("playroom", seed=11)
    again = transfer(mind, world, 24)
    assert len(again.memory.senses["things"][0]) == len(wide.things) > len(world.things)
    assert all(moment.thought.mode == "plan" for moment in agent.live(world, again, 2))
