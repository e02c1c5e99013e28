"""Sleep settles what was learnt, and leaves all else as it was."""

from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
import torch

import worlds
from agent import Mind, MindConfig, live
from agent.consolidation import train_offline
from housecat.core.errors import UserError


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    world = worlds.make("playroom", seed=5, frames_per_step=1)
    mind = Mind.born(
        world,
        seed=5,
        config=MindConfig.of({"training.warmup_steps": 90, "model.hidden_size": 16, "training.batch_size": 16}),
    )
    for _ in live(world, mind, 90):
        pass
    world.close()
    mind.save(path := tmp_path_factory.mktemp("lived") / "mind")
    return path


@pytest.fixture
def mind(kept: Path) -> Mind:
    return Mind.load(kept)


def _rates(mind: Mind) -> list[float]:
    return [group["lr"] for optimizer in mind.optimizers.values() for group in optimizer.param_groups]


def test_step_sizes_fall_to_zero_and_are_as_before_afterwards(mind: Mind) -> None:
    usual, rates, moved = _rates(mind), [], []
    weights = torch.nn.utils.parameters_to_vector(mind.world_model.dynamics_parameters)
    for losses in train_offline(mind, 20):
        assert losses
        rates.append(_rates(mind))
        now = torch.nn.utils.parameters_to_vector(mind.world_model.dynamics_parameters)
        moved.append(float((now - weights).detach().norm()))
        weights = now
    assert rates[0] == usual
    assert all(late < early for early, late in pairwise(rates))
    assert 0.0 < moved[-1] < 0.1 * moved[0]
    assert _rates(mind) == usual
    assert mind.steps == 90


def test_broken_off_early_step_sizes_are_as_before(mind: Mind) -> None:
    usual, training = _rates(mind), train_offline(mind, 10)
    for _ in range(6):
        next(training)
    training.close()
    assert _rates(mind) == usual


def test_where_there_is_nothing_to_learn_from_no_update_is_made() -> None:
    mind = Mind.born(worlds.make("playroom", seed=5), seed=5)
    before = [p.clone() for p in mind.parameters()]
    assert list(train_offline(mind, 3)) == [{}, {}, {}]
    assert all(torch.equal(a, b) for a, b in zip(before, mind.parameters(), strict=True))


def test_what_is_to_be_learnt_can_be_chosen() -> None:
    mind, rates = Mind.born(worlds.make("playroom", seed=5), seed=5), list[float]()

    def lesson() -> dict[str, float]:
        rates.append(_rates(mind)[0])
        return {"policy.mode": 1.0}

    before = [p.clone() for p in mind.parameters()]
    assert list(train_offline(mind, 4, lesson)) == [{"policy.mode": 1.0}] * 4
    assert rates[0] == _rates(mind)[0]
    assert all(late < early for early, late in pairwise(rates))
    assert all(torch.equal(a, b) for a, b in zip(before, mind.parameters(), strict=True))


@pytest.mark.parametrize("broken_off", [False, True])
def test_batches_are_mirrored_offline_alone(mind: Mind, kept: Path, broken_off: bool) -> None:
    assert mind.trainer.symmetry is None
    training = train_offline(mind, 2, symmetric=True)
    first = next(training)
    assert mind.trainer.symmetry is mind.symmetry is not None
    assert first != next(train_offline(Mind.load(kept), 2))
    if broken_off:
        training.close()
    else:
        assert list(training)
    assert mind.trainer.symmetry is None


def test_a_body_without_symmetry_is_refused() -> None:
    mind = Mind.load("kitten")  # it has met no world yet
    with pytest.raises(UserError, match="have no mirror"):
        next(train_offline(mind, 2, symmetric=True))


def test_the_critic_may_be_trained_alone(mind: Mind) -> None:
    before = {name: value.clone() for name, value in mind.state_dict().items()}
    losses = list(train_offline(mind, 4, lambda: mind.trainer.train_critic(mind.memory, mind.generator)))
    changed = {name for name, value in mind.state_dict().items() if not torch.equal(value, before[name])}
    assert [*map(set, losses)] == [{"critic"}] * 4
    assert changed == {name for name in before if name.startswith(("critic.net", "critic.target"))}


def test_alone_too_the_critic_may_see_a_life_in_a_mirror(mind: Mind, kept: Path) -> None:
    plain = Mind.load(kept)
    first, mirrored = (
        next(train_offline(m, 2, partial(m.trainer.train_critic, m.memory, m.generator), symmetric=m is mind))
        for m in (plain, mind)
    )
    assert first != mirrored


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_alone_the_critic_learns(mind: Mind, seed: int) -> None:
    drawn, fear = mind.generator.clone_state(), mind.trainer.critic_optimizer

    def loss() -> float:
        """On the same moments each time."""
        usual = [group["lr"] for group in fear.param_groups]
        for group in fear.param_groups:
            group["lr"] = 0.0
        loss = mind.trainer.train_critic(mind.memory, drawn.clone_state())["critic"]
        for group, rate in zip(fear.param_groups, usual, strict=True):
            group["lr"] = rate
        return loss

    mind.generator.manual_seed(seed)
    untaught = loss()
    for _ in train_offline(mind, 60, partial(mind.trainer.train_critic, mind.memory, mind.generator)):
        pass
    assert loss() < untaught


@pytest.mark.parametrize("scarce", ["nothing lived", "no updates"])
def test_a_critic_that_has_nothing_to_learn_from_is_not_updated(mind: Mind, scarce: str) -> None:
    if scarce == "no updates":
        mind.trainer.config = mind.config.updated({"training.updates_per_step": 0})
    memory = mind.memory.truncated(0 if scarce == "nothing lived" else mind.memory.size)
    assert list(train_offline(mind, 2, lambda: mind.trainer.train_critic(memory, mind.generator))) == [{}, {}]
