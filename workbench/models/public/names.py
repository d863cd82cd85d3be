"""What the classes of public checkpoints are called, in the words that the samples use."""

from __future__ import annotations

import re
from collections.abc import Mapping

from workbench.taxonomy import Category, Taxonomy

VOC_LISTED = """__background__; aeroplane; bicycle; bird; boat; bottle; bus; car; cat; chair; cow;
diningtable; dog; horse; motorbike; person; pottedplant; sheep; sofa; train; tvmonitor"""

COCO_THINGS = """person; bicycle; car; motorcycle; airplane; bus; train; truck; boat; traffic light;
fire hydrant; stop sign; parking meter; bench; bird; cat; dog; horse; sheep; cow; elephant; bear; zebra;
giraffe; backpack; umbrella; handbag; tie; suitcase; frisbee; skis; snowboard; sports ball; kite;
baseball bat; baseball glove; skateboard; surfboard; tennis racket; bottle; wine glass; cup; fork; knife;
spoon; bowl; banana; apple; sandwich; orange; broccoli; carrot; hot dog; pizza; donut; cake; chair; couch;
potted plant; bed; dining table; toilet; tv; laptop; mouse; remote; keyboard; cell phone; microwave; oven;
toaster; sink; refrigerator; book; clock; vase; scissors; teddy bear; hair drier; toothbrush"""

COCO_STUFF = """banner; blanket; bridge; cardboard; counter; curtain; door-stuff; floor-wood; flower;
fruit; gravel; house; light; mirror-stuff; net; pillow; platform; playingfield; railroad; river; road;
roof; sand; sea; shelf; snow; stairs; tent; towel; wall-brick; wall-stone; wall-tile; wall-wood;
water-other; window-blind; window-other; tree-merged; fence-merged; ceiling-merged; sky-other-merged;
cabinet-merged; table-merged; floor-other-merged; pavement-merged; mountain-merged; grass-merged;
dirt-merged; paper-merged; food-other-merged; building-other-merged; rock-merged; wall-other-merged;
rug-merged"""

# The 150 classes of the scene parsing challenge, by their first word; those marked ~ are stuff.
ADE = """~wall; ~building; ~sky; ~floor; ~tree; ~ceiling; ~road; bed; window; ~grass; cabinet; ~sidewalk;
person; ~earth; door; table; ~mountain; ~plant; curtain; chair; car; ~water; painting; sofa; shelf;
~house; ~sea; mirror; ~rug; ~field; armchair; seat; fence; desk; ~rock; wardrobe; lamp; tub; rail;
cushion; ~base; box; column; signboard; chest of drawers; counter; ~sand; sink; ~skyscraper; fireplace;
refrigerator; ~grandstand; ~path; stairs; ~runway; case; pool table; pillow; screen door; ~stairway;
~river; ~bridge; bookcase; ~blind; coffee table; toilet; flower; book; ~hill; bench; countertop; stove;
palm; kitchen island; computer; swivel chair; boat; ~bar; arcade machine; ~hovel; bus; towel; light;
truck; ~tower; chandelier; awning; street lamp; booth; tv; plane; ~dirt track; clothes; pole; ~land;
bannister; ~escalator; ottoman; bottle; ~buffet; ~poster; ~stage; van; ship; fountain; ~conveyer belt;
~canopy; washer; plaything; ~pool; stool; barrel; basket; ~falls; ~tent; bag; minibike; ~cradle; oven;
ball; food; step; ~tank; trade name; microwave; pot; animal; bicycle; ~lake; dishwasher; screen; ~blanket;
sculpture; hood; sconce; vase; traffic light; tray; trash can; fan; ~pier; ~crt screen; plate; monitor;
bulletin board; ~shower; radiator; glass; clock; flag"""

# Words of the data sets on the left, the samples' on the right; several may be one to the samples.
SAME = {
    "__background__": "background",
    "aeroplane": "airplane",
    "building-other": "building",
    "dining table": "table",
    "diningtable": "table",
    "door-stuff": "door",
    "floor-other": "floor",
    "floor-wood": "floor",
    "food-other": "food",
    "minibike": "motorcycle",
    "mirror-stuff": "mirror",
    "motorbike": "motorcycle",
    "plane": "airplane",
    "pottedplant": "potted plant",
    "sidewalk": "pavement",
    "signboard": "sign",
    "sky-other": "sky",
    "sofa": "couch",
    "sports ball": "ball",
    "stop sign": "sign",
    "tvmonitor": "tv",
    "wall-brick": "wall",
    "wall-other": "wall",
    "wall-stone": "wall",
    "wall-tile": "wall",
    "wall-wood": "wall",
    "water-other": "water",
    "window-blind": "window",
    "window-other": "window",
}
NAMELESS = re.compile(r"n/a|label_\d+|", re.IGNORECASE)


def _listed(text: str) -> list[str]:
    return [name.strip().removeprefix("~") for name in text.split(";")]


def _countable(text: str) -> list[str]:
    return [name.strip() for name in text.split(";") if not name.strip().startswith("~")]


VOC = _listed(VOC_LISTED)
LABELS = {
    "voc": dict(enumerate(VOC)),
    "coco-panoptic": dict(enumerate(_listed(COCO_THINGS) + _listed(COCO_STUFF))),
    "ade": dict(enumerate(_listed(ADE))),
}
THINGS = {
    "voc": frozenset(VOC[1:]),
    "coco": frozenset(_listed(COCO_THINGS)),
    "coco-panoptic": frozenset(_listed(COCO_THINGS)),
    "ade": frozenset(_countable(ADE)),
}


def first_word(label: str) -> str:
    """Strip what data sets append to a class name: synonyms, and how it came about.

    >>> [first_word(label) for label in ("road, route", "wall-other-merged", "window ")]
    ['road', 'wall-other', 'window']
    """
    return re.split("[,;]", label)[0].strip().lower().removesuffix("-merged")


def called(label: str) -> str | None:
    """Give the samples' word for a class, or None where the class has no name.

    >>> called("minibike, motorbike"), called("cat"), called("N/A"), called("LABEL_7")
    ('motorcycle', 'cat', None, None)
    """
    word = first_word(label)
    return None if NAMELESS.fullmatch(word) else SAME.get(word, word)


def named(labels: Mapping[int, str], fallback: str) -> Mapping[int, str]:
    """Give the labels of a configuration, or the data set's own where the configuration names none.

    Raises
    ------
    ValueError : it names none, and has another number of classes than the data set.
    """
    if any(called(label) for label in labels.values()):
        return labels
    known = LABELS.get(fallback, {})
    if len(known) != len(labels):
        raise ValueError(
            f"its configuration names none of its {len(labels)} classes; it needs id2label, a name for each"
        )
    return known


def taxonomy_of(labels: Mapping[int, str], dataset: str) -> tuple[Taxonomy, dict[int, int]]:
    """Make the taxonomy of labels, and say which category id each label stands for.

    >>> tax, ids = taxonomy_of({0: "wall-brick", 1: "N/A", 2: "wall-tile", 3: "person"}, "coco-panoptic")
    >>> tax, ids
    (Taxonomy(1: wall (stuff), 2: person (thing)), {0: 1, 2: 1, 3: 2})
    """
    categories: dict[str, Category] = {}
    ids: dict[int, int] = {}
    for label, text in sorted(labels.items()):
        name = called(text)
        if name is None:
            continue
        if name not in categories:
            kind = "thing" if first_word(text) in THINGS[dataset] else "stuff"
            categories[name] = Category(len(categories) + 1, name, kind)  # type: ignore[arg-type]
        ids[label] = categories[name].id
    return Taxonomy(categories.values()), ids
