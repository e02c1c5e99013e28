"""The pictures of the documentation are drawn by their names."""

from pathlib import Path

import pygame
import pytest
from PIL import Image

from housecat.core.errors import UserError
from scripts import make_pictures
from scripts.make_pictures import LOOP_SIZE, PICTURES, ROOM_SIZE, main
from viewer.layout import SIZE


def test_pictures_are_saved_where_the_documentation_has_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(("window", "fork"), mind="kitten", seconds=0.1, out=tmp_path)
    err = capsys.readouterr().err
    for path, size in ((tmp_path / "window.png", SIZE), (tmp_path / "worlds" / "fork.png", ROOM_SIZE)):
        assert pygame.image.load(path).get_size() == size
        assert f"Saved {path}" in err


def test_the_moving_picture_moves_and_begins_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(make_pictures, "LOOP_SECONDS", 0.5)
    main(("loop",), mind="kitten", seconds=0.1, out=tmp_path)
    with Image.open(tmp_path / "window.webp") as image:
        assert image.size == LOOP_SIZE
        assert image.n_frames > 1
        assert image.info["loop"] == 0


def test_an_unknown_picture_is_refused_before_any_is_drawn(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"Did you mean theatre\?"):
        main(("fork", "theater"), out=tmp_path)
    assert not list(tmp_path.iterdir())


def test_every_picture_of_the_documentation_is_made_here() -> None:
    docs = Path(__file__).parents[2] / "docs"
    drawn = {path.stem for path in (docs / "worlds").glob("*.png")} | {"window", "loop"}
    assert drawn == set(PICTURES)
    assert (docs / "window.webp").stat().st_size <= 3_000_000  # README is read on slow lines, too
