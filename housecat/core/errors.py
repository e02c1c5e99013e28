"""The error that a user can mend, and help with misspelt names."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class UserError(Exception):
    """A mistake in what was given. The message says what was given, what is allowed and what to do."""


def unknown(what: str, given: str, known: Iterable[str], remedy: str = "") -> UserError:
    """Makes the error for a name that does not exist, with the nearest names that do.

    Args:
        what: Kind of name, such as ``"world"``.
        given: The name as given.
        known: The names that exist.
        remedy: What else to do, appended when given.
    """
    names = sorted(known)
    near = difflib.get_close_matches(given, names, n=3, cutoff=0.5)
    hint = f"Did you mean {' or '.join(near)}? " if near else ""
    known_ones = f"Known: {', '.join(names)}." if names else "There are none."
    return UserError(f"unknown {what} {given!r}. {hint}{known_ones}{' ' + remedy if remedy else ''}")
