// A small picture that is only looked at: the photograph, a mask over it, and the mask's outlines.
import { h } from "./dom.js";
import { Layers, fillPlane } from "./layers.js";
import { drawOutlines } from "./marks.js";
import { outlines } from "./outline.js";
import { place } from "./photo.js";

const OPACITY = 0.45;
const RUNS = 20000; // edge runs up to which outlines are drawn
let thumbs = 0;

export class Thumb {
  constructor(name, title) {
    this.layers = new Layers();
    this.canvas = h("canvas", { "data-view": name, role: "img", "aria-label": title });
    this.brush = this.canvas.getContext("2d");
  }

  /** Take a photograph and a plane, which may be smaller than it; either may be null. */
  show(photo, plane) {
    Object.assign(this, { photo, plane, stamp: ++thumbs });
    this.lines = plane ? outlines(plane, "default", RUNS) : null;
    this.paint();
  }

  paint() {
    const { canvas, brush, photo, plane } = this;
    const [width, height, ratio] = [canvas.clientWidth, canvas.clientHeight, window.devicePixelRatio || 1];
    if (!photo || !width) return;
    [canvas.width, canvas.height] = [Math.round(width * ratio), Math.round(height * ratio)];
    const frame = fitted(photo.size, width, height);
    brush.drawImage(photo.drawn(frame, canvas.width, canvas.height, ratio), 0, 0);
    if (!plane) return;
    const size = [plane.height, plane.width];
    const own = fitted(size, width, height);
    const layer = this.layers.get("overlay", this.stamp, size, (words) => fillPlane(words, plane, "default", {}));
    brush.globalAlpha = OPACITY;
    place(brush, layer, own, size, ratio);
    brush.globalAlpha = 1;
    drawOutlines(brush, own, this.lines, ratio);
  }
}

/** Where a picture of [height, width] lies in a canvas that shows all of it. */
function fitted([rows, cols], width, height) {
  const scale = Math.min(width / cols, height / rows);
  return { scale, x: (width - cols * scale) / 2, y: (height - rows * scale) / 2 };
}
