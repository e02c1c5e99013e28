"""Runs the command line: `python -m housecat`."""

import sys

from housecat.cli.main import main

sys.exit(main())
