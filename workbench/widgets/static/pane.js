// One canvas: the photograph, what a method or the truth says of it, outlines, and the prompts placed on it.
import { h, later, say } from "./dom.js";
import { attachGestures } from "./gestures.js";
import { Layers, fillChange, fillDifference, fillPlane, fillVerdict } from "./layers.js";
import { drawGrid, drawOutlines, drawPrompts, drawSwipe } from "./marks.js";
import { outlines } from "./outline.js";
import { place } from "./photo.js";
import { changes } from "./verdict.js";

const CALM = 4000; // edge runs up to which an overlay carries outlines too
let stamps = 0;

export class Pane {
  constructor(desk, name, title) {
    Object.assign(this, { desk, name, title, plane: null, stamp: 0, prompts: null, stage: null, before: null, marks: null });
    this.layers = new Layers();
    this.canvas = h("canvas", { "data-view": name, role: "img", tabindex: 0, "aria-label": title });
    this.brush = this.canvas.getContext("2d");
    this.cross = h("div", { class: "wb-cross", hidden: true });
    this.chip = h("div", { class: "wb-chip", "aria-hidden": "true" });
    this.element = h("div", { class: "wb-frame" }, this.canvas, this.cross, this.chip);
    this.refine = later(90, () => this.outline(CALM) && this.paint());
    this.watch = new ResizeObserver(() => this.resize());
    this.watch.observe(this.canvas);
    this.quit = attachGestures(this);
    desk.panes.push(this);
  }

  remove() {
    this.watch.disconnect();
    this.quit();
    this.desk.panes = this.desk.panes.filter((pane) => pane !== this);
    if (this.desk.lit?.pane === this) this.desk.lit = null;
    this.element.remove();
    this.gone = true;
  }

  get size() {
    return this.plane ? [this.plane.height, this.plane.width] : null;
  }

  resize() {
    this.ratio = window.devicePixelRatio || 1;
    [this.width, this.height] = [this.canvas.clientWidth, this.canvas.clientHeight];
    this.canvas.width = Math.round(this.width * this.ratio);
    this.canvas.height = Math.round(this.height * this.ratio);
    this.paint();
  }

  frame() {
    return this.desk.camera.frame(this.width, this.height, this.desk.size);
  }

  /** Take a new plane (or none) and paint it now. */
  show(plane) {
    this.plane = plane;
    this.stamp = ++stamps;
    this.paint();
  }

  /** From here on changes are told against the plane that stands. */
  mark() {
    this.before = this.plane;
    this.moves = stamps++;
  }

  /** How many pixels were gained and lost since the mark; null where there is nothing to tell. */
  changes() {
    const { before, plane, desk } = this;
    const truth = desk.truthPlane;
    if (!before || !plane || !truth || before.index.length !== truth.index.length || !this.fits(this)) return null;
    const key = [this.stamp, desk.lens, desk.truth.stamp].join();
    if (this.changed?.key !== key || this.changed.before !== before) {
      this.changed = { key, before, ...changes(truth, before, plane, desk.lens, desk.target) };
    }
    return [this.changed.gained, this.changed.lost];
  }

  /** Show a step of the method in place of its mask, or, with null, the mask again. */
  exhibit(stage) {
    this.stage = stage;
    this.point(this.desk.point);
    this.paint();
  }

  paint() {
    const { brush, desk } = this;
    if (!this.width || this.gone) return;
    brush.setTransform(1, 0, 0, 1, 0, 0);
    brush.globalAlpha = 1;
    brush.clearRect(0, 0, this.canvas.width, this.canvas.height);
    if (!desk.size) return;
    const frame = this.frame();
    if (desk.peek === "image") this.photo(frame);
    else if (desk.peek === "truth" && desk.truth) this.overlay(frame, desk.truth);
    else if (this.stage) this.stage.draw(this, frame);
    else this.scene(frame, desk.view.mode);
    if (!desk.peek) this.marks?.(brush, frame, this.ratio);
    if (frame.scale >= 16) drawGrid(brush, frame, desk.size, this);
    // A stroke on its way is drawn on every canvas, wherever it is made.
    const prompts = desk.draft ? { ...this.prompts, ...desk.draft } : this.prompts;
    if (prompts && !desk.peek) drawPrompts(brush, frame, prompts, this.ratio);
  }

  scene(frame, mode) {
    const { desk } = this;
    const other = desk.against(this);
    if (mode === "mask" && this.plane) return this.mask(frame);
    if (mode === "outline") return this.outlined(frame);
    if (mode === "error" && this !== desk.truth) return this.error(frame);
    if (mode === "difference" && other?.plane && this !== desk.truth) return this.difference(frame, other);
    if (mode === "changed" && this !== desk.truth) return this.changedScene(frame);
    if (mode === "swipe") return this.swipe(frame, other);
    if (mode === "blink" && desk.phase) return other ? this.overlay(frame, other) : this.photo(frame);
    return this.overlay(frame, this);
  }

  photo(frame, dim = 1) {
    const { desk, brush, canvas } = this;
    if (!desk.photo) return;
    brush.globalAlpha = dim;
    brush.drawImage(desk.photo.drawn(frame, canvas.width, canvas.height, this.ratio), 0, 0);
    brush.globalAlpha = 1;
  }

  overlay(frame, pane) {
    this.photo(frame);
    if (!pane.plane || !this.fits(pane)) return;
    const { opacity, palette } = this.desk.view;
    const strong = palette === "print" ? 0.75 : palette === "high-contrast" ? 0.65 : 0;
    this.stretch(frame, pane.layer("overlay"), Math.max(opacity, this.desk.lit ? 0.6 : opacity && strong));
    // Outlines follow when the masks rest: a drag must not wait for them.
    if (pane.paths?.stamp === pane.pathStamp()) drawOutlines(this.brush, frame, pane.paths.lines, this.ratio);
    else pane.refine();
  }

  mask(frame) {
    this.stretch(frame, this.layer("mask"), 1);
    if (this.paths?.stamp === this.pathStamp()) {
      const gap = getComputedStyle(this.canvas).backgroundColor;
      drawOutlines(this.brush, frame, this.paths.lines, this.ratio, gap);
    } else this.refine();
  }

  outlined(frame) {
    this.photo(frame);
    if (!this.plane || !this.fits(this)) return;
    if (this.outline(Infinity)) drawOutlines(this.brush, frame, this.paths.lines, this.ratio);
  }

  error(frame) {
    const truth = this.desk.truthPlane;
    if (!truth || !this.plane || !this.fits(this)) return this.photo(frame);
    this.photo(frame, 0.55);
    this.stretch(frame, this.layer("error", truth), Math.max(0.75, this.desk.view.opacity));
  }

  changedScene(frame) {
    // On black in light and dark alike: what was gained is pale.
    this.brush.fillStyle = "#000";
    this.brush.fillRect(0, 0, this.canvas.width, this.canvas.height);
    this.photo(frame, 0.6);
    if (this.changes()) this.stretch(frame, this.layer("changed", null, this.moves), 0.9);
  }

  difference(frame, other) {
    this.photo(frame, 0.55);
    if (!this.plane || !this.fits(other) || !this.fits(this)) return;
    this.stretch(frame, this.layer("difference", other.plane, other.stamp), 0.85);
  }

  swipe(frame, other) {
    const { brush, canvas } = this;
    const line = Math.round(this.desk.view.swipe * canvas.width);
    this.overlay(frame, this);
    brush.save();
    brush.beginPath();
    brush.rect(0, 0, line, canvas.height);
    brush.clip();
    brush.clearRect(0, 0, line, canvas.height);
    if (other) this.overlay(frame, other);
    else this.photo(frame);
    brush.restore();
    drawSwipe(brush, line, canvas.height, this.ratio);
  }

  /** A layer of this pane, against a truth or another plane where the kind needs one. */
  layer(kind, other = null, otherStamp = 0) {
    const { desk, plane } = this;
    const { palette } = desk.view;
    const lit = kind === "overlay" || kind === "mask" ? desk.litPlaces(this) : null;
    const key = [this.stamp, palette, lit && [...lit].join("."), desk.lens, desk.truth?.stamp, otherStamp].join();
    return this.layers.get(kind, key, this.size, (words) => {
      if (kind === "error") fillVerdict(words, other, plane, desk);
      else if (kind === "difference") fillDifference(words, plane, other, desk);
      else if (kind === "changed") fillChange(words, this.changed.codes, plane.width, palette);
      else fillPlane(words, plane, palette, { lit, whole: kind === "mask" });
    });
  }

  stretch(frame, source, alpha) {
    this.brush.globalAlpha = alpha;
    place(this.brush, source, frame, this.desk.size, this.ratio);
    this.brush.globalAlpha = 1;
  }

  /** A mask of another image's size, on its way out, is not painted over this image. */
  fits(pane) {
    const [height, width] = this.desk.size;
    return pane.plane?.height === height && pane.plane?.width === width;
  }

  pathStamp() {
    return `${this.stamp}/${this.desk.view.palette}`;
  }

  outline(limit) {
    if (!this.plane) return false;
    const stamp = this.pathStamp();
    const dropped = this.paths && !this.paths.lines && limit === Infinity;
    if (this.paths?.stamp !== stamp || dropped) {
      this.paths = { stamp, lines: outlines(this.plane, this.desk.view.palette, limit) };
    }
    return Boolean(this.paths.lines);
  }

  words({ row, col }) {
    if (this.stage) return this.stage.words(row, col, this.desk.size);
    return this.plane && this.fits(this) ? this.plane.words(row, col) : "";
  }

  /** Show where the shared cursor is, and what this pane calls that pixel. */
  point(point) {
    this.cross.hidden = !point || !this.width;
    say(this.chip, point ? this.words(point) : "");
    if (this.cross.hidden) return;
    const { scale, x, y } = this.frame();
    const [left, top] = [x + (point.col + 0.5) * scale, y + (point.row + 0.5) * scale];
    this.cross.style.transform = `translate(${left}px, ${top}px)`;
    this.cross.hidden = left < 0 || top < 0 || left > this.width || top > this.height;
  }
}
