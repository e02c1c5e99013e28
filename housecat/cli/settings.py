"""The command `housecat settings`."""

from __future__ import annotations

from typing import Annotated, Any

import tyro

from housecat.cli.options import JsonFlag
from housecat.cli.output import Table, print_result
from housecat.core.errors import unknown_name

COLUMNS = ("setting", "default", "allowed", "meaning")


def settings(
    name: Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="[GROUP|GROUP.NAME]", help_behavior_hint="")] = "",
    *,
    json: JsonFlag = False,
) -> int:
    """Lists the settings of a mind by group: their defaults, what is allowed and what they mean.

    A newborn takes others with --set: `housecat watch --newborn --set planner.kind=mppi`.

    Args:
        name: A group, such as planner, or one setting, such as planner.kind; all when not given.
        json: Print the settings as one JSON object.
    """
    from agent import config

    known = config.settings()
    groups = config.setting_groups()
    chosen = {key: setting for key, setting in known.items() if name in ("", key, key.rpartition(".")[0])}
    if not chosen:
        raise unknown_name("setting or group of settings", name, [*groups, *known])
    tables = []
    for group, title in groups.items():
        rows = [
            (key, _shown(setting.default), setting.allowed, setting.help)
            for key, setting in chosen.items()
            if key.rpartition(".")[0] == group
        ]
        if rows:
            tables.append(Table(COLUMNS, rows, title))
    found = {
        key: {"default": setting.default, "allowed": setting.allowed, "meaning": setting.help}
        for key, setting in chosen.items()
    }
    return print_result(found, tables, json)


def _shown(value: Any) -> str:
    """Returns a default as `--set` takes it."""
    if isinstance(value, bool):
        return str(value).lower()
    return ", ".join(f"{key}={weight:g}" for key, weight in value.items()) if isinstance(value, dict) else str(value)
