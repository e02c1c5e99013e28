"""The mind: perceives, imagines, chooses, feels and learns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from agent.allocator import keep_freed_memory
from agent.config import MindConfig
from agent.configurator import attend, gather
from agent.critic import Critic
from agent.emotions import Emotions
from agent.memory import Replay
from agent.moment import Plan, Thought
from agent.perception import THING, Perception, Senses
from agent.planner import ICEM, colored_noise
from agent.world_model import Rollout, Sight, WorldModel
from intrinsic import Mixture
from usererror import UserError
from worlds import World

Obs = dict[str, npt.NDArray[Any]]
RIVALS = 4
BABBLE_BLOCK = 64  # steps of smooth babbling drawn at once
NEEDED = ("body", "touch", "things", "vitals")


@dataclass(frozen=True)
class Lived:
    """What a step was to the mind: costs, emotions and surprise, as in `Moment`."""

    costs: dict[str, float]
    emotions: dict[str, float]
    surprise: float


class Mind(nn.Module):
    """World model, objectives, critic, memory and planner of one creature.

    Make one with `Mind.born` or `Mind.load`. All random numbers come from its own generators, so that the same
    seed and the same senses give the same life.

    Attributes:
        steps: Control steps lived.
        mixture: What it cares about.
    """

    def __init__(self, senses: dict[str, tuple[int, ...]], actions: int, config: MindConfig, seed: int) -> None:
        super().__init__()
        torch.set_num_threads(config.threads)
        keep_freed_memory()
        missing = [name for name in NEEDED if name not in senses]
        if missing:
            raise UserError(f"a mind needs the senses {', '.join(NEEDED)}; this world lacks {', '.join(missing)}")
        self.config, self.seed, self.shapes, self.actions = config, seed, senses, actions
        self.steps = 0
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.perception = Perception(
                senses["body"][0], senses["vitals"][0], senses["touch"][0], senses["things"][1] - THING, config.what
            )
            self.world_model = WorldModel(self.perception, actions, config.ensemble, config.hidden)
            self.mixture = Mixture(config.objectives)
            self.drives = self.mixture.anticipated
            self.critic = Critic(self.world_model, self.drives, config.discount)
        self.planner = ICEM(
            config.horizon, actions, config.samples, config.iterations, config.elites, config.noise_beta
        )
        self.generator = torch.Generator().manual_seed(seed)
        example = {name: torch.zeros(shape) for name, shape in senses.items()}
        self.memory = Replay(example, actions, self.drives, config.capacity)
        self.emotions = Emotions()
        self.babble = torch.zeros(0, actions)
        self.promised: float | None = None
        self.information: float | None = None
        model = self.world_model
        predictor = [*model.pair_net.parameters(), *model.body_net.parameters()]
        known = {id(p) for p in predictor}
        rest = [p for p in self.parameters() if p.requires_grad and id(p) not in known]
        self.optimizer = torch.optim.Adam(predictor, lr=config.learning_rate, fused=True)
        self.slow_optimizer = torch.optim.Adam(rest, lr=config.learning_rate, fused=True)

    @classmethod
    def born(
        cls,
        world: World,
        objectives: dict[str, float] | None = None,
        seed: int = 0,
        config: MindConfig | None = None,
    ) -> Mind:
        """Makes a newborn mind for a world.

        Args:
            world: Whose senses and actions it will have.
            objectives: Weights by name; those of the configuration when not given.
            seed: For its first weights and all its chances.
            config: Settings; the defaults when not given.

        Raises:
            UserError: If an objective is unknown or cannot work, or the world lacks a sense.
        """
        config = config or MindConfig()
        if objectives is not None:
            config = MindConfig.from_json({**config.to_json(), "objectives": dict(objectives)})
        shapes = {name: tuple(space.shape or ()) for name, space in world.observation_space.items()}
        mind = cls(shapes, world.action_space.shape[0], config, seed)
        mind.check()
        return mind

    def check(self) -> None:
        """Tries every objective once on an imagined step, so that mistakes show before a life begins."""
        senses = {name: torch.zeros(shape) for name, shape in self.shapes.items()}
        attended = attend(senses, self.config.attend)
        latent = self._tokens(self.perception(senses), attended)
        view = self.world_model.imagine(latent, torch.zeros(1, 1, self.actions), senses, attended).view()
        self.mixture.check(view)

    # Perceiving ---------------------------------------------------------------------------------------------

    @staticmethod
    def _tokens(latent: Tensor, attended: Tensor) -> Tensor:
        return torch.cat([latent[..., :1, :], gather(latent[..., 1:, :], attended)], -2)

    @staticmethod
    def _tensors(obs: Obs) -> Senses:
        return {name: torch.from_numpy(np.ascontiguousarray(obs[name], np.float32)) for name in NEEDED}

    # Acting -------------------------------------------------------------------------------------------------

    @torch.inference_mode()
    def act(self, obs: Obs) -> tuple[npt.NDArray[np.float32], Thought]:
        """Chooses an action, and tells what went on.

        Args:
            obs: Senses by name.

        Returns:
            The action (A,), each -1 to 1, and the thought behind it.
        """
        senses = self._tensors(obs)
        attended = attend(senses, self.config.attend)
        latent = self._tokens(self.perception(senses), attended)
        anticipated = self._anticipate(latent[None], self.perception.appearance(senses)[attended][None])[0]
        if self.steps < self.config.babble:
            action, plans = self._babble(), tuple[Plan, ...]()
            self.promised = self.information = None
        else:
            action, plans = self._plan(latent, senses, attended)
        thought = Thought(
            mode="plan" if plans else "babble",
            horizon=self.config.horizon,
            attention=tuple(attended.tolist()),
            weights=self.mixture.weights,
            plans=plans,
            anticipated=dict(zip(self.drives, anticipated.tolist(), strict=True)),
        )
        return action.numpy().copy(), thought

    def _babble(self) -> Tensor:
        if not len(self.babble):
            noise = colored_noise(1.5, BABBLE_BLOCK, (self.actions,), self.generator)
            self.babble = (0.7 * noise).clamp(-1, 1)
        action, self.babble = self.babble[0], self.babble[1:]
        return action

    def _anticipate(self, latent: Tensor, appearance: Tensor) -> Tensor:
        return self.critic.expect(self.world_model.sight(latent, appearance))

    def _judge(self, latent: Tensor, actions: Tensor, senses: Senses, attended: Tensor) -> Judgement:
        """Imagines plans (T, B, A) and weighs them."""
        rollout = self.world_model.imagine(latent, actions, senses, attended)
        costs = self.mixture.costs(rollout.view())
        weights = self.mixture.weights
        parts = {name: cost.sum(0) * weights[name] for name, cost in costs.items()}
        appearance = self.perception.appearance(senses)[attended].expand(actions.shape[1], -1, -1)
        future = self._anticipate(rollout.latent[-1], appearance)
        for i, name in enumerate(self.drives if self.config.critic else ()):
            parts[f"critic.{name}"] = future[:, i] * weights[name]
        return Judgement(rollout, costs, parts, torch.stack(list(parts.values())).sum(0))

    def _plan(self, latent: Tensor, senses: Senses, attended: Tensor) -> tuple[Tensor, tuple[Plan, ...]]:
        judged: list[Judgement] = []

        def evaluate(actions: Tensor) -> Tensor:
            judged.append(self._judge(latent, actions, senses, attended))
            return judged[-1].total

        plans, costs = self.planner.plan(evaluate, self.generator)
        # Rivals are spread over the better half, so that a person sees alternatives and not one plan five times.
        shown = costs.argsort(stable=True)[torch.linspace(0, len(costs) // 2, RIVALS + 1).long()]
        best, last = int(shown[0]), judged[-1]
        weights, scales = self.mixture.weights, self.mixture.scales
        self.promised = sum(float(cost[0, best]) * weights[name] for name, cost in last.costs.items())
        self.information = -float(last.parts.get("disagreement", torch.zeros_like(costs))[best])
        # What an objective costs everywhere alike decides nothing: its scale is how much plans differ in it.
        self.mixture.rescale({n: (c - c.mean(1, keepdim=True)) * scales[n] for n, c in judged[0].costs.items()})
        return plans[0, best], pictured(last, shown)

    # Feeling and learning -----------------------------------------------------------------------------------

    @torch.no_grad()
    def observe(self, obs: Obs, action: npt.NDArray[np.float32], after: Obs) -> Lived:
        """Takes in one lived step: remembers it, and tells what it cost and how it felt."""
        before, now, act = self._tensors(obs), self._tensors(after), torch.from_numpy(action)
        attended = attend(before, self.config.attend)
        self.perception.observe(before, now)
        latent = torch.stack([self._tokens(self.perception(s), attended) for s in (before, now)])[:, None]
        appearance = self.perception.appearance(before)[attended][None]
        mean = self.world_model(latent[0], act[None], self.world_model.sight(latent[0], appearance))
        senses = {name: torch.stack([before[name], now[name]])[:, None] for name in NEEDED}
        rollout = Rollout(latent, act[None, None], mean[:, None], senses, attended, False)
        view = rollout.view()
        costs = {name: float(cost) for name, cost in self.mixture.costs(view).items()}
        self.mixture.observe(view)
        self.memory.add(before, act, now, costs)
        self.steps += 1
        energy = float((mean.mean(0) - latent[1])[..., : self.perception.where].square().sum())
        value = self._anticipate(latent.flatten(0, 1), appearance.expand(2, -1, -1))
        weights = self.mixture.weights
        relief = sum(
            weights[n] * (float(value[0, i]) - costs[n] - self.config.discount * float(value[1, i]))
            for i, n in enumerate(self.drives)
        )
        pain = float(value[1, self.drives.index("pain")]) if "pain" in self.drives else 0.0
        total = sum(weights[name] * cost for name, cost in costs.items())
        felt = self.emotions.update(pain, relief, energy, self.information, total, self.promised)
        muted = {name: float("nan") for name in self.mixture.muted}
        return Lived({**costs, **muted}, felt, energy)

    def learn(self) -> dict[str, float]:
        """Makes the configured number of updates from memory.

        Each is a step of the predictor on a batch of its own. All batches are encoded together, once, and encoder,
        readouts, critic and objectives take one step on the whole: what costs most is done least.

        Returns:
            Losses by name.
        """
        cfg = self.config
        if self.memory.size < cfg.batch or not cfg.updates:
            return {}
        senses, action, after, cost = self.memory.sample(cfg.batch * cfg.updates, self.generator)
        attended = attend(senses, cfg.attend)
        both = {name: torch.cat([senses[name], after[name]]) for name in senses}
        before, then = self._tokens(self.perception(both), attended.repeat(2, 1)).chunk(2)
        appearance = gather(self.perception.appearance(senses), attended)
        encoded = (before, then, *self.world_model.sight(before, appearance))
        leaves = [tensor.detach().requires_grad_(tensor.requires_grad) for tensor in encoded]
        for part in torch.arange(cfg.batch * cfg.updates).chunk(cfg.updates):
            latent, target, own, pair, facing = (leaf[part] for leaf in leaves)
            losses = self.world_model.loss(latent, target, action[part], Sight(own, pair, facing))
            self._step(self.optimizer, losses)
        sight = Sight(*(leaf.detach() for leaf in leaves[2:]))
        future = self.world_model.sight(then.detach(), appearance)
        slow = self.world_model.side_losses(before, then, action, after["touch"])
        slow["vicreg"], slow["inverse"] = cfg.vicreg * slow["vicreg"], cfg.inverse * slow["inverse"]
        slow["critic"] = self.critic.loss(sight, future, cost)
        grads = [(t, leaf.grad) for t, leaf in zip(encoded, leaves, strict=True) if leaf.grad is not None]
        self._step(self.slow_optimizer, slow, grads)
        self.critic.follow()
        return {name: float(loss.detach()) for name, loss in {**losses, **slow}.items()}

    @staticmethod
    def _step(
        optimizer: torch.optim.Optimizer, losses: dict[str, Tensor], grads: list[tuple[Tensor, Tensor]] | None = None
    ) -> None:
        total = torch.stack(list(losses.values())).sum()
        optimizer.zero_grad(set_to_none=True)
        tensors = [total, *(tensor for tensor, _ in grads or ())]
        torch.autograd.backward(tensors, [torch.ones_like(total), *(grad for _, grad in grads or ())])
        nn.utils.clip_grad_norm_(optimizer.param_groups[0]["params"], 10.0)
        optimizer.step()


@dataclass(frozen=True)
class Judgement:
    """Imagined plans, their costs per step (T, B) by objective, weighted parts (B,) and totals (B,)."""

    rollout: Rollout
    costs: dict[str, Tensor]
    parts: dict[str, Tensor]
    total: Tensor


def pictured(judged: Judgement, shown: Tensor) -> tuple[Plan, ...]:
    """Returns some of the imagined plans in a form that a person can look at."""
    pick = shown.tolist()
    body, things = (judged.rollout.senses[name][:, pick].numpy() for name in ("body", "things"))
    path = np.concatenate([body[..., :2], np.arctan2(body[..., 2:3], body[..., 3:4])], -1)
    return tuple(
        Plan(
            float(judged.total[plan]),
            {name: float(part[plan]) for name, part in judged.parts.items()},
            path[:, i],
            things[:, i, :, :3],
            judged.rollout.action[:, plan].numpy(),
        )
        for i, plan in enumerate(pick)
    )
