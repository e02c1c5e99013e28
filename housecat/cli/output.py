"""What a command leaves behind: words or one JSON object on stdout, and pictures and a page in a run folder."""

from __future__ import annotations

import base64
import html
import importlib.metadata
import json
import platform
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from housecat.cli.progress import Bar

if TYPE_CHECKING:
    from agent.moment import Moment

TOLD = ("numpy", "pybullet", "torch")
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title><style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222 }}
img {{ width: 100% }} td {{ padding: .1rem 1.5rem .1rem 0; vertical-align: top }}
</style></head><body><h1>{title}</h1>{picture}<table>{rows}</table></body></html>
"""


def say(words: str) -> None:
    """Tells a person something that is not the result."""
    print(words, file=sys.stderr, flush=True)


def report(result: Mapping[str, Any], words: str, as_json: bool) -> int:
    """Prints a result, as one JSON object or in words; returns the status of success."""
    print(json.dumps(result, default=str) if as_json else words or "\n".join(lines(result)), flush=True)
    return 0


def table(rows: Mapping[str, Any]) -> str:
    """Returns names and what is to be said of them, in two columns."""
    width = max((len(name) for name in rows), default=0)
    return "\n".join(f"{name:{width}}  {value}" for name, value in rows.items())


def lines(result: Mapping[str, Any], indent: str = "") -> list[str]:
    """Returns a nested result as lines."""
    out = []
    for name, value in result.items():
        if isinstance(value, Mapping):
            out += [f"{indent}{name}", *lines(value, f"{indent}  ")] if value else []
        else:
            out.append(f"{indent}{name}: {value}")
    return out


def versions() -> dict[str, str]:
    """Returns what a number may depend on."""
    found = {"housecat": "not installed", "python": platform.python_version()}
    for name in ("housecat", *TOLD):
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def version() -> str:
    """Returns housecat's version, and in a git checkout the commit that runs: ``0.2.0 (1a2b3c4, changed)``."""
    number = versions()["housecat"]
    commit = _commit(Path(__file__).parents[2])
    return f"{number} ({commit})" if commit else number


def _commit(checkout: Path) -> str:
    """Returns the commit of a checkout, with a note where files differ from it; empty where there is none."""
    if not (checkout / ".git").exists():
        return ""
    git = ["git", "-C", str(checkout)]
    try:
        found = [
            subprocess.run([*git, *arguments], capture_output=True, text=True, check=True, timeout=10).stdout.strip()
            for arguments in (("rev-parse", "--short", "HEAD"), ("status", "--porcelain", "--untracked-files=no"))
        ]
    except (OSError, subprocess.SubprocessError):  # no git, or a checkout of somebody else's that git does not trust
        return ""
    return f"{found[0]}, changed" if found[1] else found[0]


def page(title: str, result: Mapping[str, Any], picture: Path) -> str:
    """Returns a page that needs nothing else: the picture, where there is one, and the numbers."""
    drawn = ""
    if picture.is_file():
        drawn = f'<img alt="summary" src="data:image/png;base64,{base64.b64encode(picture.read_bytes()).decode()}">'
    rows = "".join(
        f"<tr><td>{html.escape(name)}</td><td>{html.escape(value)}</td></tr>" for name, value in _flat(result).items()
    )
    return PAGE.format(title=html.escape(title), picture=drawn, rows=rows)


def watch_window(make: Callable[[], Any], seconds: float | None, speed: float = 1.0) -> dict[str, Any]:
    """Shows a life in the window until it is closed; ``error`` tells why the life broke off, if it did."""
    import viewer

    result = dict(viewer.watch(make, seconds=seconds, speed=speed))
    if result["error"]:
        say(f"housecat: {result['error']}")
    return result


def film(run: Path, make: Callable[[], Any], seconds: float, title: str) -> dict[str, Any]:
    """Makes a clip of a life in a run folder, and says where it is."""
    import viewer
    from housecat.core.atomic_write import writing

    clip, picture = run / "clip.mp4", run / "summary.png"
    with writing(run), Bar("Filming", seconds, "s") as bar:

        def on_moment(moment: Moment) -> None:
            bar(min(seconds, bar.done + moment.time / (moment.step + 1)))  # a mind may have lived before

        drawn = None if picture.exists() else picture
        viewer.film(make, clip, seconds, title=title, summary_png=drawn, on_moment=on_moment)
    return {"clip": str(clip), "summary": str(picture)}


def illustrate(run: Path, numbers: Mapping[str, Any]) -> None:
    """Keeps a run's numbers, a picture of them, and a page with both."""
    import viewer
    from agent.runs.run_dir import load_run
    from housecat.core.atomic_write import write_text, writing

    with writing(run):
        write_text(run / "summary.json", json.dumps(numbers, indent=2))
        viewer.summarise(load_run(run), run / "summary.png")
        write_text(run / "report.html", page(run.name, numbers, run / "summary.png"))


def _flat(result: Mapping[str, Any], above: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for name, value in result.items():
        flat |= _flat(value, f"{above}{name} / ") if isinstance(value, Mapping) else {above + name: str(value)}
    return flat
