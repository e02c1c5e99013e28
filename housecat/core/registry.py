"""A class by name: one of housecat's own, one of an installed distribution, or one in a file."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from housecat.core.errors import UserError, unknown
from housecat.core.plugins import Fence, Kind, blame, class_in_file, is_file_spec, unfenced


@dataclass(frozen=True)
class Plugins:
    """Where classes of one kind are found.

    Attributes:
        group: Of entry points, by which installed distributions offer theirs.
        own: housecat's, by name; these names cannot be taken over.
        kind: What they must be.
        fence: Called with a name; its context stands around the import of foreign code.
    """

    group: str
    own: Mapping[str, type[Any]]
    kind: Kind
    fence: Fence = unfenced

    def points(self) -> dict[str, EntryPoint]:
        """Returns what installed distributions offer, by name."""
        return {point.name: point for point in entry_points(group=self.group) if point.name not in self.own}

    def names(self) -> list[str]:
        """Returns all names, housecat's own first."""
        return [*self.own, *sorted(self.points())]

    def origin(self, name: str) -> str:
        """Returns where a class is from: ``"housecat"``, a distribution, or a file."""
        if name in self.own:
            return "housecat"
        if is_file_spec(name):
            return name.rpartition(":")[0] or name
        point = self.points().get(name)
        return "housecat" if point is None else point.dist.name if point.dist else point.value

    def class_of(self, name: str) -> type[Any]:
        """Finds the class of a name, or the one that ``path/to/file.py:ClassName`` means.

        Raises:
            UserError: There is no such class, or it cannot be imported.
        """
        if name in self.own:
            return self.own[name]
        if is_file_spec(name):
            return class_in_file(name, self.kind, self.fence)
        word = self.kind.word
        point = self.points().get(name)
        if point is None:
            raise unknown(word, name, self.names(), f"For one of your own, name its file: {self.kind.example}")
        said = f"{word} {name!r} ({self.origin(name)})"
        try:
            with self.fence(name):
                found = point.load()
        except (Exception, SystemExit) as error:
            raise UserError(f"{said} cannot be imported: {blame(error, None)}") from error
        if not (inspect.isclass(found) and issubclass(found, self.kind.base)):
            raise UserError(f"{said} is not a subclass of {self.kind.where}")
        return found
