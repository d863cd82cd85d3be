// Where most of a class miss: how many masks are wrong at each pixel, over the picture.
import { h, say } from "./dom.js";
import { shade } from "./heat.js";
import { inflate } from "./planes.js";

const KINDS = { both: "missed or extra", missed: "missed", extra: "extra" };
const DIM = 0.35; // of the picture, where nobody is wrong

export class FailMap {
  constructor() {
    this.kind = h("select", { "aria-label": "which errors", "data-picker": "errors", onchange: () => this.paint() }, Object.entries(KINDS).map(([name, words]) => h("option", { value: name }, words)));
    this.canvas = h("canvas", { "data-view": "failures", role: "img" });
    this.canvas.addEventListener("pointermove", (event) => this.read(event));
    this.canvas.addEventListener("pointerleave", () => say(this.readout, ""));
    this.readout = h("output", { class: "wb-quietly wb-fail-readout", "aria-live": "off" });
    this.least = h("span", {}, "0");
    this.most = h("span", {});
    const colours = Array.from({ length: 10 }, (_, at) => shade(at / 9)).join(", ");
    this.scale = h("div", { class: "wb-scale", "aria-hidden": "true" }, this.least, h("i", { style: `background: linear-gradient(to right, ${colours})` }), this.most);
    this.words = h("p", { class: "wb-quietly" });
    const head = h("div", { class: "wb-wall-head" }, h("h4", {}, "where most miss"), this.kind);
    this.element = h("section", { class: "wb-graph wb-fails", "aria-label": "where most miss" }, head, this.canvas, this.scale, this.readout, this.words);
  }

  async show(gallery, photo, counts) {
    const raw = await inflate(counts);
    const all = new Uint16Array(raw.slice().buffer);
    const [height, width] = gallery.size;
    Object.assign(this, { photo, height, width, masks: gallery.shots.length, rows: gallery.rows, columns: gallery.columns });
    this.missed = all.subarray(0, height * width);
    this.extra = all.subarray(height * width);
    [this.canvas.width, this.canvas.height] = [width, height];
    this.canvas.setAttribute("aria-label", `where most miss: ${gallery.worst}`);
    say(this.words, `Of ${this.masks} masks: ${gallery.worst}`);
    this.paint();
  }

  count(pixel) {
    const { value } = this.kind;
    return (value === "extra" ? 0 : this.missed[pixel]) + (value === "missed" ? 0 : this.extra[pixel]);
  }

  paint() {
    if (!this.photo) return;
    const brush = this.canvas.getContext("2d");
    brush.drawImage(this.photo.bitmap, 0, 0);
    const pixels = brush.getImageData(0, 0, this.width, this.height);
    let most = 1;
    for (let pixel = 0; pixel < this.missed.length; pixel++) most = Math.max(most, this.count(pixel));
    const colours = Array.from({ length: most + 1 }, (_, count) => shade(count / most).match(/\d+/g).map(Number));
    for (let pixel = 0; pixel < this.missed.length; pixel++) {
      const count = this.count(pixel);
      for (let part = 0; part < 3; part++) {
        const at = 4 * pixel + part;
        const weight = count ? 0.5 + (0.5 * count) / most : 0;
        pixels.data[at] = weight * colours[count][part] + (1 - weight) * DIM * pixels.data[at];
      }
    }
    brush.putImageData(pixels, 0, 0);
    say(this.most, `${most} of ${this.masks}`);
    this.canvas.dataset.most = most;
  }

  read(event) {
    const box = this.canvas.getBoundingClientRect();
    const [row, column] = [Math.floor(((event.clientY - box.top) / box.height) * this.height), Math.floor(((event.clientX - box.left) / box.width) * this.width)];
    if (row < 0 || column < 0 || row >= this.height || column >= this.width) return;
    const pixel = row * this.width + column;
    say(this.readout, `row ${this.rows[row]}, column ${this.columns[column]}: missed by ${this.missed[pixel]}, extra in ${this.extra[pixel]}`);
  }
}
