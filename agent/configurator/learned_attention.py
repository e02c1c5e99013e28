"""Which things plans differ by: learnt, so that attention need not imagine them all."""

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

PLANS = 12  # imagined per lesson
EVERY = 4  # control steps between lessons
KEPT = 2048  # pairs of body and thing that are learnt from
BATCH = 128
FIRST = 256  # pairs before its word counts
RATE, MOMENTUM = 3e-3, 0.9
STEPS = 8  # down the slope, per lesson
LEAST = 0.1  # standard deviation of a feature that counts as one, at least
FARTHEST = 4.0  # standard deviations
SIGMA = 0.6  # of the plans' noise
TINY = 1e-4


class LearnedAttention(nn.Module):
    """Foretells by how much plans differ in what they cost because of each thing.

    Every few steps, a moment is drawn from the mind's memory, a few smooth plans are imagined there with all things
    attended, and for each thing it is worked out what it contributes to the costs of each plan: the disagreement about
    it, and what it does to the vitals (with it less without it, step by step). The standard deviation over the plans
    is what choosing can gain by attending to it. A small net learns the logarithm of that from how the body sees the
    thing, by squared error; it then scores all things for the price of one forward pass.

    Source: ours. The question is that of value of information (Howard 1966) with a learned answer; the
    configurator as a module that is trained is left open in LeCun 2022, section 3.1.

    Args:
        pair: Features of a pair of body and thing, see `agent.perception.egocentric.EgoFeatures`.
    """

    seen: Tensor
    spread: Tensor
    count: Tensor
    middle: Tensor
    width: Tensor
    speed: Tensor

    def __init__(self, pair: int) -> None:
        super().__init__()
        self.net = nn.Sequential(nn.Linear(pair, 32), nn.SiLU(), nn.Linear(32, 1))
        self.register_buffer("seen", torch.zeros(KEPT, pair))
        self.register_buffer("spread", torch.zeros(KEPT))
        self.register_buffer("count", torch.zeros((), dtype=torch.int64))
        self.register_buffer("middle", torch.zeros(pair))
        self.register_buffer("width", torch.ones(pair))
        self.register_buffer("speed", torch.zeros(sum(p.numel() for p in self.net.parameters())))

    @property
    def ready(self) -> bool:
        """Whether it has learnt enough to be asked."""
        return int(self.count) >= FIRST

    def forward(self, pair: Tensor) -> Tensor:
        """Returns the expected logarithm of the spread, (*lead, K), of pairs (*lead, K, features)."""
        out: Tensor = self.net(((pair - self.middle) / self.width).clamp(-FARTHEST, FARTHEST)).squeeze(-1)
        return out

    def learn(
        self, model: WorldModel, mixture: Mixture, memory: ReplayBuffer, horizon: int, generator: torch.Generator
    ) -> float:
        """Takes one lesson, and returns its error (squared, in natural logarithms)."""
        with torch.no_grad():
            senses = {name: value[0] for name, value in memory.sample(1, generator).senses.items()}
            there = senses["things"][:, THINGS.present] > 0.5
            noise = colored_noise(2.5, horizon, (PLANS, memory.action.shape[1]), generator)
            plans = (SIGMA * noise).clamp(-1, 1)
            pair, spread = spreads(model, mixture, senses, plans)
            for features, value in zip(pair[there], spread[there], strict=True):
                place = int(self.count) % KEPT
                self.seen[place], self.spread[place] = features, torch.log(value + TINY)
                self.count += 1
            known = min(int(self.count), KEPT)
            if not known:  # nothing was there in any of those moments
                return 0.0
            self.middle.copy_(self.seen[:known].mean(0))
            self.width.copy_(self.seen[:known].std(0, correction=0).clamp_min(LEAST))
        errors = [self._step(torch.randint(known, (BATCH,), generator=generator)) for _ in range(STEPS)]
        return sum(errors) / STEPS

    def _step(self, pick: Tensor) -> float:
        loss = (self(self.seen[pick]) - self.spread[pick]).square().mean()
        parameters = list(self.net.parameters())
        slope = parameters_to_vector(torch.autograd.grad(loss, parameters))
        if bool(torch.isfinite(slope).all()):
            with torch.no_grad():
                self.speed.mul_(MOMENTUM).add_(slope.clamp(-1.0, 1.0))
                vector_to_parameters(parameters_to_vector(parameters) - RATE * self.speed, parameters)
        return float(loss.detach())


@torch.no_grad()
def spreads(model: WorldModel, mixture: Mixture, senses: Senses, plans: Tensor) -> tuple[Tensor, Tensor]:
    """Returns how the body sees each thing (K, features), and how much plans (T, B, A) differ in cost by it (K,)."""
    latent, everything = model.perception(senses), torch.arange(len(senses["things"]))
    rollout = model.imagine(latent, plans, senses, everything)
    weights, scales = mixture.weights, mixture.scales
    looks = model.perception.appearance(senses)
    total = torch.zeros(plans.shape[1], len(everything))
    if "disagreement" in weights:
        mean = rollout.mean[..., 1:, :]
        apart = (mean - mean.mean(0)).square().mean(0).sqrt().sum((0, -1))  # (B, K)
        total = total - apart * (weights["disagreement"] / scales["disagreement"])
    effect = _on_vitals(model, rollout, looks)  # (T, B, K, V), per step, in their own units
    if "pain" in weights:
        total = total + effect[..., VITALS.damage].sum(0) * (weights["pain"] / scales["pain"])
    if "hunger" in weights:
        total = total - effect[..., VITALS.energy].cumsum(0).sum(0) * (weights["hunger"] / scales["hunger"])
    return model.ego_features_of(latent[None], looks[None]).pair[0], total.std(0)


def _on_vitals(model: WorldModel, rollout: Rollout, looks: Tensor) -> Tensor:
    """Returns what each thing does to the vitals, (T, B, K, V): their change with it, less that without it."""
    steps, plans = rollout.action.shape[:2]
    p = model.perception
    before = rollout.latent[:-1].flatten(0, 1)  # (T B, 1 + K, Z)
    sight = model.ego_features_of(before, looks.expand(len(before), -1, -1))
    appearance = appearance_in(p, sight)
    near = proximity_features(sight.pair[..., :2].norm(dim=-1, keepdim=True), appearance[..., RADIUS])
    unit = p.typical_change[0, p.body_size : p.body_size + p.vitals_size]
    assert isinstance(model.vitals_net, VitalsHead)  # things are seen, so it is of things
    effect = model.vitals_net.effects(vitals_in(p, sight), torch.cat([*near, appearance], -1)) * unit
    return effect.view(steps, plans, len(looks), -1)
