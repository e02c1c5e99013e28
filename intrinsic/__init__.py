"""What an agent wants: hardwired drives, curiosity, and objectives of one's own."""

from intrinsic.mixture import Mixture
from intrinsic.objective import Memory, Names, Objective, View
from intrinsic.registry import Description, describe, make, names, parse_spec, parse_specs
from intrinsic.schedule import shares
from intrinsic.testing import Finding, Report, check

__all__ = [
    "Description",
    "Finding",
    "Memory",
    "Mixture",
    "Names",
    "Objective",
    "Report",
    "View",
    "check",
    "describe",
    "make",
    "names",
    "parse_spec",
    "parse_specs",
    "shares",
]
