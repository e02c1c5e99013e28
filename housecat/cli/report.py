"""Writes the files about a run that are for people: ``summary.json``, ``summary.png`` and ``report.html``."""

from __future__ import annotations

import base64
import functools
import json
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from housecat.core.versions import version, versions

if TYPE_CHECKING:
    from agent.runs.run_dir import RunConfig, RunDir

MODES = {
    "warmup": "moving at random, as a newborn",
    "plan": "planning",
    "react": "acting by its policy",
    "dagger": "acting by its policy for practice",
}


def write_summary(folder: RunDir, numbers: Mapping[str, Any]) -> None:
    """Writes ``summary.json`` with the numbers of a run, and ``summary.png`` with a picture of them.

    Args:
        folder: The run.
        numbers: What `agent.runs.metrics.summarise` returned, and more.

    Raises:
        UserError: If the files cannot be written.
    """
    import viewer
    from agent.runs.run_dir import load_run
    from housecat.core.atomic_write import explain_write_errors, write_text

    with explain_write_errors(folder.path):
        text = json.dumps({**numbers, "versions": versions()}, indent=2)
        write_text(folder.path / "summary.json", text)
        viewer.summarise(load_run(folder.path), folder.path / "summary.png")


def write_page(folder: RunDir, numbers: Mapping[str, Any]) -> None:
    """Writes ``report.html``: who lived where, wanting what, what it did, with the picture and the clip of the run.

    Args:
        folder: The run; its ``summary.png`` becomes a part of the page, its ``clip.mp4`` is linked.
        numbers: What `agent.runs.metrics.summarise` returned, and ``objectives``: the weight of each.

    Raises:
        UserError: If the page cannot be written.
    """
    from housecat.core.atomic_write import explain_write_errors, write_text

    with explain_write_errors(folder.path):
        write_text(folder.path / "report.html", page(folder, numbers))


def page(folder: RunDir, numbers: Mapping[str, Any]) -> str:
    """Returns the page of a run as HTML that needs no other file but the clip. See `write_page`."""
    config, picture = folder.config, folder.path / "summary.png"
    steps, seconds = numbers["steps"], numbers.get("seconds", 0.0)
    stopped = "" if steps == config.steps else f"; it was stopped before the {config.steps:,} that were asked for"
    facts = {
        "mind": _mind(config, numbers),
        "world": _world(config),
        "seed": str(config.seed),
        "length": f"{steps:,} control steps, {_duration(seconds)}{stopped}",
    }
    if config.settings:
        facts["settings"] = ", ".join(f"{name}={value}" for name, value in config.settings.items())
    play = numbers.get("play", {})
    touched, moved = play.get("touched_share", {}), play.get("moved_m", {})
    packages = ", ".join(f"{name} {number}" for name, number in versions().items() if name != "housecat")
    html: str = _template().render(
        title=folder.path.name,
        lead=f"A {config.mind_name} lived {_duration(seconds)} in the {config.world_name}.",
        picture=base64.b64encode(picture.read_bytes()).decode() if picture.is_file() else "",
        clip="clip.mp4" if (folder.path / "clip.mp4").is_file() else "",
        facts=facts,
        objectives=_objectives(numbers),
        did=_activity(numbers),
        things=[
            {"name": name, "touched": f"{touched.get(name, 0.0):.1%}", "moved": f"{moved.get(name, 0.0):.2f} m"}
            for name in dict.fromkeys((*moved, *touched))
        ],
        emotions={name: f"{value:.3f}" for name, value in numbers.get("emotions", {}).items()},
        command=command(config),
        versions=f"housecat {version()}, {packages}",
        path=folder.path,
    )
    return html


def command(config: RunConfig) -> str:
    """Returns the command that starts a run with this configuration."""
    words = ["housecat", "run", "--world", config.world]
    words += ["--newborn"] if config.mind is None else ["--mind", config.mind]
    for option, values in (
        ("--set", config.settings),
        ("--objective", config.objectives),
        ("--world-option", {name: value for name, value in config.world_options.items() if name != "body"}),
    ):
        for name, value in values.items():
            words += [option, f"{name}={_option_value(value)}"]
    if "body" in config.world_options:
        words += ["--body", config.world_options["body"]]
    if config.async_planning:
        words.append("--async-planning")
    return shlex.join([*words, "--seed", str(config.seed), "--steps", str(config.steps)])


def _option_value(value: Any) -> str:
    """Returns a value as the command line takes it, see `housecat.cli.options`."""
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(map(_option_value, value)) if isinstance(value, list | tuple) else str(value)


@functools.cache
def _template() -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html.j2")


def _mind(config: RunConfig, numbers: Mapping[str, Any]) -> str:
    age = numbers.get("age_seconds", 0.0) - numbers.get("seconds", 0.0)
    if config.mind is None:
        return "newborn, which knew nothing"
    return f"{config.mind_name}, which had lived for {_duration(age)} before"


def _world(config: RunConfig) -> str:
    options = ", ".join(f"{name} {_option_value(value)}" for name, value in config.world_options.items())
    return f"{config.world_name} ({options})" if options else config.world_name


def _objectives(numbers: Mapping[str, Any]) -> list[dict[str, str]]:
    from intrinsic import describe
    from intrinsic.registry import term_name

    weights, costs = numbers.get("objectives", {}), numbers.get("costs", {})
    rows = []
    for name, weight in weights.items():
        (entry,) = describe(name)
        key = term_name(name)
        cost = f"{costs[key]:.3f}" if key in costs else ""
        rows.append({"name": key, "weight": f"{weight:g}", "cost": cost, "summary": entry.summary or entry.problem})
    return rows


def _activity(numbers: Mapping[str, Any]) -> dict[str, str]:
    """Returns what was done, by kind: play, how actions were chosen, and events."""
    did = {}
    if play := numbers.get("play"):
        did["play"] = f"a toy was touched in {play['share']:.1%} of all steps"
    if modes := numbers.get("modes"):
        shares = sorted(modes.items(), key=lambda item: -item[1])
        did["actions"] = ", ".join(f"{MODES.get(mode, mode)} {share:.0%}" for mode, share in shares)
    if events := numbers.get("events"):
        did["events"] = ", ".join(f"{name} {count:,}" for name, count in events.items())
    return did


def _duration(seconds: float) -> str:
    """Returns a time span of life in words, such as ``"80.1 minutes"``."""
    for unit, size in (("hours", 3600.0), ("minutes", 60.0)):
        if seconds >= 2 * size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.1f} seconds"
