import itertools

import numpy as np
import pytest

import workbench as wb
from workbench.methods.evidence import Labelled
from workbench.methods.fields import Field, beginning, expansions, field_of, swept
from workbench.methods.maxflow import grid_pairs
from workbench.registry import start_from
from workbench.segmentation import Segmentation
from workbench.trace import Trace, listen


def _field(size: tuple[int, int], labels: int, seed: int) -> Field:
    rng = np.random.default_rng(seed)
    pairs, _ = grid_pairs(size)
    costs = (rng.random((labels, *size)) * 3).round(2).astype(np.float32)
    return Field(costs, pairs, (rng.random(len(pairs)) * 1.5).round(2))


def _lowest(field: Field) -> float:
    count, *size = field.costs.shape
    every = itertools.product(range(count), repeat=size[0] * size[1])
    return min(field.energy(np.array(labels).reshape(size)) for labels in every)


def _photo_field(image: np.ndarray, k: int, contrast: float = 0.0) -> tuple[Field, np.ndarray]:
    given = Labelled(wb.run("kmeans", image, k=k, sigma=0.0).output)
    field = field_of(image, given, "colours", 1.5, contrast)
    return field, beginning(field, given)


def _last(field: Field, labels: np.ndarray, rounds: int = 5) -> np.ndarray:
    return [labels, *expansions(field, labels, rounds)][-1]


def test_the_energy_is_counted_pixel_by_pixel() -> None:
    field, labels = _field((4, 5), 3, 0), np.random.default_rng(1).integers(0, 3, (4, 5))
    total = sum(field.costs[labels[r, c], r, c] for r in range(4) for c in range(5))
    flat = labels.ravel()
    total += sum(w for (a, b), w in zip(field.pairs, field.weights, strict=True) if flat[a] != flat[b])
    assert field.energy(labels) == pytest.approx(total)


@pytest.mark.parametrize("seed", range(4))
def test_of_two_labels_the_cut_is_the_cheapest_of_all_labellings(seed: int) -> None:
    field = _field((3, 4), 2, seed)
    cut = _last(field, np.zeros((3, 4), np.intp))
    assert field.energy(cut) == pytest.approx(_lowest(field), abs=0.02)


@pytest.mark.parametrize("seed", range(4))
def test_of_three_labels_expansion_is_near_the_cheapest(seed: int) -> None:
    field = _field((3, 3), 3, seed)
    end = _last(field, field.costs.argmin(axis=0))
    lowest = _lowest(field)
    assert lowest - 1e-3 <= field.energy(end) <= 2 * lowest
    # No label can expand any more: of all ways to let one take pixels, none is cheaper.
    for label, takes in itertools.product(range(3), itertools.product((False, True), repeat=9)):
        other = np.where(np.reshape(takes, (3, 3)), label, end)
        assert field.energy(other) >= field.energy(end) - 0.02


@pytest.mark.parametrize("contrast", [0.0, 1.0])
@pytest.mark.parametrize("k", [2, 4])
def test_icm_never_raises_the_energy_and_ends_below_every_single_flip(
    colour: np.ndarray, k: int, contrast: float
) -> None:
    field, labels = _photo_field(colour, k, contrast)
    energies = [field.energy(labels)]
    for _ in range(60):
        labels = swept(field, labels)
        energies.append(field.energy(labels))
    assert (np.diff(energies) <= 1e-6 * abs(energies[0])).all()
    assert (swept(field, labels) == labels).all()
    lowest, rng = energies[-1], np.random.default_rng(0)
    for row, column in rng.integers(0, labels.shape, (60, 2)):
        for label in range(k):
            other = labels.copy()
            other[row, column] = label
            assert field.energy(other) >= lowest - 1e-3


def test_a_sweep_asks_each_pixel_beside_its_neighbours_as_they_are_by_then() -> None:
    field, labels = _field((5, 6), 3, 7), np.random.default_rng(2).integers(0, 3, (5, 6))
    expected = labels.copy()
    for top, left in ((0, 0), (1, 1), (0, 1), (1, 0)):  # pixel by pixel, with the whole energy
        for row, column in itertools.product(range(top, 5, 2), range(left, 6, 2)):
            bills = []
            for label in range(3):
                expected[row, column] = label
                bills.append(field.energy(expected))
            expected[row, column] = int(np.argmin(bills))
    assert (swept(field, labels) == expected).all()


@pytest.mark.parametrize("k", [2, 4])
def test_cuts_find_a_lower_energy_than_icm(colour: np.ndarray, k: int) -> None:
    field, labels = _photo_field(colour, k)
    by_cut, by_icm = _last(field, labels), labels
    for _ in range(50):
        by_icm = swept(field, by_icm)
    assert field.energy(by_cut) <= field.energy(by_icm) + 1
    assert field.energy(by_icm) < field.energy(labels)


@pytest.mark.parametrize("name", ["icm", "mrf-graph-cut", "dense-crf"])
@pytest.mark.parametrize(("start", "kind"), [("otsu", "foreground"), ("kmeans", "partition")])
def test_the_answer_is_of_the_starts_kind(colour: np.ndarray, name: str, start: str, kind: str) -> None:
    before = wb.run(start, colour).output
    output = wb.run(name, colour, start=start).output
    assert output.yields == kind
    assert output.taxonomy == before.taxonomy
    assert set(output.segments) <= set(before.segments)
    assert all(output.segments[n] == before.segments[n] for n in output.segments)


@pytest.mark.parametrize("name", ["icm", "mrf-graph-cut", "dense-crf"])
def test_noise_is_cleaned_away(name: str) -> None:
    rng = np.random.default_rng(0)
    truth = np.zeros((60, 80), bool)
    truth[15:45, 20:60] = True
    noisy = np.where(truth, 150, 100)[..., None] + rng.normal(0, 25, (60, 80, 1)).repeat(3, axis=2)
    image = np.clip(noisy, 0, 255).astype(np.uint8)
    values = {} if name == "dense-crf" else {"smoothness": 2.0}
    start = start_from("otsu", sigma=0.0)
    before = (wb.run("otsu", image, sigma=0.0).output.mask("foreground") == truth).mean()
    after = (wb.run(name, image, start=start, **values).output.mask("foreground") == truth).mean()
    assert before < 0.9
    assert after > before + 0.05


@pytest.mark.parametrize("name", ["icm", "mrf-graph-cut", "dense-crf"])
def test_too_many_segments_say_so_in_one_sentence(colour: np.ndarray, name: str) -> None:
    with pytest.raises(ValueError, match=r"at most 32 segments, got \d+; merge them first"):
        wb.run(name, colour, start="slic")


def test_where_the_start_is_void_the_cheapest_label_begins() -> None:
    image = np.zeros((1, 6, 3), np.uint8)
    image[:, 3:] = 200
    given = Labelled(Segmentation.from_partition([[1, 1, 0, 0, 2, 2]]))
    assert beginning(field_of(image, given, "colours", 1.0, 0.0), given).tolist() == [[0, 0, 0, 1, 1, 1]]


@pytest.mark.parametrize("name", ["icm", "mrf-graph-cut"])
def test_the_stages_tell_terms_iterations_and_energy(colour: np.ndarray, name: str) -> None:
    with listen(Trace()) as heard:
        output = wb.METHODS[name](colour, start=start_from("kmeans", k=3))
    names = [item.name for item in heard.stages]
    assert names[:4] == ["start", "unary: segment 1", "unary: segment 2", "unary: segment 3"]
    assert names[4:6] == ["pairwise", "graph"]
    frames = [item.array for item in heard.stages if item.film == "iterations"]
    assert 2 <= len(frames) <= 10
    _, energies = heard.stages[-1].array
    assert (np.diff(energies) <= 1e-6 * abs(energies[0])).all()
    assert set(np.unique(output.ids)) <= {1, 2, 3}
