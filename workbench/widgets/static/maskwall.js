// All masks of a class side by side, each over the picture, with its score.
import { h, threeDecimals } from "./dom.js";
import { VERDICT } from "./palette.js";
import { Photo } from "./photo.js";
import { inflate } from "./planes.js";

const [HIT, MISSED, EXTRA] = [1, 2, 3];
const COLOURS = { [HIT]: VERDICT.hit, [MISSED]: VERDICT.missed, [EXTRA]: VERDICT.extra };
const OPACITY = { [HIT]: 0.45, [MISSED]: 0.85, [EXTRA]: 0.85 };
const LINE = 8; // px from stripe to stripe and from dot to dot
const ORDERS = { worst: "worst first", best: "best first", name: "by name" };

/** Whether a pixel is ink: stripes on what was missed, dots on what is too much. */
const inked = (code, row, column) => (code === MISSED ? (row + column) % LINE < 2 : code === EXTRA && row % LINE < 3 && column % LINE < 3);

export class MaskWall {
  /** `open` is told whose mask was clicked. */
  constructor(open) {
    Object.assign(this, { open, shots: [], names: null });
    this.order = h("select", { "aria-label": "order of the masks", "data-picker": "order", onchange: () => this.arrange() }, Object.entries(ORDERS).map(([name, words]) => h("option", { value: name }, words)));
    const key = (name, words) => h("span", { class: "wb-chip-key", "data-key": name }, words);
    const head = h("div", { class: "wb-wall-head" }, h("h4", {}, "every mask"), key("hit", "found"), key("missed", "missed"), key("extra", "extra"), this.order);
    this.grid = h("div", { class: "wb-wall" });
    this.element = h("section", { class: "wb-graph wb-masks", "aria-label": "every mask" }, head, this.grid);
  }

  async show({ gallery }, [png, codes]) {
    const [height, width] = gallery.size;
    const [photo, all] = await Promise.all([Photo.decode(png, "image/png", gallery.size), inflate(codes)]);
    this.photo = photo;
    this.gallery = gallery;
    this.shots = gallery.shots.map((shot, at) => this.shot(shot, all.subarray(at * height * width, (at + 1) * height * width)));
    this.names = null;
    this.arrange();
  }

  shot({ student, score }, codes) {
    const [height, width] = this.gallery.size;
    const words = `${this.gallery.metric} ${threeDecimals(score)}`;
    const canvas = h("canvas", { width, height, "data-view": student, role: "img", "aria-label": `mask of ${student}, ${words}` });
    const brush = canvas.getContext("2d");
    brush.drawImage(this.photo.bitmap, 0, 0);
    const pixels = brush.getImageData(0, 0, width, height);
    paint(pixels.data, codes, width);
    brush.putImageData(pixels, 0, 0);
    const sign = score >= this.gallery.bar ? "✓" : "✗";
    const caption = [h("b", { class: "wb-shot-score" }, `${sign} ${threeDecimals(score)}`), h("span", { class: "wb-shot-name" }, student)];
    const button = h("button", { type: "button", class: "wb-shot", "data-student": student, "data-score-value": score ?? "", title: `${student}: ${words}`, onclick: () => this.open(student) }, canvas, caption);
    return { student, score: score ?? -1, button };
  }

  /** Show only these students' masks. */
  sift(names) {
    this.names = names;
    this.arrange();
  }

  arrange() {
    const ways = { worst: (a, b) => a.score - b.score, best: (a, b) => b.score - a.score, name: (a, b) => a.student.localeCompare(b.student) };
    const shown = this.shots.filter(({ student }) => !this.names || this.names.has(student));
    this.grid.replaceChildren(...shown.sort(ways[this.order.value]).map(({ button }) => button));
  }

  /** The score of each student's mask in a question; none where nothing was painted. */
  scores({ gallery }) {
    return gallery ? { metric: gallery.metric, of: new Map(gallery.shots.map(({ student, score }) => [student, score])) } : null;
  }
}

function paint(data, codes, width) {
  const rgb = (colour) => [1, 3, 5].map((digit) => parseInt(colour.slice(digit, digit + 2), 16));
  const colours = { [HIT]: rgb(COLOURS[HIT]), [MISSED]: rgb(COLOURS[MISSED]), [EXTRA]: rgb(COLOURS[EXTRA]) };
  codes.forEach((code, pixel) => {
    if (!code) return;
    const ink = inked(code, Math.floor(pixel / width), pixel % width);
    for (let part = 0; part < 3; part++) {
      const to = ink ? 22 : colours[code][part];
      data[4 * pixel + part] += OPACITY[code] * (to - data[4 * pixel + part]);
    }
  });
}
