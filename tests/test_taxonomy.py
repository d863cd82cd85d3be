import pytest

from workbench.taxonomy import BINARY, OKABE_ITO, QUIET, Category, Taxonomy

TAX = Taxonomy(
    [Category(1, "background", "stuff"), Category(7, "coin"), Category(3, "table", "stuff", "#123ABC")]
)


def test_categories_are_found_by_id_and_by_name() -> None:
    assert TAX[7] is TAX["coin"]
    assert [c.name for c in TAX] == TAX.names == ["background", "coin", "table"]
    assert [c.name for c in TAX.things] == ["coin"]
    assert [c.name for c in TAX.stuff] == ["background", "table"]
    assert (7 in TAX, "coin" in TAX, 2 in TAX, "ring" in TAX, len(TAX)) == (True, True, False, False, 3)


def test_unknown_keys_list_what_there_is() -> None:
    with pytest.raises(KeyError, match="no category 'ring'; the taxonomy has background, coin, table"):
        TAX["ring"]
    with pytest.raises(KeyError, match="no category 2"):
        TAX[2]


def test_every_category_has_a_colour_of_its_own() -> None:
    many = Taxonomy([Category(n, f"c{n}") for n in range(1, 134)])
    colours = [category.colour for category in many]
    assert colours[:8] == list(OKABE_ITO)
    assert len(set(colours)) == 133


def test_given_colours_are_kept_and_not_given_again() -> None:
    tax = Taxonomy([Category(1, "a"), Category(2, "b", colour=OKABE_ITO[0])])
    assert [c.colour for c in tax] == [OKABE_ITO[1], OKABE_ITO[0]]
    assert TAX["table"].colour == "#123ABC"
    assert TAX["background"].colour == QUIET


def test_equality_is_by_content() -> None:
    again = Taxonomy(list(TAX))
    assert again == TAX
    assert hash(again) == hash(TAX)
    assert TAX != BINARY
    assert TAX != "coin"
    assert "7: coin (thing)" in repr(TAX)


@pytest.mark.parametrize("number", [0, -1, 2**31, 1.0, True, "1"])
def test_ids_are_whole_numbers_from_one(number: object) -> None:
    with pytest.raises(ValueError, match=r"category id must be a whole number from 1 \(0 is void\)"):
        Category(number, "coin")


def test_the_largest_id_is_allowed() -> None:
    assert Taxonomy([Category(2**31 - 1, "coin")])["coin"].id == 2**31 - 1


@pytest.mark.parametrize("name", ["", "  ", None, 3])
def test_a_name_is_needed(name: object) -> None:
    with pytest.raises(ValueError, match="category 1 needs a name"):
        Category(1, name)


def test_other_kinds_and_colours_are_refused() -> None:
    with pytest.raises(ValueError, match="'coin' must be 'thing' or 'stuff', got 'object'"):
        Category(1, "coin", "object")
    for colour in ("red", "#FFF", "#GGGGGG", "#E69F001"):
        with pytest.raises(ValueError, match="needs a colour like '#E69F00'"):
            Category(1, "coin", colour=colour)


def test_ids_and_names_occur_once() -> None:
    with pytest.raises(ValueError, match="each id once, got 1 more than once"):
        Taxonomy([Category(1, "a"), Category(1, "b")])
    with pytest.raises(ValueError, match="each name once, got a more than once"):
        Taxonomy([Category(1, "a"), Category(2, "a")])
