from __future__ import annotations

from viewer.export.report import WatchReport, farewell

REPORT = WatchReport(
    agent="a cat",
    frames=900,
    fps=30.0,
    fps_p5=25.0,
    steps=625,
    seconds=125.0,
    touched={"red ball": 34, "drum": 9, "blue ball": 3, "green cube": 1},
    modes={"plan": 500, "warmup": 125},
    time_to_first_frame=1.0,
    backend="moderngl: llvmpipe",
    kept="runs/playroom-cat-001",
    error="",
)


def test_the_farewell_says_how_long_what_and_where_in_sentences():
    assert farewell(REPORT).splitlines() == [
        "A cat lived for 2 minutes and 5 seconds (625 steps).",
        "It planned in 80 % of them.",
        "It touched the red ball (34 steps), the drum (9 steps) and the blue ball (3 steps) most.",
        "It is kept in runs/playroom-cat-001. Go on with it: housecat watch --resume runs/playroom-cat-001",
    ]


def test_a_life_that_broke_off_touched_nothing_or_never_began():
    words = farewell({**REPORT, "touched": {}, "kept": "", "error": "the mind divided by zero", "seconds": 1.0})
    assert "lived for 1 second (625 steps)" in words
    assert "touched nothing" in words
    assert "broke off: the mind divided by zero" in words
    assert "kept" not in words
    assert farewell({**REPORT, "steps": 0, "modes": {}}) == "Nothing was lived."
