"""What a command leaves behind: words or one JSON object on stdout, and pictures and a page in a run folder."""

from __future__ import annotations

import base64
import html
import importlib.metadata
import json
import platform
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

PACKAGES = ("numpy", "pybullet", "torch")
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title><style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222 }}
img {{ width: 100% }} td {{ padding: .1rem 1.5rem .1rem 0; vertical-align: top }}
</style></head><body><h1>{title}</h1>{picture}<table>{rows}</table></body></html>
"""


def print_message(words: str) -> None:
    """Tells a person something that is not the result."""
    print(words, file=sys.stderr, flush=True)


def print_result(result: Mapping[str, Any], words: str, as_json: bool) -> int:
    """Prints a result, as one JSON object or in words; returns the status of success."""
    print(json.dumps(result, default=str) if as_json else words or "\n".join(nested_lines(result)), flush=True)
    return 0


def two_columns(rows: Mapping[str, Any]) -> str:
    """Returns names and what is to be said of them, in two columns."""
    width = max((len(name) for name in rows), default=0)
    return "\n".join(f"{name:{width}}  {value}" for name, value in rows.items())


def nested_lines(result: Mapping[str, Any], indent: str = "") -> list[str]:
    """Returns a nested result as lines."""
    out = []
    for name, value in result.items():
        if isinstance(value, Mapping):
            out += [f"{indent}{name}", *nested_lines(value, f"{indent}  ")] if value else []
        else:
            out.append(f"{indent}{name}: {value}")
    return out


def versions() -> dict[str, str]:
    """Returns what a number may depend on."""
    found = {"housecat": "not installed", "python": platform.python_version()}
    for name in ("housecat", *PACKAGES):
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


def html_page(title: str, result: Mapping[str, Any], picture: Path) -> str:
    """Returns a page that needs nothing else: the picture, where there is one, and the numbers."""
    drawn = ""
    if picture.is_file():
        drawn = f'<img alt="summary" src="data:image/png;base64,{base64.b64encode(picture.read_bytes()).decode()}">'
    flat = _flatten(result)
    rows = "".join(
        f"<tr><td>{html.escape(name)}</td><td>{html.escape(value)}</td></tr>" for name, value in flat.items()
    )
    return PAGE.format(title=html.escape(title), picture=drawn, rows=rows)


def write_report(run: Path, numbers: Mapping[str, Any]) -> None:
    """Keeps a run's numbers, a picture of them, and a page with both."""
    import viewer
    from agent.runs.run_dir import load_run
    from housecat.core.atomic_write import write_text, writing

    with writing(run):
        write_text(run / "summary.json", json.dumps(numbers, indent=2))
        viewer.summarise(load_run(run), run / "summary.png")
        write_text(run / "report.html", html_page(run.name, numbers, run / "summary.png"))


def _flatten(result: Mapping[str, Any], above: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for name, value in result.items():
        flat |= _flatten(value, f"{above}{name} / ") if isinstance(value, Mapping) else {above + name: str(value)}
    return flat
