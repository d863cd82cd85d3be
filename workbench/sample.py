"""One picture to learn on: the image, what is true of it, and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from workbench.instances import Instances
from workbench.segmentation import Segmentation

KINDS = ("photograph", "scene", "exact")


@dataclass(frozen=True, eq=False)
class Sample:
    """Hold an image with its truth.

    Parameters
    ----------
    name : the word that a recipe or a link uses, such as ``"coins"``.
    title : what a person reads, such as ``"Coins from Pompeii"``.
    image : (H, W, 3) uint8, RGB; kept read-only.
    truth : what each pixel belongs to, or None where nobody has said.
    target : the categories that a two-way method is asked to find; all of the truth's taxonomy.
    credit, licence : who made it, and what others may do with it.
    kind : a ``"photograph"`` with a drawn truth, a generated ``"scene"``, or an ``"exact"`` figure.
    instances : whole (amodal) masks of the things, hidden parts included, where they are known.
    depth : draw order, back to front, as indices into `instances`.
    note : one sentence that a person should read beside the picture.

    Raises
    ------
    ValueError : an image of another form, a truth or instances of another size, a target that the truth does
        not name, an unknown kind, or a depth that does not order the instances.

    >>> Sample("dot", "A dot", np.zeros((1, 2, 3), np.uint8), None, (), "us", "BSD-3-Clause", "exact").shape
    (1, 2)
    """

    name: str
    title: str
    image: NDArray[np.uint8]
    truth: Segmentation | None
    target: tuple[str, ...]
    credit: str
    licence: str
    kind: Literal["photograph", "scene", "exact"]
    instances: Instances | None = None
    depth: tuple[int, ...] | None = None
    note: str = ""

    def __post_init__(self) -> None:
        image = self.image
        if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8:
            raise ValueError(f"{self.name}: image must be uint8 (H, W, 3), got {image.dtype} {image.shape}")
        if self.kind not in KINDS:
            raise ValueError(f"{self.name}: kind must be one of {', '.join(KINDS)}, got {self.kind!r}")
        for what, part in (("truth", self.truth), ("instances", self.instances)):
            if part is not None and part.shape != image.shape[:2]:
                raise ValueError(
                    f"{self.name}: {what} must have the image's size {image.shape[:2]}, got {part.shape}"
                )
        self._check_names()
        if image.flags.writeable:
            image = image.copy()  # the caller's array stays the caller's
            image.flags.writeable = False
        object.__setattr__(self, "image", image)

    def _check_names(self) -> None:
        known = self.truth.taxonomy.names if self.truth is not None else []
        if strange := [name for name in self.target if name not in known]:
            raise ValueError(
                f"{self.name}: target {strange} is not among the truth's categories ({', '.join(known)})"
            )
        count = 0 if self.instances is None else len(self.instances)
        if self.depth is not None and sorted(self.depth) != list(range(count)):
            raise ValueError(
                f"{self.name}: depth must order the {count} instances, each once, got {self.depth}"
            )

    @property
    def shape(self) -> tuple[int, int]:
        """Give (height, width) in pixels."""
        height, width = self.image.shape[:2]
        return height, width
