"""Puts drawings into the page, so that the links in them work: an image element would show them as mere pictures."""

from __future__ import annotations

import re
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform


class InlineSvg(SphinxTransform):
    """Replaces each image of an SVG file of these pages by the drawing itself."""

    default_priority = 6  # before Sphinx collects the images

    def apply(self) -> None:
        """Looks through one page."""
        here = Path(self.env.doc2path(self.env.docname)).parent
        for image in list(self.document.findall(nodes.image)):
            file = here / str(image["uri"])
            if file.suffix == ".svg" and file.is_file():
                self.env.note_dependency(str(file))
                drawing = re.sub(r'(href="[^":]+)\.md"', r'\1.html"', file.read_text(encoding="utf-8"))
                image.replace_self(nodes.raw("", drawing, format="html"))


def setup(app: Sphinx) -> dict[str, bool]:
    """Registers the transform."""
    app.add_transform(InlineSvg)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
