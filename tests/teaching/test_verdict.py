"""How a verdict reads, as text and as HTML."""

from __future__ import annotations

import pytest

from workbench.teaching.verdict import Verdict


def test_text_and_html_say_the_same() -> None:
    verdict = Verdict(
        "01.1", "Threshold", "not yet", given="x = <1>", expected="2", got="3", hint="Look & see."
    )
    text, html = str(verdict), verdict._repr_html_()
    for part in ("01.1", "not yet", "expected", "Look"):
        assert part in text
        assert part in html
    assert "x = &lt;1&gt;" in html
    assert "Look &amp; see." in html
    assert repr(verdict) == text


@pytest.mark.parametrize("state", ["not attempted", "right", "not yet"])
def test_a_state_is_said_in_words_and_not_by_colour_alone(state: str) -> None:
    verdict = Verdict("01.1", "Threshold", state)
    assert state in str(verdict)
    assert f'data-verdict="{state}"' in verdict._repr_html_()
    assert verdict.right is (state == "right")
    assert verdict.rows == []
