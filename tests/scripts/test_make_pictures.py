"""The pictures of the documentation are drawn by their names."""

from pathlib import Path

import pygame
import pytest

from housecat.core.errors import UserError
from scripts.make_pictures import PICTURES, ROOM_SIZE, main
from viewer.layout import SIZE


def test_pictures_are_saved_where_the_documentation_has_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(("window", "fork"), mind="kitten", seconds=0.1, out=tmp_path)
    err = capsys.readouterr().err
    for path, size in ((tmp_path / "window.png", SIZE), (tmp_path / "worlds" / "fork.png", ROOM_SIZE)):
        assert pygame.image.load(path).get_size() == size
        assert f"Saved {path}" in err


def test_an_unknown_picture_is_refused_before_any_is_drawn(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"Did you mean theatre\?"):
        main(("fork", "theater"), out=tmp_path)
    assert not list(tmp_path.iterdir())


def test_every_picture_of_the_documentation_is_made_here() -> None:
    docs = Path(__file__).parents[2] / "docs"
    drawn = {path.stem for path in (docs / "worlds").glob("*.png")} | {"window"}
    assert drawn == set(PICTURES)
