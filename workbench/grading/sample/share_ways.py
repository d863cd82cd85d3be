"""How students write `pixel_share`, exercise 00.1: by what their answer does, each in several ways."""

from __future__ import annotations

# By the kind of answer: None is right, a name is a mistake, nothing a stub. `# or` parts two ways, and `# %%`
# two cells of one. The first way is the plain one.
WAYS: dict[str | None, str] = {
    None: """
def pixel_share(mask):
    return np.mean(mask)
# or
def pixel_share(mask):
    "Give the share of the picture that the mask covers, 0 to 1."
    return np.sum(mask) / mask.size
# or
def pixel_share(mask):
    inside = 0
    for row in mask:
        for pixel in row:
            if pixel:
                inside = inside + 1
    return inside / (len(mask) * len(mask[0]))
# or
def pixel_share(mask):
    flat = [bool(pixel) for row in mask for pixel in row]
    return sum(flat) / len(flat)
# or
def pixel_share(mask):
    import numpy
    return numpy.count_nonzero(mask) / numpy.size(mask)
# or
import numpy as num
# %%
def pixel_share(mask):
    return num.asarray(mask).mean()
# or
def count(values):
    return int(values.sum())

def area(mask):
    rows, columns = mask.shape
    return rows * columns
# %%
def pixel_share(mask):
    return count(mask) / area(mask)
# or
pixel_share = lambda mask: float(mask.mean())
# or
from statistics import mean

def pixel_share(mask: np.ndarray) -> float:
    return mean(float(pixel) for pixel in mask.ravel())
# or
def pixel_share(mask):
    return 1 - np.mean(~mask)
# or
OBJECT = True
# %%
def pixel_share(mask):
    values, counts = np.unique(mask, return_counts=True)
    found = dict(zip(values.tolist(), counts.tolist()))
    return found.get(OBJECT, 0) / sum(found.values())
""",
    "a count": """
def pixel_share(mask):
    return np.sum(mask)
# or
def pixel_share(mask):
    n = 0
    for value in mask.flatten():
        n += value
    return int(n)
# or
def pixel_share(mask):
    return len([1 for row in mask for pixel in row if pixel])
# or
def pixel_share(mask):
    return np.count_nonzero(mask)
""",
    "percent": """
def pixel_share(mask):
    return 100 * mask.mean()
# or
PERCENT = 100
# %%
def pixel_share(mask):
    return mask.sum() * PERCENT / mask.size
# or
def pixel_share(mask):
    return np.mean(np.where(mask, 100.0, 0.0))
""",
    "background counted": """
def pixel_share(mask):
    return np.mean(mask == 0)
# or
def pixel_share(mask):
    return 1 - mask.mean()
# or
def pixel_share(mask):
    outside = sum(1 for row in mask for pixel in row if not pixel)
    return outside / mask.size
""",
    "rows only": """
def pixel_share(mask):
    return np.sum(mask) / len(mask)
# or
def pixel_share(mask):
    return mask.sum() / mask.shape[0]
# or
def pixel_share(mask):
    return sum(sum(row) for row in mask.tolist()) / len(mask)
""",
    "it stops": """
def pixel_share(mask):
    return mask.sum() / mask.sise
# or
def pixel_share(mask):
    return mask.count(True) / mask.size
# or
def pixel_share(mask):
    return np.sum(mask) / total_pixels
""",
    "": """
def pixel_share(mask):
    ...
# or
def pixel_share(mask):
    "Give the share of the picture that the mask covers, 0 to 1."
    raise NotImplementedError
# or
def pixel_share(mask):
    pass
""",
}
