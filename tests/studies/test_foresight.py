from pathlib import Path

import pytest

from studies import SHIPPED_MINDS, foresight


@pytest.mark.slow
def test_shipped_minds_foresee_better_than_the_untrained_and_than_persistence(tmp_path: Path) -> None:
    result = foresight.run((31, 32), tmp_path, lambda share, words: None, steps=3)
    minds, [untrained] = result["metrics"], result["controls"].values()
    for mind in SHIPPED_MINDS:
        for name in (f"{mind}/plans/cost", f"{mind}/plans/toys"):
            assert minds[name]["value"] > untrained[name]["value"] + 0.2
        assert minds[f"{mind}/error/5_over_persistence"]["value"] < 0.7
    assert (tmp_path / "figure.png").stat().st_size > 10_000
