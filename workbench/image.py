"""The only door for pixels: what comes in leaves as RGB, uint8, (H, W, 3), or is refused in one sentence."""

from __future__ import annotations

import hashlib
import io
import warnings
import weakref
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]

LARGEST_FILE = 50 * 2**20  # bytes
LARGEST_IMAGE = 40_000_000  # pixels
WORKING_SIZE = 1024  # longest side of what a panel works on, px
SLOW_WORKING_SIZE = 512  # the same for slow methods


class ImageError(ValueError):
    """Say in one sentence what is wrong with an image and what would help."""


class ImageNote(UserWarning):
    """Say what was done to an image on its way in, such as scaling 16 bits to 8."""


def read_image(source: Any, *, name: str | None = None, longest: int | None = None) -> Image:
    """Read an image from a path, bytes, an array or a PIL image.

    Parameters
    ----------
    source : a path, the bytes of a file, an (H, W), (H, W, 1), (H, W, 3) or (H, W, 4) array of bool, whole
        numbers or floats, or a ``PIL.Image.Image``.
    name : what to call it in messages.
    longest : scale it down until its longest side has this many px; None keeps its size.

    Returns
    -------
    (H, W, 3) uint8 RGB, read-only. Grey is repeated, transparent parts are laid on white, 16-bit and float
    images are scaled, only the first page or frame is read; each of these is said in an `ImageNote` warning.

    Raises
    ------
    ImageError : not an image, truncated, empty, over 50 MB or 40 megapixels, or holding NaN or infinity.

    >>> read_image(np.zeros((2, 3), np.uint8)).shape
    (2, 3, 3)
    """
    if isinstance(source, np.ndarray):
        pixels, origin = _from_array(source, name or "the array"), "array"
    elif isinstance(source, (bytes, bytearray, memoryview)):
        pixels, origin = _from_bytes(bytes(source), name or "the file"), f"file:{name}" if name else "bytes"
    elif isinstance(source, (str, Path)):
        path = Path(source).expanduser()
        pixels, origin = _from_path(path, name or path.name), f"file:{path}"
    elif _is_pillow(source):
        pixels, origin = _decoded(source, name or "the picture"), "array"
    else:
        raise ImageError(
            f"an image must be a path, bytes, an array or a PIL image, got {type(source).__name__}"
        )
    fitted = fit(pixels, longest)
    return remember(fitted, origin, longest if fitted is not pixels else None)


def fit(image: Image, longest: int | None) -> Image:
    """Scale an image down until its longest side has `longest` px; smaller ones stay as they are.

    >>> fit(np.zeros((100, 50, 3), np.uint8), 10).shape
    (10, 5, 3)
    """
    size = fitted_size(image.shape[:2], longest)
    if size == image.shape[:2]:
        return image
    import cv2

    return np.asarray(cv2.resize(image, size[::-1], interpolation=cv2.INTER_AREA), np.uint8)


def fitted_size(size: tuple[int, ...], longest: int | None) -> tuple[int, int]:
    """Give the (height, width) that `fit` scales to."""
    height, width = size[:2]
    if longest is None or max(height, width) <= longest:
        return height, width
    scale = longest / max(height, width)
    return max(1, round(height * scale)), max(1, round(width * scale))


def _from_path(path: Path, name: str) -> Image:
    return _from_bytes(read_file(path, name), name)


def read_file(path: Path, name: str = "") -> bytes:
    """Read a file of at most 50 MB, or raise ImageError with one sentence."""
    name = name or path.name
    try:
        if path.is_dir():
            raise ImageError(f"{path}: is a folder; name one file in it")
        if not path.exists():
            raise ImageError(f"{path}: there is no such file; check the path")
        if not path.is_file():
            raise ImageError(f"{path}: is a device or a pipe; name an ordinary file")
        check_bytes(path.stat().st_size, name)
        return path.read_bytes()
    except OSError as error:
        raise ImageError(
            f"{path}: cannot be read ({error.strerror}); check the path and its rights"
        ) from None


def check_bytes(size: int, name: str) -> None:
    """Refuse a file of no bytes or of over 50 MB."""
    if not size:
        raise ImageError(f"{name}: the file is empty (0 bytes); save it again")
    if size > LARGEST_FILE:
        megabytes = size / 2**20
        raise ImageError(
            f"{name}: must be at most 50 MB, got {megabytes:.1f} MB; scale it down or save it as JPEG"
        )


def _from_bytes(data: bytes, name: str) -> Image:
    from PIL import Image as Pillow

    check_bytes(len(data), name)
    try:
        with warnings.catch_warnings():
            # Pillow warns of "decompression bombs" at a size of its own; ours is checked right below.
            warnings.simplefilter("ignore", Pillow.DecompressionBombWarning)
            picture = Pillow.open(io.BytesIO(data))
    except Pillow.DecompressionBombError:
        raise ImageError(f"{name}: has over 40 megapixels; scale it down first") from None
    except Exception:  # Pillow's plugins raise anything at all on a hostile header
        raise ImageError(
            f"{name}: is not an image that can be read; give PNG, JPEG, TIFF, WebP, GIF or BMP"
        ) from None
    return _decoded(picture, name)


def _decoded(picture: Any, name: str) -> Image:
    width, height = picture.size
    _check_size(width, height, name)  # before a pixel is decoded
    try:
        return _from_pillow(picture, name)
    except ImageError:
        raise
    except Exception:
        raise ImageError(f"{name}: the image is truncated or damaged; save or send it again") from None


def _from_pillow(picture: Any, name: str) -> Image:
    from PIL import Image as Pillow
    from PIL import ImageOps

    if (pages := getattr(picture, "n_frames", 1)) > 1:
        _say(f"{name}: has {pages} pages or frames; only the first is read")
        picture.seek(0)
    if _has_deep_colours(picture):
        _say(f"{name}: 16-bit colours are read as 8-bit ones (the upper half of each)")
    picture = ImageOps.exif_transpose(picture)
    if picture.mode.startswith(("I", "F")):
        return _from_array(np.asarray(picture), name)
    if picture.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in picture.info:
        front = picture.convert("RGBA")
        if front.getextrema()[3][0] < 255:
            _say(f"{name}: has transparent parts; they are laid on white")
        white = Pillow.new("RGBA", front.size, "white")
        picture = Pillow.alpha_composite(white, front)
    return np.array(picture.convert("RGB"), np.uint8)


def _from_array(array: NDArray[Any], name: str) -> Image:
    if array.ndim not in (2, 3) or 0 in array.shape or (array.ndim == 3 and array.shape[2] not in (1, 3, 4)):
        forms = "(H, W), (H, W, 1), (H, W, 3) or (H, W, 4) with at least one pixel"
        raise ImageError(f"{name}: must be {forms}, got shape {array.shape}; transpose or cut it")
    _check_size(array.shape[1], array.shape[0], name)
    pixels = _to_bytes(array, name)
    if pixels.ndim == 2:
        pixels = pixels[:, :, None]
    if pixels.shape[2] == 4:
        return _from_pillow(_as_pillow(pixels), name)
    return np.ascontiguousarray(np.broadcast_to(pixels, (*pixels.shape[:2], 3)))


def _to_bytes(array: NDArray[Any], name: str) -> Image:
    """Bring any number type to uint8, and say how wherever a choice was made."""
    if array.dtype == bool:
        return array.astype(np.uint8) * 255
    if array.dtype == np.uint8:
        return array.copy()
    if array.dtype.kind not in "iuf":
        raise ImageError(f"{name}: pixels must be numbers, got {array.dtype}; convert with .astype(float)")
    if not np.isfinite(array).all():
        raise ImageError(f"{name}: holds NaN or infinite pixels; replace them, as with numpy.nan_to_num")
    values = array.astype(np.float64)
    low, high, how = _bounds(array, values)
    _say(f"{name}: {array.dtype.name} pixels scaled from {low:g} to {high:g} onto 0 to 255 ({how})")
    # Halves, since the span of the largest floats is itself too large for one.
    span = max(high / 2 - low / 2, 1e-300)
    return np.round(np.clip((values / 2 - low / 2) / span, 0, 1) * 255).astype(np.uint8)


def _bounds(array: NDArray[Any], values: NDArray[np.float64]) -> tuple[float, float, str]:
    low, high = float(values.min()), float(values.max())
    if array.dtype.kind == "f" and low >= 0 and high <= 1:
        return 0.0, 1.0, "floats from 0 to 1 keep their scale"
    if array.dtype.kind in "iu" and low >= 0 and high <= 255:
        return 0.0, 255.0, "they fit already"
    if array.dtype.kind == "u" and array.dtype.itemsize == 2 and high > 4095:  # of either byte order
        return 0.0, 65535.0, "full 16-bit range"
    return low, high, "its darkest and brightest pixel"


def _check_size(width: int, height: int, name: str) -> None:
    if width < 1 or height < 1:
        raise ImageError(f"{name}: must have at least one pixel, got {height} x {width}")
    if width * height > LARGEST_IMAGE:
        megapixels = width * height / 1e6
        raise ImageError(
            f"{name}: must have at most 40 megapixels, got {megapixels:.1f}; scale it down first"
        )


def _has_deep_colours(picture: Any) -> bool:
    """Say whether Pillow is about to cut 16-bit colours to 8 bits, which it does without a word."""
    parts = [str(part) for tile in getattr(picture, "tile", ()) for part in tile]
    return picture.mode.startswith("RGB") and any("16" in part and "RGB" in part for part in parts)


def _is_pillow(source: Any) -> bool:
    return type(source).__module__.partition(".")[0] == "PIL"


def _as_pillow(pixels: Image) -> Any:
    from PIL import Image as Pillow

    return Pillow.fromarray(pixels)


def _say(message: str) -> None:
    warnings.warn(message, ImageNote, stacklevel=4)


# Where arrays came from: remembered for those that cannot change, so that a recipe can name its image.
_known: dict[int, tuple[weakref.ref[Image], str, str, int | None]] = {}


def remember(image: Image, origin: str, longest: int | None = None) -> Image:
    """Make an image read-only and remember its content hash and where it came from."""
    image.flags.writeable = False
    key = id(image)
    forget = weakref.ref(image, lambda _: _known.pop(key, None))
    _known[key] = (forget, _hash(image), origin, longest)
    return image


def identify(image: Image) -> tuple[str, str, int | None]:
    """Give an image's content hash (SHA-256), its origin, and the longest side it was scaled to."""
    found = _known.get(id(image))
    if found and found[0]() is image and not image.flags.writeable:
        return found[1:]
    return _hash(image), "array", None


def recall(sha256: str) -> Image | None:
    """Find a remembered image by its content hash while somebody still holds it."""
    return next(
        (image for ref, sha, *_ in list(_known.values()) if sha == sha256 and (image := ref()) is not None),
        None,
    )


def _hash(image: Image) -> str:
    digest = hashlib.sha256(f"{image.shape[0]}x{image.shape[1]}".encode())
    digest.update(np.ascontiguousarray(image).tobytes())
    return digest.hexdigest()
