"""The files about a run that are for people."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from agent.runs.run_dir import RunConfig, RunDir
from housecat.cli.report import command, page

NUMBERS: dict[str, Any] = {
    "steps": 40,
    "seconds": 8.0,
    "age_seconds": 4808.0,
    "play": {"share": 0.075, "touched_share": {"blue <ball>": 0.075}, "moved_m": {"blue <ball>": 3.114}},
    "events": {"contact": 3},
    "modes": {"plan": 0.75, "react": 0.25},
    "costs": {"pain": 0.25},
    "emotions": {"fear": 0.11281},
    "objectives": {"pain": 6.0},
}


def test_a_page_says_who_lived_where_wanting_what_and_what_it_did(tmp_path: Path) -> None:
    folder = RunDir.create(RunConfig("maze", "kitten", {"pain": 6.0}, 3, 60, {"cells": [2, 3]}), "first", tmp_path)
    html = page(folder, NUMBERS)
    for words in (
        "<h1>first</h1>",
        "A kitten lived 8.0 seconds in the maze.",
        "kitten, which had lived for 80.0 minutes before",
        "maze (cells 2,3)",
        "40 control steps, 8.0 seconds; it was stopped before the 60 that were asked for",
        '<td>pain</td><td class="number">6</td><td class="number">0.250</td><td>',
        "a toy was touched in 7.5% of all steps",
        "planning 75%, acting by its policy 25%",
        "contact 3",
        'blue &lt;ball&gt;</td><td class="number">7.5%</td><td class="number">3.11 m',
        "fear",
        "housecat run --world maze --mind kitten --objective pain=6.0 --world-option cells=2,3 --seed 3 --steps 60",
    ):
        assert words in html
    assert "<img" not in html
    assert "<video" not in html
    (folder.path / "clip.mp4").write_bytes(b"clip")
    (folder.path / "summary.png").write_bytes(b"picture")
    html = page(folder, NUMBERS)
    assert 'src="clip.mp4"' in html
    assert "data:image/png;base64,cGljdHVyZQ==" in html


def test_a_page_of_a_run_without_a_step(tmp_path: Path) -> None:
    html = page(RunDir.create(RunConfig(), "none", tmp_path), {"steps": 0})
    assert "newborn, which knew nothing" in html
    assert "0 control steps" in html
    assert "What it did" not in html


@pytest.mark.parametrize(
    ("config", "words"),
    [
        (RunConfig(), "housecat run --world playroom --newborn --seed 0 --steps 5000"),
        (
            RunConfig("my worlds.py:Attic", None, {}, 1, 2, {"body": "crawler", "lamp": True}, {}, True),
            "housecat run --world 'my worlds.py:Attic' --newborn --world-option lamp=true --body crawler "
            "--async-planning --seed 1 --steps 2",
        ),
    ],
)
def test_the_command_of_a_page_starts_the_run_again(config: RunConfig, words: str) -> None:
    assert command(config) == words
