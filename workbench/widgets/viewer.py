"""A viewer for notebooks: one image and named segmentations side by side, zoomed and pointed at together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import anywidget
import cv2
import numpy as np
import traitlets
from numpy.typing import NDArray

from workbench.export import pasted
from workbench.instances import Instances
from workbench.recipe import Result
from workbench.registry import METHODS
from workbench.segmentation import Segmentation
from workbench.widgets import assets
from workbench.widgets.pack import pack


class Viewer(anywidget.AnyWidget):
    """Show an image and segmentations of it side by side; the browser does all zooming and painting.

    Parameters
    ----------
    image : (H, W, 3) uint8, RGB.
    segmentations : what to show, by name, such as ``{"truth": s.truth, "Otsu": r.output}``.
    height : of each canvas in CSS pixels.

    Raises
    ------
    ValueError : a segmentation of another size than the image.
    """

    _esm = assets.module("viewer.js")
    _css = assets.style()
    picture = traitlets.Dict().tag(sync=True)
    panes: Any = traitlets.List().tag(sync=True)
    height = traitlets.Int(320).tag(sync=True)

    def __init__(
        self,
        image: NDArray[np.uint8],
        segmentations: Mapping[str, Segmentation],
        *,
        height: int = 320,
    ) -> None:
        for name, segmentation in segmentations.items():
            if segmentation.shape != image.shape[:2]:
                raise ValueError(
                    f"{name!r} is {segmentation.shape}, the image {image.shape[:2]}; a viewer needs one size"
                )
        super().__init__(
            picture={"size": list(image.shape[:2]), "mime": "image/png", "bytes": encode_png(image)},
            panes=[_pane(name, segmentation) for name, segmentation in segmentations.items()],
            height=height,
        )

    @property
    def alternative(self) -> str:
        """Say in words what is shown, such as ``"truth, coin: 24 segments"``."""
        return "; ".join(f"{pane['name']}, {pane['summary']}" for pane in self.panes) or "the image alone"

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        data, metadata = super()._repr_mimebundle_(**kwargs)  # type: ignore[misc]  # None only without a view
        return data | {"text/plain": self.alternative}, metadata


def show(image: NDArray[np.uint8], result: Result | Segmentation | Instances, *, height: int = 320) -> Viewer:
    """Show an (H, W, 3) image and, linked with it, a result's segmentation over it.

    Instances are pasted, best score first; a bare output is taken as well.

    >>> from workbench import run
    >>> image = np.full((8, 8, 3), 200, np.uint8)
    >>> show(image, run("fixed", image)).alternative
    'image, 0 segments; Fixed threshold, 1 segment'
    """
    title = METHODS[result.recipe.method].title if isinstance(result, Result) else "segmentation"
    guess = pasted(result.output if isinstance(result, Result) else result)
    bare = Segmentation(np.zeros(image.shape[:2], np.int32), {})
    return Viewer(image, {"image": bare, title: guess}, height=height)


def encode_png(image: NDArray[np.uint8]) -> bytes:
    """Encode an (H, W, 3) RGB image as PNG, quickly rather than small."""
    bgr = np.ascontiguousarray(image[..., ::-1])
    return cv2.imencode(".png", bgr, [cv2.IMWRITE_PNG_COMPRESSION, 1])[1].tobytes()


def describe(segmentation: Segmentation) -> tuple[dict[str, Any], bytes]:
    """Say what the page needs to paint a segmentation: pack, size, categories, segments; and its bytes."""
    info, data = pack(segmentation.ids)
    categories = [
        {"id": c.id, "name": c.name, "kind": c.kind, "colour": c.colour} for c in segmentation.taxonomy
    ]
    segments = [[n, s.category.id if s.category else 0, s.score] for n, s in segmentation.segments.items()]
    message = {
        "pack": info,
        "size": list(segmentation.shape),
        "categories": categories,
        "segments": segments,
        "summary": segmentation.summary(),
    }
    return message, data


def _pane(name: str, segmentation: Segmentation) -> dict[str, Any]:
    message, data = describe(segmentation)
    return {"name": name, **message, "bytes": data}
