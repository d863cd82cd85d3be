// What became of each segment: how many of each kind, the worst first, and the score against size. Told when opened.
import { h, plural, say, threeDecimals } from "./dom.js";
import { drawOutlines } from "./marks.js";
import { outlines } from "./outline.js";
import { FATE } from "./palette.js";
import { readPlane } from "./planes.js";
import { SizeChart } from "./sizes.js";

const LISTED = 60; // pictures in the strip
const SIDE = 84; // CSS pixels of each
const TRUTH = "#FFFFFF";
const HOW = "Coloured: the guess. White: the truth.";

export class Errors {
  /** `pane` is the card's canvas. */
  constructor(pane) {
    Object.assign(this, { pane, told: null, kind: null, item: null, filter: null, number: 0 });
    this.kinds = h("div", { class: "wb-kinds", role: "group", "aria-label": "kinds of errors" });
    this.help = h("p", { class: "wb-fate", role: "status" });
    this.strip = h("div", { class: "wb-strip", role: "group", "aria-label": "segments, the worst first" });
    this.chart = new SizeChart((at) => this.choose(at));
    const wait = h("p", { class: "wb-none" }, "The errors follow when it has run.");
    this.parts = [this.kinds, this.help, h("div", { class: "wb-fates" }, this.strip, this.chart.element)];
    this.element = h("div", { class: "wb-errors", onkeydown: (event) => event.key === "Escape" && this.clear() }, wait);
  }

  /** A new answer has come: until its errors follow, those in sight are of the one before. */
  old() {
    this.element.classList.add("old");
  }

  async take(content, buffers) {
    const number = ++this.number;
    const planes = await Promise.all((content.maps ?? []).map((map, at) => readPlane(map, buffers[at])));
    if (number !== this.number || this.pane.gone) return;
    const kept = this.filter;
    this.clear();
    Object.assign(this, { told: content, truth: planes[0], guess: planes[1] });
    this.element.classList.remove("old");
    if (!content.items.length) return this.element.replaceChildren(h("p", { class: "wb-none" }, content.remark));
    this.element.replaceChildren(...this.parts);
    this.kinds.replaceChildren(...content.kinds.map((kind) => this.chip(kind)));
    this.chart.show(content);
    this.listed = undefined;
    this.pick(content.kinds.find((kind) => kind.name === kept)?.count ? kept : null);
  }

  chip({ name, count, help }) {
    const swatch = h("i", { class: "wb-swatch", style: `background: ${FATE[name]}` });
    const toggle = () => this.pick(this.kind === name && this.item === null ? null : name);
    return h("button", { class: "wb-button", type: "button", "data-kind": name, "data-count": count, disabled: !count, title: help, onclick: toggle }, swatch, h("b", {}, count), ` ${name}`);
  }

  entry(item, at) {
    const words = `${item.name}, ${plural(item.area, "pixel")}, IoU ${threeDecimals(item.iou)}`;
    const swatch = h("i", { class: "wb-swatch", style: `background: ${FATE[item.kind]}` });
    const button = { class: "wb-stage", type: "button", "data-error": at, "aria-label": `${item.kind}: ${words}`, title: `${item.kind}: ${words}`, onclick: () => this.choose(at) };
    return h("button", button, h("span", { class: "wb-thumb" }, this.crop(item)), h("span", {}, swatch, ` ${item.kind}`), h("small", {}, item.name), h("small", {}, `${item.area} px, ${threeDecimals(item.iou)}`));
  }

  /** List the segments of a kind, or of all, the worst first. */
  list(kind) {
    if (this.listed === kind) return;
    this.listed = kind;
    const { items, kinds, total } = this.told;
    const found = [...items.entries()].filter(([, item]) => !kind || item.kind === kind).slice(0, LISTED);
    const more = (kind ? kinds.find(({ name }) => name === kind).count : total) - found.length;
    const rest = more > 0 ? [h("p", { class: "wb-none" }, `and ${more} more`)] : [];
    this.strip.replaceChildren(...found.map(([at, item]) => this.entry(item, at)), ...rest);
    this.strip.scrollLeft = 0;
  }

  // ---- what is picked

  /** List and outline all segments of a kind, or, with null, list all and outline none. */
  pick(kind) {
    Object.assign(this, { kind, item: null, filter: kind });
    this.list(kind);
    this.outline(kind ? this.told.items.filter((one) => one.kind === kind) : []);
  }

  /** Outline one item and bring it into every canvas; the same once more goes back to what was picked. */
  choose(at) {
    const item = this.told.items[at];
    if (this.item === at) return this.pick(this.filter);
    if (!this.strip.querySelector(`[data-error="${at}"]`)) this.pick(item.kind);
    Object.assign(this, { kind: item.kind, item: at });
    this.outline([item]);
    this.pane.desk.look(item.box);
  }

  /** Nothing is outlined any more. */
  clear() {
    if (!this.kind) return;
    const left = this.filter && this.strip.contains(document.activeElement) ? this.filter : null;
    this.pick(null);
    // The list that held the focus is another one now.
    if (left) this.kinds.querySelector(`[data-kind="${left}"]`).focus();
  }

  outline(items) {
    const { pane, kind } = this;
    const { truth } = pane.desk;
    const found = items.length ? this.lines(items, this.truth, this.guess) : null;
    pane.marks = found && ((brush, frame, ratio) => [found.truth, found.guess].forEach((lines) => drawOutlines(brush, frame, lines, ratio, null, 2.5)));
    if (truth) truth.marks = found && ((brush, frame, ratio) => drawOutlines(brush, frame, found.mirrored, ratio, null, 2.5));
    pane.desk.repaint();
    this.tell(kind);
  }

  tell(kind) {
    for (const chip of this.kinds.children) chip.setAttribute("aria-pressed", String(chip.dataset.kind === kind));
    for (const one of this.strip.querySelectorAll("button")) one.setAttribute("aria-pressed", String(Number(one.dataset.error) === this.item));
    this.chart.mark(this.item);
    const entry = this.told.kinds.find(({ name }) => name === kind);
    const item = this.told.items[this.item];
    const words = item ? this.strip.querySelector(`[data-error="${this.item}"]`)?.title ?? item.kind : entry && `${kind}: ${entry.help}`;
    say(this.help, entry ? `${words}. ${HOW}` : ["Pick a kind to see where it is, or a segment to go there.", this.told.remark].join(" "));
  }

  /** Paths around the segments of items: the truth's in white, or as its own canvas has them, and the guess's. */
  lines(items, truth, guess) {
    const colour = FATE[items[0].kind];
    const ids = (side) => new Set(items.flatMap((item) => item[side]));
    const around = (plane, side, shade) => outlines(only(plane, ids(side), shade), "default");
    return { truth: around(truth, "truth", TRUTH), guess: around(guess, "guess", colour), mirrored: around(truth, "truth", colour) };
  }

  /** A small picture of an item and its surroundings. */
  crop(item) {
    const { photo, size } = this.pane.desk;
    const ratio = window.devicePixelRatio || 1;
    const side = Math.round(SIDE * ratio);
    const canvas = h("canvas", { width: side, height: side, "aria-hidden": "true" });
    const [top, left, bottom, right] = item.box;
    const reach = Math.ceil(0.7 * Math.max(bottom - top, right - left)) + 3;
    const [row, col] = [(top + bottom) / 2, (left + right) / 2];
    const window_ = [Math.max(0, Math.floor(row - reach)), Math.max(0, Math.floor(col - reach)), Math.min(size[0], Math.ceil(row + reach)), Math.min(size[1], Math.ceil(col + reach))];
    const scale = side / (2 * reach) / ratio;
    const frame = { scale, x: (window_[1] - col + reach) * scale, y: (window_[0] - row + reach) * scale };
    const [wide, high] = [window_[3] - window_[1], window_[2] - window_[0]];
    const brush = canvas.getContext("2d");
    brush.imageSmoothingEnabled = scale < 2;
    if (photo?.bitmap) brush.drawImage(photo.bitmap, window_[1], window_[0], wide, high, frame.x * ratio, frame.y * ratio, wide * scale * ratio, high * scale * ratio);
    const lines = this.lines([item], cut(this.truth, window_), cut(this.guess, window_));
    drawOutlines(brush, frame, lines.truth, ratio);
    drawOutlines(brush, frame, lines.guess, ratio);
    return canvas;
  }
}

/** A plane of which only some segments are drawn, in one colour. */
function only({ index, width, height, ids }, wanted, colour) {
  const category = { name: "", colour };
  return { index, width, height, ids: Array.from(ids, (id) => (wanted.has(id) ? id : 0)), named: Array.from(ids, () => category), categories: [] };
}

/** A window of a plane. */
function cut({ index, width, ids }, [top, left, bottom, right]) {
  const wide = right - left;
  const part = new index.constructor(wide * (bottom - top));
  for (let row = top; row < bottom; row++) part.set(index.subarray(row * width + left, row * width + right), (row - top) * wide);
  return { index: part, width: wide, height: bottom - top, ids };
}
