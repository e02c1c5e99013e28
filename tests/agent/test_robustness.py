"""What must not end a life or spoil a mind."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch

import agent
import worlds
from agent.actor.planners import ICEM
from agent.critic.emotions import Emotions
from agent.memory.replay_buffer import ReplayBuffer
from housecat.core.errors import UserError
from tests.agent.conftest import SMALL
from worlds import Event, Meal, Place, Poke
from worlds.env import World

HEAD = "import torch\nfrom intrinsic import Objective\n"


def drive(folder: Path, name: str, body: str) -> str:
    path = folder / f"{name.lower()}.py"
    path.write_text(f"{HEAD}class {name}(Objective):\n" + "".join(f"    {line}\n" for line in body.splitlines()))
    return f"{path}:{name}"


def test_a_plug_in_whose_gradient_is_nan_is_muted_and_spoils_nothing(world: World, tmp_path: Path) -> None:
    spec = drive(
        tmp_path,
        "Broken",
        "reads = frozenset({'senses.vitals'})\n"
        "def __init__(self):\n"
        "    super().__init__()\n"
        "    self.p = torch.nn.Parameter(torch.zeros(2))\n"
        "def cost(self, view, memory=None):\n"
        "    return view['senses.vitals'][..., 0] + self.p.sum()\n"
        "def loss(self, view):\n"
        "    return (self.p ** 2).sum().sqrt()",
    )
    mind = agent.Mind.born(world, {"disagreement": 1.0, "pain": 1.0, spec: 1.0}, seed=0, config=SMALL)
    list(agent.live(world, mind, 40))
    assert "gradient" in mind.mixture.muted["Broken"]
    assert all(torch.isfinite(p).all() for p in mind.parameters())


def test_what_costs_the_same_everywhere_decides_nothing(world: World, tmp_path: Path) -> None:
    spec = drive(
        tmp_path,
        "Constant",
        "reads = frozenset({'action'})\n"
        "def cost(self, view, memory=None):\n"
        "    return torch.ones_like(view['action'][..., 0])",
    )
    mind = agent.Mind.born(world, {"disagreement": 1.0, spec: 1.0}, seed=0, config=SMALL)
    moments = list(agent.live(world, mind, 100))
    assert moments[-1].costs["Constant"] < 50


def test_a_plug_in_that_fails_while_planning_is_named(world: World, tmp_path: Path) -> None:
    spec = drive(
        tmp_path,
        "Shy",
        "reads = frozenset({'action'})\n"
        "unit = 1.0\n"
        "def cost(self, view, memory=None):\n"
        "    if view['action'].dim() == 3 and view['action'].shape[1] > 3:\n"
        "        raise RuntimeError('so many')\n"
        "    return view['action'][..., 0]",
    )
    mind = agent.Mind.born(world, {"disagreement": 1.0, spec: 1.0}, seed=0, config=SMALL)
    life = list(agent.live(world, mind, 25))
    assert [e["objective"] for m in life for e in m.events if e["event"] == "muted"] == ["Shy"]
    assert "critic.Shy" not in life[-1].thought.plans[0].costs


def test_a_future_that_breaks_the_model_is_never_chosen() -> None:
    search = ICEM(horizon=4, action_size=1, samples=16, iterations=2, num_elites=4, beta=1.0)

    def evaluate(plans: torch.Tensor) -> torch.Tensor:
        costs = plans.sum((0, 2))
        costs[0], costs[1] = -math.inf, math.nan
        return costs

    plans, costs = search.plan(evaluate, torch.Generator().manual_seed(0))
    assert costs[:2].isinf().all()
    assert plans.isfinite().all()
    assert search.mean.isfinite().all()


def test_emotions_survive_what_is_not_a_number() -> None:
    feelings = Emotions()
    feelings.update(math.nan, math.inf, math.nan, math.inf, math.nan, -math.inf)
    assert all(0.0 <= v <= 1.0 for v in feelings.update(0.1, 0.0, 1.0, 1.0, 0.1, 0.1).values())


@pytest.mark.parametrize(
    "make",
    [
        lambda: Poke("red ball", (math.nan, 0.0, 0.0)),
        lambda: Poke("red ball", (1.0, 0.0)),  # type: ignore[arg-type]
        lambda: Place("kitten", (math.inf, 0.0)),
        lambda: Meal(math.nan),
        lambda: Meal("much"),  # type: ignore[arg-type]
    ],
)
def test_events_that_are_no_numbers_are_refused(make) -> None:
    with pytest.raises(UserError, match="finite number"):
        make()


def test_an_event_for_nobody_is_noted_and_life_goes_on(world: World, mind: agent.Mind) -> None:
    def events(step: int) -> list[Event]:
        return [Poke("red bal", (0.1, 0.0, 0.0))] if step == 1 else []

    life = list(agent.live(world, mind, 3, events))
    refused = [e for m in life for e in m.events if e["event"] == "refused"]
    assert len(life) == 3
    assert "red ball" in refused[0]["error"]


def test_a_mind_sees_what_was_done_before_it_acts_and_learns_no_teleport(world: World, mind: agent.Mind) -> None:
    far = tuple(-np.sign(world.truth()["things.position"][0, :2]) * 2.0)
    life = list(agent.live(world, mind, 4, lambda step: [Place("red ball", far)] if step == 2 else []))
    assert mind.memory.transitions == len(life)
    assert mind.memory.size == len(life) + 2  # two stretches: the jump links nothing


def test_pure_curiosity_has_no_drives_and_still_lives_and_loads(world: World, tmp_path: Path) -> None:
    mind = agent.Mind.born(world, {"disagreement": 1.0}, seed=0, config=SMALL)
    life = list(agent.live(world, mind, 40))
    assert all(math.isfinite(v) for v in life[-1].losses.values())
    mind.save(tmp_path / "curious", memory=30)
    other = agent.Mind.load(tmp_path / "curious", {"disagreement": 1.0, "pain": 2.0})
    assert other.drives == ("pain",)
    assert other.mixture.scales["disagreement"] == mind.mixture.scales["disagreement"]


def test_a_critics_rows_follow_their_drives(world: World, mind: agent.Mind, tmp_path: Path) -> None:
    list(agent.live(world, mind, 40))
    mind.save(tmp_path / "mind", memory=30)
    swapped = agent.Mind.load(tmp_path / "mind", {"hunger": 1.0, "pain": 1.0})
    assert (mind.drives, swapped.drives) == (("pain", "hunger"), ("hunger", "pain"))
    ours, theirs = (who.critic.net.head[-1].bias.view(2, -1) for who in (mind, swapped))
    assert theirs[0].equal(ours[1])
    assert theirs[1].equal(ours[0])


def test_an_episodic_memory_is_saved_with_the_mind(world: World, tmp_path: Path) -> None:
    spec = drive(
        tmp_path,
        "Counts",
        "reads = frozenset({'action'})\n"
        "memory = 'episode'\n"
        "unit = 1.0\n"
        "def begin(self, lead):\n"
        "    return {'n': torch.zeros(lead)}\n"
        "def remember(self, memory, view):\n"
        "    return {'n': memory['n'] + 1}\n"
        "def cost(self, view, memory=None):\n"
        "    return memory['n']",
    )
    mind = agent.Mind.born(world, {spec: 1.0}, seed=0, config=SMALL)
    list(agent.live(world, mind, 7))
    mind.save(tmp_path / "mind")
    loaded = agent.Mind.load(tmp_path / "mind")
    assert [m.costs["Counts"] for m in agent.live(world, loaded, 2)] == [7.0, 8.0]
    loaded.begin_episode()
    assert [m.costs["Counts"] for m in agent.live(world, loaded, 1)] == [0.0]


def test_a_memory_that_went_round_draws_the_same_after_loading() -> None:
    memory, copy = (ReplayBuffer({"body": torch.zeros(1)}, 1, ("pain",), capacity=10) for _ in range(2))
    for i in range(25):
        memory.add(
            {"body": torch.tensor([float(i)])}, torch.zeros(1), {"body": torch.tensor([i + 1.0])}, {"pain": math.inf}
        )
    copy.load_state_dict(memory.state_dict())
    drawn = [m.sample(50, torch.Generator().manual_seed(3)) for m in (memory, copy)]
    assert torch.equal(drawn[0][0]["body"], drawn[1][0]["body"])
    assert not drawn[0][3].any()  # a cost that is not finite counts nothing


def test_a_critic_expects_no_less_than_was_ever_lived(mind: agent.Mind, world: World) -> None:
    list(agent.live(world, mind, 30))
    with torch.no_grad():
        mind.critic.net.head[-1].bias.fill_(-100.0)
    senses = {name: torch.from_numpy(value) for name, value in world.observe().items()}
    latent = mind.perception(senses)[:6]
    ego = mind.world_model.ego_features_of(latent[None], mind.perception.appearance(senses)[:5][None])
    assert (mind.critic.expected_cost(ego) >= 0.0).all()


def test_the_error_says_what_of_a_mind_and_a_world_does_not_fit(mind: agent.Mind) -> None:
    blind = worlds.make("playroom", seed=0, senses=("body",))
    with pytest.raises(UserError, match="Take a newborn"):
        next(agent.live(blind, mind, 1))


@pytest.mark.parametrize(
    "change",
    [
        {"planner.elites": 1},
        {"model.ensemble_size": 1},
        {"threads": 0},
        {"training.learning_rate": -1.0},
        {"training.batch_size": 500},
    ],
)
def test_settings_that_cannot_work_are_refused(change: dict) -> None:
    with pytest.raises(UserError):
        SMALL.updated({**change})
