"""What was imagined while planning, for the critic to learn from."""

from __future__ import annotations

import torch
from torch import Tensor

from agent.critic import Critic
from agent.sight import Sight
from agent.world_model import Rollout, WorldModel

KEPT = 8192
CANDIDATES = 8  # transitions looked at for one that is kept
LEAST = 0.02  # weight of one about which the critic is sure


class Dreams:
    """A ring of imagined transitions, as the critic sees them.

    They are of plans that were weighed, most of which are then left undone: the critic learns from them what they
    would have cost. They come free, since the planner has imagined them anyway.

    Rather kept are those that begin where the critic does not know whether a drive will strike. Chosen by where they
    begin, not by what comes of them, they leave its chances right. A new one takes the place of any other, so that some
    stay long: a mind that plays far from the hot plate is not to forget it.

    Args:
        each: Transitions kept per decision; 0 to keep none.
    """

    def __init__(self, each: int) -> None:
        self.each, self.size = each, 0
        self.store: dict[str, Tensor] = {}

    @torch.no_grad()
    def add(
        self, model: WorldModel, critic: Critic, rollout: Rollout, costs: Tensor, generator: torch.Generator
    ) -> None:
        """Keeps some transitions of imagined plans.

        Args:
            model: Through which they are seen.
            critic: That is to learn from them.
            rollout: Of plans, (T, B).
            costs: (T, B, drives) on the common scale.
            generator: Random numbers.
        """
        steps, plans = costs.shape[:2]
        pick = torch.randint(steps * plans, (CANDIDATES * self.each,), generator=generator)
        step, plan = pick // plans, pick % plans
        looks = model.perception.appearance({"things": rollout.senses["things"][0, plan]})[:, rollout.attended]
        before = model.sight(rollout.latent[step, plan], looks)
        chance = torch.nan_to_num(critic.alarm(before)).flatten(1)
        keep = torch.multinomial(LEAST + (chance * (1.0 - chance)).amax(-1), self.each, generator=generator)
        step, plan = step[keep], plan[keep]
        after = model.sight(rollout.latent[step + 1, plan], looks[keep])
        dreamt = {
            "own": torch.stack([before.own[keep], after.own], 1),
            "pair": torch.stack([before.pair[keep], after.pair], 1),
            "cost": torch.nan_to_num(costs[step, plan], 0.0, 0.0, 0.0),
        }
        if not self.store or self.store["pair"].shape[1:] != dreamt["pair"].shape[1:]:
            with torch.inference_mode(False):  # it is learnt from, outside of planning
                self.store = {name: torch.zeros(KEPT, *value.shape[1:]) for name, value in dreamt.items()}
            self.size = 0  # other things are attended at once than before
        if self.size + self.each <= KEPT:
            place = torch.arange(self.size, self.size + self.each)
            self.size += self.each
        else:
            place = torch.randint(self.size, (self.each,), generator=generator)
        for name, value in dreamt.items():
            self.store[name][place] = value

    def sample(self, batch: int, generator: torch.Generator) -> tuple[Sight, Sight, Tensor]:
        """Draws what was seen before and after, and the costs (batch, drives)."""
        pick = torch.randint(self.size, (batch,), generator=generator)
        own, pair = self.store["own"][pick], self.store["pair"][pick]
        facing = own.new_zeros(batch, 1, dtype=torch.complex64)  # no critic asks for it
        before, after = (Sight(own[:, i], pair[:, i], facing) for i in range(2))
        return before, after, self.store["cost"][pick]

    def state(self) -> dict[str, Tensor]:
        """Returns what it holds."""
        return {name: value[: self.size] for name, value in self.store.items()}

    def load(self, state: dict[str, Tensor]) -> None:
        """Puts back what `state` returned."""
        self.size = len(state["cost"]) if state else 0
        self.store = {name: value.new_zeros((KEPT, *value.shape[1:])) for name, value in state.items()}
        for name, value in state.items():
            self.store[name][: self.size] = value
