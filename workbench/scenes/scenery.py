"""The empty street: sky, house fronts, road and pavement, each pixel a ray into a box world."""

from __future__ import annotations

import cv2
import numpy as np

from workbench.scenes.canvas import Floats
from workbench.scenes.textures import clouds, smooth
from workbench.scenes.view import Day, Row, Street, View

SKY, ROAD, PAVEMENT, BUILDING = 1, 2, 3, 4
FOG = 90.0  # m in which the haze swallows two thirds


def painted(
    rng: np.random.Generator, shape: tuple[int, int], view: View, street: Street, day: Day
) -> tuple[Floats, np.ndarray]:
    """Paint the street without things: (H, W, 3) colours, 0 to 1, and (H, W) int32 category ids."""
    down, right = view.rays(shape)
    far, houses = _columns(street, right)
    tall = _per_column(street, houses, "heights")
    # Three planes a column: the sky ends at the roof, the front at the ground it stands on.
    above, below = (view.height - tall) / far, view.height / far
    sky, ground = down < above, down >= below
    rgb = np.empty((*shape, 3), np.float32)
    rgb[:] = _sky(rng, shape, down, day)
    ids = np.where(sky, SKY, BUILDING).astype(np.int32)
    front = ~sky & ~ground
    height = view.height - down * far
    rgb[front] = _fronts(rng, street, day, (far, right, houses, tall), height, view)[front]
    first = int(ground.any(axis=1).argmax()) if ground.any() else shape[0]
    floor, paved = _floor(rng, (shape[0] - first, shape[1]), down[first:], right, street, day, view)
    lower = ground[first:]
    rgb[first:][lower] = floor[lower]
    ids[first:][lower] = np.where(paved, PAVEMENT, ROAD)[lower]
    return rgb, ids


def _columns(street: Street, right: Floats) -> tuple[Floats, np.ndarray]:
    """Give how far off the front is that each column meets, and which house: index, +1000 on the right."""
    plane = np.where(right < 0, street.fronts[0], street.fronts[1]).astype(np.float32)
    far = np.minimum(plane / np.where(np.abs(right) < 1e-4, 1e-4 * np.sign(plane), right), street.end)
    left = np.searchsorted(street.left.ends, far).clip(0, len(street.left.ends) - 1)
    other = np.searchsorted(street.right.ends, far).clip(0, len(street.right.ends) - 1)
    return far.astype(np.float32), np.where(right < 0, left, other + 1000)


def _per_column(street: Street, houses: np.ndarray, what: str) -> Floats:
    """Look up what a house has, for each column."""
    left, right = getattr(street.left, what), getattr(street.right, what)
    return np.where(
        (houses < 1000).reshape(houses.shape + (1,) * (left.ndim - 1)),
        left[houses.clip(0, len(left) - 1)],
        right[(houses - 1000).clip(0, len(right) - 1)],
    )


def _sky(rng: np.random.Generator, shape: tuple[int, int], down: Floats, day: Day) -> Floats:
    """Grade the sky from zenith to horizon and lay lit clouds over it."""
    rise = np.clip(-down / 0.75, 0, 1)[..., None] ** 0.8
    base = np.float32(day.horizon) + (np.float32(day.zenith) - np.float32(day.horizon)) * rise
    small = (shape[0] // 2 + 1, shape[1] // 2 + 1)
    puff = cv2.resize(clouds(rng, small, 4, octaves=4, gain=0.55), shape[::-1], interpolation=cv2.INTER_LINEAR)
    edge = 1.1 - 2.2 * day.cloud
    cover = smooth(edge, edge + 1.3, puff) * 0.85
    white = 0.35 * np.float32(day.horizon) + 0.65 * np.minimum(1.15 * np.float32(day.sunlight), 1)
    shaded = white * (1 - 0.10 * smooth(0.3, 2.2, puff))[..., None]
    return base + (shaded - base) * cover[..., None]


def _fronts(
    rng: np.random.Generator, street: Street, day: Day, columns: tuple[Floats, Floats, np.ndarray, Floats],
    height: Floats, view: View,
) -> Floats:  # fmt: skip
    """Paint the fronts: wall, cornice, storeys of windows, shops at the foot; (H, W, 3)."""
    far, right, houses, tall = columns
    wall = _per_column(street, houses, "walls")
    storey, bay = _per_column(street, houses, "storeys"), _per_column(street, houses, "bays")
    # Along the street a column's place is z; at the street's end it is X.
    ended = far >= street.end
    along = np.where(ended, right * far, far)
    blur = np.where(ended, far, far * far / np.abs(street.fronts[1])) / view.focal  # m that a column covers
    sharp = far / view.focal  # m that a row covers
    level = (height - 3.7) / storey
    u, v = along / bay % 1, level % 1
    pane = _pulse(u, 0.24, 0.76, blur / bay) * _pulse(v, 0.22, 0.80, sharp / storey)
    frame = _pulse(u, 0.19, 0.81, blur / bay) * _pulse(v, 0.14, 0.85, sharp / storey)
    shop = _pulse(u, 0.06, 0.94, blur / bay) * _pulse(height, 0.5, 2.55, sharp)
    upstairs = (level > 0) & (height < tall - 0.9)
    frame, pane = frame * upstairs, pane * upstairs
    pane = np.where(level < 0, shop, pane)
    rough = 1 + 0.05 * clouds(rng, height.shape, 40, octaves=2, gain=0.8)
    rgb = wall * (rough * np.clip(0.80 + 0.05 * height, 0.7, 1.02))[..., None]
    trim = np.clip(0.6 * frame + 0.7 * _pulse(tall - height, 0.15, 0.75, sharp), 0, 1)
    rgb += (wall * 0.35 + 0.62 - rgb) * (0.6 * trim)[..., None]
    rgb *= (1 - 0.35 * _pulse(tall - height, 0.75, 1.05, sharp) - 0.28 * _pulse(v, 0.85, 0.93, sharp / storey) * upstairs)[..., None]
    rgb += (_glass(rng, (along / bay, level, houses), height, day) - rgb) * pane[..., None]
    awning = _pulse(height, 2.6, 3.3, sharp)
    rgb += (_per_column(street, houses, "awnings") - rgb) * (0.9 * awning)[..., None]
    rgb *= (1 - 0.4 * _pulse(height, 2.2, 2.6, sharp + 0.2))[..., None]
    return _aired(rgb * _facing(right, ended, day)[..., None], far, day)


def _pulse(values: Floats, low: float, high: float, soft: Floats) -> Floats:
    """Give 1 between two bounds and 0 outside, its edges `soft` wide; fades where the edges meet."""
    return np.clip((0.5 * (high - low) - np.abs(values - 0.5 * (low + high))) / (soft + 1e-3) + 0.5, 0, 1) * np.minimum(
        1, (high - low) / (soft + 1e-3)
    )


def _glass(rng: np.random.Generator, cells: tuple[Floats, Floats, np.ndarray], height: Floats, day: Day) -> Floats:
    """Colour each pane by its own: sky in it, a curtain, or a lamp behind it."""
    u, v, houses = cells
    table = rng.random((251, 1), dtype=np.float32)
    dark, light = np.float32((0.10, 0.13, 0.17)), 0.6 * np.float32(day.zenith) + 0.15
    panes = dark + (light - dark) * (0.15 + 0.7 * table)
    panes = np.where(rng.random((251, 1)) < day.lit, np.float32((1.0, 0.80, 0.46)), panes).astype(np.float32)
    number = u.astype(np.int32) * 7 + v.astype(np.int32) * 31 + houses * 13
    return panes[number % 251] * np.clip(0.82 + 0.02 * height + 0.2 * (v % 1), 0.7, 1.15)[..., None]


def _facing(right: Floats, ended: np.ndarray, day: Day) -> Floats:
    """Give how much light falls on each column's front: the side that faces the sun is bright."""
    side = np.where(right < 0, -1, 1)
    bright = np.where(side == -day.sun, 1.12, day.ambient if day.sun else 0.9)
    return np.where(ended, 0.95, bright).astype(np.float32)


def _aired(rgb: Floats, far: Floats, day: Day) -> Floats:
    """Fade into the haze with distance."""
    thick = (1 - np.exp(-np.asarray(far, np.float32) / FOG))[..., None]
    return rgb + (np.float32(day.haze) - rgb) * thick


def _floor(
    rng: np.random.Generator, shape: tuple[int, int], down: Floats, right: Floats, street: Street, day: Day, view: View
) -> tuple[Floats, np.ndarray]:
    """Paint the ground: asphalt with its markings, kerbs, paving stones, the houses' shadow."""
    z = view.height / np.maximum(down, 1e-3)
    x = right * z
    pixel = z / view.focal  # m that a pixel covers, across
    deep = pixel * z / view.height  # and along
    paved = (x < street.road[0]) | (x >= street.road[1])
    grain = clouds(rng, shape, max(40 * shape[0] / max(min(shape), 1), 8), octaves=2, gain=0.9)
    worn = np.float32(0.30 + 0.12 * street.glow) + 0.02 * np.cos(1.9 * x)
    rgb = (worn * (1 + 0.10 * grain))[..., None] * np.float32((1.0, 1.0, 1.03))
    rgb += (np.float32((0.86, 0.86, 0.82)) - rgb) * (0.85 * _markings(x, z, pixel, deep, street))[..., None]
    joint = np.maximum(
        _pulse(x / street.tiles % 1, 0, 0.06, pixel / street.tiles), _pulse(z / street.tiles % 1, 0, 0.06, deep / street.tiles)
    )
    stone = (0.60 * (1 + 0.06 * grain) * (1 - 0.30 * joint))[..., None] * np.float32((1.02, 0.99, 0.94))
    rgb = np.where(paved[..., None], stone, rgb)
    for edge, way in zip(street.road, (-1, 1), strict=True):
        kerb = _pulse((x - edge) * way, 0.0, 0.18, pixel)
        rgb += (0.78 - rgb) * (0.8 * kerb)[..., None]
        rgb *= (1 - 0.45 * _pulse((x - edge) * way, -0.10, 0.0, pixel))[..., None]
    shade = _shaded(x, z, street, day)
    light = 1 - (1 - day.ambient) * shade
    warm = np.float32(day.sunlight) * (1 - shade)[..., None] + np.float32((0.92, 0.97, 1.08)) * shade[..., None]
    return _aired(rgb * light[..., None] * warm, z, day), paved


def _markings(x: Floats, z: Floats, pixel: Floats, deep: Floats, street: Street) -> Floats:
    """Draw the dashed middle line, the edge lines and the zebra crossing, 0 to 1."""
    middle = sum(street.road) / 2
    lines = _pulse(x, middle - 0.07, middle + 0.07, pixel) * _pulse(z / 6 % 1, 0.0, 0.5, deep / 6)
    for edge, way in zip(street.road, (1, -1), strict=True):
        lines = np.maximum(lines, 0.8 * _pulse((x - edge) * way, 0.35, 0.47, pixel))
    if street.zebra is not None:
        across = (x > street.road[0] + 0.4) & (x < street.road[1] - 0.4)
        bars = _pulse(x / 1.0 % 1, 0.0, 0.5, pixel) * _pulse(z, street.zebra, street.zebra + 3, deep)
        lines = np.where((z > street.zebra - 1) & (z < street.zebra + 4), 0, lines)
        lines = np.maximum(lines, bars * across)
    return lines


def _shaded(x: Floats, z: Floats, street: Street, day: Day) -> Floats:
    """Give the shadow that the houses on the sun's side throw over the street, 0 to 1."""
    if not day.sun:
        return np.zeros(x.shape, np.float32)
    row: Row = street.left if day.sun < 0 else street.right
    front = street.fronts[0] if day.sun < 0 else street.fronts[1]
    tall = row.heights[np.searchsorted(row.ends, z).clip(0, len(row.ends) - 1)]
    reach = front - day.sun * 0.55 * tall
    return smooth(-0.25, 0.25, (x - reach) * day.sun)
