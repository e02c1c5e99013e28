"""Objectives that do not keep the contract."""

from intrinsic import Objective


def misbehaving(cost, **attributes):
    """Makes an object of a class `Bad` whose cost is the function given."""
    attributes = {"reads": frozenset({"action", "senses.vitals"}), "unit": 1.0, **attributes}
    return type("Bad", (Objective,), {"cost": lambda self, view, memory=None: cost(view), **attributes})()


def fine(view):
    return view["action"].sum(-1)
