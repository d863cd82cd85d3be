"""The empty street: sky, house fronts, road and pavement, each pixel a ray into a box world."""

from __future__ import annotations

import cv2
import numpy as np

from workbench.scenes import photographs
from workbench.scenes.canvas import Floats, floats
from workbench.scenes.textures import clouds, smooth
from workbench.scenes.view import Day, Row, Street, View

SKY, ROAD, PAVEMENT, BUILDING = 1, 2, 3, 4
# Tints of the shade, the road and the pavement.
COOL, ASPHALT, STONE = (0.92, 0.97, 1.08), (1.0, 1.0, 1.03), (1.02, 0.99, 0.94)
SHOP = 3.7  # m: the ground floor, above which the storeys are counted
BRICK = 0.035  # m of wall that a pixel of the photographed bricks covers
APART = 986  # between the numbers of two sides' houses, so that their windows differ
TEXEL = 0.18  # m of road that one grain of its texture covers


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
    rgb, ids = np.empty((*shape, 3), np.float32), np.full(shape, BUILDING, np.int32)
    ids[sky] = SKY
    # Each layer is painted on the rows that it has a part in, then cut to its own pixels.
    lowest = _rows_to(down, float(below.max()))
    rgb[:lowest] = _fronts(
        rng, street, day, (far, right, houses, tall), view.height - down[:lowest] * far, view
    )
    horizon = _rows_to(down, float(above.max()))
    if horizon:
        _cut(_sky(rng, (horizon, shape[1]), down[:horizon], day), sky[:horizon], rgb[:horizon])
    first = _rows_to(down, float(below.min()))
    if first < shape[0]:
        floor, paved = _floor(rng, down[first:], right, street, day, view)
        _cut(floor, ground[first:], rgb[first:])
        np.putmask(ids[first:], ground[first:], np.where(paved, np.int32(PAVEMENT), np.int32(ROAD)))
    return rgb, ids


def _rows_to(down: Floats, slope: float) -> int:
    """Count the rows whose rays go less steeply down than `slope`."""
    return int(np.searchsorted(down[:, 0], slope))


def _cut(layer: Floats, where: np.ndarray, rgb: Floats) -> None:
    """Copy a layer's own pixels into the picture."""
    cv2.copyTo(layer, where.astype(np.uint8), rgb)


def _columns(street: Street, right: Floats) -> tuple[Floats, np.ndarray]:
    """Give how far off the front is that each column meets, and which house: those on the left come first."""
    plane = np.where(right < 0, street.fronts[0], street.fronts[1]).astype(np.float32)
    far = np.minimum(plane / np.where(np.abs(right) < 1e-4, 1e-4 * np.sign(plane), right), street.end)
    left = np.searchsorted(street.left.ends, far).clip(0, len(street.left.ends) - 1)
    other = np.searchsorted(street.right.ends, far).clip(0, len(street.right.ends) - 1)
    return far.astype(np.float32), np.where(right < 0, left, other + len(street.left.ends))


def _per_column(street: Street, houses: np.ndarray, what: str) -> Floats:
    """Look up what a house has, for each column."""
    return np.concatenate([getattr(street.left, what), getattr(street.right, what)])[houses]


def _sky(rng: np.random.Generator, shape: tuple[int, int], down: Floats, day: Day) -> Floats:
    """Grade the sky from zenith to horizon and lay lit clouds over it; (H, W, 3)."""
    rise = np.clip(-down / 0.75, 0, 1) ** 0.8
    puff = _coarse(rng, shape, 3, octaves=4)
    edge = 1.1 - 2.2 * day.cloud
    cover = smooth(edge, edge + 1.3, puff) * 0.85
    white = 0.35 * floats(day.horizon) + 0.65 * np.minimum(1.15 * floats(day.sunlight), 1)
    cloud = cover * (1 - 0.10 * smooth(0.3, 2.2, puff))
    blue = [low + (high - low) * rise for low, high in zip(day.horizon, day.zenith, strict=True)]
    return cv2.merge([part * (1 - cover) + cloud * bright for part, bright in zip(blue, white, strict=True)])


def _coarse(rng: np.random.Generator, shape: tuple[int, int], cells: float, octaves: int) -> Floats:
    """Make clouds at half the resolution: they are soft enough."""
    small = clouds(rng, (shape[0] // 2 + 2, shape[1] // 2 + 2), cells, octaves, gain=0.55)
    return cv2.resize(small, shape[::-1], interpolation=cv2.INTER_LINEAR)


def _fronts(
    rng: np.random.Generator, street: Street, day: Day, columns: tuple[Floats, Floats, np.ndarray, Floats],
    height: Floats, view: View,
) -> Floats:  # fmt: skip
    """Paint the fronts: wall, cornice, storeys of windows, shops at the foot; (H, W, 3)."""
    far, right, houses, tall = columns
    storey, bay = _per_column(street, houses, "storeys"), _per_column(street, houses, "bays")
    # Along the street a column's place is z; at the street's end it is X.
    ended = far >= street.end
    across = np.where(ended, right * far, far) / bay
    blur = np.where(ended, far, far * far / np.abs(street.fronts[1])) / view.focal / bay  # bays in a column
    sharp = far / view.focal  # m that a row covers
    level = (height - SHOP) / storey
    storeys = np.floor(level)  # several times quicker than a remainder
    u, v, under = across % 1, level - storeys, tall - height
    upstairs = (level > 0) & (under > 0.9)
    pane = _pulse(u, 0.24, 0.76, blur) * (_pulse(v, 0.22, 0.80, sharp / storey) * upstairs)
    pane += _pulse(u, 0.06, 0.94, blur) * _pulse(height, 0.5, 2.55, sharp)
    frame = _pulse(u, 0.19, 0.81, blur) * (_pulse(v, 0.14, 0.85, sharp / storey) * upstairs)
    cornice, ledge = _pulse(under, 0.15, 0.75, sharp), _pulse(under, 0.75, 1.05, sharp)
    awning = 0.9 * _pulse(height, 2.6, 3.3, sharp)
    shade = (1 - 0.35 * ledge) * (1 - 0.4 * _pulse(height, 2.2, 2.6, sharp + 0.2))
    shade *= _facing(right, ended, day) * np.clip(0.80 + 0.05 * height, 0.7, 1.02)
    plain, trim = (1 - pane) * (1 - awning), 0.6 * np.maximum(frame, cornice)
    rough = 1 + 0.05 * _coarse(rng, height.shape, 30, octaves=2)
    if street.real:
        # The photograph's courses run upright. From afar the bricks merge: what is left is their mean.
        along = np.where(ended, right * far, far) / BRICK
        rough = 1 + 0.26 / (1 + 0.5 * blur * bay / BRICK) * photographs.laid(
            "brick", 128, along, height / BRICK
        )
    walls, awnings = (_per_column(street, houses[0], what).T.copy() for what in ("walls", "awnings"))
    bare, stucco = shade * plain * rough * (1 - 0.65 * trim), 0.62 * shade * plain * trim
    glass, cloth = shade * pane * (1 - awning) * (0.85 + 0.25 * v), shade * awning
    numbers = np.where(right < 0, houses, houses + APART)
    panes = _panes(rng, np.floor(across) * 7 + numbers * 13, storeys, day)
    # Channel by channel: arrays of (H, W) are several times quicker than (H, W, 3) ones times (H, W, 1).
    planes = [bare * walls[c] + stucco + glass * panes[c] + cloth * awnings[c] for c in range(3)]
    return _aired(planes, far, day)


def _panes(rng: np.random.Generator, columns: Floats, storeys: Floats, day: Day) -> list[Floats]:
    """Colour each pane by its own: sky in it, a curtain, or a lamp behind it; a channel each."""
    number = ((columns.astype(np.int32) + 31 * storeys.astype(np.int32)) & 255).astype(np.uint8)
    sky, lamp = 0.15 + 0.7 * rng.random(256, dtype=np.float32), rng.random(256) < day.lit
    found = []
    for dark, zenith, warm in zip((0.10, 0.13, 0.17), day.zenith, (1.0, 0.80, 0.46), strict=True):
        tones = np.where(lamp, np.float32(warm * day.lamp), dark + (0.6 * zenith + 0.15 - dark) * sky)
        found.append(cv2.LUT(number, tones.astype(np.float32)))
    return found


def _facing(right: Floats, ended: np.ndarray, day: Day) -> Floats:
    """Give how much light falls on each column's front: the side that faces the sun is bright."""
    side = np.where(right < 0, -1, 1)
    bright = np.where(side == -day.sun, 1.12, day.ambient + 0.08 if day.sun else 0.9)
    return np.where(ended, 0.95, bright).astype(np.float32)


def _aired(planes: list[Floats], far: Floats, day: Day) -> Floats:
    """Fade three channels into the haze with distance, and put them together."""
    clear = np.exp(-far / day.fog)
    return cv2.merge(
        [plane * clear + haze * (1 - clear) for plane, haze in zip(planes, day.haze, strict=True)]
    )


def _pulse(values: Floats, low: float, high: float, soft: Floats) -> Floats:
    """Give 1 between two bounds and 0 outside, its edges `soft` wide; fades where the edges would meet."""
    slope = 1 / (soft + 1e-3)
    inside = np.abs(values - 0.5 * (low + high))
    inside *= -slope
    inside += 0.5 * (high - low) * slope + 0.5
    np.maximum(inside, 0, out=inside)
    return np.minimum(inside, np.minimum(1, (high - low) * slope), out=inside)


def _floor(
    rng: np.random.Generator, down: Floats, right: Floats, street: Street, day: Day, view: View
) -> tuple[Floats, np.ndarray]:
    """Paint the ground: asphalt with its markings, kerbs, paving stones, the houses' shadow; (H, W, 3)."""
    z = view.height / np.maximum(down, 1e-3)
    x = right * z
    pixel = z / view.focal  # m that a pixel covers, across
    deep = pixel * z / view.height  # and along
    left, kerb = street.road
    paved = (x < left) | (x >= kerb)
    across = x / street.tiles
    joint = np.maximum(
        _pulse(across - np.floor(across), 0, 0.06, pixel / street.tiles),
        _pulse(z / street.tiles % 1, 0, 0.06, deep / street.tiles),
    )
    grain = _asphalt(rng, x, z, pixel, street.real)
    worn = (0.30 + 0.10 * street.wear) * (1 + grain) + 0.02 * np.cos(1.9 * x)
    paint = 0.85 * _markings(x, z, pixel, deep, street)
    value = np.where(paved, 0.60 * (1 + 0.6 * grain) * (1 - 0.30 * joint), worn + (0.84 - worn) * paint)
    out = np.maximum(left - x, x - kerb)  # m off the road
    edge = 0.8 * _pulse(out, 0.0, 0.18, pixel)
    value = (value + (0.78 - value) * edge) * (1 - 0.45 * _pulse(out, -0.10, 0.0, pixel))
    shade = _shaded(x, z, street, day)
    planes = []
    for sun, cool, asphalt, stone in zip(day.sunlight, COOL, ASPHALT, STONE, strict=True):
        light = sun + (cool * day.ambient - sun) * shade
        planes.append(value * light * np.where(paved, np.float32(stone), np.float32(asphalt)))
    return _aired(planes, z, day), paved


def _asphalt(rng: np.random.Generator, x: Floats, z: Floats, pixel: Floats, real: bool) -> Floats:
    """Give the road's roughness: patches that lie in its plane, and grit that fades with distance."""
    tile = rng.standard_normal((64, 64), dtype=np.float32)
    tile = cv2.GaussianBlur(tile, (0, 0), 0.8, borderType=cv2.BORDER_REFLECT) * 1.5
    texel, strength = TEXEL, 0.07
    if real:
        tile, texel, strength = photographs.surface("gravel", 256), 0.022, 0.3
    wide = np.broadcast_to(z, x.shape)
    grit = (rng.random(x.shape, dtype=np.float32) - 0.5) * (0.17 / (1 + 25 * pixel))
    patches = cv2.remap(tile, x / texel, wide / texel, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
    grit += strength / (1 + 1.5 * pixel / texel) * patches
    return grit


def _markings(x: Floats, z: Floats, pixel: Floats, deep: Floats, street: Street) -> Floats:
    """Draw the dashed middle line, the edge lines and the zebra crossing, 0 to 1."""
    middle = sum(street.road) / 2
    lines = _pulse(x, middle - 0.07, middle + 0.07, pixel) * _pulse(z / 6 % 1, 0.0, 0.5, deep / 6)
    for edge, way in zip(street.road, (1, -1), strict=True):
        lines = np.maximum(lines, 0.8 * _pulse((x - edge) * way, 0.35, 0.47, pixel))
    if street.zebra is not None:
        across = (x > street.road[0] + 0.4) & (x < street.road[1] - 0.4)
        bars = _pulse(x - np.floor(x), 0.0, 0.5, pixel) * _pulse(z, street.zebra, street.zebra + 3, deep)
        lines = np.where((z > street.zebra - 1) & (z < street.zebra + 4), 0, lines)
        lines = np.maximum(lines, bars * across)
    return lines


def _shaded(x: Floats, z: Floats, street: Street, day: Day) -> Floats:
    """Give the shadow that the houses on the sun's side throw over the street, 0 to 1."""
    if not day.sun:
        return np.zeros(x.shape, np.float32)
    row: Row = street.left if day.sun < 0 else street.right
    front = street.fronts[0] if day.sun < 0 else street.fronts[1]
    middles = row.ends - 0.5 * np.diff(row.ends, prepend=np.float32(0))
    tall = np.interp(z, middles, row.heights).astype(np.float32)  # without steps: the sun is not quite across
    return smooth(-0.25, 0.25, (x - (front - day.sun * 0.55 * tall)) * day.sun)
