// What a stage looks like over the photograph: a picture, arrows of a field, or a graph; crisp at every zoom.
import { inflate } from "./planes.js";
import { place } from "./photo.js";
import { bytesOf } from "./dom.js";

const SPACING = 18; // screen pixels from arrow to arrow
const BEHIND = 0.6; // how much of the photograph is left behind lines
const WIDTHS = [0.75, 1.25, 2, 3]; // screen pixels of a graph's edges, from the lightest to the heaviest
const MOST_NODES = 2000; // beyond these the nodes of a graph are not drawn

/** Read a frame: `item` with `draw(pane, frame)` and `words(row, col, size)`; a chart's stays as it is. */
export async function readFrame(item, buffer) {
  if (item.kind === "image") {
    return new PictureStage(item, await createImageBitmap(new Blob([bytesOf(buffer)], { type: item.mime })));
  }
  if (item.kind !== "field" && item.kind !== "graph") return item;
  const raw = (await inflate(bytesOf(buffer))).slice();
  return item.kind === "field" ? new FieldStage(item, new Int16Array(raw.buffer)) : new GraphStage(item, new Float32Array(raw.buffer));
}

/** Put a bitmap on a canvas of its size: an <img> would need an address to load from. */
export function onCanvas(bitmap, words) {
  const canvas = document.createElement("canvas");
  if (words) (canvas.role = "img"), (canvas.ariaLabel = words);
  [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
  canvas.getContext("2d").drawImage(bitmap, 0, 0);
  return canvas;
}

class PictureStage {
  constructor(item, bitmap) {
    Object.assign(this, item, { bitmap });
  }

  draw({ brush, desk, ratio }, frame) {
    place(brush, this.bitmap, frame, desk.size, ratio);
  }

  /** The value that the pixel's grey stands for; nothing where colours say no number. */
  words(row, col, size) {
    if (this.low === undefined) return "";
    const { width, height } = this.bitmap;
    this.pixels ??= onCanvas(this.bitmap).getContext("2d").getImageData(0, 0, width, height).data;
    const at = 4 * (Math.floor((row * height) / size[0]) * width + Math.floor((col * width) / size[1]));
    return figure(this.low + (this.pixels[at] / 255) * (this.high - this.low));
  }
}

/** The photograph, darker: white lines are seen on it in either theme. */
function darkened(pane, frame) {
  const { brush, desk, ratio } = pane;
  brush.fillStyle = "#000";
  brush.fillRect(frame.x * ratio, frame.y * ratio, desk.size[1] * frame.scale * ratio, desk.size[0] * frame.scale * ratio);
  pane.photo(frame, BEHIND);
}

class FieldStage {
  constructor(item, vectors) {
    Object.assign(this, item, { vectors });
    this.usual = usualLength(vectors);
    this.picks = new Map();
  }

  /** The strongest vector of each cell of `step` by `step` pixels: a sample would miss what is thin. */
  strongest(step) {
    if (this.picks.has(step)) return this.picks.get(step);
    const [rows, cols] = this.size;
    const wide = Math.ceil(cols / step);
    const lengths = new Float32Array(wide * Math.ceil(rows / step)).fill(-1);
    const found = new Int32Array(lengths.length);
    for (let row = 0, at = 0; row < rows; row++) {
      for (let col = 0; col < cols; col++, at++) {
        const cell = Math.floor(row / step) * wide + Math.floor(col / step);
        const length = this.vectors[2 * at] ** 2 + this.vectors[2 * at + 1] ** 2;
        if (length > lengths[cell]) [lengths[cell], found[cell]] = [length, at];
      }
    }
    this.picks.set(step, found);
    return found;
  }

  /** Arrows, as many as the zoom has room for, each where its vector is. */
  draw(pane, frame) {
    const { brush, desk, ratio } = pane;
    darkened(pane, frame);
    const [rows, cols] = this.size;
    const scale = [(frame.scale * desk.size[0]) / rows, (frame.scale * desk.size[1]) / cols];
    const step = Math.max(1, Math.round(SPACING / scale[0]));
    const reach = 0.9 * step * scale[0];
    const path = new Path2D();
    for (const at of this.strongest(step)) {
      const x = frame.x + ((at % cols) + 0.5) * scale[1];
      const y = frame.y + (Math.floor(at / cols) + 0.5) * scale[0];
      const seen = x > -reach && x < pane.width + reach && y > -reach && y < pane.height + reach;
      if (seen) this.arrow(path, at, x, y, reach);
    }
    brush.save();
    brush.scale(ratio, ratio);
    brush.lineCap = brush.lineJoin = "round";
    brush.strokeStyle = "rgba(0, 0, 0, 0.65)";
    brush.lineWidth = 3.5;
    brush.stroke(path);
    brush.strokeStyle = "#fff";
    brush.lineWidth = 1.5;
    brush.stroke(path);
    brush.restore();
  }

  arrow(path, at, x, y, reach) {
    const [down, across] = [this.vectors[2 * at], this.vectors[2 * at + 1]];
    const length = Math.hypot(down, across);
    const part = (reach * Math.min(1, length / this.usual)) / (length || 1);
    const [right, under] = [across * part, down * part];
    path.moveTo(x, y);
    path.lineTo(x + right, y + under);
    if (length * part < 3) return; // too short for a head: a dot
    for (const side of [-1, 1]) {
      path.moveTo(x + right, y + under);
      path.lineTo(x + 0.66 * right - side * 0.2 * under, y + 0.66 * under + side * 0.2 * right);
    }
  }

  words(row, col, size) {
    const [rows, cols] = this.size;
    const at = 2 * (Math.floor((row * rows) / size[0]) * cols + Math.floor((col * cols) / size[1]));
    const [down, across] = [0, 1].map((one) => figure((this.vectors[at + one] / 32767) * this.longest));
    return `${down} down, ${across} across`;
  }
}

/** The length that fills an arrow's place: few are longer, so that one giant does not shrink all others. */
function usualLength(vectors) {
  const lengths = [];
  const stride = 2 * Math.max(1, Math.floor(vectors.length / 8000));
  for (let at = 0; at < vectors.length; at += stride) lengths.push(Math.hypot(vectors[at], vectors[at + 1]));
  lengths.sort((a, b) => a - b);
  return lengths[Math.floor(0.95 * (lengths.length - 1))] || lengths.at(-1) || 1;
}

class GraphStage {
  constructor(item, numbers) {
    Object.assign(this, item, { numbers, paths: null, over: null });
  }

  /** Edges by weight in four widths, as paths in the image's pixels. */
  trace(size) {
    const { nodes: count, edges, numbers } = this;
    const at = (node) => [((numbers[2 * node + 1] + 0.5) * size[1]) / this.size[1], ((numbers[2 * node] + 0.5) * size[0]) / this.size[0]];
    const weights = Array.from({ length: edges }, (_, edge) => numbers[2 * count + 3 * edge + 2]);
    const [low, high] = weights.reduce(([a, b], w) => [Math.min(a, w), Math.max(b, w)], [Infinity, -Infinity]);
    this.paths = WIDTHS.map(() => new Path2D());
    weights.forEach((weight, edge) => {
      const path = this.paths[Math.min(3, Math.floor((4 * (weight - low)) / (high - low || 1)))];
      path.moveTo(...at(numbers[2 * count + 3 * edge]));
      path.lineTo(...at(numbers[2 * count + 3 * edge + 1]));
    });
    this.places = Array.from({ length: count <= MOST_NODES ? count : 0 }, (_, node) => at(node));
  }

  draw(pane, frame) {
    const { brush, desk, ratio } = pane;
    darkened(pane, frame);
    if (!this.paths) this.trace(desk.size);
    brush.save();
    brush.setTransform(frame.scale * ratio, 0, 0, frame.scale * ratio, frame.x * ratio, frame.y * ratio);
    const stroke = (colour, more) => {
      brush.strokeStyle = colour;
      this.paths.forEach((path, at) => ((brush.lineWidth = (WIDTHS[at] + more) / frame.scale), brush.stroke(path)));
    };
    stroke("rgba(0, 0, 0, 0.55)", 1.5);
    stroke("#fff", 0);
    this.dots(brush, frame.scale);
    brush.restore();
  }

  dots(brush, scale) {
    brush.beginPath();
    for (const [x, y] of this.places) {
      brush.moveTo(x + 3 / scale, y);
      brush.arc(x, y, 3 / scale, 0, 2 * Math.PI);
    }
    brush.fillStyle = "#fff";
    brush.strokeStyle = "#000";
    brush.lineWidth = 1 / scale;
    brush.fill();
    brush.stroke();
  }

  words() {
    return "";
  }
}

/** A number in three figures. */
function figure(value) {
  return String(Number(value.toPrecision(3)));
}
