"""Showing a picture to a network: at the size it knows, in tiles where it is large or memory is short."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from workbench.image import Image
from workbench.registry import Label, Range
from workbench.trace import loading, note, progress, ran_on, stage

if TYPE_CHECKING:
    from workbench.models.zoo import Model

Floats = NDArray[Any]  # float32
LONGEST = 4096  # px that are looked at along one side; a wider picture is shrunk to it
Size = Annotated[
    int,
    Range(64, 768, 32, "px"),
    Label("Size to look at", "The shorter side is shrunk to this; a smaller picture stays as it is."),
]
TILES = (1024, 512, 256, 128)  # px a side, tried in this order as memory runs out


def loaded(name: str, warm: Callable[[Model], object] | None = None) -> Model:
    """Load a network outside of the run's time, warmed up, and say where it runs.

    warm : how to run it once; by default on an empty picture.

    Raises
    ------
    WeightsError : its files are missing or damaged.
    """
    with loading():
        from workbench.models import zoo

        model = zoo.load(name)
        if not model.warm:
            (warm or warm_up)(model)  # a first run also sets up the device, which is no cost of a run
            model.warm.append(True)
    ran_on(model.device)
    return model


def warm_up(model: Model) -> None:
    """Run a network once on an empty picture."""
    import torch

    channels = model.card["settings"].get("channels", 3)
    with torch.inference_mode():
        model.net(torch.zeros(1, channels, 64, 64, device=model.device))


def seen(image: Image, size: int) -> Image:
    """Shrink a picture until its shorter side is `size` px, which is what a network then sees.

    A smaller picture stays as it is: enlarging it would show the network nothing more.

    >>> [seen(np.zeros((10, 20, 3), np.uint8), size).shape[:2] for size in (5, 40)]
    [(5, 10), (10, 20)]
    """
    height, width = image.shape[:2]
    scale = min(1.0, size / min(height, width), LONGEST / max(height, width))
    return brought(image, (max(1, round(height * scale)), max(1, round(width * scale))))


def brought(image: Image, size: tuple[int, int]) -> Image:
    """Bring a picture to (height, width): averaged where it shrinks, smooth where it grows."""
    if image.shape[:2] == size:
        return image
    how = cv2.INTER_AREA if size[0] < image.shape[0] else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(image, size[::-1], interpolation=how), np.uint8)


def judged(model: Model, picture: Floats, *, margin: int, blend: int = 0) -> Floats:
    """Ask a network about a (C, H, W) picture; gives its (K, H, W) float32 answer.

    A picture that does not fit into memory is asked about in smaller tiles, and the run says so.

    Parameters
    ----------
    margin : px that a tile sees around what it answers for. blend : px over which two tiles' answers pass
        into each other.

    Raises
    ------
    MemoryError : not even the smallest tiles fit.
    """
    import torch

    from workbench.models import tiles

    def judge(piece: Floats) -> Floats:
        """Ask the network about one (C, h, w) piece."""
        with torch.inference_mode():
            batch = torch.from_numpy(np.ascontiguousarray(piece))[None].to(model.device)
            answer = model.net(batch.to(memory_format=torch.channels_last))[0].float().cpu()
        return np.asarray(answer)

    step = int(model.card.get("step", 32))
    for tile in TILES:
        try:
            answer = tiles.in_tiles(
                judge, picture, tile=tile, margin=margin, blend=blend, step=step, progress=progress
            )
        except (MemoryError, RuntimeError) as error:
            if not out_of_memory(error):
                raise
            if model.device.startswith("cuda"):
                torch.cuda.empty_cache()
            continue
        if tile != TILES[0]:
            note(f"memory ran out: looked at in tiles of {tile} px")
        return answer
    raise MemoryError("it ran out of memory even in tiles of 128 px; close other programs, or lower the size")


def out_of_memory(error: BaseException) -> bool:
    """Say whether an error tells of memory; on a processor torch has only words for it.

    >>> out_of_memory(RuntimeError("can't allocate memory")), out_of_memory(ValueError("no"))
    (True, False)
    """
    words = ("out of memory", "allocate memory", "not enough memory")
    return isinstance(error, MemoryError) or any(word in str(error).lower() for word in words)


def enlarged(answer: Floats, size: tuple[int, int]) -> Floats:
    """Bring a (K, h, w) answer to (K, *size), bilinearly."""
    if answer.shape[1:] == size:
        return answer
    resize: Callable[[Floats], Floats] = lambda one: cv2.resize(one, size[::-1])  # noqa: E731
    return np.stack([resize(one) for one in answer])


def shares(logits: Floats) -> Floats:
    """Turn (K, H, W) scores into shares of 1 at each pixel.

    >>> shares(np.float32([[[0.0]], [[0.0]]])).ravel().tolist()
    [0.5, 0.5]
    """
    raised = np.exp(logits - logits.max(axis=0))
    return raised / raised.sum(axis=0)


def likeliest(scores: Floats) -> NDArray[np.int32]:
    """Give the (H, W) number of the highest of (K, H, W) scores; of equal ones the first.

    >>> likeliest(np.float32([[[0, 1]], [[2, 1]]])).tolist()
    [[1, 0]]
    """
    import torch  # whose argmax takes a tenth of NumPy's time, along an axis whose numbers lie side by side

    return torch.from_numpy(scores).permute(1, 2, 0).contiguous().argmax(dim=-1).int().numpy()


def show_seen(image: Image) -> None:
    """Show what the network is shown."""
    height, width = image.shape[:2]
    stage("what it sees", image, f"the picture at {height} x {width} px, the size asked for")
