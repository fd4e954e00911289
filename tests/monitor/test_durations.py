"""Durations in buckets, percentiles out of few counters."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.monitor import durations

DURATIONS = st.integers(0, 10**10)


@given(DURATIONS)
def test_a_bucket_tells_its_durations_to_within_5_percent_and_a_millisecond(took):
    assert abs(durations.middle_of(durations.bucket_of(took)) - took) <= 0.05 * took + 1


@given(st.lists(DURATIONS, min_size=1), st.sampled_from([0.5, 0.95, 1.0]))
def test_a_percentile_of_counters_is_that_of_the_values_to_within_5_percent(values, share):
    counts = {}
    for took in values:
        counts[durations.bucket_of(took)] = counts.get(durations.bucket_of(took), 0) + 1
    true = sorted(values)[durations.rank(share, len(values))]
    assert abs(durations.percentile(counts, share) - true) <= 0.05 * true + 1


def test_nothing_counted_has_no_percentile():
    assert durations.percentile({}, 0.5) is None
    assert durations.bucket_of(None) == durations.NO_DURATION
