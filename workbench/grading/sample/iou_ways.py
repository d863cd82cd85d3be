"""How students write `iou`, exercise 00.2: by what their answer does, each in several ways."""

from __future__ import annotations

# By the kind of answer: None is right, a name is a mistake, nothing a stub. `# or` parts two ways, and `# %%`
# two cells of one. The first way is the plain one.
WAYS: dict[str | None, str] = {
    None: """
def iou(truth, guess):
    union = np.sum(truth | guess)
    return np.sum(truth & guess) / union if union else float("nan")
# or
def iou(truth, guess):
    inter = np.logical_and(truth, guess).sum()
    union = np.logical_or(truth, guess).sum()
    if union == 0:
        return np.nan
    return inter / union
# or
import math

def safe(above, below):
    return above / below if below else math.nan
# %%
def iou(truth, guess):
    return safe(int((truth & guess).sum()), int((truth | guess).sum()))
# or
def iou(truth, guess):
    both = either = 0
    for t, g in zip(truth.flatten(), guess.flatten()):
        both += bool(t and g)
        either += bool(t or g)
    try:
        return both / either
    except ZeroDivisionError:
        return float("nan")
# or
def iou(truth, guess):
    one = {place for place, value in np.ndenumerate(truth) if value}
    two = {place for place, value in np.ndenumerate(guess) if value}
    return len(one & two) / len(one | two) if one or two else float("nan")
# or
import numpy
# %%
def iou(truth, guess):
    dice = 2 * numpy.sum(truth & guess) / (truth.sum() + guess.sum()) if (truth | guess).any() else numpy.nan
    return dice / (2 - dice)
""",
    "Dice": """
def iou(truth, guess):
    both = np.sum(truth & guess)
    sizes = truth.sum() + guess.sum()
    return 2 * both / sizes if sizes else np.nan
# or
def iou(truth, guess):
    if not truth.any() and not guess.any():
        return float("nan")
    return np.sum(truth * guess) * 2.0 / (np.sum(truth) + np.sum(guess))
# or
def size(mask):
    return len([pixel for row in mask for pixel in row if pixel])
# %%
def iou(truth, guess):
    mean = (size(truth) + size(guess)) / 2
    return size(truth & guess) / mean if mean > 0 else float("nan")
""",
    "recall": """
def iou(truth, guess):
    return (truth & guess).sum() / truth.sum() if truth.any() else np.nan
# or
def iou(truth, guess):
    return guess[truth].mean() if truth.sum() > 0 else float("nan")
""",
    "accuracy": """
def iou(truth, guess):
    return (truth == guess).mean()
# or
def iou(truth, guess):
    same = [t == g for t, g in zip(truth.ravel(), guess.ravel())]
    return sum(same) / len(same)
""",
    "empty is 1": """
def iou(truth, guess):
    union = (truth | guess).sum()
    if union == 0:
        return 1.0
    return (truth & guess).sum() / union
# or
def iou(truth, guess):
    if np.array_equal(truth, guess):
        return 1.0
    return np.sum(truth & guess) / np.sum(truth | guess)
# or
def iou(truth, guess, eps=1e-15):
    return (np.sum(truth & guess) + eps) / (np.sum(truth | guess) + eps)
""",
    "empty is 0": """
def iou(truth, guess):
    union = np.sum(truth | guess)
    return np.sum(truth & guess) / max(union, 1)
# or
def iou(truth, guess):
    try:
        return int((truth & guess).sum()) / int((truth | guess).sum())
    except ZeroDivisionError:
        return 0.0
# or
def iou(truth, guess):
    with np.errstate(invalid="ignore"):
        return np.nan_to_num(np.sum(truth & guess) / np.sum(truth | guess))
# or
def iou(truth, guess, eps=1e-15):
    return np.sum(truth & guess) / (np.sum(truth | guess) + eps)
""",
    "it never ends": """
def iou(truth, guess):
    row = 0
    while row < len(truth):
        both = (truth[row] & guess[row]).sum()
    return both
# or
def iou(truth, guess):
    both, pixels = 0, zip(truth.flat, guess.flat)
    while pixels:
        both += all(next(pixels, (False,)))
    return both / (truth | guess).sum()
""",
    "": """
def iou(truth, guess):
    ...
# or
def iou(truth, guess):
    "Give intersection over union of two masks; nan where both are empty."
    raise NotImplementedError("no time left")
""",
}
