"""What a command leaves behind: words or one JSON object on stdout, and pictures and a page in a run folder."""

from __future__ import annotations

import base64
import html
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

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
    from housecat.core.atomic_write import explain_write_errors, write_text

    with explain_write_errors(run):
        write_text(run / "summary.json", json.dumps(numbers, indent=2))
        viewer.summarise(load_run(run), run / "summary.png")
        write_text(run / "report.html", html_page(run.name, numbers, run / "summary.png"))


def _flatten(result: Mapping[str, Any], above: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for name, value in result.items():
        flat |= _flatten(value, f"{above}{name} / ") if isinstance(value, Mapping) else {above + name: str(value)}
    return flat
