import pytest
import torch

import worlds
from agent import Mind, MindConfig
from agent.actor.mpc_actor import lambda_weights
from agent.perception.attention import select_things, select_tokens
from agent.perception.obs_spec import as_tensors

SMALL = MindConfig.of(
    {
        "model.ensemble_size": 2,
        "model.hidden_size": 16,
        "model.latent_size": 0,
        "planner.horizon": 6,
        "planner.samples": 12,
        "planner.elites": 4,
        "training.warmup_steps": 0,
        "training.batch_size": 8,
        "training.updates_per_step": 1,
    }
)


def test_costs_and_critic_share_the_trust_of_each_step() -> None:
    step_weights, critic_weights, critic_steps = lambda_weights(14, 0.9, 0.95)
    weights = critic_weights / 0.95 ** (critic_steps + 1.0)  # what the critic counts, undiscounted
    assert float(weights.sum()) == pytest.approx(1.0)
    assert int(critic_steps[-1]) == 13
    # The cost of a step counts in every n-step return that includes it.
    for step in range(14):
        assert float(step_weights[step]) == pytest.approx(float(weights[critic_steps >= step].sum()))
    assert (step_weights.diff() <= 0).all()


def test_a_lambda_of_one_evaluates_the_critic_at_the_end_alone() -> None:
    step_weights, critic_weights, critic_steps = lambda_weights(5, 1.0, 0.9)
    assert step_weights.tolist() == [1.0] * 5
    assert critic_weights.tolist() == pytest.approx([0.0] * (len(critic_steps) - 1) + [0.9**5])


def test_a_plan_across_what_the_critic_fears_costs_more_though_it_ends_beyond() -> None:
    world = worlds.make("playroom", seed=1)
    mind = Mind.born(world, seed=0, config=SMALL)
    senses = as_tensors(world.observe(), mind.shapes)
    attended = select_things(senses, 5)
    latent = select_tokens(mind.perception(senses), attended)
    # A critic that fears being in the middle of the plan, and nothing before or after.
    actions = torch.zeros(6, 2, 5)
    pain = mind.drives.index("pain")
    critic_steps = lambda_weights(6, 0.9, mind.config.training.discount)[2]
    feared = torch.zeros(len(critic_steps), 2, len(mind.drives))
    feared[0, 1, pain] = 10.0
    mind.critic.expected_cost = lambda sight: feared.flatten(0, 1)  # type: ignore[method-assign]
    for lambda_, differs in ((0.9, True), (1.0, False)):
        mind.actor.lambda_weights = lambda_weights(SMALL.planner.horizon, lambda_, SMALL.training.discount)
        calm, crossing = mind.actor.evaluate(latent, actions, senses, attended).parts["critic.pain"].tolist()
        assert (crossing > calm + 0.1) == differs
