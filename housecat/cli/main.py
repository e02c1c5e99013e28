"""Curious, embodied agents that learn by playing, and a window to watch them think.

`housecat watch` opens the window on a mind that has played before; `housecat watch --newborn` on one that has not.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence

import tyro

from housecat.cli.doctor import doctor
from housecat.cli.export import export
from housecat.cli.objectives import objectives
from housecat.cli.options import INTERRUPTED
from housecat.cli.output import discard_stdout, print_message, print_result
from housecat.cli.replay import replay
from housecat.cli.run import run
from housecat.cli.settings import settings
from housecat.cli.shadowing import check_packages
from housecat.cli.study import study
from housecat.cli.watch import watch
from housecat.cli.worlds import worlds
from housecat.core.errors import UserError, unknown_name
from housecat.core.versions import commit, version, versions

# A command imports what it needs when it is called: `housecat --help` must not wait for torch.
COMMANDS: dict[str, Callable[..., int]] = {
    "watch": watch,
    "run": run,
    "replay": replay,
    "study": study,
    "worlds": worlds,
    "objectives": objectives,
    "settings": settings,
    "export": export,
    "doctor": doctor,
}


OLD_OPTIONS = {
    "--setting": "--set GROUP.NAME=VALUE, see `housecat settings`",
    "--room": "--world-option",
    "--pipeline": "--async-planning",
}


def _refuse_old_options(given: Sequence[str]) -> None:
    """Answers an option of housecat 0.1 with the one that took its place."""
    for word in given:
        option = word.partition("=")[0]
        if option in OLD_OPTIONS:
            raise UserError(f"{option} is now {OLD_OPTIONS[option]}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command.

    Args:
        arguments: Words of the command line behind ``housecat``; None takes those of this process.

    Returns:
        The status for the shell: 0 done, 1 done with a negative result, 2 unusable input, 130 interrupted.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    if sys.stdout is None:  # closed by who started this
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115  # to the end of the process
    try:
        if given[:1] == ["--version"]:
            return print_result({**versions(), "commit": commit()}, f"housecat {version()}", "--json" in given)
        if given and not given[0].startswith("-") and given[0] not in COMMANDS:
            raise unknown_name("command", given[0], COMMANDS)
        _refuse_old_options(given)
        if given[:1] != ["doctor"]:  # which says more
            check_packages()
        status: int = tyro.extras.subcommand_cli_from_dict(
            COMMANDS,
            prog="housecat",
            description=__doc__,
            args=given,
            config=(tyro.conf.OmitArgPrefixes, tyro.conf.FlagCreatePairsOff),
        )
        return status
    except UserError as error:
        print_message(f"housecat: {error}")
        return 2
    except KeyboardInterrupt:
        print_message("housecat: interrupted")
        return INTERRUPTED
    except BrokenPipeError:  # such as `housecat objectives | head -1`
        discard_stdout()
        return 0


if __name__ == "__main__":
    sys.exit(main())
