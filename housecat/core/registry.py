"""Finds a class by name: one of housecat's own, one of an installed distribution, or one in a user's file."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Generic, TypeVar

from housecat.core.errors import UserError, describe_error, unknown_name
from housecat.core.plugins import ImportContext, PluginKind, class_from_file, is_file_spec, plain_import

T = TypeVar("T")


@dataclass(frozen=True)
class Registry(Generic[T]):
    """The classes of one kind, by name.

    Attributes:
        group: Group of entry points in which installed distributions offer theirs, such as ``"housecat.worlds"``.
        builtin: housecat's own classes, by name; plug-ins cannot take these names.
        kind: What the classes must be.
        import_context: Stands around the import of a plug-in's code; is called with a name.
    """

    group: str
    builtin: Mapping[str, type[T]]
    kind: PluginKind[T]
    import_context: ImportContext = plain_import

    def entry_points(self) -> dict[str, EntryPoint]:
        """Returns the entry points of installed distributions, by name."""
        return {point.name: point for point in entry_points(group=self.group) if point.name not in self.builtin}

    def names(self) -> list[str]:
        """Returns all registered names, housecat's own first."""
        return [*self.builtin, *sorted(self.entry_points())]

    def origin(self, name: str) -> str:
        """Returns where a class is from: ``"housecat"``, the name of a distribution, or the path of a file."""
        if name in self.builtin:
            return "housecat"
        if is_file_spec(name):
            return name.rpartition(":")[0] or name
        point = self.entry_points().get(name)
        return "housecat" if point is None else point.dist.name if point.dist else point.value

    def load(self, name: str) -> type[T]:
        """Returns the class that a name means, importing it where needed.

        Args:
            name: A registered name, or ``path/to/file.py:ClassName``.

        Raises:
            UserError: There is no such class, or it cannot be imported.
        """
        if name in self.builtin:
            return self.builtin[name]
        if is_file_spec(name):
            return class_from_file(name, self.kind, self.import_context)
        noun = self.kind.noun
        point = self.entry_points().get(name)
        if point is None:
            raise unknown_name(noun, name, self.names(), f"For one of your own, name its file: {self.kind.example}")
        described = f"{noun} {name!r} ({self.origin(name)})"
        try:
            with self.import_context(name):
                found = point.load()
        except (Exception, SystemExit) as error:
            raise UserError(f"{described} cannot be imported: {describe_error(error, None)}") from error
        if not (inspect.isclass(found) and issubclass(found, self.kind.base)):
            raise UserError(f"{described} is not a subclass of {self.kind.base_name}")
        return found
