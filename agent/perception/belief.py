"""Object permanence: tracks the positions of things that are out of sight, and their uncertainty."""

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

MIN_PRESENCE = 0.5  # presence of a hidden thing whose position is unknown; a thing with less is absent
VIEW_DISTANCE = 1.5  # m from which the world model is asked about a hidden thing
ERROR_RATE = 0.1  # weight of the last step in the running squared errors
INITIAL_ERROR = 0.1  # m: prediction error before any was measured
PRESENCE_DECAY = 0.5  # m of position uncertainty over which the presence falls by e
DRIFT = 0.01  # m of uncertainty that each step out of sight adds, where all members agree
MIN_SPEED = 0.05  # m/s: slower things stay where they are, or small errors of a net would add up to a drift


class BeliefTracker(nn.Module):
    """Predicts the rows of hidden things, which were seen before and are not seen now, with the world model.

    A thing that rolls behind a screen goes on rolling there, and a thing at rest stays where it was; a thing that is
    seen again is where it is seen. The prediction is an average of the world model's and of uniform motion, weighted by
    the inverse of their squared errors for that thing while it was seen moving: a young model is worse than uniform
    motion. The uncertainty of a position grows with these errors and with the ensemble's disagreement, and lowers the
    row's presence, so that planner, attention and objectives treat the thing as less certain.

    Source: object permanence by filtering without observation, the prediction step of Kalman 1960, with the world model
    of LeCun 2022 (section 4.10: a memory for parts of the world that are not perceived now) as its dynamics. We
    predict the mean and add up variances; that a thing is not seen where it is expected changes nothing.

    Attributes:
        rows: (K, features) of all things, as seen or as believed.
        position_std: (K,) standard deviation of hidden things' positions (m); 0 of things in sight.
        steps_unseen: (K,) control steps since each thing was seen; 0 of things in sight.
        squared_error: (2, K) running squared error (m2) of the world model and of uniform motion.
        pace_sums: (2,) sums from which `pace` is estimated.

    Args:
        things: Number of things, K.
        features: Number of features of a thing's row.
    """

    rows: Tensor
    position_std: Tensor
    steps_unseen: Tensor
    squared_error: Tensor
    pace_sums: Tensor

    def __init__(self, things: int, features: int) -> None:
        super().__init__()
        self.register_buffer("rows", torch.zeros(things, features))
        self.register_buffer("position_std", torch.zeros(things))
        self.register_buffer("steps_unseen", torch.zeros(things, dtype=torch.int64))
        self.register_buffer("squared_error", torch.full((2, things), INITIAL_ERROR**2))
        self.register_buffer("pace_sums", torch.zeros(2))

    def reset(self, things: int | None = None) -> None:
        """Forgets all hidden things, and changes the number of things if it is given."""
        things = len(self.rows) if things is None else things
        self.rows, self.position_std = torch.zeros(things, self.rows.shape[1]), torch.zeros(things)
        self.steps_unseen = torch.zeros(things, dtype=torch.int64)
        self.squared_error = nn.functional.pad(
            self.squared_error, (0, things - self.squared_error.shape[1]), value=INITIAL_ERROR**2
        )

    def fill_hidden(self, senses: Senses) -> Senses:
        """Returns senses in which the rows of hidden things are those believed."""
        hidden = senses["things"][:, THINGS.present] < MIN_PRESENCE
        return {**senses, "things": torch.where(hidden.unsqueeze(1), self.rows, senses["things"])}

    @torch.no_grad()
    def update(self, predict: PredictThings, before: Senses, after: Senses) -> Senses:
        """Carries beliefs on by a step that was lived.

        Args:
            predict: Predicts how a thing goes on, see `WorldModel.predict_things`.
            before: Senses before it, with beliefs.
            after: Senses after it, as they come.

        Returns:
            The senses after it, with beliefs.
        """
        was, now = before["things"], after["things"]
        seen, known = now[:, THINGS.present] >= MIN_PRESENCE, was[:, THINGS.present] >= MIN_PRESENCE
        moving = was[:, THINGS.velocity].norm(dim=1) >= MIN_SPEED
        believed = known & ~seen
        still = was.clone()
        still[:, THINGS.velocity] = 0.0
        row, variance = still, self.position_std.square() + DRIFT**2
        if bool((known & moving).any()):
            predicted = self._predict_as_onlooker(predict, before)  # (E, K, F)
            uniform = was.clone()
            uniform[:, THINGS.position] += self.pace * was[:, THINGS.velocity]
            predictions = torch.stack([predicted.mean(0), uniform])
            weight = (1.0 / self.squared_error) / (1.0 / self.squared_error).sum(0)  # (2, K)
            row = torch.where(moving.unsqueeze(1), (weight.unsqueeze(-1) * predictions).sum(0), still)
            spread = (predicted - predicted.mean(0))[..., THINGS.position_xy].square().sum(-1).mean(0)
            variance = variance + moving * (spread + (weight * self.squared_error).sum(0))
            self._update_errors(predictions, was, now, moving & seen_throughout(was, now))
        self.steps_unseen = torch.where(believed, self.steps_unseen + 1, 0)
        self.position_std = torch.where(believed, variance.sqrt(), 0.0)
        presence = MIN_PRESENCE + (SEEN - MIN_PRESENCE) * torch.exp(-self.position_std / PRESENCE_DECAY)
        row = torch.cat([row[:, THINGS.pose], was[:, THINGS.appearance]], 1)
        row[:, THINGS.present] = presence
        self.rows = torch.where(seen.unsqueeze(1), now, believed.unsqueeze(1) * row)
        return self.fill_hidden(after)

    def _update_errors(self, predictions: Tensor, before: Tensor, after: Tensor, seen: Tensor) -> None:
        """Updates the squared errors of both predictions (2, K, F), for things that were seen moving (K,)."""
        error = (predictions[..., THINGS.position_xy] - after[:, THINGS.position_xy]).square().sum(-1).clamp_min(1e-6)
        self.squared_error = torch.where(
            seen, self.squared_error + ERROR_RATE * (error - self.squared_error), self.squared_error
        )
        moved, velocity = ((after - before)[:, THINGS.position] * seen.unsqueeze(1)), before[:, THINGS.velocity]
        self.pace_sums = self.pace_sums + torch.stack(
            [(moved * velocity).sum(), (velocity.square() * seen.unsqueeze(1)).sum()]
        )

    @property
    def pace(self) -> Tensor:
        """Duration of a step (s), estimated from things that were seen moving."""
        return self.pace_sums[0] / self.pace_sums[1].clamp_min(1e-6)

    def _predict_as_onlooker(self, predict: PredictThings, senses: Senses) -> Tensor:
        """Returns the rows of things one step later (E, K, F), as each member would predict them if it saw them.

        A world model has never seen things that are behind the body, and cannot predict them. So it predicts each
        thing as seen by a body at rest, `VIEW_DISTANCE` away, which touches nothing.
        """
        rows, own = senses["things"], senses["body"]
        away = rows[:, THINGS.position_xy] - own[BODY.position]
        facing = away / away.norm(dim=1, keepdim=True).clamp_min(1e-6)
        body = own.expand(len(rows), -1).clone()
        body[:, BODY.position] = rows[:, THINGS.position_xy] - VIEW_DISTANCE * facing
        body[:, BODY.heading] = facing.flip(1)  # sine before cosine
        body[:, BODY.velocity] = 0.0
        single = rows.unsqueeze(1).clone()
        single[..., THINGS.present] = 1.0
        onlooker = {name: value.expand(len(rows), *value.shape) for name, value in senses.items()}
        onlooker |= {"body": body, "things": single}
        predicted = predict(onlooker)
        predicted_rows = rows.expand(len(predicted), -1, -1).clone()
        predicted_rows[..., THING_POSE_COLUMNS] = predicted
        return predicted_rows

    def hidden_objects(self) -> tuple[HiddenObject, ...]:
        """Returns the things that are hidden now, and where they are believed to be."""
        return tuple(
            HiddenObject(i, (x, y, z), float(self.position_std[i]), int(self.steps_unseen[i]))
            for i, (x, y, z) in enumerate(self.rows[:, THINGS.position].tolist())
            if self.steps_unseen[i]
        )


def freeze_unseen(before: Senses, after: Senses) -> Senses:
    """Returns senses before a step in which things that were hidden before or after it have not moved.

    The correction of a wrong belief is no motion: it must not change how much things are found to move usually.
    """
    both = seen_throughout(before["things"], after["things"])
    return {**before, "things": torch.where(both.unsqueeze(-1), before["things"], after["things"])}
