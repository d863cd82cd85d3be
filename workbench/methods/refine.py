"""What a refining method begins with: another method's answer on the same picture."""

from __future__ import annotations

import json
from collections import OrderedDict

from workbench.export import pasted
from workbench.image import Image, identify
from workbench.registry import METHODS, Start
from workbench.segmentation import Segmentation
from workbench.trace import Trace, listen

KEPT = 8  # answers; while a refining method's own slider moves, its start need not run again
_answers: OrderedDict[tuple[str, str], Segmentation] = OrderedDict()


def answer_of(start: Start, image: Image) -> Segmentation:
    """Give what a start (a method's name and checked values) answers on an (H, W, 3) uint8 image.

    The last few answers are kept. Instances are pasted by score; the start's own stages are not recorded.
    """
    key = (identify(image)[0], json.dumps(start, sort_keys=True))
    if key not in _answers:
        with listen(Trace(record=False)):
            _answers[key] = pasted(METHODS[start["method"]].compute(image, start["values"]))
    _answers.move_to_end(key)
    while len(_answers) > KEPT:
        _answers.popitem(last=False)
    return _answers[key]
