"""Learned attention: a small net predicts by how much plans differ in cost because of each thing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn.utils import parameters_to_vector, vector_to_parameters

from agent.actor.planners import colored_noise
from agent.perception.egocentric import RADIUS, appearance_in, proximity_features, vitals_in
from agent.perception.encoder import Senses
from agent.world_model.rollout import Rollout
from agent.world_model.vitals_head import VitalsHead
from agent.world_model.world_model import WorldModel
from housecat.core.obs_layout import THINGS, VITALS
from intrinsic import Mixture

if TYPE_CHECKING:
    from agent.memory.replay_buffer import ReplayBuffer

NUM_PLANS = 12  # imagined per update
LEARN_INTERVAL = 4  # control steps between updates
CAPACITY = 2048  # training samples, each a pair of body and thing, in the ring buffer
BATCH = 128
MIN_SAMPLES = 256  # samples before the net is used
LEARNING_RATE, MOMENTUM = 3e-3, 0.9
STEPS_PER_UPDATE = 8  # gradient steps per update
MIN_STD = 0.1  # lower bound of a feature's standard deviation
MAX_INPUT = 4.0  # bound of the standardized features
SIGMA = 0.6  # standard deviation of the plans' noise
EPSILON = 1e-4


class LearnedAttention(nn.Module):
    """Predicts by how much plans differ in cost because of each thing.

    Every few steps a transition is sampled from the replay buffer, and some smooth plans are imagined from there with
    all things attended. The contribution of each thing to the cost of each plan is computed: the disagreement about it,
    and its effect on the vitals (with it minus without it, step by step). The standard deviation over the plans is what
    a planner can gain by attending to the thing. A small net learns its logarithm from the thing's egocentric features,
    by squared error; it then scores all things in one forward pass.

    Source: ours. The question is that of value of information (Howard 1966) with a learned answer; the
    configurator as a module that is trained is left open in LeCun 2022, section 3.1.

    Args:
        pair: Number of features of a pair of body and thing, see `agent.perception.egocentric.EgoFeatures`.
    """

    inputs: Tensor
    targets: Tensor
    count: Tensor
    input_mean: Tensor
    input_std: Tensor
    momentum: Tensor

    def __init__(self, pair: int) -> None:
        super().__init__()
        self.net = nn.Sequential(nn.Linear(pair, 32), nn.SiLU(), nn.Linear(32, 1))
        self.register_buffer("inputs", torch.zeros(CAPACITY, pair))
        self.register_buffer("targets", torch.zeros(CAPACITY))
        self.register_buffer("count", torch.zeros((), dtype=torch.int64))
        self.register_buffer("input_mean", torch.zeros(pair))
        self.register_buffer("input_std", torch.ones(pair))
        self.register_buffer("momentum", torch.zeros(sum(p.numel() for p in self.net.parameters())))

    @property
    def ready(self) -> bool:
        """Whether there were enough samples for the net to be used."""
        return int(self.count) >= MIN_SAMPLES

    def forward(self, pair: Tensor) -> Tensor:
        """Returns the predicted logarithm of the cost's spread, (*lead, K), for pairs (*lead, K, features)."""
        out: Tensor = self.net(((pair - self.input_mean) / self.input_std).clamp(-MAX_INPUT, MAX_INPUT)).squeeze(-1)
        return out

    def learn(
        self, model: WorldModel, mixture: Mixture, memory: ReplayBuffer, horizon: int, generator: torch.Generator
    ) -> float:
        """Adds samples from one transition, and takes gradient steps.

        Args:
            model: The world model.
            mixture: The objectives.
            memory: The replay buffer.
            horizon: Number of imagined steps.
            generator: Source of random numbers.

        Returns:
            The mean squared error, of natural logarithms.
        """
        with torch.no_grad():
            senses = {name: value[0] for name, value in memory.sample(1, generator).senses.items()}
            present = senses["things"][:, THINGS.present] > 0.5
            noise = colored_noise(2.5, horizon, (NUM_PLANS, memory.action.shape[1]), generator)
            plans = (SIGMA * noise).clamp(-1, 1)
            pair, spread = cost_spreads(model, mixture, senses, plans)
            for features, value in zip(pair[present], spread[present], strict=True):
                index = int(self.count) % CAPACITY
                self.inputs[index], self.targets[index] = features, torch.log(value + EPSILON)
                self.count += 1
            filled = min(int(self.count), CAPACITY)
            if not filled:  # there was no thing in any of the sampled transitions
                return 0.0
            self.input_mean.copy_(self.inputs[:filled].mean(0))
            self.input_std.copy_(self.inputs[:filled].std(0, correction=0).clamp_min(MIN_STD))
        errors = [self._step(torch.randint(filled, (BATCH,), generator=generator)) for _ in range(STEPS_PER_UPDATE)]
        return sum(errors) / STEPS_PER_UPDATE

    def _step(self, rows: Tensor) -> float:
        loss = (self(self.inputs[rows]) - self.targets[rows]).square().mean()
        parameters = list(self.net.parameters())
        gradient = parameters_to_vector(torch.autograd.grad(loss, parameters))
        if bool(torch.isfinite(gradient).all()):
            with torch.no_grad():
                self.momentum.mul_(MOMENTUM).add_(gradient.clamp(-1.0, 1.0))
                vector_to_parameters(parameters_to_vector(parameters) - LEARNING_RATE * self.momentum, parameters)
        return float(loss.detach())


@torch.no_grad()
def cost_spreads(model: WorldModel, mixture: Mixture, senses: Senses, plans: Tensor) -> tuple[Tensor, Tensor]:
    """Returns the spread of plans' costs because of each thing.

    Args:
        model: The world model.
        mixture: The objectives.
        senses: Senses from which the plans begin, without leading shape.
        plans: (T, B, A) actions.

    Returns:
        Egocentric features of the things (K, features), and standard deviations of their contributions to the cost
        over plans (K,).
    """
    latent, everything = model.perception(senses), torch.arange(len(senses["things"]))
    rollout = model.imagine(latent, plans, senses, everything)
    weights, scales = mixture.weights, mixture.scales
    appearance = model.perception.appearance(senses)
    total = torch.zeros(plans.shape[1], len(everything))
    if "disagreement" in weights:
        mean = rollout.mean[..., 1:, :]
        disagreement = (mean - mean.mean(0)).square().mean(0).sqrt().sum((0, -1))  # (B, K)
        total = total - disagreement * (weights["disagreement"] / scales["disagreement"])
    effect = _effect_on_vitals(model, rollout, appearance)  # (T, B, K, V), per step, in their own units
    if "pain" in weights:
        total = total + effect[..., VITALS.damage].sum(0) * (weights["pain"] / scales["pain"])
    if "hunger" in weights:
        total = total - effect[..., VITALS.energy].cumsum(0).sum(0) * (weights["hunger"] / scales["hunger"])
    return model.ego_features_of(latent[None], appearance[None]).pair[0], total.std(0)


def _effect_on_vitals(model: WorldModel, rollout: Rollout, looks: Tensor) -> Tensor:
    """Returns the effect of each thing on the vitals, (T, B, K, V): their change with it minus that without it."""
    steps, plans = rollout.action.shape[:2]
    p = model.perception
    before = rollout.latent[:-1].flatten(0, 1)  # (T B, 1 + K, Z)
    ego = model.ego_features_of(before, looks.expand(len(before), -1, -1))
    appearance = appearance_in(p, ego)
    near = proximity_features(ego.pair[..., :2].norm(dim=-1, keepdim=True), appearance[..., RADIUS])
    unit = p.typical_change[0, p.body_size : p.body_size + p.vitals_size]
    assert isinstance(model.vitals_net, VitalsHead)  # the world has things, so that vitals are predicted from them
    effect = model.vitals_net.effects(vitals_in(p, ego), torch.cat([*near, appearance], -1)) * unit
    return effect.view(steps, plans, len(looks), -1)
