"""The configurator: chooses attention, weights of drives and horizon for the current situation."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from agent.config import MindConfig
from agent.configurator.learned_attention import LEARN_INTERVAL, LearnedAttention
from agent.memory.replay_buffer import ReplayBuffer
from agent.perception.attention import ABSENCE_PENALTY, relevance_distance, select_things, smallest
from agent.perception.encoder import Senses
from agent.world_model.world_model import WorldModel
from housecat.core.obs_layout import VITALS
from intrinsic import Mixture

UNCERTAINTY_WEIGHT = 0.5  # m that a thing counts as nearer for twice the median of the ensemble's disagreement
MAX_UNCERTAINTY_BONUS = 1.0  # m: largest change of a thing's distance, either way
PROBE_ACTIONS = (0.0, 0.7, -0.7)  # each number of the actions for which disagreement is computed
MAX_HUNGER_MULTIPLIER, MAX_PAIN_MULTIPLIER = 3.0, 2.0  # of a drive's weight, at its greatest need
COMFORTABLE_ENERGY = 0.7  # energy above which hunger has its plain weight
HALF_DAMAGE = 0.2  # 1/s: damage rate at which half of the rise of pain's weight is reached
EXTRA_STEPS = 8  # control steps that are planned beyond the nearest thing
APPROACH_SPEED = 0.1  # m per control step at which the body may approach a thing


@dataclass(frozen=True)
class Configuration:
    """The configuration of a mind for one decision.

    Attributes:
        attended: (k,) indices of the attended things, the most relevant first.
        horizon: Number of control steps that are planned.
        drive_multipliers: Factor of each drive's weight, by name; 1 where none is named.
    """

    attended: Tensor
    horizon: int
    drive_multipliers: dict[str, float] = field(default_factory=dict)


class Configurator(nn.Module):
    """Chooses the attended things, the weights of drives and the horizon.

    The setting `attention.rule` says which `attention.num_attended` things are attended to:

    - ``near``: those whose rims are nearest to the body, less how far they move in a second.
    - ``uncertain``: the same distance (m), less 0.5 log2(u / median u), at most 1 m either way, with u the disagreement
      of the ensemble about the thing after one step of a few actions: things that are near, or not known yet.
    - ``learned``: those by which the costs of plans are expected to differ most, see `LearnedAttention`.
    - ``random``: random things, as a control.

    Two more settings work with any rule. `attention.need_weighting` weights drives by need: hunger's weight is
    multiplied by 1 + 2 max(0, 0.7 - energy) / 0.7, from 1 to 3, and pain's by 1 + damage / (damage + 0.2), from 1 to 2,
    of the body's energy (0 to 1) and damage rate (1/s). `attention.adaptive_horizon` plans as
    far as to the nearest attended thing, approached at 0.1 m per control step, and 8 control steps more, at most
    `planner.horizon`: among things the far future cannot be predicted anyway.

    Source: the configurator of LeCun 2022 (A Path Towards Autonomous Machine Intelligence, section 3.1), which
    that paper leaves open; that need raises the weight of a drive follows Keramati and Gutkin, eLife 2014. The rules
    and their constants are ours.

    Args:
        model: The world model of the mind, which is not a part of this module.
        actions: Size of an action, A.
        config: Settings of the mind.
        seed: Seed of the first weights of `LearnedAttention`.
    """

    model: WorldModel

    def __init__(self, model: WorldModel, actions: int, config: MindConfig, seed: int) -> None:
        super().__init__()
        self.__dict__["model"] = model  # not registered as a submodule: the mind saves it already
        self.actions, self.config = actions, config
        self.learned_attention: LearnedAttention | None = None
        if config.attention.rule == "learned":
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(seed)
                self.learned_attention = LearnedAttention(model.pair_size)

    def configure(self, senses: Senses, generator: torch.Generator) -> Configuration:
        """Returns the configuration for the current senses.

        Args:
            senses: Current senses, without leading shape.
            generator: Source of random numbers; only the rule ``random`` draws any.
        """
        attended = self._select(senses, generator)
        drive_multipliers = drive_multipliers_for(senses["vitals"]) if self.config.attention.need_weighting else {}
        horizon = (
            self._horizon(senses, attended) if self.config.attention.adaptive_horizon else self.config.planner.horizon
        )
        return Configuration(attended, horizon, drive_multipliers)

    def learn(self, mixture: Mixture, memory: ReplayBuffer, generator: torch.Generator, step: int) -> dict[str, float]:
        """Trains learned attention every few steps; returns losses by name, none where nothing was trained."""
        if self.learned_attention is None or step % LEARN_INTERVAL:
            return {}
        return {
            "relevance": self.learned_attention.learn(
                self.model, mixture, memory, self.config.planner.horizon, generator
            )
        }

    def _select(self, senses: Senses, generator: torch.Generator) -> Tensor:
        rule, k = self.config.attention.rule, self.config.attention.num_attended
        if rule == "near":
            return select_things(senses, k)
        distance = relevance_distance(senses)
        if rule == "random":
            return smallest(torch.rand(distance.shape, generator=generator) + distance.ge(ABSENCE_PENALTY / 2), k)
        if rule == "learned" and self.learned_attention is not None and self.learned_attention.ready:
            appearance = self.model.perception.appearance(senses)[None]
            ego = self.model.ego_features_of(self.model.perception(senses)[None], appearance)
            return smallest(
                -self.learned_attention(ego.pair)[0] + ABSENCE_PENALTY * distance.ge(ABSENCE_PENALTY / 2), k
            )
        return smallest(distance - self._uncertainty_bonus(senses), k)

    def _uncertainty_bonus(self, senses: Senses) -> Tensor:
        """Returns how much nearer (m) each thing counts because the ensemble disagrees about it, (K,)."""
        latent = self.model.perception(senses).expand(len(PROBE_ACTIONS), -1, -1)
        appearance = self.model.perception.appearance(senses).expand(len(PROBE_ACTIONS), -1, -1)
        actions = latent.new_tensor(PROBE_ACTIONS)[:, None].expand(-1, self.actions)
        mean = self.model(latent, actions, self.model.ego_features_of(latent, appearance))[:, :, 1:]  # (E, n, K, Z)
        disagreement = (mean - mean.mean(0)).square().mean(0).sqrt().sum(-1).mean(0).clamp_min(1e-9)
        return (UNCERTAINTY_WEIGHT * torch.log2(disagreement / disagreement.median())).clamp(
            -MAX_UNCERTAINTY_BONUS, MAX_UNCERTAINTY_BONUS
        )

    def _horizon(self, senses: Senses, attended: Tensor) -> int:
        steps_to_thing = float(relevance_distance(senses)[attended].min().clamp_min(0.0)) / APPROACH_SPEED
        return int(min(self.config.planner.horizon, EXTRA_STEPS + steps_to_thing))


def drive_multipliers_for(vitals: Tensor) -> dict[str, float]:
    """Returns the factors of drives' weights that follow from the vitals (3,), see `Configurator`."""
    energy, damage = float(vitals[VITALS.energy]), max(0.0, float(vitals[VITALS.damage]))
    return {
        "hunger": 1.0
        + (MAX_HUNGER_MULTIPLIER - 1.0) * min(1.0, max(0.0, COMFORTABLE_ENERGY - energy) / COMFORTABLE_ENERGY),
        "pain": 1.0 + (MAX_PAIN_MULTIPLIER - 1.0) * damage / (damage + HALF_DAMAGE),
    }


def select_training_things(senses: Senses, rule: str, k: int, generator: torch.Generator) -> Tensor:
    """Selects the things (B, k) that the world model is trained on in remembered senses (B, ...).

    Unless the rule is ``near``, one of the k things is random: otherwise things that are never near would never be
    learnt, and remain uncertain for ever.

    Args:
        senses: Senses of a batch, (B, ...).
        rule: The setting `attention.rule`.
        k: Number of things.
        generator: Source of random numbers.
    """
    if rule == "near" or k >= senses["things"].shape[-2]:
        return select_things(senses, k)
    order = select_things(senses, senses["things"].shape[-2])
    random_thing = torch.randint(k - 1, order.shape[-1], (*order.shape[:-1], 1), generator=generator)
    return torch.cat([order[..., : k - 1], order.gather(-1, random_thing)], -1)
