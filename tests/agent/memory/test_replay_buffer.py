from pathlib import Path

import pytest
import torch

import agent
from agent.memory.replay_buffer import ReplayBuffer
from housecat.core.errors import UserError
from tests.agent.conftest import SMALL
from worlds.env import World


def filled(moments: int) -> ReplayBuffer:
    memory = ReplayBuffer({"body": torch.zeros(1)}, actions=1, costs=(), capacity=500)
    for i in range(moments):
        before, after = ({"body": torch.tensor([float(j)])} for j in (i, i + 1))
        memory.add(before, torch.zeros(1), after, {}, energy=1.0)
    return memory


def test_what_is_badly_predicted_is_drawn_more_often() -> None:
    memory, generator = filled(100), torch.Generator().manual_seed(0)
    memory.update_priorities(torch.arange(10), torch.full((10,), 81.0))
    drawn = memory.sample(4000, generator, prioritized_fraction=1.0).rows
    share = float((drawn < 10).float().mean())  # 10 of weight 9 among 90 of weight 1
    assert share == pytest.approx(0.5, abs=0.04)
    assert float((memory.sample(4000, generator, prioritized_fraction=0.0).rows < 10).float().mean()) == pytest.approx(
        0.1, abs=0.03
    )


@pytest.mark.parametrize("lived", [100, 1200])  # it keeps 500 moments
def test_the_oldest_of_a_memory_are_a_memory_of_their_own(lived: int) -> None:
    memory = ReplayBuffer({"body": torch.zeros(1)}, actions=1, costs=("pain",), capacity=500)
    for i in range(lived):
        before, after = ({"body": torch.tensor([float(j + 2000 * (i // 25))])} for j in (i, i + 1))  # lives of 25 steps
        memory.add(before, torch.tensor([i / lived]), after, {"pain": float(i % 7)}, energy=1.0 + i % 5)
    kept, part = memory.state_dict(), memory.truncated(40)
    assert (part.size, part.capacity, part.costs) == (40, memory.capacity, memory.costs)
    of_part = part.state_dict()
    assert kept.pop("costs") == of_part["costs"] == ["pain"]
    for name, value in kept.items():
        assert torch.equal(of_part[name][:39], value[:39]), name
    assert part.transitions == int(kept["linked"][:39].sum()) < 39  # a life ends among them; the last leads nowhere
    part.add({"body": torch.ones(1)}, torch.ones(1), {"body": torch.ones(1)}, {})
    assert all(torch.equal(kept[name], value) for name, value in memory.state_dict().items() if name in kept)
    assert memory.truncated(0).transitions == 0


def test_curious_replay_draws_what_it_has_never_drawn() -> None:
    memory, generator = filled(100), torch.Generator().manual_seed(0)
    for _ in range(30):
        memory.sample(100, generator, prioritized_fraction=1.0, priority="curious")
    for i in range(100, 110):
        memory.add({"body": torch.tensor([float(i)])}, torch.zeros(1), {"body": torch.tensor([i + 1.0])}, {})
    new = memory.sample(200, generator, prioritized_fraction=1.0, priority="curious").rows >= 100
    assert float(new.float().mean()) > 0.9
    # All have been drawn by now: what is badly predicted comes first.
    memory.visits.fill_(1000)
    memory.update_priorities(torch.arange(5), torch.full((5,), 1e4))
    assert (
        float((memory.sample(200, generator, prioritized_fraction=1.0, priority="curious").rows < 5).float().mean())
        > 0.9
    )


def test_a_life_with_curious_replay_goes_on_bit_for_bit_after_saving(world: World, tmp_path: Path) -> None:
    mind = agent.Mind.born(world, seed=0, config=SMALL.updated({"training.priority": "curious"}))
    list(agent.live(world, mind, 30))
    mind.save(tmp_path / "mind")
    again, snapshot = agent.Mind.load(tmp_path / "mind"), world.snapshot()
    assert torch.equal(again.memory.visits[:30], mind.memory.visits[:30])
    assert mind.memory.visits.any()
    first = [m.action.tolist() for m in agent.live(world, mind, 5)]
    world.restore(snapshot)
    assert [m.action.tolist() for m in agent.live(world, again, 5)] == first


def test_an_unknown_priority_is_named_with_those_there_are() -> None:
    with pytest.raises(UserError, match="curious"):
        SMALL.updated({"training.priority": "curios"})


def test_a_memory_that_is_cut_short_keeps_the_burn_that_it_was_taught_by() -> None:
    memory = ReplayBuffer({"body": torch.zeros(1)}, actions=1, costs=("pain", "hunger"), capacity=500)
    for i in range(300):
        before, after = ({"body": torch.tensor([float(j)])} for j in (i, i + 1))
        memory.add(before, torch.zeros(1), after, {"pain": 5.0 * (40 <= i < 43), "hunger": 0.1 + 0.001 * i})
    kept = memory.state_dict(60)
    again = ReplayBuffer({"body": torch.zeros(1)}, actions=1, costs=("pain", "hunger"), capacity=500)
    again.load_state_dict(kept)
    assert again.size <= 60
    at = again.senses["body"][: again.size].squeeze(-1)
    assert {40.0, 41.0, 42.0, 43.0} <= set(at.tolist())
    assert at[-54:].tolist() == [float(i) for i in range(247, 301)]
    follows = again.linked[: again.size - 1]
    assert torch.equal(at[1:][follows], at[:-1][follows] + 1.0)  # nothing is joined that was not
    assert int(follows.sum()) >= 53 + 3


def test_a_memory_that_is_whole_is_kept_as_it_is() -> None:
    memory = filled(100)
    assert torch.equal(memory.state_dict()["linked"], memory.linked[:101])
    assert torch.equal(memory.state_dict(101)["obs.body"], memory.senses["body"][:101, :])
