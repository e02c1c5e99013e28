"""The executive: configures the one world model for the situation at hand."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from agent.config import MindConfig
from agent.configurator.learned_attention import EVERY, LearnedAttention
from agent.memory.replay_buffer import ReplayBuffer
from agent.perception.attention import ABSENCE_PENALTY, relevance_distance, select_things, smallest
from agent.perception.encoder import Senses
from agent.world_model.world_model import WorldModel
from housecat.core.obs_layout import VITALS
from intrinsic import Mixture

DOUBT = 0.5  # metres that a thing counts as nearer when the model is twice as unsure of it as of the others
FARTHEST = 1.0  # metres that doubt can make up for, either way
TRIED = (0.0, 0.7, -0.7)  # sizes of the actions that doubt is asked about
STARVED, HURT = 3.0, 2.0  # how many times a drive weighs at its utmost need
COMFORT = 0.7  # energy from which on there is no need
DAMAGE = 0.2  # 1/s of damage at which half of the rise of pain's weight is reached
LOOK_ON = 8  # control steps that are looked past the first meeting with a thing
PACE = 0.1  # metres per control step at which the body may meet a thing


@dataclass(frozen=True)
class Configuration:
    """How the mind is set for one situation.

    Attributes:
        attended: (k,) indices of the things attended, the most relevant first.
        horizon: Control steps looked ahead.
        drive_multipliers: By how much the weight of each drive is multiplied; one where none is named.
    """

    attended: Tensor
    horizon: int
    drive_multipliers: dict[str, float] = field(default_factory=dict)


class Configurator(nn.Module):
    """Chooses what is attended to, what counts, and how far is looked ahead, for a mind that it does not own.

    Attention goes to `select_things` things, by the setting `configurator`:

    - ``near``: those whose rims are nearest to the body, less how far they move in a second.
    - ``fixed``: the same distance (m), less 0.5 log2(u / median u), at most 1 m either way, with u the disagreement of
      the ensemble about the thing after one step of a few actions: what is near, or not known yet.
    - ``learned``: those of which a small net expects that plans differ most by them, see `LearnedAttention`.
    - ``random``: any, as a control.

    Two more rules can be switched on with any of them. ``urgent`` weighs drives by need: hunger's weight is multiplied
    by 1 + 2 max(0, 0.7 - energy) / 0.7, from 1 to 3, and pain's by 1 + damage / (damage + 0.2), from 1 to 2, of the
    body's energy (0 to 1) and damage rate (1/s). ``lookahead`` looks as far as to the nearest thing attended, met at
    0.1 m per control step, and 8 control steps on, at most the setting `horizon`: in the midst of things the far future
    is not foreseen anyway.

    Source: the configurator of LeCun 2022 (A Path Towards Autonomous Machine Intelligence, section 3.1), which
    that paper leaves open; that need raises the weight of a drive follows Keramati and Gutkin, eLife 2014. The rules
    and their constants are ours.

    Args:
        model: Whose doubt counts.
        actions: Size of an action.
        config: Settings.
        seed: Of the first weights of what it learns.
    """

    model: WorldModel

    def __init__(self, model: WorldModel, actions: int, config: MindConfig, seed: int) -> None:
        super().__init__()
        self.__dict__["model"] = model  # not as a part of its own: it is saved with the mind already
        self.actions, self.config = actions, config
        self.relevance: LearnedAttention | None = None
        if config.attention.rule == "learned":
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(seed)
                self.relevance = LearnedAttention(model.pair_size)

    def focus(self, senses: Senses, generator: torch.Generator) -> Configuration:
        """Chooses for senses of now, without leading shape.

        Args:
            senses: By name.
            generator: Random numbers, of which only ``random`` draws any.
        """
        attended = self._attended(senses, generator)
        drive_multipliers = drive_multipliers_for(senses["vitals"]) if self.config.attention.need_weighting else {}
        horizon = (
            self._horizon(senses, attended) if self.config.attention.adaptive_horizon else self.config.planner.horizon
        )
        return Configuration(attended, horizon, drive_multipliers)

    def learn(self, mixture: Mixture, memory: ReplayBuffer, generator: torch.Generator, step: int) -> dict[str, float]:
        """Learns from memory now and then, where it learns at all; returns losses by name."""
        if self.relevance is None or step % EVERY:
            return {}
        return {"relevance": self.relevance.learn(self.model, mixture, memory, self.config.planner.horizon, generator)}

    def _attended(self, senses: Senses, generator: torch.Generator) -> Tensor:
        rule, k = self.config.attention.rule, self.config.attention.num_attended
        if rule == "near":
            return select_things(senses, k)
        far = relevance_distance(senses)
        if rule == "random":
            return smallest(torch.rand(far.shape, generator=generator) + far.ge(ABSENCE_PENALTY / 2), k)
        if rule == "learned" and self.relevance is not None and self.relevance.ready:
            looks = self.model.perception.appearance(senses)[None]
            sight = self.model.ego_features_of(self.model.perception(senses)[None], looks)
            return smallest(-self.relevance(sight.pair)[0] + ABSENCE_PENALTY * far.ge(ABSENCE_PENALTY / 2), k)
        return smallest(far - self._doubt(senses), k)

    def _doubt(self, senses: Senses) -> Tensor:
        """Returns (K,) by how much nearer (m) each thing counts because the model is not sure of it."""
        latent = self.model.perception(senses).expand(len(TRIED), -1, -1)
        looks = self.model.perception.appearance(senses).expand(len(TRIED), -1, -1)
        actions = latent.new_tensor(TRIED)[:, None].expand(-1, self.actions)
        mean = self.model(latent, actions, self.model.ego_features_of(latent, looks))[:, :, 1:]  # (E, tried, K, Z)
        apart = (mean - mean.mean(0)).square().mean(0).sqrt().sum(-1).mean(0).clamp_min(1e-9)
        return (DOUBT * torch.log2(apart / apart.median())).clamp(-FARTHEST, FARTHEST)

    def _horizon(self, senses: Senses, attended: Tensor) -> int:
        meeting = float(relevance_distance(senses)[attended].min().clamp_min(0.0)) / PACE
        return int(min(self.config.planner.horizon, LOOK_ON + meeting))


def drive_multipliers_for(vitals: Tensor) -> dict[str, float]:
    """Returns by how much need multiplies the weights of drives, of vitals (3,): see `Configurator`."""
    energy, damage = float(vitals[VITALS.energy]), max(0.0, float(vitals[VITALS.damage]))
    return {
        "hunger": 1.0 + (STARVED - 1.0) * min(1.0, max(0.0, COMFORT - energy) / COMFORT),
        "pain": 1.0 + (HURT - 1.0) * damage / (damage + DAMAGE),
    }


def select_training_things(senses: Senses, rule: str, k: int, generator: torch.Generator) -> Tensor:
    """Chooses the things (B, k) that are learnt about in remembered moments (B, ...).

    Where attention may go to things that are far, one place of k goes to any thing by chance: what is never near is
    learnt about, too, or the doubt about it would never end.
    """
    if rule == "near" or k >= senses["things"].shape[-2]:
        return select_things(senses, k)
    order = select_things(senses, senses["things"].shape[-2])
    any_ = torch.randint(k - 1, order.shape[-1], (*order.shape[:-1], 1), generator=generator)
    return torch.cat([order[..., : k - 1], order.gather(-1, any_)], -1)
