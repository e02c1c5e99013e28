"""Learning from memory."""

from __future__ import annotations

import threading
from functools import cached_property
from importlib import import_module

import torch
from torch import Tensor, nn

from agent.augment import Mirror, augment
from agent.belief import seen_throughout
from agent.config import MindConfig
from agent.configurator import attend, gather
from agent.critic import Critic
from agent.memory import Replay
from agent.sight import Sight
from agent.world_model import Rollout, WorldModel
from intrinsic import Mixture


class Learner:
    """Trains the world model, the critic and the objectives of a mind, which it does not own.

    Each update is a step of the predictor on a batch of its own. All batches of a control step are encoded together,
    once, and encoder, readouts, critic and objectives take one step on the whole: curiosity lives on updates of the
    predictor, and what costs most is done least.
    """

    def __init__(self, model: WorldModel, mixture: Mixture, critic: Critic, config: MindConfig) -> None:
        self.model, self.mixture, self.critic, self.config = model, mixture, critic, config
        self.mirror: Mirror | None = None
        # The first optimiser of a process imports 800 modules (2 s): meanwhile a newborn may already babble.
        threading.Thread(target=import_module, args=("torch._dynamo",), daemon=True).start()

    @property
    def tastes(self) -> bool:
        """Whether an objective learns; known once the mixture is built."""
        return any(p.requires_grad for p in self.mixture.parameters())

    @cached_property
    def fast(self) -> torch.optim.Optimizer:
        """Steps the predictor."""
        return self._optimizer(self.model.predictor)

    @cached_property
    def slow(self) -> torch.optim.Optimizer:
        """Steps all else that learns."""
        predictor = {id(p) for p in self.model.predictor}
        owners = (self.model, self.critic)
        everything = [p for owner in owners for p in owner.parameters()]
        return self._optimizer([p for p in everything if p.requires_grad and id(p) not in predictor])

    @cached_property
    def taste(self) -> torch.optim.Optimizer:
        """Steps what the objectives learn, apart from all else: a plug-in's gradient is not to be trusted."""
        return self._optimizer([p for p in self.mixture.parameters() if p.requires_grad])

    def _taste(self, loss: Tensor) -> None:
        self.taste.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        for name in self.mixture.names:
            parameters = [p for p in self.mixture[name].parameters() if p.grad is not None]
            if not all(bool(torch.isfinite(p.grad).all()) for p in parameters if p.grad is not None):
                self.mixture.mute(name, "its `loss` has a gradient that is nan or infinite")
                for p in parameters:
                    p.grad = None
            nn.utils.clip_grad_norm_(parameters, 10.0)
        self.taste.step()

    def _optimizer(self, parameters: list[nn.Parameter]) -> torch.optim.Optimizer:
        return torch.optim.Adam(parameters, lr=self.config.learning_rate, fused=True)

    def learn(self, memory: Replay, generator: torch.Generator) -> dict[str, float]:
        """Makes the configured number of updates, and returns the losses of the last by name."""
        cfg, model = self.config, self.model
        if memory.transitions < cfg.batch or not cfg.updates:
            return {}
        senses, action, after, cost, index = memory.sample(cfg.batch * cfg.updates, generator, cfg.rare, cfg.priority)
        if self.mirror or cfg.noise or cfg.shift or cfg.light:
            given = senses, action, after
            senses, action, after = augment(cfg, model.perception, self.mirror, given, generator)
        attended = attend(senses, cfg.attend)
        both = {name: torch.cat([senses[name], after[name]]) for name in senses}
        before, then = model.encode(both, attended.repeat(2, 1)).chunk(2)
        appearance = gather(model.perception.appearance(senses), attended)
        encoded = (before, then, *model.sight(before, appearance))
        seen = None
        if cfg.belief:
            seen = gather(seen_throughout(senses["things"], after["things"]).unsqueeze(-1), attended)[..., 0].float()
        parts = [tensor.detach().chunk(cfg.updates) for tensor in encoded]
        losses: dict[str, Tensor] = {}
        for i, (act, where) in enumerate(zip(action.chunk(cfg.updates), index.chunk(cfg.updates), strict=True)):
            latent, target, own, pair, facing = (
                part[i].requires_grad_(tensor.requires_grad) for part, tensor in zip(parts, encoded, strict=True)
            )
            losses, energy = model.loss(
                latent, target, act, Sight(own, pair, facing), seen=None if seen is None else seen.chunk(cfg.updates)[i]
            )
            memory.retell(where, energy)
            _step(self.fast, losses)
        sight = Sight(*(tensor.detach() for tensor in encoded[2:]))
        future = model.sight(then.detach(), appearance)
        slow = model.side_losses(before, then, action, after["touch"], cfg.regularizer, generator)
        slow["regularizer"] *= cfg.regularization
        slow["inverse"] *= cfg.inverse
        if cfg.past:
            slow["past"] = cfg.past * model.blanks.past(before, then, action, future)
        if cfg.masked:
            slow["masked"] = cfg.masked * model.blanks.masked(before, sight, generator)
        if self.critic.drives:
            slow["critic"] = self.critic.loss(sight, future, cost)
        if self.tastes:
            with torch.no_grad():
                mean = model(before, action, sight)
            path = {name: torch.stack([senses[name], after[name]]) for name in senses}
            lived = Rollout(torch.stack([before, then]).detach(), action[None], mean[:, None], path, attended, False)
            taste = self.mixture.loss(lived.view())
            if taste is not None:
                slow["objectives"] = taste.detach()
                self._taste(taste)
        grads = [
            (tensor, torch.cat([leaf.grad for leaf in part if leaf.grad is not None]))
            for tensor, part in zip(encoded, parts, strict=True)
            if tensor.requires_grad
        ]
        _step(self.slow, slow, grads)
        self.critic.follow()
        return {name: float(loss.detach()) for name, loss in {**losses, **slow}.items()}


def _step(
    optimizer: torch.optim.Optimizer, losses: dict[str, Tensor], grads: list[tuple[Tensor, Tensor]] | None = None
) -> None:
    """Takes a step down the sum of losses, and down gradients of tensors that were computed apart."""
    total = torch.stack(list(losses.values())).sum()
    optimizer.zero_grad(set_to_none=True)
    tensors = [total, *(tensor for tensor, _ in grads or ())]
    torch.autograd.backward(tensors, [torch.ones_like(total), *(grad for _, grad in grads or ())])
    norm = nn.utils.clip_grad_norm_(optimizer.param_groups[0]["params"], 10.0, foreach=True)
    if bool(torch.isfinite(norm)):  # one bad batch must not end a mind
        optimizer.step()
