"""What every method must keep to; the registry is the matrix."""

from __future__ import annotations

import inspect
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import workbench as wb
from workbench import trace as tracing
from workbench.image import Image, ImageNote, read_image
from workbench.instances import Instances
from workbench.registry import Method, Param, Start
from workbench.segmentation import Segmentation, present

NAMES = [name for name, entry in wb.METHODS.items() if entry.available]
CLASSICAL = [name for name in NAMES if "torch" not in wb.METHODS[name].requires]


def _noise(height: int, width: int, seed: int = 0) -> Image:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def _sixteen_bit() -> Image:
    ramp = np.linspace(0, 65535, 20 * 30).reshape(20, 30).astype(np.uint16)
    with pytest.warns(ImageNote, match="scaled"):
        return read_image(ramp)


def _two_valued() -> Image:
    image = np.full((24, 32, 3), 40, np.uint8)
    image[6:18, 8:20] = 210
    return image


IMAGES: dict[str, Any] = {
    "one pixel": lambda: _noise(1, 1),
    "one row": lambda: _noise(1, 17),
    "one column": lambda: _noise(17, 1),
    "tiny": lambda: _noise(2, 3),
    "constant": lambda: np.full((16, 20, 3), 90, np.uint8),
    "black": lambda: np.zeros((16, 20, 3), np.uint8),
    "two-valued": _two_valued,
    "noise": lambda: _noise(40, 40),
    "not square": lambda: _noise(13, 70),
    "16-bit source": _sixteen_bit,
}


def test_the_matrix_is_not_empty() -> None:
    assert len(CLASSICAL) >= 12


def _run(name: str, image: Image, **values: Any) -> Segmentation | Instances:
    """Run it, and hold its answer against what the method declares."""
    entry = wb.METHODS[name]
    output = entry(image, **values)
    assert output.shape == image.shape[:2]
    if entry.yields == "instance":
        assert isinstance(output, Instances)
        return output
    refined = wb.METHODS[_start(entry, values)].yields if entry.yields == "same" else None
    assert output.yields == (refined or entry.yields)
    assert (output.ids.dtype, output.ids.flags.writeable) == (np.int32, False)
    assert present(output.ids) == list(output.segments)
    named = [segment.category is not None for segment in output.segments.values()]
    assert all(named) if output.yields != "partition" else not any(named)
    return output


def _start(entry: Method, values: dict[str, Any]) -> str:
    """Name the method whose answer this one refines."""
    return next(value["method"] for value in entry.check(values).values() if isinstance(value, Start))


def _fingerprint(output: Segmentation | Instances) -> str:
    return (output.to_segmentation()[0] if isinstance(output, Instances) else output).sha256


@pytest.mark.parametrize("kind", IMAGES)
@pytest.mark.parametrize("name", NAMES)
def test_any_image_gives_the_declared_answer_twice_and_is_left_alone(name: str, kind: str) -> None:
    image = IMAGES[kind]()
    before = image.copy()
    first = _run(name, image)
    assert (image == before).all()
    image.flags.writeable = False
    # What others do to the libraries' random numbers must not matter.
    np.random.seed(7)  # noqa: NPY002
    cv2.setRNGSeed(99)
    assert _fingerprint(_run(name, image)) == _fingerprint(first)


@pytest.mark.parametrize("name", CLASSICAL)
def test_classical_methods_leave_no_pixel_unlabelled(name: str) -> None:
    assert (_run(name, _two_valued()).ids > 0).all()


def _allowed(param: Param) -> list[Any]:
    if param.range is not None:
        ends = [param.range.low, param.range.high]
        return [int(end) for end in ends] if param.kind == "integer" else ends
    return {
        "choice": list(param.choices),
        "bool": [False, True],
        "points": [
            [(0, 0, "object")],
            [(9, 12, "object"), (1, 30, "background")],
            [(23, 31, "background")],
            [(2, 2, 20, 25, "object"), (0, 30, 3, 31, "background")],
        ],
        "box": [None, (0, 0, 0, 0), (4, 6, 20, 24), (0, 0, 23, 31)],
        "curve": [(), ((4, 6), (4, 22), (20, 22), (20, 6)), ((0, 0), (0, 1), (1, 1))],
        "method": [name for name in ("otsu", "kmeans") if wb.METHODS[name].yields in param.accepts],
    }[param.kind]


PARAMS = [(name, param) for name in NAMES for param in wb.METHODS[name].params]


@pytest.mark.parametrize(("name", "param"), PARAMS)
def test_both_ends_and_every_choice_run(name: str, param: str) -> None:
    for value in _allowed(wb.METHODS[name].params[param]):
        _run(name, _two_valued(), **{param: value})


def _refused(param: Param) -> list[Any]:
    if param.range is not None:
        beyond = [param.range.low - 1, param.range.high + 1]
        odd = [float("nan"), float("inf")] if param.kind == "number" else [param.range.low + 0.5, True]
        return [*beyond, *odd, "many", None]
    return {
        "choice": ["nonsense", 3, None],
        "bool": ["perhaps", 2, None],
        "points": [[(0, 0)], [(0, 0, "other")], [("object",)], [(0, 0, 1, "object")], 3],
        "box": [(1, 2, 3), "all"],
        "curve": [[(1, 2, 3)], 3],
        "method": [3, None, {"method": "otsu", "more": 1}],
    }[param.kind]


@pytest.mark.parametrize(("name", "param"), PARAMS)
def test_a_wrong_value_is_refused_in_one_sentence(name: str, param: str) -> None:
    declared = wb.METHODS[name].params[param]
    for value in _refused(declared):
        with pytest.raises(ValueError, match="must be") as caught:
            wb.METHODS[name](_two_valued(), **{param: value})
        message = str(caught.value)
        assert message.startswith(f"{name}: {param} must be {declared.rule}")
        assert message.endswith(f"got {value!r}")
        assert "\n" not in message


@pytest.mark.parametrize(
    ("name", "param"), [pair for pair in PARAMS if wb.METHODS[pair[0]].params[pair[1]].kind == "points"]
)
def test_points_outside_or_at_odds_are_refused(name: str, param: str) -> None:
    entry = wb.METHODS[name]
    with pytest.raises(
        ValueError, match=rf"{name}: {param} must lie inside the 24 x 32 image, got \(24, 0\)"
    ):
        entry(_two_valued(), **{param: [(24, 0, "object")]})
    with pytest.raises(ValueError, match="both object and background"):
        entry(_two_valued(), **{param: [(2, 2, "object"), (2, 2, "background")]})


@pytest.mark.parametrize(
    ("name", "param"), [pair for pair in PARAMS if wb.METHODS[pair[0]].params[pair[1]].kind == "box"]
)
def test_boxes_outside_or_inside_out_are_refused(name: str, param: str) -> None:
    entry = wb.METHODS[name]
    with pytest.raises(ValueError, match="must lie inside the 24 x 32 image"):
        entry(_two_valued(), **{param: (0, 0, 24, 31)})
    with pytest.raises(ValueError, match="from top left to bottom right"):
        entry(_two_valued(), **{param: (5, 5, 4, 9)})


@pytest.mark.parametrize(
    ("name", "param"), [pair for pair in PARAMS if wb.METHODS[pair[0]].params[pair[1]].kind == "curve"]
)
def test_curves_outside_or_without_an_inside_are_refused(name: str, param: str) -> None:
    entry = wb.METHODS[name]
    with pytest.raises(ValueError, match="must lie inside the 24 x 32 image"):
        entry(_two_valued(), **{param: [(0, 0), (0, 9), (24, 9)]})
    with pytest.raises(ValueError, match="at least 3 different corners, got 2"):
        entry(_two_valued(), **{param: [(0, 0), (0, 9), (0, 0)]})


@pytest.mark.parametrize(
    ("name", "param"), [pair for pair in PARAMS if wb.METHODS[pair[0]].params[pair[1]].kind == "method"]
)
def test_a_start_that_is_none_is_refused(name: str, param: str) -> None:
    with pytest.raises(ValueError, match=f"{name}: {param}: no method 'nonsense'; it may be one of "):
        wb.METHODS[name](_two_valued(), **{param: "nonsense"})
    with pytest.raises(ValueError, match=rf"{name}: {param} must be a method that yields .*, got '{name}'"):
        wb.METHODS[name](_two_valued(), **{param: name})


@pytest.mark.parametrize("name", NAMES)
def test_it_says_what_it_is(name: str) -> None:
    entry: Method = wb.METHODS[name]
    text = inspect.getdoc(entry.function) or ""
    years = [word.strip(".,;)(") for word in text.split() if word.strip(".,;)(").isdigit()]
    assert len(entry.summary) <= 100
    assert entry.summary.endswith(".")
    assert any(len(year) == 4 and year in text for year in years), "the source's year is missing"
    assert entry.source
    assert entry.title
    for param in entry.params.values():
        assert param.label
        assert param.label[0].isupper(), f"{param.name}: its label is not in words"
        assert param.help.endswith("."), f"{param.name}: its help is not a sentence"


@pytest.mark.parametrize("name", NAMES)
def test_stages_are_shown_and_change_nothing(name: str) -> None:
    image = _two_valued()
    with tracing.listen(tracing.Trace()) as heard:
        shown = _run(name, image)
    assert len(heard.stages) >= 1
    assert len({item.name for item in heard.stages}) == len(heard.stages)
    assert _fingerprint(shown) == _fingerprint(_run(name, image))
    for item in heard.stages:
        assert item.caption
        if item.kind in ("image", "labels", "field"):
            # A network's maps are smaller than the picture, and its prototypes are no maps of it.
            assert item.array.shape[:2] == image.shape[:2] or name not in CLASSICAL
            assert item.array.size > 0
        elif item.kind == "graph":
            assert item.array.shape[1] == 2
        else:
            assert item.array.shape[0] in (2, 3)


@pytest.mark.parametrize("kind", IMAGES)
@pytest.mark.parametrize("name", NAMES)
def test_stages_of_any_image_can_be_made(name: str, kind: str) -> None:
    image = IMAGES[kind]()
    with tracing.listen(tracing.Trace()) as heard:
        _run(name, image)
    assert heard.stages


@pytest.mark.parametrize("name", NAMES)
def test_stages_cost_nothing_when_nobody_records(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def made(*_: Any, **__: Any) -> None:
        raise AssertionError("a stage was made though nobody records")

    monkeypatch.setattr(tracing, "Stage", made)
    monkeypatch.setattr(tracing, "_made", made)
    with tracing.listen(tracing.Trace(record=False)):
        _run(name, _two_valued())


SMALL = arrays(np.uint8, st.tuples(st.integers(1, 12), st.integers(1, 12), st.just(3)))
SEVERAL = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.mark.parametrize(
    "name", ["otsu", "multi-otsu", "sauvola", "canny-fill", "region-growing", "kmeans", "watershed"]
)
@SEVERAL
@given(image=SMALL)
def test_small_random_images(name: str, image: Image) -> None:
    first = _run(name, image)
    assert _fingerprint(_run(name, image)) == _fingerprint(first)
