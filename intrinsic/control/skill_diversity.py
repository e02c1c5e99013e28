"""Skill diversity (DIAYN): states that reveal the current skill."""

from __future__ import annotations

import math
from typing import ClassVar

import torch
from torch import Tensor

from intrinsic.nets import TokenFeatures, first_transition, mlp
from intrinsic.objective import Memory, Objective, View

BATCH = 256  # remembered states per `loss`


class SkillDiversity(Objective):
    r"""Rewards states that reveal which skill is being carried out.

    Formula: ``cost = - (log q(z | s') + log S)``, where z is the skill of the moment, one of S, and the discriminator q
    learns to tell skills by the states reached with them.

    Source: Eysenbach et al., *Diversity is all you need* (DIAYN), 2018, arXiv 1802.06070. Differs: a life has no
    episodes to draw a skill for, so the skill is part of the episodic memory and changes every 50 steps, in turn; each
    of several lives side by side begins with another. There is no policy per skill: a planner acts out whichever skill
    its memory holds.

    Reads: ``latent`` (\*lead, N, Z).

    Weaknesses: a policy that does not see its memory (any of Stable-Baselines3) does not know which skill is wanted,
    and learns only states that reveal some skill: use it with a planner. Skills become distinct in whatever is easiest:
    places.
    """

    reads = frozenset({"latent"})
    memory = "episode"
    anticipated: ClassVar[bool] = False
    states: Tensor
    labels: Tensor
    lived: Tensor

    def __init__(self, skills: int = 6, span: int = 50, hidden: int = 64, size: int = 32, capacity: int = 2048) -> None:
        """Makes the objective.

        Args:
            skills: Number of skills S.
            span: Steps for which a skill lasts.
            hidden: Width of the hidden layers.
            size: Number of random features of a state.
            capacity: Number of states that the discriminator learns from, the last ones.
        """
        super().__init__()
        self.skills, self.span, self.hidden, self.size, self.capacity = skills, span, hidden, size, capacity

    def build(self, view: View) -> None:
        """Makes the discriminator, and room for states and their skills."""
        shape = first_transition(view, "latent").shape
        self.random = TokenFeatures(shape, self.hidden, self.size, fixed=True)
        self.discriminator = mlp(self.size, self.hidden, self.skills)
        self.register_buffer("states", torch.zeros(self.capacity, self.size))
        self.register_buffer("labels", torch.zeros(self.capacity, dtype=torch.int64))
        self.register_buffer("lived", torch.zeros((), dtype=torch.int64))

    def begin(self, lead: tuple[int, ...]) -> Tensor:
        """Returns the number of steps, (*lead,), which determines the skill; each life begins with another one."""
        return torch.arange(math.prod(lead)).reshape(lead) % self.skills * self.span

    def remember(self, memory: Tensor, view: View) -> Tensor:
        """Returns the steps with one more."""
        return memory + 1

    def _skill(self, memory: Tensor) -> Tensor:
        return memory.div(self.span, rounding_mode="floor") % self.skills

    def cost(self, view: View, memory: Memory = None) -> Tensor:
        """Returns the negative information about the skill (nats), shape (*lead,)."""
        log_q = self.discriminator(self.random(view["latent"])).log_softmax(-1)
        skill = self._skill(memory).expand(log_q.shape[:-1])
        information: Tensor = log_q.gather(-1, skill.unsqueeze(-1)).squeeze(-1) + math.log(self.skills)
        return -information

    def sequence_cost(self, view: View, memory: Tensor) -> tuple[Tensor, Tensor]:
        r"""Returns costs (T, \*lead) and the steps after them, all at once."""
        steps = len(view["latent"])
        number = torch.arange(steps).view(-1, *(1,) * memory.dim())
        return self.cost(view, memory + number), memory + steps

    def loss(self, view: View) -> Tensor | None:
        """Returns the discriminator's cross-entropy on remembered states; the view does not hold its skills."""
        filled = min(int(self.lived), self.capacity)
        if not filled:
            return None
        pick = torch.randint(filled, (BATCH,))
        return torch.nn.functional.cross_entropy(self.discriminator(self.states[pick]), self.labels[pick])

    def observe(self, view: View, memory: Memory = None) -> None:
        """Stores the states and the skills with which they were reached."""
        self.random.observe(view["latent"])
        rows = self.random(view["latent"]).reshape(-1, self.size)
        memory = self.begin(view["latent"].shape[:-2]) if memory is None else memory
        skill = self._skill(memory).expand(view["latent"].shape[:-2]).flatten()
        rows, skill = rows[-self.capacity :], skill[-self.capacity :]
        place = (self.lived + torch.arange(len(rows))) % self.capacity
        self.states[place], self.labels[place] = rows, skill
        self.lived += len(rows)
