"""Mode-1 at work: reacts where it is trusted, suggests plans to planning, and learns from what planning chose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

import torch
from torch import Tensor, nn

from agent.actor.mpc_actor import MPCActor
from agent.actor.plan_evaluation import Decision
from agent.actor.reactive.arbitration import ModeArbiter
from agent.actor.reactive.dagger import DaggerSchedule
from agent.actor.reactive.distillation_buffer import Chosen, DistillationBuffer, mirrored
from agent.actor.reactive.goal_conditioning import WISH, heed, wishes
from agent.actor.reactive.policy import GaussianPolicy, PolicyOutput
from agent.actor.reactive.value_gradient import slope
from agent.config import MindConfig
from agent.perception.attention import gather, select_things, select_tokens
from agent.perception.egocentric import EgoFeatures, ego_features, scene_context
from agent.perception.encoder import Senses
from agent.perception.symmetry import Symmetry

DOUBT, SPREAD = 0.1, 0.1  # weights of learning what regret to expect, and how far choices spread
DECAY = 0.1  # of weights: choices are few and partly chance, and a net would learn the chance by heart
SQUASHED = 0.97  # beyond it an action says little of what it was before it was squashed


class ReactiveActor(nn.Module):
    """The reactive actor of a mind: its reflex, the choices that it is compiled from, and the trust in it.

    Args:
        actor: Mode-2, whose choices are compiled; it and the nets that it plans with are not owned.
        senses: Example senses, without leading shape.
        config: Settings.
        seed: Of its first weights.
    """

    def __init__(self, actor: MPCActor, senses: Senses, config: MindConfig, seed: int) -> None:
        super().__init__()
        self._mode2 = (actor,)  # in a tuple: its modules are not parts of this one
        self.config = config
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.reflex = GaussianPolicy(actor.model.perception, actor.actions)
        self.habits = DistillationBuffer(senses, actor.actions)
        self.trust = ModeArbiter(config.policy.regret_tolerance, config.policy.check_interval)
        self.tries = DaggerSchedule(config.policy.dagger_fraction)
        self.acts = config.policy.mode
        self.expected: float | None = None  # regret, at the last choice
        self.symmetry: Symmetry | None = (
            None  # of a body alike on both sides: what is right on one is right on the other
        )
        self._planned = True
        self._wish = torch.zeros(1 + len(senses["things"]), WISH)

    @property
    def mode2(self) -> MPCActor:
        """The actor that plans."""
        return self._mode2[0]

    @cached_property
    def optimizer(self) -> torch.optim.Optimizer:
        """Steps the reflex."""
        rate = self.config.training.learning_rate
        return torch.optim.AdamW(self.reflex.parameters(), lr=rate, weight_decay=DECAY, fused=True)

    def wish(self, things: int) -> Tensor:
        """Returns what is wished now, (1 + things, WISH)."""
        return wishes(self.mode2.mixture, things)

    def heed(self, attended: Tensor, senses: Senses) -> Tensor:
        """Looks what is wished now, and makes sure that attention is also on what a wish is for."""
        self._wish = self.wish(len(senses["things"]))
        return heed(attended, self._wish)

    def choose(
        self, latent: Tensor, sight: EgoFeatures, senses: Senses, attended: Tensor, generator: torch.Generator
    ) -> Decision:
        """Reacts where that is trusted, else plans, beginning with the reflex's own plans, and may try all the same.

        Args:
            latent: (1 + k, Z) tokens of now.
            sight: Of these.
            senses: Senses of now, without leading shape; `heed` has seen them.
            attended: (k,) indices of the attended things.
            generator: Random numbers.
        """
        mode2, told = self.mode2, select_tokens(self._wish, attended)
        impulse = self._impulse(latent[None], sight, told[None])
        self.expected = float(impulse.regret)
        if self.acts == "always" or (self.acts == "gated" and self.trust.decide(self.expected)):
            if self._planned:
                mode2.planner.reset()  # what was planned lies behind
                self._planned = False
            return Decision(impulse.action[0], mode="react")
        self._planned, seeds = True, None
        if self.habits.size and self.config.policy.proposals:
            seeds = self.rehearse(latent, mode2.model.perception.appearance(senses)[attended], told, generator)
        choice = mode2.plan(latent, senses, attended, generator, seeds)
        regret = float("nan") if choice.regret is None else choice.regret
        assert choice.mean_action is not None
        self.habits.add(senses, self._wish, choice.mean_action, regret)
        self.trust.compare(regret, self.expected)
        if self.acts == "gated" and self.tries.decide(self.habits.count, generator):
            return replace(choice, action=impulse.action[0], predicted_cost=None, information=None, mode="dagger")
        return choice

    def _impulse(self, latent: Tensor, sight: EgoFeatures, wish: Tensor) -> PolicyOutput:
        impulse: PolicyOutput = self.reflex(self.mode2.model.perception.positions(latent), sight, wish)
        return impulse

    def rehearse(self, latent: Tensor, appearance: Tensor, wish: Tensor, generator: torch.Generator) -> Tensor:
        """Lets the reflex act in imagination.

        Returns:
            Plans (T, n, A): the first as it would act, the others with the spread that planning's choices have.
        """
        model, n = self.mode2.model, self.config.policy.proposals
        context = scene_context(model.perception, appearance.expand(n, -1, -1))
        state, told, plan = latent.expand(n, -1, -1), wish.expand(n, -1, -1), []
        for _ in range(self.mode2.planner.horizon):
            sight = ego_features(model.perception, state, context)
            impulse = self._impulse(state, sight, told)
            noise = torch.randn(n, self.mode2.actions, generator=generator)
            noise[0] = 0.0
            action = torch.tanh(impulse.mean + impulse.log_std.exp() * noise)
            state = model.next_state(model(state, action, sight))
            plan.append(action)
        return torch.stack(plan)

    def live(self, mean: Tensor, energy: float, pain: float) -> None:
        """Takes in a lived step: what each member predicted (E, ..., 1 + k, Z), how wrong that was, and pain."""
        size = self.mode2.model.perception.pose_size
        self.trust.live(float(mean[..., :size].var(0).sum()), energy, pain > 0.0)
        self.tries.live(pain > 0.0)

    def learn(self, generator: torch.Generator) -> dict[str, float]:
        """Takes one step towards what planning chose, and down the slope of what the world model and critic foresee."""
        batch = self.config.training.batch_size * self.config.training.updates_per_step
        if not batch or self.habits.size < self.config.training.batch_size:
            return {}
        chosen = self.habits.sample(batch, generator)
        if self.symmetry is not None:
            chosen = mirrored(chosen, self.symmetry, self.mode2.model.perception.center_y, generator)
        losses = self.losses(chosen)
        parameters = list(self.reflex.parameters())
        # Only the reflex's own gradients: the slope runs through nets that are not its to teach.
        grads = torch.autograd.grad(torch.stack(list(losses.values())).sum(), parameters)
        norm = torch.stack([grad.norm() for grad in grads]).norm()
        if bool(torch.isfinite(norm)):
            for parameter, grad in zip(parameters, grads, strict=True):
                parameter.grad = grad * (10.0 / norm).clamp_max(1.0)
            self.optimizer.step()
        return {name: float(loss.detach()) for name, loss in losses.items()}

    def losses(self, chosen: Chosen) -> dict[str, Tensor]:
        """Returns what is to be minimised, by name: distance to planning's choices, and the slope."""
        perception, cfg = self.mode2.model.perception, self.config
        attended = heed(select_things(chosen.senses, cfg.attention.num_attended), chosen.wish)
        with torch.no_grad():
            latent = select_tokens(perception(chosen.senses), attended)
            sight = self.mode2.model.ego_features_of(latent, gather(perception.appearance(chosen.senses), attended))
        impulse = self._impulse(latent, sight, select_tokens(chosen.wish, attended))
        before = torch.atanh(chosen.action.clamp(-SQUASHED, SQUASHED))
        off = (before - impulse.mean.detach()) * torch.exp(-impulse.log_std)
        known = torch.isfinite(chosen.regret)
        regret = torch.where(known, chosen.regret, impulse.regret.detach()).clamp(-5.0, 5.0)
        losses = {
            "reflex": (impulse.action - chosen.action).square().mean(),
            "reflex/spread": SPREAD * (0.5 * off.square() + impulse.log_std).mean(),
            "reflex/doubt": DOUBT * (impulse.regret - regret).square().mean(),
        }
        if cfg.policy.value_gradient_weight > 0.0:
            few = slice(
                cfg.training.batch_size
            )  # the slope runs through the whole ensemble: a part of the batch is enough
            part = Chosen({k: v[few] for k, v in chosen.senses.items()}, *(field[few] for field in chosen[1:]))
            seen = EgoFeatures(*(field[few] for field in sight))
            down = slope(
                self.mode2.model,
                self.mode2.mixture,
                self.mode2.critic if cfg.planner.use_critic else None,
                self.mode2.memories,
                latent[few],
                seen,
                impulse.action[few],
                part,
                attended[few],
            )
            losses["reflex/slope"] = cfg.policy.value_gradient_weight * down
        return losses

    def run_state_dict(self, choices: int | None = None) -> dict[str, Any]:
        """Returns what `state_dict` lacks, which has the weights: what it is distilled from, and when it acts.

        Args:
            choices: How many of the planner's latest choices to keep; None for all.
        """
        return {
            "buffer": self.habits.state_dict(choices),
            "arbiter": self.trust.state_dict(),
            "dagger": self.tries.state_dict(),
        }

    def load_run_state_dict(self, state: Mapping[str, Any]) -> None:
        """Loads what `run_state_dict` returned."""
        self.trust.load_state_dict(state["arbiter"])
        if "dagger" in state:
            self.tries.load_state_dict(state["dagger"])
        self.habits.load_state_dict(state["buffer"])
