"""What an author of objectives needs: a check of everything that the contract promises, and a file to start from."""

from housecat.core.conformance import Finding
from intrinsic.testing.check import check
from intrinsic.testing.report import ObjectiveReport

__all__ = ["Finding", "ObjectiveReport", "check"]
