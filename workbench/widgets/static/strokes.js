// Freehand lines, thinned out to the few corners that a recipe keeps.

const NEAR = 1; // image pixels that a line may be off by

/** The fewest of these [row, col] points that keep within a pixel of all; at most `most`, then coarser. */
export function simplified(points, most) {
  for (let reach = NEAR; ; reach *= 1.4) {
    const kept = corners(points, reach);
    if (kept.length <= most) return kept;
  }
}

/** Ramer's and Douglas and Peucker's way: keep the farthest point from the chord while it is too far off. */
function corners(points, reach) {
  const keep = new Set([0, points.length - 1]);
  const spans = [[0, points.length - 1]];
  while (spans.length) {
    const [from, to] = spans.pop();
    let [far, worst] = [reach, -1];
    for (let at = from + 1; at < to; at++) {
      const off = distance(points[at], points[from], points[to]);
      if (off > far) [far, worst] = [off, at];
    }
    if (worst < 0) continue;
    keep.add(worst);
    spans.push([from, worst], [worst, to]);
  }
  return points.filter((_, at) => keep.has(at));
}

/** From a point to the stretch between two others; where these are one, to that one. */
function distance([row, col], [fromRow, fromCol], [toRow, toCol]) {
  const [down, across] = [toRow - fromRow, toCol - fromCol];
  const square = down * down + across * across;
  const part = square ? Math.min(1, Math.max(0, ((row - fromRow) * down + (col - fromCol) * across) / square)) : 0;
  return Math.hypot(row - fromRow - part * down, col - fromCol - part * across);
}

/** Points as pixels of an image, each once in a row. */
export function asPixels(points, [rows, cols]) {
  const inside = (value, count) => Math.min(count - 1, Math.max(0, Math.floor(value)));
  const pixels = points.map(([row, col]) => [inside(row, rows), inside(col, cols)]);
  return pixels.filter(([row, col], at) => at === 0 || row !== pixels[at - 1][0] || col !== pixels[at - 1][1]);
}
