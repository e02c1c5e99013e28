"""What an author of objectives needs: a check of everything that the contract promises, and a file to start from."""

from intrinsic.kit.check import check
from intrinsic.kit.report import Finding, Report

__all__ = ["Finding", "Report", "check"]
