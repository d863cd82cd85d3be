"""Which values a sweep tries: both ends, the default, on the parameter's own steps; coarse before fine."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import workbench as wb
from workbench.evaluation.grid import coarse_to_fine, main_param, values_of
from workbench.registry import Box, Range, Registry, method

PARAMS = [param for entry in wb.METHODS.values() for param in entry.params.values()]
SWEPT = [param for param in PARAMS if param.range or param.kind in ("choice", "bool")]


def declared(base: object, default: object):
    registry = Registry()

    def thing(image, *, p=default):
        """Do nothing."""

    thing.__annotations__["p"] = base
    method("Thing", family="none", yields="foreground", source="none", registry=registry)(thing)
    return registry["thing"].params["p"]


@pytest.mark.parametrize("param", SWEPT, ids=lambda param: param.name)
@pytest.mark.parametrize("count", [2, 11, 21])
def test_every_value_is_allowed_and_unique_and_the_ends_are_in(param, count: int) -> None:
    values = values_of(param, count)
    assert len(set(values)) == len(values)
    for value in values:
        assert param.check(value) == value
    if param.range is not None:
        assert len(values) <= count + 1
        assert values == sorted(values)
        assert (values[0], values[-1]) == (param.range.low, param.range.high)
        assert count == 2 or param.default in values


def test_values_lie_on_the_parameters_steps() -> None:
    assert values_of(declared(Annotated[float, Range(0, 1, 0.1)], 0.0), 6) == [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    assert values_of(declared(Annotated[int, Range(3, 9, 2)], 5)) == [3, 5, 7, 9]
    assert values_of(declared(Annotated[float, Range(0, 1, 0.4)], 0.0)) == [0.0, 0.4, 0.8, 1.0]


def test_a_logarithmic_parameter_gets_powers() -> None:
    assert values_of(declared(Annotated[float, Range(0.01, 100, 0.01, log=True)], 1.0), 5) == [
        0.01,
        0.1,
        1.0,
        10.0,
        100.0,
    ]
    whole = values_of(declared(Annotated[int, Range(1, 8, 1, log=True)], 1), 21)
    assert whole == [1, 2, 3, 4, 5, 6, 7, 8]


def test_choices_and_truth_values_are_all_tried() -> None:
    assert values_of(declared(Literal["b", "a"], "a")) == ["b", "a"]
    assert values_of(declared(bool, True)) == [False, True]


def test_what_has_no_scale_is_refused_and_so_is_a_single_value() -> None:
    with pytest.raises(ValueError, match=r"p is .* and has no scale to sweep; take another parameter"):
        values_of(declared(Box | None, None))
    with pytest.raises(ValueError, match="a sweep needs both ends of p, so 2 values or more, got 1"):
        values_of(declared(Annotated[int, Range(1, 8)], 1), 1)


@settings(deadline=None)
@given(st.integers(0, 300))
def test_coarse_to_fine_visits_each_place_once(count: int) -> None:
    assert sorted(coarse_to_fine(count)) == list(range(count))


@settings(deadline=None)
@given(st.integers(3, 300))
def test_coarse_to_fine_begins_with_the_shape(count: int) -> None:
    assert coarse_to_fine(count)[:3] == [0, count - 1, (count - 1) // 2]
    # After n places no gap is wider than about two nth parts.
    half = sorted(coarse_to_fine(count)[: count // 2 + 1])
    assert np.diff(half).max() <= 2 * np.ceil(count / (count // 2)) + 1


def test_the_main_parameter_is_the_first_with_a_range() -> None:
    assert main_param(wb.METHODS["fixed"]).name == "level"
    assert main_param(wb.METHODS["otsu"]).name == "sigma"
    registry = Registry()

    @method("Plain", family="none", yields="foreground", source="none", registry=registry)
    def plain(image, *, exact: bool = True):
        """Do nothing."""

    assert main_param(registry["plain"]) is None
