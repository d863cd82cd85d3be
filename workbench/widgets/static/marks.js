// Lines and marks in screen pixels, whatever the zoom: outlines, pixel grid, swipe line, seeds and boxes.

/** Stroke outlines 1.5 screen pixels wide over a darker casing, so that they show on any photograph. */
export function drawOutlines(brush, frame, lines, ratio, single = null) {
  if (!lines) return;
  brush.save();
  brush.setTransform(frame.scale * ratio, 0, 0, frame.scale * ratio, frame.x * ratio, frame.y * ratio);
  brush.lineCap = "square";
  for (const [colour, path] of lines) {
    if (!single) stroke(brush, path, "rgba(0, 0, 0, 0.45)", 3 / frame.scale);
    stroke(brush, path, single ?? colour, 1.5 / frame.scale);
  }
  brush.restore();
}

function stroke(brush, path, colour, width) {
  brush.strokeStyle = colour;
  brush.lineWidth = width;
  brush.stroke(path);
}

export function drawGrid(brush, frame, [rows, cols], { width, height, ratio }) {
  const [left, right] = visible(frame.x, frame.scale, width, cols);
  const [top, bottom] = visible(frame.y, frame.scale, height, rows);
  const screen = (offset, at) => Math.round((offset + at * frame.scale) * ratio) + 0.5;
  brush.beginPath();
  for (let col = left; col <= right; col++) {
    brush.moveTo(screen(frame.x, col), screen(frame.y, top));
    brush.lineTo(screen(frame.x, col), screen(frame.y, bottom));
  }
  for (let row = top; row <= bottom; row++) {
    brush.moveTo(screen(frame.x, left), screen(frame.y, row));
    brush.lineTo(screen(frame.x, right), screen(frame.y, row));
  }
  brush.strokeStyle = "rgba(128, 128, 128, 0.5)";
  brush.lineWidth = 1;
  brush.stroke();
}

function visible(offset, scale, length, count) {
  return [Math.max(0, Math.floor(-offset / scale)), Math.min(count, Math.ceil((length - offset) / scale))];
}

export function drawSwipe(brush, line, height, ratio) {
  brush.fillStyle = "rgba(0, 0, 0, 0.5)";
  brush.fillRect(line - 1.5 * ratio, 0, 3 * ratio, height);
  brush.fillStyle = "#fff";
  brush.fillRect(line - 0.75 * ratio, 0, 1.5 * ratio, height);
  brush.beginPath();
  brush.arc(line, height / 2, 9 * ratio, 0, 7);
  brush.fill();
  brush.strokeStyle = "rgba(0, 0, 0, 0.6)";
  brush.lineWidth = 1.5 * ratio;
  brush.beginPath();
  for (const side of [-1, 1]) {
    brush.moveTo(line + side * 3 * ratio, height / 2 - 3 * ratio);
    brush.lineTo(line + side * 6 * ratio, height / 2);
    brush.lineTo(line + side * 3 * ratio, height / 2 + 3 * ratio);
  }
  brush.stroke();
}

/** Seeds as discs with a plus (object) or a minus (background), a box as a dashed line. */
export function drawPrompts(brush, frame, { points, box }, ratio) {
  const screen = (offset, at) => (offset + at * frame.scale) * ratio;
  brush.lineWidth = 1.5 * ratio;
  for (const [row, col, kind] of points ?? []) {
    seed(brush, screen(frame.x, col + 0.5), screen(frame.y, row + 0.5), kind === "object", ratio);
  }
  if (!box) return;
  const [top, left, bottom, right] = box;
  const corner = [screen(frame.x, left), screen(frame.y, top)];
  const sides = [(right - left) * frame.scale * ratio, (bottom - top) * frame.scale * ratio];
  brush.strokeStyle = "#000";
  brush.strokeRect(...corner, ...sides);
  brush.setLineDash([6 * ratio, 6 * ratio]);
  brush.strokeStyle = "#fff";
  brush.strokeRect(...corner, ...sides);
  brush.setLineDash([]);
}

function seed(brush, x, y, isObject, ratio) {
  const radius = 6 * ratio;
  brush.beginPath();
  brush.arc(x, y, radius, 0, 7);
  brush.fillStyle = isObject ? "#fff" : "#000";
  brush.fill();
  brush.strokeStyle = isObject ? "#000" : "#fff";
  brush.stroke();
  brush.beginPath();
  brush.moveTo(x - radius / 2, y);
  brush.lineTo(x + radius / 2, y);
  if (isObject) {
    brush.moveTo(x, y - radius / 2);
    brush.lineTo(x, y + radius / 2);
  }
  brush.stroke();
}
