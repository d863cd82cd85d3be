"""How students write the answers of lesson 00: each right or wrong one in several ways, and stubs."""

from __future__ import annotations

from collections.abc import Mapping

from workbench.grading.sample import iou_ways, share_ways

STUBS = {
    "00.1": "def pixel_share(mask):\n    ...",
    "00.2": "def iou(truth, guess):\n    ...",
    "00.3": "prediction = None",
    "00.4": "painted = None",
}
COMMENTS = (
    "# my answer", "# meine Lösung, mit check geprüft", "# ma réponse", "# mi respuesta, ¡por fin!",
    "# 我的答案", "# мой ответ", "# câu trả lời của em", "# cevabım", "# إجابتي", "# moja odpowiedź",
)  # fmt: skip
LETTERS: dict[str | None, str] = {None: "c", "extra pixels forgiven": "a", "Dice": "b", "all or nothing": "d"}
CHOSEN = """
prediction = "{}"
# or
prediction = '{}'  # on paper first: the union is what counts
# or
prediction = None  # "a", "b", "c" or "d"
prediction = "{}"
# or
letter = "{}"
prediction = letter.upper()
"""
UNCHOSEN = """
prediction = None
# or
prediction = ""  # a? b?
"""
WAYS: Mapping[str, Mapping[str | None, str]] = {
    "00.1": share_ways.WAYS,
    "00.2": iou_ways.WAYS,
    "00.3": {"": UNCHOSEN, **{kind: CHOSEN.replace("{}", letter) for kind, letter in LETTERS.items()}},
}
SPELLINGS: dict[tuple[str, str | None], tuple[str, ...]] = {
    (id, kind): tuple(way.strip() for way in text.split("# or\n"))
    for id, kinds in WAYS.items()
    for kind, text in kinds.items()
}
CODE = {key: ways[0] for key, ways in SPELLINGS.items()}  # the plain way of each
