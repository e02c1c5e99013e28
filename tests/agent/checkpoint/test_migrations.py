"""What format 2 called otherwise is found by its name of today."""

from __future__ import annotations

import torch

from agent.checkpoint import migrations


def test_tensors_are_renamed_by_whole_parts(monkeypatch) -> None:
    monkeypatch.setattr(migrations, "RENAMED_TENSORS", {"old": "new", "net.first": "dynamics"})
    names = ["mind.old.weight", "mind.older.weight", "mind.net.first.0", "mind.net.firsts.0", "old"]
    found = migrations.tensors_of_format_2({name: torch.zeros(1) for name in names})
    assert list(found) == ["mind.new.weight", "mind.older.weight", "mind.dynamics.0", "mind.net.firsts.0", "new"]
