"""Lets pages link to files and folders of the repository: `[the critic](../agent/critic/critic.py)`."""

from __future__ import annotations

import os
from pathlib import Path

from docutils import nodes
from sphinx.addnodes import download_reference, pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms import SphinxTransform


class RepositoryLinks(SphinxTransform):
    """Makes links that lead out of the pages point into the checkout that they were built in."""

    default_priority = 5

    def apply(self) -> None:
        """Looks through one page."""
        for kind in (download_reference, pending_xref):
            for node in list(self.document.findall(kind)):
                given = str(node.get("reftarget", ""))
                uri = link(self.env, self.env.docname, given)
                if uri:
                    made = nodes.reference("", "", *node.children, internal=False, refuri=uri)
                    node.replace_self(made)


def link(env: BuildEnvironment, page: str, target: str) -> str:
    """Returns where a link leads from a built page, or nothing where it stays among the pages."""
    path, _, part = target.partition("#")
    here = Path(env.doc2path(page)).parent
    found = (Path(env.srcdir) / path.lstrip("/") if path.startswith("/") else here / path).resolve()
    if path.startswith("/") and Path(f"{path}.md").is_file():  # MyST takes it for a page, whose suffix it leaves out
        found = Path(f"{path}.md")
    root = Path(env.srcdir).parent
    if not path or not found.exists() or not found.is_relative_to(root) or found.is_relative_to(Path(env.srcdir)):
        return ""
    built = Path(env.app.outdir) / page
    return os.path.relpath(found, built.parent) + (f"#{part}" if part else "")


def setup(app: Sphinx) -> dict[str, bool]:
    """Registers the transform."""
    app.add_transform(RepositoryLinks)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
