"""Intervals cover what they say, and what cannot be measured is said."""

import json

import numpy as np
import pytest

from studies.common.stats import SHARE, metric, t_interval


@pytest.mark.parametrize("count", [2, 5, 20])
def test_95_percent_intervals_cover_the_mean_in_95_percent_of_draws(count: int) -> None:
    rng = np.random.default_rng(0)
    draws = rng.normal(3.0, 2.0, size=(2000, count))
    covered = [low <= 3.0 <= high for low, high in map(t_interval, draws)]
    assert 0.93 <= np.mean(covered) <= 0.97


def test_a_lower_level_makes_a_narrower_interval_around_the_same_mean() -> None:
    wide, narrow = t_interval([1.0, 2.0, 4.0]), t_interval([1.0, 2.0, 4.0], 0.5)
    assert wide[0] < narrow[0] < 7 / 3 < narrow[1] < wide[1]
    assert sum(wide) == pytest.approx(sum(narrow)) == pytest.approx(14 / 3)
    with pytest.raises(ValueError, match="at least 2"):
        t_interval([1.0])


def test_a_metric_carries_its_interval_and_the_value_of_every_seed() -> None:
    found = metric([1.0, 2.0, 3.0, 4.0], "m", "higher")
    assert found["value"] == 2.5
    assert found["ci95"][0] < 2.5 < found["ci95"][1]
    assert found["each"] == [1.0, 2.0, 3.0, 4.0]
    assert "reason" not in found
    assert metric([2.0, 2.0], "m", "lower")["ci95"] == [2.0, 2.0]


def test_an_interval_ends_where_values_do() -> None:
    found = metric([0.0, 0.0, 0.0, 0.0, 0.5], "share", "lower", SHARE)
    assert found["ci95"][0] == 0.0 < found["value"] < found["ci95"][1] < 1.0


def test_what_was_not_measured_is_null_and_says_why() -> None:
    nothing = metric([float("nan"), float("inf")], "m", "higher", missing="no toy moved")
    assert (nothing["value"], nothing["ci95"], nothing["reason"]) == (None, None, "no toy moved")
    assert nothing["each"] == [None, None]
    single = metric([2.0], "m", "lower")
    assert (single["value"], single["ci95"]) == (2.0, None)
    assert "interval" in single["reason"]
    some = metric([1.0, float("nan"), 3.0], "m", "higher")
    assert (some["value"], some["each"]) == (2.0, [1.0, None, 3.0])
    assert json.loads(json.dumps([nothing, single, some], allow_nan=False)) == [nothing, single, some]
