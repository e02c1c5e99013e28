"""Things out of sight: where they are believed to be, and how sure that is."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from agent.moment import HiddenObject
from agent.perception.encoder import THING_POSE_COLUMNS, Senses
from agent.perception.visibility import SEEN, seen_throughout
from housecat.core.obs_layout import BODY, THINGS

# Maps observations (B, ...) of one thing each to the thing's columns `THING_POSE_COLUMNS` one step later, in which the
# body does nothing, as each member of an ensemble predicts them (E, B, THING_POSE).
PredictThings = Callable[[Senses], Tensor]

LEAST = 0.5  # presence of what is believed with no idea where; below it a thing is not there at all
LOOK = 1.5  # metres from which a thing out of sight is looked at in thought
NEWS = 0.1  # weight of the last step in how far off predictions were
FIRST = 0.1  # metres that they are off for all that is known at first
UNIT = 0.5  # metres of doubt that take e times of the sureness
DOUBT = 0.01  # metres that each step out of sight adds, where all members agree
REST = 0.05  # m/s: what is slower rests, or small errors of a net would add up to wandering


class BeliefTracker(nn.Module):
    """Carries on the rows of things that were seen and are not seen now, as the world model says.

    What rolls behind a screen goes on rolling there, and what was left at rest stays where it was; seen again, it is
    where it is seen. A young model is worse at this than going straight on is: the two are weighed by how far off
    each was, of each thing, while it was seen moving. Doubt grows step by step with that and with the ensemble's
    disagreement, and takes from the row's presence, so that planning, attention and objectives see it as less certain.

    Source: object permanence by filtering without observation, the prediction step of Kalman 1960, with the world model
    of LeCun 2022 (section 4.10: a memory for parts of the world that are not perceived now) as its dynamics. We carry
    on the mean and add up variances; that a thing is not where it is looked for is not taken as news.

    Args:
        things: K.
        features: Of a row.
    """

    rows: Tensor
    doubt: Tensor
    unseen: Tensor
    off: Tensor
    ran: Tensor

    def __init__(self, things: int, features: int) -> None:
        super().__init__()
        self.register_buffer("rows", torch.zeros(things, features))
        self.register_buffer("doubt", torch.zeros(things))
        self.register_buffer("unseen", torch.zeros(things, dtype=torch.int64))
        self.register_buffer("off", torch.full((2, things), FIRST**2))  # (m2) of the model, and of going straight on
        self.register_buffer("ran", torch.zeros(2))

    def forget(self, things: int | None = None) -> None:
        """Believes nothing any more, of so many things."""
        things = len(self.rows) if things is None else things
        self.rows, self.doubt = torch.zeros(things, self.rows.shape[1]), torch.zeros(things)
        self.unseen = torch.zeros(things, dtype=torch.int64)
        self.off = nn.functional.pad(self.off, (0, things - self.off.shape[1]), value=FIRST**2)

    def fill(self, senses: Senses) -> Senses:
        """Returns senses in which things out of sight are as believed."""
        hidden = senses["things"][:, THINGS.present] < LEAST
        return {**senses, "things": torch.where(hidden.unsqueeze(1), self.rows, senses["things"])}

    @torch.no_grad()
    def follow(self, predict: PredictThings, before: Senses, after: Senses) -> Senses:
        """Carries beliefs on by a step that was lived.

        Args:
            predict: Predicts how a thing goes on, see `WorldModel.predict_things`.
            before: Senses before it, with beliefs.
            after: Senses after it, as they come.

        Returns:
            The senses after it, with beliefs.
        """
        was, now = before["things"], after["things"]
        seen, known = now[:, THINGS.present] >= LEAST, was[:, THINGS.present] >= LEAST
        moving = was[:, THINGS.velocity].norm(dim=1) >= REST
        believed = known & ~seen
        still = was.clone()
        still[:, THINGS.velocity] = 0.0
        row, doubt = still, self.doubt.square() + DOUBT**2
        if bool((known & moving).any()):
            read = self._onlooking(predict, before)  # (E, K, F)
            straight = was.clone()
            straight[:, THINGS.position] += self.pace * was[:, THINGS.velocity]
            ways = torch.stack([read.mean(0), straight])
            trust = (1.0 / self.off) / (1.0 / self.off).sum(0)  # (2, K)
            row = torch.where(moving.unsqueeze(1), (trust.unsqueeze(-1) * ways).sum(0), still)
            spread = (read - read.mean(0))[..., THINGS.position_xy].square().sum(-1).mean(0)
            doubt = doubt + moving * (spread + (trust * self.off).sum(0))
            self._compare(ways, was, now, moving & seen_throughout(was, now))
        self.unseen = torch.where(believed, self.unseen + 1, 0)
        self.doubt = torch.where(believed, doubt.sqrt(), 0.0)
        presence = LEAST + (SEEN - LEAST) * torch.exp(-self.doubt / UNIT)
        row = torch.cat([row[:, THINGS.pose], was[:, THINGS.appearance]], 1)
        row[:, THINGS.present] = presence
        self.rows = torch.where(seen.unsqueeze(1), now, believed.unsqueeze(1) * row)
        return self.fill(after)

    def _compare(self, ways: Tensor, was: Tensor, now: Tensor, seen: Tensor) -> None:
        """Notes how far off either way of telling (2, K, F) was for things that were seen to move."""
        off = (ways[..., THINGS.position_xy] - now[:, THINGS.position_xy]).square().sum(-1).clamp_min(1e-6)
        self.off = torch.where(seen, self.off + NEWS * (off - self.off), self.off)
        moved, speed = ((now - was)[:, THINGS.position] * seen.unsqueeze(1)), was[:, THINGS.velocity]
        self.ran = self.ran + torch.stack([(moved * speed).sum(), (speed.square() * seen.unsqueeze(1)).sum()])

    @property
    def pace(self) -> Tensor:
        """Seconds in a step, as far as things seen moving tell."""
        return self.ran[0] / self.ran[1].clamp_min(1e-6)

    def _onlooking(self, predict: PredictThings, senses: Senses) -> Tensor:
        """Returns the rows of things one step later as each member says (E, K, F), had they been looked at.

        What is behind a body was never seen there: asked about it as it is, a model speaks of what it has not learnt.
        So it is asked as an onlooker from a little way off, who touches nothing; a step costs the same.
        """
        rows, me = senses["things"], senses["body"]
        away = rows[:, THINGS.position_xy] - me[BODY.position]
        facing = away / away.norm(dim=1, keepdim=True).clamp_min(1e-6)
        body = me.expand(len(rows), -1).clone()
        body[:, BODY.position] = rows[:, THINGS.position_xy] - LOOK * facing
        body[:, BODY.heading] = facing.flip(1)  # sine before cosine
        body[:, BODY.velocity] = 0.0
        one = rows.unsqueeze(1).clone()
        one[..., THINGS.present] = 1.0
        onlooker = {name: value.expand(len(rows), *value.shape) for name, value in senses.items()}
        onlooker |= {"body": body, "things": one}
        predicted = predict(onlooker)
        read = rows.expand(len(predicted), -1, -1).clone()
        read[..., THING_POSE_COLUMNS] = predicted
        return read

    def told(self) -> tuple[HiddenObject, ...]:
        """Returns what is believed of things out of sight."""
        return tuple(
            HiddenObject(i, (x, y, z), float(self.doubt[i]), int(self.unseen[i]))
            for i, (x, y, z) in enumerate(self.rows[:, THINGS.position].tolist())
            if self.unseen[i]
        )


def steady(before: Senses, after: Senses) -> Senses:
    """Returns senses before a step in which things not seen both before and after it have not moved.

    That a belief was wrong is no motion: it must not be taken for how much things usually move.
    """
    both = seen_throughout(before["things"], after["things"])
    return {**before, "things": torch.where(both.unsqueeze(-1), before["things"], after["things"])}
