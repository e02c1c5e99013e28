"""How much a life plays: with what, and how far things get, from senses and events alone."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from agent.moment import Moment
from agent.runs.run_dir import RunDir

MOVED = 0.02  # metres: less is the trembling of a thing at rest
RECENT = 500  # steps


class InteractionMetrics:
    """Counts contacts and ways as a life goes on.

    A toy is a thing that has moved, so that no names are built in: a feeder on the floor is touched, not played with.

    Attributes:
        steps: Steps counted.
        touched: Steps with a contact, by thing.
        moved: Metres moved, by thing.
    """

    def __init__(self) -> None:
        self.steps = 0
        self.touched: Counter[str] = Counter()
        self.moved: defaultdict[str, float] = defaultdict(float)
        self._together: Counter[frozenset[str]] = Counter()
        self._recent: deque[frozenset[str]] = deque(maxlen=RECENT)
        self._at: dict[str, npt.NDArray[np.float32]] = {}

    @classmethod
    def of(cls, folder: RunDir) -> InteractionMetrics:
        """Counts what a run recorded."""
        play, arrays = cls(), folder.arrays()
        touched: defaultdict[int, list[Mapping[str, Any]]] = defaultdict(list)
        for event in folder.events():
            touched[event["row"]].append(event)
        seen = arrays.get("obs.things")
        for row, names in enumerate(arrays.get("things", ())):
            play._count(names, None if seen is None else seen[row], touched[row])
        return play

    def add(self, moment: Moment) -> None:
        """Counts one moment."""
        self._count(moment.things, moment.obs.get("things"), moment.events)

    def _count(self, names: Iterable[str], seen: npt.NDArray[Any] | None, events: Iterable[Mapping[str, Any]]) -> None:
        touched = frozenset(str(e["thing"]) for e in events if e["event"] == "contact" and "thing" in e)
        self.steps += 1
        self.touched.update(touched)
        self._together[touched] += 1
        self._recent.append(touched)
        for name, thing in zip(map(str, names), () if seen is None else seen, strict=False):
            last = self._at.setdefault(name, thing[:3].copy())
            way = float(np.linalg.norm(thing[:3] - last))
            if way > MOVED:  # shorter ways wait until they add up, or rolling slowly would count as rest
                self.moved[name] += way
                self._at[name] = thing[:3].copy()

    def _toys(self, touched: frozenset[str]) -> bool:
        return any(name in self.moved for name in touched)

    @property
    def share(self) -> float:
        """Share of all steps with a toy in contact."""
        return sum(n for touched, n in self._together.items() if self._toys(touched)) / max(1, self.steps)

    @property
    def recent(self) -> float:
        """Share of the last 500 steps with a toy in contact."""
        return sum(map(self._toys, self._recent)) / max(1, len(self._recent))


def duration(arrays: Mapping[str, npt.NDArray[Any]]) -> float:
    """Returns the seconds of life that a run has recorded.

    Args:
        arrays: What `RunDir.arrays` returned; at least one row.
    """
    age, step = arrays["time"], arrays["step"]  # the age (s) of the mind at the end of each step, which counts from 0
    return float(age[-1] - age[0] + age[0] / (step[0] + 1))


def summarise(folder: RunDir) -> dict[str, Any]:
    """Returns the numbers of a recorded life, ready for JSON: play, means of what was felt, events, speed."""
    arrays, play = folder.arrays(), InteractionMetrics.of(folder)
    if not play.steps:
        return {"steps": 0}
    counts = Counter(event["event"] for event in folder.events())
    modes, steps = np.unique(arrays["mode"], return_counts=True)

    def means(group: str) -> dict[str, float]:
        found = {name.removeprefix(group): array for name, array in arrays.items() if name.startswith(group)}
        return {n: round(float(np.nanmean(a)), 5) for n, a in found.items() if np.isfinite(a).any()}

    return {
        "steps": play.steps,
        "seconds": round(duration(arrays), 3),
        "age_seconds": round(float(arrays["time"][-1]), 3),
        "play": {
            "share": round(play.share, 4),
            f"share_last_{RECENT}": round(play.recent, 4),
            "touched_share": {n: round(c / play.steps, 4) for n, c in play.touched.most_common()},
            "moved_m": {n: round(m, 3) for n, m in sorted(play.moved.items(), key=lambda item: -item[1])},
        },
        "events": dict(counts.most_common()),
        "modes": {str(mode): round(int(n) / play.steps, 4) for mode, n in zip(modes, steps, strict=True)},
        "costs": means("costs."),
        "emotions": means("emotions."),
        "surprise": round(float(np.nanmean(arrays["surprise"])), 5),
        "seconds_per_step": means("seconds."),
    }
