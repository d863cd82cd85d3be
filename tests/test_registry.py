"""Declarations that are wrong fail at import; values that are wrong are named with their rule."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench import METHODS
from workbench.image import Image
from workbench.registry import Box, Label, Points, Range, Registry, method
from workbench.segmentation import Segmentation

Level = Annotated[int, Range(0, 255)]


def declare(function: Any, **changed: Any) -> Registry:
    """Register a function in a registry of its own."""
    registry = Registry()
    given = {
        "family": "test",
        "yields": "foreground",
        "source": "nobody 1999",
        "registry": registry,
    } | changed
    method("A test", **given)(function)
    return registry


def everything(
    image: Image,
    *,
    level: Annotated[int, Range(0, 255, 5), Label("Threshold", "Higher is less.")] = 128,
    sigma: Annotated[float, Range(0.1, 10, 0.1, "px", log=True)] = 1.0,
    side: Literal["bright", "dark"] = "bright",
    invert: bool = False,
    seeds: Points = (),
    box: Box | None = None,
) -> Segmentation:
    """Take one parameter of each kind.

    Nobody, 1999.
    """
    return Segmentation.from_mask(image[..., 0] > level)


ALL = declare(everything)["everything"]


# --- declarations ---
def test_one_declaration_says_everything() -> None:
    kinds = {name: param.kind for name, param in ALL.params.items()}
    assert kinds == {
        "level": "integer",
        "sigma": "number",
        "side": "choice",
        "invert": "bool",
        "seeds": "points",
        "box": "box",
    }
    level = ALL.params["level"]
    assert (level.label, level.help, level.default, level.range) == (
        "Threshold",
        "Higher is less.",
        128,
        Range(0, 255, 5),
    )
    assert ALL.params["invert"].label == "invert"
    assert ALL.params["side"].choices == ("bright", "dark")
    assert (ALL.title, ALL.summary, ALL.available, ALL.install) == (
        "A test",
        "Take one parameter of each kind.",
        True,
        None,
    )


def test_the_decorated_function_stays_what_it_was() -> None:
    registry = Registry()
    same = method("T", family="f", yields="foreground", source="s", registry=registry)(everything)
    assert same is everything
    assert list(registry) == ["everything"]
    assert len(registry) == 1


def no_docstring(image: Image) -> Any: ...


def no_image(picture: Image) -> Any:
    """Lack the image."""


def nothing_at_all() -> Any:
    """Lack everything."""


def positional(image: Image, level: Level = 1) -> Any:
    """Lack the star."""


def any_keywords(image: Image, **level: Level) -> Any:
    """Take anything."""


def no_default(image: Image, *, level: Level) -> Any:
    """Lack a default."""


def bare_number(image: Image, *, level: float = 1.0) -> Any:
    """Lack a range."""


def no_annotation(image: Image, *, level=1) -> Any:  # type: ignore[no-untyped-def]
    """Lack a type."""


def backwards(image: Image, *, level: Annotated[int, Range(5, 1)] = 3) -> Any:
    """Have a range that is upside down."""


def endless(image: Image, *, level: Annotated[float, Range(0, float("inf"))] = 3.0) -> Any:
    """Have a range without an end."""


def no_step(image: Image, *, level: Annotated[float, Range(0, 1, 0)] = 0.5) -> Any:
    """Have a step of nothing."""


def log_from_zero(image: Image, *, level: Annotated[float, Range(0, 1, 0.1, log=True)] = 0.5) -> Any:
    """Have a logarithm of zero."""


def ranged_bool(image: Image, *, level: Annotated[bool, Range(0, 1)] = True) -> Any:
    """Have a range where there is none."""


def strange_type(image: Image, *, level: dict[str, int] = {}) -> Any:  # noqa: B006
    """Have a type that no control is for."""


def numbered_choice(image: Image, *, level: Literal[1, 2] = 1) -> Any:
    """Have choices that are no words."""


def wrong_default(image: Image, *, level: Level = 300) -> Any:
    """Have a default outside its own range."""


def float_default(image: Image, *, level: Level = 3.0) -> Any:  # type: ignore[assignment]
    """Have a default of another type."""


def unknown_name(image: Image, *, level: Nowhere = 1) -> Any:  # type: ignore[name-defined]  # noqa: F821
    """Have an annotation that nobody knows."""


@pytest.mark.parametrize(
    ("function", "rule"),
    [
        (no_docstring, "needs a docstring"),
        (no_image, "the first parameter must be 'image'"),
        (nothing_at_all, "the first parameter must be 'image'"),
        (positional, "parameter 'level' must be keyword-only; put it behind a *"),
        (any_keywords, "parameter 'level' must be keyword-only"),
        (no_default, "parameter 'level' needs a default"),
        (
            bare_number,
            r"parameter 'level' is a number and needs Annotated\[float, Range\(low, high, step\)\]",
        ),
        (no_annotation, "parameter 'level' must be a number with a Range, a Literal, a bool, Points, Box"),
        (backwards, "parameter 'level' has an impossible range"),
        (endless, "parameter 'level' has an impossible range"),
        (no_step, "parameter 'level' has an impossible range"),
        (log_from_zero, "parameter 'level' is logarithmic and must start above 0, got 0"),
        (ranged_bool, "parameter 'level' has a Range but is not an int or a float"),
        (strange_type, r"parameter 'level' must be a number .*, got dict\[str, int\]"),
        (numbered_choice, r"parameter 'level' must offer words, .*got typing.Literal\[1, 2\]"),
        (wrong_default, r"parameter 'level': its default breaks its own rule: .* \[0, 255\], got 300"),
        (float_default, r"parameter 'level': its default breaks its own rule: .* whole number .* got 3\.0"),
        (unknown_name, "its annotations cannot be read: name 'Nowhere' is not defined"),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_a_wrong_declaration_fails_at_import(function: Any, rule: str) -> None:
    with pytest.raises(TypeError, match=rf"^{function.__name__.replace('_', '-')}: {rule}"):
        declare(function)


def test_a_wrong_kind_of_answer_and_a_taken_name() -> None:
    with pytest.raises(TypeError, match=r"everything: yields must be one of foreground, .*, got 'masks'"):
        declare(everything, yields="masks")
    registry = declare(everything)
    with pytest.raises(TypeError, match="method 'everything' is declared twice"):
        declare(everything, registry=registry)
    declare(everything, registry=registry, name="another")
    assert list(registry) == ["everything", "another"]


# --- values ---
WRONG = [
    ("level", 256, r"a whole number in \[0, 255\], got 256"),
    ("level", -1, r"a whole number in \[0, 255\], got -1"),
    ("level", 3.0, r"a whole number in \[0, 255\], got 3\.0"),
    ("level", True, r"a whole number in \[0, 255\], got True"),
    ("level", "3", r"a whole number in \[0, 255\], got '3'"),
    ("level", None, r"a whole number in \[0, 255\], got None"),
    ("level", np.array([1, 2]), r"a whole number in \[0, 255\], got \[1, 2\]"),
    ("level", 10**400, r"a whole number in \[0, 255\], got 1000"),
    ("sigma", 0, r"in \[0\.1, 10\], got 0"),
    ("sigma", float("nan"), r"in \[0\.1, 10\], got nan"),
    ("sigma", float("inf"), r"in \[0\.1, 10\], got inf"),
    ("sigma", 10**400, r"in \[0\.1, 10\], got 1000"),
    ("sigma", False, r"in \[0\.1, 10\], got False"),
    ("side", "left", "one of 'bright', 'dark', got 'left'"),
    ("side", ["bright"], "one of 'bright', 'dark', got"),
    ("invert", 1, "True or False, got 1"),
    ("invert", "yes", "True or False, got 'yes'"),
    ("seeds", [(1, 2)], r"a list of \(row, column, 'object' or 'background'\), got"),
    ("seeds", [(1, 2, "sky")], "a list of"),
    ("seeds", [(1.5, 2, "object")], "a list of"),
    ("seeds", "somewhere", "a list of"),
    ("seeds", 5, "a list of"),
    ("box", (1, 2, 3), r"\(first row, first column, last row, last column\) or None, got \(1, 2, 3\)"),
    ("box", "all", r"\(first row"),
    ("level", "x" * 5000, r"a whole number in \[0, 255\], got 'x{1,30}\.\.\.x{1,30}'$"),
]


@pytest.mark.parametrize(("name", "value", "rule"), WRONG, ids=lambda v: str(v)[:20])
def test_a_wrong_value_names_method_parameter_rule_and_value(name: str, value: Any, rule: str) -> None:
    with pytest.raises(ValueError, match=rf"^everything: {name} must be {rule}"):
        ALL.check({name: value})


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("sigma", 2, 2.0),
        ("sigma", np.float32(0.5), 0.5),
        ("level", np.uint8(7), 7),
        ("level", np.array(7), 7),
        ("side", np.str_("dark"), "dark"),
        ("invert", np.bool_(True), True),
        ("seeds", [[1, 2, "object"]], ((1, 2, "object"),)),
        ("box", [0, 0, 3, 4], (0, 0, 3, 4)),
        ("box", np.array([0, 0, 3, 4]), (0, 0, 3, 4)),
        ("box", None, None),
    ],
    ids=str,
)
def test_a_right_value_comes_back_in_its_own_type(name: str, value: Any, kept: Any) -> None:
    found = ALL.check({name: value})[name]
    assert found == kept
    assert type(found) is type(kept)
    json.dumps(found)


def test_what_is_left_out_is_completed_by_the_default() -> None:
    assert ALL.check({}) == {n: p.default for n, p in ALL.params.items()}


@given(st.integers(0, 255), st.floats(0.1, 10), st.sampled_from(["bright", "dark"]), st.booleans())
def test_checking_twice_changes_nothing(level: int, sigma: float, side: str, invert: bool) -> None:
    once = ALL.check({"level": level, "sigma": sigma, "side": side, "invert": invert})
    assert ALL.check(once) == once
    assert (
        ALL.check(
            {n: str(v) for n, v in once.items() if n in ("level", "sigma", "side", "invert")}, text=True
        )
        == once
    )


def test_unknown_parameters_list_the_near_ones() -> None:
    with pytest.raises(
        ValueError, match=r"everything: has no parameter 'sigm', did you mean 'sigma'\?; it has level, sigma,"
    ):
        ALL.check({"sigm": 1})

    def plain(image: Image) -> Any:
        """Take nothing."""

    with pytest.raises(ValueError, match="plain: has no parameter 'sigma'; it has none"):
        declare(plain)["plain"].check({"sigma": 1})


def test_unknown_methods_list_the_near_ones_and_all() -> None:
    with pytest.raises(KeyError, match=r"no method 'otus', did you mean 'otsu'\?; there are fixed, otsu,"):
        METHODS["otus"]


# --- values as text, as a command line gives them ---
@pytest.mark.parametrize(
    ("name", "text", "kept"),
    [
        ("level", "12", 12),
        ("sigma", "1.5", 1.5),
        ("sigma", "2", 2.0),
        ("sigma", "1e0", 1.0),
        ("side", "dark", "dark"),
        ("invert", "true", True),
        ("invert", "no", False),
        ("seeds", '[[12, 40, "object"], [3, 4, "background"]]', ((12, 40, "object"), (3, 4, "background"))),
        ("seeds", "[]", ()),
        ("box", "[1, 2, 30, 40]", (1, 2, 30, 40)),
        ("box", "null", None),
    ],
)
def test_text_is_read(name: str, text: str, kept: Any) -> None:
    found = ALL.check({name: text}, text=True)[name]
    assert found == kept
    assert type(found) is type(kept)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("level", "12.5"),
        ("level", "many"),
        ("level", ""),
        ("level", "300"),
        ("sigma", "nan"),
        ("sigma", "inf"),
        ("sigma", "1,5"),
        ("side", "BRIGHT"),
        ("invert", "perhaps"),
        ("seeds", "12, 40"),
        ("seeds", "[[12, 40]]"),
        ("seeds", "[[[["),
        ("box", "[1, 2]"),
        ("box", "all"),
    ],
)
def test_wrong_text_names_the_rule(name: str, text: str) -> None:
    with pytest.raises(ValueError, match=rf"^everything: {name} must be .*, got '"):
        ALL.check({name: text}, text=True)


# --- prompts ---
@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"seeds": [(0, 20, "object")]}, r"seeds must lie inside the 10 x 20 image, got \(0, 20\)"),
        ({"seeds": [(-1, 0, "object")]}, r"seeds must lie inside the 10 x 20 image, got \(-1, 0\)"),
        (
            {"seeds": [(1, 1, "object"), (1, 1, "background")]},
            "seeds calls one pixel both object and background",
        ),
        ({"box": (0, 0, 10, 5)}, r"box must lie inside the 10 x 20 image, got \(10, 5\)"),
        ({"box": (5, 5, 4, 6)}, r"box must go from top left to bottom right, got \(5, 5, 4, 6\)"),
        ({"box": (5, 5, 6, 4)}, "box must go from top left to bottom right"),
    ],
)
def test_prompts_must_fit_the_picture(values: dict[str, Any], sentence: str) -> None:
    ALL.check(values)  # without a picture there is nothing to fit
    with pytest.raises(ValueError, match=rf"^everything: {sentence}"):
        ALL.check(values, (10, 20))


def test_prompts_at_the_very_edge_fit() -> None:
    corners = {"seeds": [(0, 0, "object"), (9, 19, "object"), (9, 19, "object")], "box": (0, 0, 9, 19)}
    assert ALL.check(corners, (10, 20))["box"] == (0, 0, 9, 19)


@given(st.integers(1, 400), st.integers(1, 400), st.integers(1, 400), st.integers(1, 400), st.data())
def test_prompts_move_with_the_picture_and_stay_inside(
    height: int, width: int, rows: int, columns: int, data: Any
) -> None:
    place = st.tuples(st.integers(0, height - 1), st.integers(0, width - 1))
    (r, c), (r2, c2) = data.draw(place), data.draw(place)
    box = (min(r, r2), min(c, c2), max(r, r2), max(c, c2))
    values = ALL.check({"seeds": [(r, c, "object"), (r2, c2, "object")], "box": box})
    moved = ALL.moved(values, (height, width), (rows, columns))
    assert ALL.check(moved, (rows, columns)) == moved


def test_clicks_that_meet_when_scaled_leave_the_later_one() -> None:
    values = ALL.check({"seeds": [(0, 0, "object"), (1, 1, "background")]})
    assert ALL.moved(values, (4, 4), (2, 2))["seeds"] == ((0, 0, "background"),)
    assert ALL.moved(values, (4, 4), (2, 2))["box"] is None


# --- running ---
def test_a_method_checks_before_it_runs() -> None:
    image = np.full((4, 4, 3), 200, np.uint8)
    assert (ALL(image).ids == 2).all()
    with pytest.raises(ValueError, match="everything: level must be"):
        ALL(image, level=-1)
    with pytest.raises(ValueError, match="everything: box must lie inside the 4 x 4 image"):
        ALL(image, box=(0, 0, 4, 4))


def test_a_method_that_lacks_a_module_says_what_installs_it() -> None:
    lacking = declare(everything, requires=("no_such_module",))["everything"]
    assert not lacking.available
    assert lacking.install == "pip install no_such_module"
    with pytest.raises(
        ModuleNotFoundError, match="everything: needs no_such_module, which is not installed; pip install"
    ):
        lacking(np.zeros((1, 1, 3), np.uint8))
