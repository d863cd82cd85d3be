// Shapes as pixels: discs along a line, polygons, floods, pieces, one pixel more or less. Points are [row, column].

/** Call with each pixel of the discs of a diameter along a line. */
export function alongLine([fromRow, fromCol], [toRow, toCol], diameter, [height, width], paint) {
  const steps = Math.max(1, Math.ceil(Math.hypot(toRow - fromRow, toCol - fromCol) / Math.max(0.5, diameter / 4)));
  for (let step = 0; step <= steps; step++) {
    const part = step / steps;
    disc(fromRow + part * (toRow - fromRow), fromCol + part * (toCol - fromCol), diameter / 2, [height, width], paint);
  }
}

function disc(row, col, radius, [height, width], paint) {
  const middle = Math.floor(row) * width + Math.floor(col);
  if (row >= 0 && col >= 0 && row < height && col < width) paint(middle);
  for (let r = Math.max(0, Math.floor(row - radius)); r <= Math.min(height - 1, row + radius); r++) {
    for (let c = Math.max(0, Math.floor(col - radius)); c <= Math.min(width - 1, col + radius); c++) {
      if ((r + 0.5 - row) ** 2 + (c + 0.5 - col) ** 2 <= radius ** 2) paint(r * width + c);
    }
  }
}

/** Call with each pixel whose middle is inside a polygon, by the even-odd rule. */
export function insidePolygon(points, [height, width], paint) {
  for (let row = 0; row < height; row++) {
    const crossings = [];
    points.forEach(([r1, c1], at) => {
      const [r2, c2] = points[(at + 1) % points.length];
      const middle = row + 0.5;
      if (r1 <= middle !== r2 <= middle) crossings.push(c1 + ((middle - r1) / (r2 - r1)) * (c2 - c1));
    });
    crossings.sort((a, b) => a - b);
    for (let pair = 0; pair + 1 < crossings.length; pair += 2) {
      const stop = Math.min(width - 0.5, crossings[pair + 1]);
      for (let col = Math.max(0, Math.ceil(crossings[pair] - 0.5)); col + 0.5 < stop + 1e-9 && col < width; col++) paint(row * width + col);
    }
  }
}

/** The pixels of one connected piece (sides, not corners) around a pixel, where `inside` says so. */
export function pieceAround(start, width, length, inside) {
  const seen = new Uint8Array(length);
  const found = [start];
  seen[start] = 1;
  for (let at = 0; at < found.length; at++) {
    for (const next of beside4(found[at], width, length)) {
      if (seen[next] || !inside(next)) continue;
      seen[next] = 1;
      found.push(next);
    }
  }
  return found;
}

export function beside4(pixel, width, length) {
  const col = pixel % width;
  const found = [];
  if (pixel >= width) found.push(pixel - width);
  if (pixel + width < length) found.push(pixel + width);
  if (col > 0) found.push(pixel - 1);
  if (col < width - 1) found.push(pixel + 1);
  return found;
}

/** The pixels of a line between two points, corner to corner; pieces that join by sides cannot pass it. */
export function linePixels([fromRow, fromCol], [toRow, toCol], width) {
  const steps = Math.max(1, Math.abs(Math.floor(toRow) - Math.floor(fromRow)), Math.abs(Math.floor(toCol) - Math.floor(fromCol)));
  const found = [];
  for (let step = 0; step <= steps; step++) {
    const part = step / steps;
    const row = Math.round(Math.floor(fromRow) + part * (Math.floor(toRow) - Math.floor(fromRow)));
    found.push(row * width + Math.round(Math.floor(fromCol) + part * (Math.floor(toCol) - Math.floor(fromCol))));
  }
  return [...new Set(found)];
}

/** Cut the pixels of one place along a line: its pieces, largest first; the line's own pixels go to their neighbours. */
export function cutPieces(sheet, place, line) {
  const { index, width } = sheet;
  const owner = new Map();
  const wall = new Set(line.filter((pixel) => index[pixel] === place));
  const pieces = [];
  for (let pixel = 0; pixel < index.length; pixel++) {
    if (index[pixel] !== place || wall.has(pixel) || owner.has(pixel)) continue;
    const piece = pieceAround(pixel, width, index.length, (next) => index[next] === place && !wall.has(next));
    piece.forEach((one) => owner.set(one, pieces.length));
    pieces.push(piece);
  }
  for (const pixel of wall) {
    const near = beside4(pixel, width, index.length).find((next) => owner.has(next));
    const mine = near === undefined ? 0 : owner.get(near);
    owner.set(pixel, mine);
    pieces[mine]?.push(pixel);
  }
  return pieces.sort((a, b) => b.length - a.length);
}

/** The pixels around a segment by one (`outside`), or its own that have another beside them. */
export function rim(sheet, place, outside) {
  const { index, width } = sheet;
  const found = [];
  for (let pixel = 0; pixel < index.length; pixel++) {
    if ((index[pixel] === place) === outside) continue;
    const near = beside4(pixel, width, index.length);
    if (near.some((next) => (index[next] === place) === outside)) found.push(pixel);
  }
  return found;
}
