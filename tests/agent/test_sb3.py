"""Objectives as rewards of Stable-Baselines3's algorithms."""

from __future__ import annotations

import csv
import pickle
from types import SimpleNamespace

import gymnasium
import numpy as np
import pytest
import torch
from gymnasium import spaces
from stable_baselines3 import A2C, DQN, PPO, SAC, TD3
from stable_baselines3.common.buffers import DictReplayBuffer, ReplayBuffer
from stable_baselines3.common.logger import configure
from stable_baselines3.common.monitor import Monitor
from stable_baselines3.common.vec_env import DummyVecEnv, VecNormalize

from agent.sb3 import IntrinsicReward
from intrinsic import Mixture, Objective
from usererror import UserError

LIFE_AND_STEP = spaces.Box(-1e6, 1e6, (2,))
NOVELTY = "examples/novelty.py:Novelty"
BOX, IMAGE = spaces.Box(-2.0, 2.0, (3,)), spaces.Box(0, 255, (3, 36, 36), np.uint8)
OBS = {
    "vector": BOX,
    "image": IMAGE,
    "dict": spaces.Dict({"body": BOX, "eye": IMAGE, "mood": spaces.Discrete(3)}),
}
ACTIONS = {
    "discrete": spaces.Discrete(4),
    "multi": spaces.MultiDiscrete([2, 3]),
    "box": spaces.Box(-np.array([1.0, 3.0], np.float32), np.array([1.0, 5.0], np.float32)),
}


class Counting(gymnasium.Env):
    """Observations tell the number of the life and the step in it; every `length` steps a life ends."""

    def __init__(self, observation_space=LIFE_AND_STEP, action_space=ACTIONS["discrete"], length=5):
        self.observation_space, self.action_space, self.length = observation_space, action_space, length
        self.life, self.now, self.steps = -1, 0, 0

    def _obs(self):
        if self.observation_space.shape == (2,):
            return np.array([self.life, self.now], np.float32)
        return self.observation_space.sample()

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.life, self.now = self.life + 1, 0
        self.observation_space.seed(self.life)
        return self._obs(), {}

    def step(self, action):
        self.now += 1
        self.steps += 1
        return self._obs(), 2.0, False, self.now == self.length, {}


class Watching(Objective):
    """Costs what is in its `price`, and notes what it observes."""

    reads = frozenset({"senses.obs", "senses.obs.before", "action"})
    unit = 1.0

    def __init__(self, price=lambda view: -view["senses.obs"][..., 1]):
        super().__init__()
        self.price, self.seen = price, []

    def cost(self, view, memory=None):
        return self.price(view)

    def observe(self, view, memory=None):
        rows = torch.cat([view["senses.obs.before"], view["senses.obs"]], -1)
        self.seen += rows.flatten(0, -2).tolist()


class Early(Objective):
    """Rewards the first three steps of an episode: what it remembers is how many there were."""

    reads = frozenset({"action"})
    memory = "episode"
    unit = 1.0

    def begin(self, lead):
        return {"steps": torch.zeros(lead)}

    def remember(self, memory, view):
        return {"steps": memory["steps"] + 1.0}

    def cost(self, view, memory=None):
        return -(memory["steps"] < 3.0).float()


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)


def ppo(env, **options):
    return made(PPO, env, **{"n_steps": 16, "batch_size": 16, **options})


def envs(count=2, **options):
    return DummyVecEnv([lambda: Counting(**options) for _ in range(count)])


def made(algorithm, env, **options):
    """Makes a small model that learns soon."""
    soon = {PPO: {"n_steps": 8, "batch_size": 8, "n_epochs": 1}, A2C: {"n_steps": 4}}
    later = {"learning_starts": 8, "train_freq": 4, "batch_size": 8, "buffer_size": 64}
    small = {"net_arch": [8]}
    policy = "MlpPolicy"
    if isinstance(env.observation_space, spaces.Dict):
        policy, small["features_extractor_kwargs"] = "MultiInputPolicy", {"cnn_output_dim": 8}
    return algorithm(policy, env, seed=0, device="cpu", policy_kwargs=small, **soon.get(algorithm, later) | options)


def rollouts(model):
    """Returns the list that copies of the model's rollouts go into, as it is about to learn from each."""
    kept = []

    def note():
        buffer = model.rollout_buffer
        kept.append(SimpleNamespace(rewards=buffer.rewards.copy(), returns=buffer.returns.copy()))

    model.train = note
    return kept


def failing(method):
    """Returns an objective that keeps the contract until its `method` is called for the seventh time."""
    calls = []

    class Bad(Early):
        memory = "episode" if method == "remember" else "none"

        def __init__(self):
            super().__init__()
            self.weight = torch.nn.Parameter(torch.zeros(()))

        def cost(self, view, memory=None):
            return torch.zeros(view["action"].shape[:-1])

    fine = getattr(Bad, method)

    def late(self, *given):
        calls.append(method)
        if len(calls) > 6:
            raise ZeroDivisionError("late")
        return fine(self, *given)

    setattr(Bad, method, late)
    return Bad()


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("obs", OBS)
@pytest.mark.parametrize("algorithm", [PPO, A2C, DQN, SAC, TD3])
def test_every_algorithm_learns_with_every_observation_and_action_it_takes(algorithm, obs, action):
    if (algorithm is DQN and action != "discrete") or (algorithm in (SAC, TD3) and action != "box"):
        with pytest.raises(AssertionError, match="only supports"):
            made(algorithm, Counting(action_space=ACTIONS[action]))
        return
    model = made(algorithm, envs(observation_space=OBS[obs], action_space=ACTIONS[action]))
    intrinsic = IntrinsicReward({NOVELTY: 1.0, "disagreement": 0.5}, batch=16)
    model.learn(24, intrinsic)
    assert all(np.isfinite(scale) and scale != 1.0 for scale in intrinsic.mixture.scales.values())


def test_constructing_takes_no_step_of_the_environment():
    env = Counting()
    ppo(env)
    IntrinsicReward({"disagreement": 1.0})
    assert env.steps == 0


def test_rollouts_hold_both_rewards_and_returns_follow_from_both():
    model = ppo(envs(length=5), gamma=0.5, gae_lambda=1.0)
    kept = rollouts(model)
    model.learn(32, IntrinsicReward({Watching(): 1.0}))
    step = np.arange(16) % 5 + 1
    added = kept[0].rewards - (2.0 + step)[:, None]
    assert np.allclose(added[step < 5], 0.0, atol=1e-5)
    assert (np.abs(added[step == 5]) > 1e-4).all()  # there the algorithm adds what a future cut off would be worth
    discounted = np.zeros(2)
    for t in reversed(range(5)):  # the first episode, which ended within the rollout
        discounted = kept[0].rewards[t] + 0.5 * discounted
    assert np.allclose(kept[0].returns[0], discounted, atol=1e-4)


def test_extrinsic_zero_leaves_curiosity_alone():
    model = ppo(envs())
    kept = rollouts(model)
    model.learn(32, IntrinsicReward({Watching(): 0.25}, extrinsic=0.0))
    assert np.allclose(kept[0].rewards[:4, 0], [0.25, 0.5, 0.75, 1.0], atol=1e-5)


@pytest.mark.parametrize("algorithm", [PPO, DQN])
def test_each_lived_transition_is_observed_once_with_its_true_end(algorithm):
    watching = Watching()
    made(algorithm, envs(2, length=5)).learn(48, IntrinsicReward({watching: 1.0}))
    for row in watching.seen:
        life, step, then_life, then_step = row
        assert (then_life, then_step) == (life, step + 1)  # never the beginning of the next life
    assert len(watching.seen) == 48
    rows = [tuple(row) for row in watching.seen]
    assert all(rows.count(row) == 2 for row in set(rows))  # once for each of the two environments


def test_replayed_transitions_are_judged_anew_and_the_buffer_keeps_the_environments_rewards():
    watching = Watching()
    model = made(DQN, envs(), gradient_steps=0)
    model.learn(40, IntrinsicReward({watching: 1.0}))
    before = model.replay_buffer.sample(32)
    assert torch.allclose(before.rewards[:, 0], 2.0 + before.next_observations[:, 1])
    watching.price = lambda view: torch.zeros(view["action"].shape[:-1])  # no longer new
    assert (model.replay_buffer.sample(32).rewards == 2.0).all()
    assert (model.replay_buffer.rewards[: model.replay_buffer.pos] == 2.0).all()


def test_on_policy_episodic_memories_begin_with_each_episode_of_each_environment():
    model = made(PPO, DummyVecEnv([lambda: Counting(length=5), lambda: Counting(length=7)]))
    kept = rollouts(model)
    model.learn(16, IntrinsicReward({Early(): 1.0}, extrinsic=0.0))
    early = kept[0].rewards > 0.9
    assert early[:, 0].tolist() == [True] * 3 + [False] * 2 + [True] * 3
    assert early[:, 1].tolist() == [True] * 3 + [False] * 4 + [True]


def test_off_policy_what_needs_an_episodic_memory_keeps_the_judgement_of_the_moment():
    model = made(DQN, DummyVecEnv([lambda: Counting(length=5), lambda: Counting(length=7)]), buffer_size=40)
    model.learn(120, IntrinsicReward({Early(): 1.0}, extrinsic=0.0))  # the buffer goes round three times
    sample = model.replay_buffer.sample(64)
    assert torch.equal(sample.rewards[:, 0], (sample.observations[:, 1] < 3).float())


def test_memories_go_on_when_learning_goes_on():
    model, early = ppo(envs(1, length=100), n_steps=2, batch_size=2), Early()
    intrinsic = IntrinsicReward({early: 1.0})
    model.learn(2, intrinsic)
    model.learn(4, intrinsic, reset_num_timesteps=False)
    assert intrinsic.host._memories["Early"]["steps"].tolist() == [6.0]
    model.learn(2, intrinsic)
    assert intrinsic.host._memories["Early"]["steps"].tolist() == [2.0]


@pytest.mark.parametrize("algorithm", [PPO, SAC])
def test_without_weight_an_algorithm_learns_bit_for_bit_as_alone(algorithm):
    def learnt(callback):
        model = made(algorithm, envs(action_space=ACTIONS["box"]))
        model.learn(40, callback)
        return [p.detach().clone() for p in model.policy.parameters()]

    alone, beside = learnt(None), learnt(IntrinsicReward({NOVELTY: 0.0, "disagreement": 0.0}))
    assert all(torch.equal(a, b) for a, b in zip(alone, beside, strict=True))


def test_the_same_seed_gives_the_same_learning_and_another_another():
    def learnt(seed):
        model = made(PPO, envs())
        intrinsic = IntrinsicReward({NOVELTY: 1.0, "disagreement": 1.0}, seed=seed)
        model.learn(32, intrinsic)
        return torch.cat([p.detach().flatten() for p in (*model.policy.parameters(), *intrinsic.host.parameters())])

    first = learnt(0)
    assert torch.equal(first, learnt(0))
    assert not torch.equal(first, learnt(1))


@pytest.mark.parametrize("algorithm", [PPO, A2C, DQN, SAC, TD3])
@pytest.mark.parametrize("method", ["cost", "observe", "loss", "remember"])
def test_whatever_an_objective_raises_learn_raises(algorithm, method):
    env = envs(action_space=ACTIONS["discrete" if algorithm is DQN else "box"])
    with pytest.raises(UserError, match=r"objective 'Bad': .*ZeroDivisionError: late") as caught:
        made(algorithm, env).learn(200, IntrinsicReward({failing(method): 1.0}))
    assert isinstance(caught.value.__cause__.__cause__, ZeroDivisionError)


def test_a_gradient_that_is_not_finite_raises():
    class Steep(Objective):
        reads = frozenset({"action"})

        def __init__(self):
            super().__init__()
            self.weight = torch.nn.Parameter(torch.zeros(()))

        def cost(self, view, memory=None):
            return view["action"].sum(-1)

        def loss(self, view):
            return self.weight.sqrt()

    with pytest.raises(UserError, match=r"loss of 'Steep' has a gradient of nan or infinity"):
        ppo(envs()).learn(32, IntrinsicReward({Steep(): 1.0}))


def test_a_reward_that_is_not_finite_raises():
    class Doubtful(Counting):
        def _obs(self):
            return np.array([0.0, np.nan if self.steps > 20 else 1.0], np.float32)

    watching = Watching(price=lambda view: view["senses.obs"][..., 1])
    with pytest.raises(UserError, match="objective 'Watching' rewards with nan or infinity"):
        made(DQN, Doubtful()).learn(64, IntrinsicReward({watching: 1.0}))


def test_what_is_not_offered_is_said_before_the_first_step():
    env = Counting()
    with pytest.raises(UserError, match=r"'pain' reads senses\.vitals, which .* not offer\. Offered: action"):
        made(PPO, env).learn(32, IntrinsicReward({"pain": 1.0}))
    assert env.steps == 0


def test_a_memory_that_grows_is_told_what_to_do():
    class Hoarder(Early):
        def begin(self, lead):
            return torch.zeros(*lead, 1)

        def remember(self, memory, view):
            return torch.cat([memory, memory[..., :1]], -1)

        def cost(self, view, memory=None):
            return memory.sum(-1)

    with pytest.raises(UserError, match=r"keeps a memory that grows.*give it a fixed size"):
        ppo(envs()).learn(32, IntrinsicReward({Hoarder(): 1.0}))


@pytest.mark.parametrize("algorithm", [PPO, DQN])
def test_objectives_see_the_environments_units_behind_a_normalizer(algorithm):
    watching, env = Watching(), VecNormalize(envs(2, length=5))
    model = made(algorithm, env)
    model.learn(48, IntrinsicReward({watching: 1.0}))
    assert len(watching.seen) == 48
    assert all(after == pytest.approx(before + 1, abs=1e-4) for _, before, _, after in watching.seen)
    if algorithm is DQN:
        sample = model.replay_buffer.sample(32, env)
        steps = env.unnormalize_obs(sample.next_observations.numpy())[:, 1]
        assert np.allclose(sample.rewards[:, 0].numpy() - env.normalize_reward(np.full(32, 2.0)), steps, atol=1e-3)


@pytest.mark.parametrize("algorithm", [PPO, DQN])
def test_logs_keep_intrinsic_and_extrinsic_apart(algorithm, tmp_path):
    model = made(algorithm, Monitor(Counting(length=5)))
    model.set_logger(configure(str(tmp_path), ["csv"]))
    model.learn(40, IntrinsicReward({Watching(): 0.5, NOVELTY: 1.0}), log_interval=1)
    logged = {k: float(v) for row in csv.DictReader((tmp_path / "progress.csv").open()) for k, v in row.items() if v}
    assert logged["rollout/ep_rew_mean"] == 10.0
    assert logged["extrinsic/reward"] == 2.0
    assert logged["intrinsic/Watching"] == pytest.approx(1.5, abs=0.3)  # half of 1 to 5, on average
    assert logged["intrinsic/total"] == pytest.approx(logged["intrinsic/Watching"] + logged["intrinsic/Novelty"])
    assert logged["intrinsic_loss/Novelty"] > 0.0


def test_weights_may_change_while_it_learns():
    mixture = Mixture({Watching(): 1.0})
    model = ppo(envs(1, length=100))
    kept = rollouts(model)
    intrinsic = IntrinsicReward(mixture)
    model.learn(16, intrinsic)
    mixture.set_weight("Watching", 0.0)
    model.learn(16, intrinsic)
    assert kept[0].rewards[3, 0] == pytest.approx(2.0 + 4.0)
    assert (kept[1].rewards == 2.0).all()


def test_a_saved_buffer_is_a_plain_one(tmp_path):
    for obs, kind in (("vector", ReplayBuffer), ("dict", DictReplayBuffer)):
        model = made(DQN, envs(observation_space=OBS[obs]))
        model.learn(24, IntrinsicReward({"disagreement": 1.0}))
        model.save_replay_buffer(tmp_path / "buffer")
        saved = pickle.loads((tmp_path / "buffer.pkl").read_bytes())
        assert type(saved) is kind
        assert np.array_equal(saved.rewards, model.replay_buffer.rewards)
        saved.sample(4)


def test_a_buffer_that_cannot_be_judged_says_what_to_leave_out():
    class Own(ReplayBuffer):
        pass

    model = made(DQN, envs(), replay_buffer_class=Own)
    with pytest.raises(UserError, match=r"the replay buffer is a Own.*leave out replay_buffer_class"):
        model.learn(24, IntrinsicReward({"disagreement": 1.0}))


def test_objectives_do_not_move_to_another_kind_of_environment():
    intrinsic = IntrinsicReward({"disagreement": 1.0})
    ppo(envs()).learn(32, intrinsic)
    ppo(envs()).learn(32, intrinsic)  # the same kind: curiosity is taken along
    with pytest.raises(UserError, match="have lived in other environments"):
        ppo(envs(observation_space=BOX)).learn(32, intrinsic)


def test_what_objectives_learnt_is_saved_and_gone_on_with_exactly(tmp_path):
    def learn(intrinsic):
        made(PPO, envs()).learn(32, intrinsic)
        return {key: value.clone() for key, value in intrinsic.host.state_dict().items()}

    file, objectives = tmp_path / "new folder" / "curiosity", {NOVELTY: 1.0, "disagreement": 0.5}
    first = IntrinsicReward(objectives, batch=8)
    learn(first)
    first.save(file)
    expected = learn(first)
    other = IntrinsicReward(objectives, batch=8)
    other.load(file)
    found = learn(other)
    assert all(torch.equal(found[key], value) for key, value in expected.items())


def test_loading_keeps_the_weights_that_were_given(tmp_path):
    first, other = IntrinsicReward({"disagreement": 1.0}), IntrinsicReward({"disagreement": 0.25})
    ppo(envs()).learn(32, first)
    first.save(tmp_path / "curiosity")
    other.load(tmp_path / "curiosity")
    ppo(envs()).learn(32, other)
    assert other.mixture.weights == {"disagreement": 0.25}


def test_a_file_that_does_not_fit_is_refused(tmp_path):
    intrinsic = IntrinsicReward({"disagreement": 1.0})
    with pytest.raises(UserError, match="nothing to save before `learn`"):
        intrinsic.save(tmp_path / "curiosity")
    ppo(envs()).learn(32, intrinsic)
    intrinsic.save(tmp_path / "curiosity")
    (tmp_path / "junk").write_bytes(b"junk")
    for file, env, objectives, words in (
        ("junk", envs(), {"disagreement": 1.0}, "does not hold what objectives learnt"),
        ("curiosity", envs(), {"disagreement": 1.0, NOVELTY: 1.0}, "is of disagreement; these objectives are"),
        ("curiosity", envs(observation_space=BOX), {"disagreement": 1.0}, "in this environment"),
    ):
        other = IntrinsicReward(objectives)
        other.load(tmp_path / file)
        with pytest.raises(UserError, match=words):
            ppo(env).learn(32, other)
