"""What an author of objectives needs: a check of everything that the contract promises, and a file to start from."""

from intrinsic.testing.check import check
from intrinsic.testing.report import Finding, Report

__all__ = ["Finding", "Report", "check"]
