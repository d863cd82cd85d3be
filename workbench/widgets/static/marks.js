// Lines and marks in screen pixels, whatever the zoom: outlines, pixel grid, swipe line, seeds, boxes and curves.

/** Stroke outlines, `width` screen pixels wide, over a darker casing, so that they show on any photograph. */
export function drawOutlines(brush, frame, lines, ratio, single = null, width = 1.5) {
  if (!lines) return;
  brush.save();
  brush.setTransform(frame.scale * ratio, 0, 0, frame.scale * ratio, frame.x * ratio, frame.y * ratio);
  brush.lineCap = "square";
  for (const [colour, path] of lines) {
    if (!single) stroke(brush, path, "rgba(0, 0, 0, 0.45)", (2 * width) / frame.scale);
    stroke(brush, path, single ?? colour, width / frame.scale);
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

/** Seeds as discs with a plus (object) or a minus (background), scribbles as their lines, box and curve dashed. */
export function drawPrompts(brush, frame, { points, stroke: scribble, box, curve }, ratio) {
  const screen = (row, col) => [(frame.x + col * frame.scale) * ratio, (frame.y + row * frame.scale) * ratio];
  for (const given of [...(points ?? []), ...(scribble ? [scribble] : [])]) seeds(brush, given, screen, ratio);
  if (box) {
    const [top, left, bottom, right] = box;
    dashed(brush, [screen(top, left), screen(top, right + 1), screen(bottom + 1, right + 1), screen(bottom + 1, left)], ratio);
  }
  if (curve?.length) dashed(brush, curve.map(([row, col]) => screen(row + 0.5, col + 0.5)), ratio);
}

/** One click or scribble: [row, col, row, col, ..., kind]. */
function seeds(brush, given, screen, ratio) {
  const isObject = given.at(-1) === "object";
  const corners = [];
  for (let at = 0; at + 1 < given.length; at += 2) corners.push(screen(given[at] + 0.5, given[at + 1] + 0.5));
  if (corners.length > 1) scribbled(brush, corners, isObject, ratio);
  seed(brush, ...corners[0], isObject, ratio);
}

/** An object's line is white in black, a background's black in white and broken: to be told without colour. */
function scribbled(brush, corners, isObject, ratio) {
  brush.lineCap = brush.lineJoin = "round";
  trail(brush, corners);
  brush.lineWidth = 5 * ratio;
  brush.strokeStyle = isObject ? "#000" : "#fff";
  brush.stroke();
  if (!isObject) brush.setLineDash([6 * ratio, 6 * ratio]);
  brush.lineWidth = 2.5 * ratio;
  brush.strokeStyle = isObject ? "#fff" : "#000";
  brush.stroke();
  brush.setLineDash([]);
  brush.lineCap = "butt";
}

function trail(brush, corners) {
  brush.beginPath();
  corners.forEach(([x, y], at) => (at ? brush.lineTo(x, y) : brush.moveTo(x, y)));
}

/** A closed line of black and white dashes. */
function dashed(brush, corners, ratio) {
  trail(brush, corners);
  brush.closePath();
  brush.lineWidth = 1.5 * ratio;
  brush.strokeStyle = "#000";
  brush.stroke();
  brush.setLineDash([6 * ratio, 6 * ratio]);
  brush.strokeStyle = "#fff";
  brush.stroke();
  brush.setLineDash([]);
}

function seed(brush, x, y, isObject, ratio) {
  const radius = 6 * ratio;
  brush.lineWidth = 1.5 * ratio;
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
