"""The report on a watched life, and the farewell made of it."""

from __future__ import annotations

from typing import TypedDict


class WatchReport(TypedDict):
    """How watching went.

    Keys:
        agent: Who was shown, such as ``a kitten``.
        frames: Pictures shown of the life.
        fps: Their median rate (1/s).
        fps_p5: The rate that 95 of 100 pictures reached (1/s).
        steps: Control steps shown.
        seconds: Seconds of life shown, however old the mind was before.
        touched: Control steps in which it touched each thing, most first.
        modes: Control steps by how their action was chosen, most first.
        time_to_first_frame: Seconds until the room was seen.
        backend: Name of the renderer.
        kept: Folder of the run that the life is kept in, or empty.
        error: Why the life broke off, or empty.
    """

    agent: str
    frames: int
    fps: float
    fps_p5: float
    steps: int
    seconds: float
    touched: dict[str, int]
    modes: dict[str, int]
    time_to_first_frame: float
    backend: str
    kept: str
    error: str


TOUCHED_SHOWN = 3
MODE_WORDS = {
    "warmup": "moved its limbs at random",
    "plan": "planned",
    "react": "acted from habit",
    "dagger": "tried a habit",
}


def farewell(report: WatchReport) -> str:
    """Returns the report in sentences: how long it lived, what it did most, where it is kept."""
    if not report["steps"]:
        return "Nothing was lived."
    who = report["agent"][:1].upper() + report["agent"][1:]
    sentences = [f"{who} lived for {_duration(report['seconds'])} ({report['steps']:,} steps)."]
    mode, count = next(iter(report["modes"].items()))
    sentences.append(f"It {MODE_WORDS.get(mode, mode)} in {100 * count / report['steps']:.0f} % of them.")
    touched = [f"the {name} ({count:,} steps)" for name, count in list(report["touched"].items())[:TOUCHED_SHOWN]]
    sentences.append(f"It touched {_listed(touched)} most." if touched else "It touched nothing.")
    if report["error"]:
        sentences.append(f"Then its life broke off: {report['error']}.")
    if report["kept"]:
        sentences.append(f"It is kept in {report['kept']}. Go on with it: housecat watch --resume {report['kept']}")
    return "\n".join(sentences)


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    parts = [f"{n} {unit}{'s' * (n != 1)}" for n, unit in ((minutes, "minute"), (rest, "second")) if n]
    return " and ".join(parts) or f"{seconds:.1f} seconds"


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
