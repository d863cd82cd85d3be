import math

from hypothesis import given
from hypothesis import strategies as st

from workbench.metrics.means import mean_of


def test_undefined_is_left_out() -> None:
    assert mean_of([0.25, math.nan, 0.75]) == 0.5
    assert math.isnan(mean_of([]))
    assert math.isnan(mean_of([math.nan]))


@given(st.lists(st.floats(0, 1), min_size=1), st.randoms())
def test_the_order_changes_no_bit(values: list[float], random: st.DataObject) -> None:
    shuffled = list(values)
    random.shuffle(shuffled)
    assert mean_of(shuffled) == mean_of(values)
    assert min(values) - 1e-15 <= mean_of(values) <= max(values) + 1e-15
