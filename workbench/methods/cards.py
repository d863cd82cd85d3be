"""What a network's card says to a reader: what it is called, and what it was trained on."""

from __future__ import annotations

from typing import Any

Card = dict[str, Any]


def called(card: Card) -> str:
    """Give the network's name in words.

    >>> called({"title": "U-Net, trained on generated cells"})
    'U-Net'
    """
    return str(card["title"]).partition(",")[0]


def taught(card: Card) -> str:
    """Give the scenes that a network was trained on.

    >>> taught({"name": "fcn8-street"}), taught({"name": "fcn8-street-own-1", "scenes": "street"})
    ('street', 'street')
    """
    return str(card.get("scenes") or card["name"].rpartition("-")[2])
