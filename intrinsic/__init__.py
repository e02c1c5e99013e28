"""Intrinsic objectives: hardwired drives, curiosity, goals, and objectives of your own."""

from housecat.core.obs_layout import BODY, CUES, EYE, THINGS, TOUCH, VITALS
from intrinsic.mixture import Mixture
from intrinsic.objective import Memory, Names, Objective, View
from intrinsic.registry import Description, describe, make, names, parse_spec, parse_specs
from intrinsic.schedule import shares
from intrinsic.testing import Finding, ObjectiveReport, check

__all__ = [
    "BODY",
    "CUES",
    "EYE",
    "THINGS",
    "TOUCH",
    "VITALS",
    "Description",
    "Finding",
    "Memory",
    "Mixture",
    "Names",
    "Objective",
    "ObjectiveReport",
    "View",
    "check",
    "describe",
    "make",
    "names",
    "parse_spec",
    "parse_specs",
    "shares",
]
