"""Finds a class by name: one of housecat's own, one of an installed distribution, or one in a user's file."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Generic, TypeVar

from housecat.core.errors import UserError, describe_error, unknown_name
from housecat.core.plugins import (
    ImportContext,
    PluginKind,
    class_from_file,
    class_from_source,
    is_file_spec,
    plain_import,
    source_file,
)

T = TypeVar("T")


@dataclass(frozen=True)
class PluginDescription:
    """What can be said of a registered class without using it.

    Attributes:
        name: Its registered name, or ``path/to/file.py:ClassName``.
        summary: First line of its docstring.
        origin: ``"housecat"``, the distribution that a plug-in came with, or a file.
        problem: Why it cannot be used; empty when it can.
    """

    name: str
    summary: str = ""
    origin: str = "housecat"
    problem: str = ""


def summary_of(kind: type) -> str:
    """Returns the first line of a class's docstring, or nothing."""
    return (kind.__doc__ or "").strip().partition("\n")[0]


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

    def load_source(self, spec: str, source: str) -> type[T]:
        """Returns the class that ``path/to/file.py:ClassName`` would mean if the file held other source.

        Args:
            spec: The path and the name.
            source: What the file is taken to hold.

        Raises:
            UserError: The source does not run, or the class is not there or not of the kind.
        """
        return class_from_source(spec, source, self.kind, self.import_context)

    def require_methods(self, name: str, kind: type[T], remedy: str) -> None:
        """Checks that a class defines every abstract method of its base.

        Args:
            name: The name that means the class.
            kind: The class.
            remedy: What to do where one is missing.

        Raises:
            UserError: A method is missing.
        """
        # Not `inspect.isabstract`: a class need not have the metaclass of abstract classes, such as Gymnasium's.
        missing = sorted(m for m in dir(kind) if getattr(getattr(kind, m), "__isabstractmethod__", False))
        if missing:
            raise UserError(f"{self.kind.noun} {name!r} has no method `{'`, `'.join(missing)}`: {remedy}")

    def instantiate(self, name: str, kind: type[T], make: Callable[[], T]) -> T:
        """Makes an object of a plug-in's class; an error message names the line of the plug-in's file.

        Args:
            name: The name that means the class.
            kind: The class.
            make: Makes the object.

        Raises:
            UserError: It cannot be made.
        """
        try:
            return make()
        except UserError:
            raise
        except (Exception, SystemExit) as error:
            described = describe_error(error, source_file(kind))
            raise UserError(f"{self.kind.noun} {name!r} cannot be made: {described}") from error
