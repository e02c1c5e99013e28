from pathlib import Path

import pytest
import torch

from agent import Mind
from studies import attention


def test_lives_and_times_every_rule_that_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attention, "run_jobs", lambda work, jobs, *_: {job: work(*job) for job in jobs})
    rules = {rule: attention.RULES[rule] for rule in ("all", "whole")}
    monkeypatch.setattr(attention, "RULES", rules)
    result = attention.run((110,), tmp_path, lambda share, words: None, steps=9, rules=("all", "whole"))
    assert {"whole/share", "whole/cells", "whole/cheaper", "whole/share_over_all"} <= set(result["metrics"])
    assert {"share", "decision"} <= set(result["controls"]["all"])
    assert result["metrics"]["whole/cheaper"]["value"] > 1.2
    assert (tmp_path / "figure.png").stat().st_size > 5000


def test_a_kitten_under_another_rule_knows_what_it_knew() -> None:
    shipped, learned = Mind.load("kitten"), attention.kitten("learned", 110)
    for a, b in zip(shipped.world_model.parameters(), learned.world_model.parameters(), strict=True):
        assert torch.equal(a, b)
    assert learned.configurator.learned_attention is not None
    assert learned.configurator.learned_attention.ready
    world = attention.make_room(110)
    assert len(world.things) == attention.THINGS
    learned.attach(world)
    _, thought = learned.act(world.observe())
    world.close()
    assert len(thought.attention) == attention.FEW
