"""Charts of dots: groups apart by colour and shape, named lines, a sentence for who sees no chart."""

from __future__ import annotations

import pytest

from workbench.widgets.dots import dots

TWO = {"coins": ([1, 2, 3], [3, -1, 2]), "cells": ([2], [0.5])}


def test_each_group_has_its_dots_and_a_shape_of_its_own() -> None:
    chart = dots(TWO, "Coins differ more.", axes=("mean", "difference"))
    first, second = chart.figure.data
    assert list(first.x) == [1, 2, 3]
    assert list(first.y) == [3, -1, 2]
    assert (first.name, second.name) == ("coins", "cells")
    assert first.marker.symbol != second.marker.symbol
    assert first.marker.color != second.marker.color
    assert chart.figure.layout.xaxis.title.text == "mean"


def test_a_legend_is_there_for_several_groups_only() -> None:
    assert dots(TWO, "Two.").figure.layout.showlegend
    assert not dots({"coins": TWO["coins"]}, "One.").figure.layout.showlegend


def test_named_heights_are_drawn_and_named() -> None:
    chart = dots(TWO, "Two.", levels={"bias": 0.5, "upper": 2})
    assert [shape.y0 for shape in chart.figure.layout.shapes] == [0.5, 2]
    assert {one.text for one in chart.figure.layout.annotations} == {"bias", "upper"}


def test_the_finding_is_what_is_read_without_a_chart() -> None:
    chart = dots(TWO, "Coins differ more.")
    assert repr(chart) == "Coins differ more."
    assert chart._repr_mimebundle_()["text/plain"] == "Coins differ more."


def test_too_many_groups_or_none_are_refused() -> None:
    with pytest.raises(ValueError, match="1 to 4 groups, got 5"):
        dots({str(n): ([1], [1]) for n in range(5)}, "Many.")
    with pytest.raises(ValueError, match="got 0"):
        dots({}, "None.")


def test_a_dot_without_a_height_is_refused() -> None:
    with pytest.raises(ValueError, match="'coins' needs as many x as y, got 2 and 1"):
        dots({"coins": ([1, 2], [1])}, "Uneven.")
