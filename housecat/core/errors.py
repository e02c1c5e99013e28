"""Errors that a user can mend, and the words for them."""

from __future__ import annotations

import difflib
import traceback
from collections.abc import Iterable
from pathlib import Path

MOST_LISTED = 40  # names: where there are more, only the nearest are listed


class UserError(Exception):
    """A mistake in what was given. The message says what was given, what is allowed and what to do."""


class ContractViolation(Exception):  # noqa: N818 - a finding about somebody's code, not an error of ours
    """What a plug-in does wrong, in words for the person who wrote it: what was seen, and what to change."""


def unknown_name(noun: str, given: str, known: Iterable[str], remedy: str = "") -> UserError:
    """Returns the error for a name that does not exist, with the nearest names that do.

    Args:
        noun: What the name is of, such as ``"world"``.
        given: The name as given.
        known: The names that exist.
        remedy: What else to do; comes last in the message.
    """
    names = sorted(known)
    near = difflib.get_close_matches(given, names, n=3, cutoff=0.5)
    hint = f"Did you mean {' or '.join(near)}?" if near else ""
    listed = f"Known: {', '.join(names)}." if names else "There are none."
    if near and len(names) > MOST_LISTED:
        listed = ""
    return UserError(" ".join(part for part in (f"unknown {noun} {given!r}.", hint, listed, remedy) if part))


def describe_error(error: BaseException, file: str | None) -> str:
    """Returns what went wrong in a user's code and, where the error passed through their file, in which line of it.

    Args:
        error: The error that the code raised.
        file: Path of the user's file, if known.
    """
    message = str(error.args[0]) if isinstance(error, KeyError) and error.args else str(error)
    if isinstance(error, UserError | ContractViolation):
        return message
    what = f"{type(error).__name__}: {message}" if message else type(error).__name__
    line: int | None = None
    if isinstance(error, SyntaxError) and file and error.filename == file:
        line, what = error.lineno, f"{type(error).__name__}: {error.msg}"
    else:
        frames = traceback.extract_tb(error.__traceback__)
        line = next((frame.lineno for frame in reversed(frames) if frame.filename == file), None)
    return f"{Path(file).name}, line {line}: {what}" if file and line else what
