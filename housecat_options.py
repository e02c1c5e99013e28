"""Options that several commands take."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import tyro

Json = Annotated[bool, tyro.conf.arg(help="Print the result as one JSON object.")]
Name = Annotated[str | None, tyro.conf.arg(metavar="NAME")]
Place = Annotated[Path | None, tyro.conf.arg(metavar="PATH")]
