import numpy as np
import pytest
from scipy.stats import multivariate_normal

import workbench as wb
from workbench.methods.evidence import MOST_LABELS, Labelled, costs_of, labelled, show_frame
from workbench.segmentation import Segmentation
from workbench.taxonomy import Category, Taxonomy
from workbench.trace import Trace, listen

TAX = Taxonomy([Category(1, "sky", "stuff"), Category(2, "car"), Category(3, "tree", "stuff")])


def _panoptic() -> Segmentation:
    return Segmentation.from_panoptic([[9, 9, 4, 0], [5, 5, 4, 0]], {9: 1, 4: 2, 5: 2}, TAX, {4: 0.5})


def test_labels_are_the_segments_in_order_and_void_is_none() -> None:
    given = Labelled(_panoptic())
    assert given.labels.tolist() == [[2, 2, 0, -1], [1, 1, 0, -1]]
    assert [given.name(n) for n in range(given.count)] == ["car (4)", "car (5)", "sky (9)"]
    assert Labelled(Segmentation.from_partition([[3, 8]])).name(1) == "segment 8"


def test_an_answer_keeps_names_scores_and_kind_and_drops_what_vanished() -> None:
    start = _panoptic()
    answer = Labelled(start).answer(np.array([[2, 2, 2, 0], [0, 0, 0, 0]]))
    assert answer.ids.tolist() == [[9, 9, 9, 4], [4, 4, 4, 4]]
    assert answer.segments == {4: start.segments[4], 9: start.segments[9]}
    assert (answer.yields, answer.taxonomy) == ("panoptic", TAX)


def test_a_start_that_is_void_everywhere_stays_void() -> None:
    given = Labelled(Segmentation.from_partition(np.zeros((2, 3), int)))
    image = np.zeros((2, 3, 3), np.uint8)
    for evidence in ("colours", "labels"):
        assert costs_of(image, given, evidence).shape == (1, 2, 3)
    assert not given.answer(np.zeros((2, 3), np.intp)).segments


def test_colours_cost_what_a_normal_distribution_says(colour: np.ndarray) -> None:
    start = wb.run("kmeans", colour, k=3).output
    costs = costs_of(colour, Labelled(start), "colours")
    for label, number in enumerate(start.segments):
        inside = colour[start.ids == number].astype(float)
        normal = multivariate_normal(inside.mean(axis=0), np.cov(inside.T, bias=True) + 4 * np.eye(3))
        # The constant 3/2 ln 2 pi is the same for all labels, and left out.
        assert np.allclose(costs[label], -normal.logpdf(colour) - 1.5 * np.log(2 * np.pi), atol=1e-3)


def test_labels_cost_what_trust_says() -> None:
    costs = costs_of(np.zeros((2, 4, 3), np.uint8), Labelled(_panoptic()), "labels")
    assert np.allclose(np.exp(-costs[:, 0, 0]), [0.15, 0.15, 0.7])
    assert not costs[:, :, 3].any()


def test_too_many_segments_are_refused() -> None:
    many = Segmentation.from_partition(np.arange(1, MOST_LABELS + 2)[None])
    with pytest.raises(ValueError, match=r"start must have at most 32 segments, got 33; merge them first"):
        labelled(many)


@pytest.mark.parametrize("total", [1, 7, 10, 11, 50])
def test_a_film_has_at_most_ten_frames(total: int) -> None:
    given = Labelled(Segmentation.from_partition([[1, 2]]))
    with listen(Trace()) as heard:
        for done in range(total):
            show_frame(given, lambda: given.labels, "sweep", done, total)
    assert len(heard.stages) == min(total, 10)
    assert heard.stages[0].caption == "0.0% of the pixels changed"
