"""Public checkpoints as methods: those that lie on this machine; torch is imported when one first runs.

Nothing is downloaded here. ``workbench models`` lists what there is, and how to get it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import cv2
import numpy as np

from workbench.image import Image
from workbench.instances import Instances
from workbench.methods import deep
from workbench.methods.looking import out_of_memory
from workbench.models.public import cache
from workbench.models.public.catalogue import Public, find
from workbench.prompts import moved
from workbench.registry import METHODS, Box, Label, Method, Points, Range, Registry, method
from workbench.segmentation import Segmentation
from workbench.trace import loading, note, ran_on, stage

if TYPE_CHECKING:
    from workbench.models.public.loaded import Loaded

FAMILY = "public models"
LONGEST = (2048, 1024, 512)  # px that are looked at along one side, tried in this order as memory runs out
SLIMMEST = 32  # times longer than wide: what any preprocessing leaves something of
NOTHING = "no prompt was given: asked about the middle of the picture"
Size = Annotated[
    int,
    Range(64, 1024, 8, "px"),
    Label("Size to look at", "The shorter side is brought to this; it was judged at 520."),
]
Sure = Annotated[
    float,
    Range(0.05, 0.95, 0.05),
    Label("Least score", "Objects that the model is less sure of are left out."),
]
Prompts = Annotated[Points, Label("Points", "Click on the object, and on what does not belong to it.")]
Around = Annotated[Box | None, Label("Box", "Drawn around the object; points may be given as well.")]
Answer = TypeVar("Answer", Segmentation, Instances)


def semantic(entry: Public, path: Path | None) -> Callable[..., Segmentation]:
    """Make the method of a public model that names every pixel."""

    def scaled(image: Image, *, size: Size = 520) -> Segmentation:
        """Name every pixel, seen at a size."""
        from workbench.models.public import torchvision_models

        model = _loaded(entry, path)
        return _named(model, image, lambda small: torchvision_models.semantic(model, small, size))

    def as_published(image: Image) -> Segmentation:
        """Name every pixel, seen at the size that its publisher chose."""
        from workbench.models.public import torchvision_models, transformers_models

        model = _loaded(entry, path)
        ask = transformers_models.semantic_logits
        return _named(model, image, lambda s: torchvision_models.labelled(model, ask(model, s), s))

    return scaled if entry.library == "torchvision" else as_published


def instance(entry: Public, path: Path | None) -> Callable[..., Instances]:
    """Make the method of a public model that finds objects, each with its mask."""

    def ask(image: Image, *, threshold: Sure = entry.threshold) -> Instances:
        """Find the objects."""
        from workbench.models.public import torchvision_models

        model = _loaded(entry, path)

        def judge(small: Image) -> Instances:
            """Ask about a picture that fits."""
            masks, categories, scores = torchvision_models.instances(model, small, threshold)
            stage("overlap", lambda: masks.sum(axis=0), "how many of the objects cover each pixel")
            return Instances.from_masks(masks, categories, model.taxonomy, scores)

        return _answered(image, judge)

    return ask


def panoptic(entry: Public, path: Path | None) -> Callable[..., Segmentation]:
    """Make the method of a public mask transformer that tells things and stuff apart."""

    def ask(image: Image, *, threshold: Sure = entry.threshold) -> Segmentation:
        """Name every pixel, and tell things of one kind apart."""
        from workbench.models.public import merging, transformers_models

        model = _loaded(entry, path)

        def judge(small: Image) -> Segmentation:
            """Ask about a picture that fits."""
            queries = transformers_models.queries(model, small)
            strongest = queries.masks.sigmoid().amax(0)
            stage("strongest mask", lambda: strongest.cpu(), "the most that any query wants a place, 0 to 1")
            got = merging.merged(queries, small.shape[:2], model.ids, model.stuff, threshold)
            return Segmentation.from_panoptic(got.ids, got.categories, model.taxonomy, got.scores)

        return _answered(image, judge)

    return ask


def promptable(entry: Public, path: Path | None) -> Callable[..., Segmentation]:
    """Make the method of a public model that outlines what is pointed at."""

    def ask(image: Image, *, points: Prompts = (), box: Around = None) -> Segmentation:
        """Outline what is pointed at."""
        from workbench.models.public import transformers_models

        model = _loaded(entry, path)
        height, width = image.shape[:2]
        if not points and box is None:
            note(NOTHING)
            points = ((height // 2, width // 2, "object"),)

        def judge(small: Image) -> Segmentation:
            """Ask about a picture that fits, the prompts moved to where they lie in it."""
            there = (height, width), small.shape[:2]
            places, around = moved("points", points, *there), moved("box", box, *there)
            masks, scores = transformers_models.pointed_at(model, small, places, around)
            for mask, score in zip(masks, scores, strict=True):
                stage(f"offer {score:.2f}", mask, "a mask, and how good it thinks that is", film="offers")
            return Segmentation.from_mask(masks[int(np.argmax(scores))])

        return _answered(image, judge)

    return ask


KINDS: dict[str, Callable[[Public, Path | None], Callable[..., Any]]] = {
    "semantic": semantic, "instance": instance, "panoptic": panoptic, "promptable": promptable,
}  # fmt: skip


def declare(entry: Public, path: Path | None = None, registry: Registry = METHODS) -> Method:
    """List a public model as a method; without a path it is read from where the cache says at each run."""
    function = KINDS[entry.task](entry, path)
    function.__doc__ = f"""Ask {entry.title.partition(" (")[0]}, a public model, {ASKED[entry.task]}

    Trained by its publishers on photographs{" of " + DATA[entry.labels] if entry.labels else ""}; licence
    {entry.licence}{", " + entry.quality + " by their own account" if entry.quality else ""}. It knows nothing
    of other classes.
    """
    method(
        entry.title, family=FAMILY, yields=entry.yields, source=entry.source, name=entry.name,
        requires=entry.requires, slow=True, registry=registry,
    )(function)  # fmt: skip
    return registry[entry.name]


ASKED = {
    "semantic": "what each pixel is.",
    "instance": "which objects there are.",
    "panoptic": "what each pixel is and to which object it belongs.",
    "promptable": "for the outline of what is pointed at.",
}
DATA = {"voc": "the 20 VOC classes", "coco": "COCO", "coco-panoptic": "COCO", "ade": "ADE20K"}


def register_file(name: str, path: str | Path, registry: Registry = METHODS) -> Method:
    """Make a public model a method from a file, or a folder, of yours; no network is needed.

    The path is kept, so that the panels' workers and later sessions find it as well; with a registry of your
    own it is not.

    Parameters
    ----------
    name : which public model it is, one that `workbench models` lists.

    Raises
    ------
    KeyError : there is no such model. CheckpointError : files are missing, or not the published ones.
    """
    entry, path = find(name), Path(path).expanduser()
    cache.checked(entry, path)
    if registry is not METHODS:
        return declare(entry, path.resolve(), registry)
    cache.remember(name, path)
    return METHODS[name] if name in METHODS else declare(entry)


def refresh() -> list[str]:
    """List the public models that lie on this machine and are not listed yet; give their names."""
    known = set(METHODS)
    fresh = [name for name in cache.local() if name not in known]
    for name in fresh:
        declare(find(name))
    return fresh


def _loaded(entry: Public, path: Path | None) -> Loaded:
    """Load a model outside of the run's time, and say where it runs."""
    with loading():
        from workbench.models.public.loaded import load

        model = load(entry.name, path or cache.at(entry))
    ran_on(model.device)
    return model


def _named(model: Loaded, image: Image, ask: Callable[[Image], Any]) -> Segmentation:
    def judge(small: Image) -> Segmentation:
        """Ask about a picture that fits."""
        ids, sure = ask(small)
        stage("sureness", sure, "the share of the likeliest class, 0 to 1")
        return Segmentation.from_semantic(ids, model.taxonomy)

    return _answered(image, judge)


def _answered(image: Image, judge: Callable[[Image], Answer]) -> Answer:
    """Ask about the image, or about a smaller one where it is very large or memory runs out."""
    size = image.shape[:2]
    for longest in LONGEST:
        try:
            answer = judge(_fitted(image, longest))
        except (MemoryError, RuntimeError) as error:
            if not out_of_memory(error):
                raise
            note(f"memory ran out: looked at with a longer side of less than {longest} px")
            continue
        return answer if answer.shape == size else answer.resized(size)
    raise MemoryError(f"it ran out of memory even at {LONGEST[-1]} px; close other programs")


def _fitted(image: Image, longest: int) -> Image:
    """Shrink a picture to a longest side, and stretch a thread of one, which would shrink to nothing."""
    height, width = image.shape[:2]
    scale = min(1.0, longest / max(height, width))
    least = max(1, round(max(height, width) * scale / SLIMMEST))
    fit = (max(least, round(width * scale)), max(least, round(height * scale)))
    if fit == (width, height):
        return image
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_NEAREST
    return np.asarray(cv2.resize(image, fit, interpolation=how), np.uint8)


def _look_again() -> None:
    deep.refresh()
    refresh()


refresh()
METHODS.look_again(_look_again)
