"""housecat: curious, embodied agents. `housecat.core` is shared by all packages, `housecat.cli` is the command line."""
