// One zoom, pan and centre that all canvases share.
import { clamp } from "./dom.js";

const CLOSEST = 64; // screen pixels an image pixel

export class Camera {
  constructor() {
    this.fit();
  }

  fit() {
    [this.zoom, this.row, this.col] = [1, 0.5, 0.5];
  }

  /** The scale at which the image just fits a canvas of this size. */
  base(width, height, [rows, cols]) {
    return Math.min(width / cols, height / rows);
  }

  /** Where the image lies in a canvas: screen = offset + image * scale. */
  frame(width, height, size) {
    const scale = this.zoom * this.base(width, height, size);
    return { scale, x: width / 2 - this.col * size[1] * scale, y: height / 2 - this.row * size[0] * scale };
  }

  /** Zoom by a factor and keep the image point under (x, y) where it is. */
  zoomAt(factor, x, y, width, height, size) {
    const before = this.frame(width, height, size);
    const col = (x - before.x) / before.scale;
    const row = (y - before.y) / before.scale;
    const base = this.base(width, height, size);
    this.zoom = clamp(this.zoom * factor, Math.min(0.5, 1 / base), Math.max(1, CLOSEST / base));
    const after = this.frame(width, height, size);
    this.pan(x - (after.x + col * after.scale), y - (after.y + row * after.scale), width, height, size);
  }

  /** Move the image by screen pixels; its centre never leaves the canvas by more than the image itself. */
  pan(dx, dy, width, height, size) {
    const { scale } = this.frame(width, height, size);
    this.col = clamp(this.col - dx / (size[1] * scale), 0, 1);
    this.row = clamp(this.row - dy / (size[0] * scale), 0, 1);
  }

  /** Show a box of the image (top, left, bottom, right) in the middle, with half as much and a few pixels around it. */
  show([top, left, bottom, right], width, height, size) {
    const base = this.base(width, height, size);
    const scale = Math.min(width / (1.5 * (right - left) + 24), height / (1.5 * (bottom - top) + 24));
    this.zoom = clamp(scale / base, 1, Math.max(1, CLOSEST / base));
    [this.row, this.col] = this.zoom > 1 ? [(top + bottom) / 2 / size[0], (left + right) / 2 / size[1]] : [0.5, 0.5];
  }

  oneToOne(width, height, size) {
    this.zoom = 1 / this.base(width, height, size);
  }
}
