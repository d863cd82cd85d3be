// The score over two parameters: a map of cells, read under the pointer, set by a click.
import { positions, shape, valueText } from "./axes.js";
import { h, nextFrame, say, threeDecimals } from "./dom.js";

const EDGE = { left: 58, right: 52, top: 14, bottom: 30 };
// Cividis (Nuñez, Anderton and Renslow 2018): even steps of lightness, alike to eyes with and without colour deficiency.
const SHADES = ["#00224E", "#123570", "#3B496C", "#575D6D", "#707173", "#8A8678", "#A59C74", "#C3B369", "#E1CC55", "#FEE838"];

/** The colour of a part between 0 and 1. */
export function shade(part) {
  const at = Math.min(SHADES.length - 1.001, Math.max(0, part * (SHADES.length - 1)));
  const [from, to] = [SHADES[Math.floor(at)], SHADES[Math.floor(at) + 1]];
  const mixed = [1, 3, 5].map((digit) => {
    const [a, b] = [from, to].map((colour) => parseInt(colour.slice(digit, digit + 2), 16));
    return Math.round(a + (b - a) * (at % 1));
  });
  return `rgb(${mixed.join()})`;
}

export class Heat {
  /** `host` has `choose(value, second)`. */
  constructor(host) {
    this.host = host;
    this.cursor = null;
    this.keyed = false; // whether the arrow keys hold the cursor
    this.readout = h("output", { class: "wb-sweep-readout", "aria-live": "polite" });
    this.cells = shape("g");
    this.frame = shape("g", { class: "wb-grid-lines" });
    this.marks = shape("g", { class: "wb-cell-marks" });
    const words = "score over two parameters; arrow keys move, Enter sets both";
    this.svg = shape("svg", { class: "wb-heat", role: "application", tabindex: 0, "data-sweep": "pair", "aria-label": words }, this.cells, this.frame, this.marks);
    this.element = h("div", { class: "wb-plot" }, this.svg, this.readout);
    this.repaint = nextFrame(() => this.paint());
    this.watch = new ResizeObserver(() => this.repaint());
    this.watch.observe(this.element);
    this.svg.addEventListener("pointermove", (event) => this.follow(event));
    this.svg.addEventListener("pointerleave", () => !this.keyed && this.point(null));
    this.svg.addEventListener("blur", () => this.leave());
    this.svg.addEventListener("click", (event) => this.set(this.under(event)));
    this.svg.addEventListener("keydown", (event) => this.press(event));
  }

  /** `view` has `line` (or none yet), `param`, `second`, `measure`, `label`, `now` (both values), `best`. */
  show(view) {
    this.view = view;
    this.repaint();
  }

  move(param, second, now) {
    if (!second || this.view?.param !== param || this.view.second !== second) return;
    this.view.now = now;
    this.paintMarks();
  }

  get line() {
    return this.view?.line;
  }

  score(column, row) {
    const { line, measure } = this.view;
    return line.scores.get(column * line.second.length + row)?.[measure];
  }

  // ---- drawing: the first parameter goes across, the second upwards

  paint() {
    if (!this.view || !this.element.clientWidth) return;
    [this.width, this.height] = [this.element.clientWidth, this.element.clientHeight];
    this.svg.setAttribute("viewBox", `0 0 ${this.width} ${this.height}`);
    const { line } = this;
    const known = line ? [...line.scores.values()].map((scores) => scores[this.view.measure]).filter(Number.isFinite) : [];
    this.low = Math.min(...known);
    this.high = Math.max(...known);
    this.svg.dataset.points = known.length;
    this.cells.replaceChildren(...(line ? this.cellsOf(line) : []));
    this.frame.replaceChildren(...(line ? this.words(line, known.length) : []));
    this.paintMarks();
  }

  box(column, row) {
    const { line } = this;
    const wide = (this.width - EDGE.left - EDGE.right) / line.values.length;
    const high = (this.height - EDGE.top - EDGE.bottom) / line.second.length;
    return { x: EDGE.left + column * wide, y: this.height - EDGE.bottom - (row + 1) * high, width: wide, height: high };
  }

  cellsOf(line) {
    const made = [];
    line.values.forEach((value, column) => {
      line.second.forEach((second, row) => {
        const score = this.score(column, row);
        if (!Number.isFinite(score)) return;
        const fill = shade((score - this.low) / (this.high - this.low || 1));
        made.push(shape("rect", { ...this.box(column, row), fill, "data-value": value, "data-second": second, "data-score-value": score }));
      });
    });
    return made;
  }

  words(line, count) {
    const { param, second, label } = this.view;
    const floor = this.height - EDGE.bottom;
    const right = this.width - EDGE.right;
    const text = (x, y, words, anchor = "middle", name = undefined) => shape("text", { x, y, class: name, "text-anchor": anchor }, words);
    const made = [text((EDGE.left + right) / 2, floor + 27, param.label, "middle", "wb-axis-name"), text(2, 9, second.label, "start", "wb-axis-name")];
    for (const column of ends(line.values)) {
      const { x, width } = this.box(column, 0);
      made.push(text(x + width / 2, floor + 14, valueText(line.values[column], { ...param, unit: "" })));
    }
    for (const row of ends(line.second)) {
      const { y, height } = this.box(0, row);
      made.push(text(EDGE.left - 6, y + height / 2 + 4, valueText(line.second[row], { ...second, unit: "" }), "end"));
    }
    if (!count) return made;
    // The scale: darkest is the worst that was measured, brightest the best.
    for (let step = 0; step < 24; step++) {
      const high = (floor - EDGE.top) / 24;
      made.push(shape("rect", { x: right + 10, y: floor - (step + 1) * high, width: 8, height: high + 0.5, fill: shade(step / 23) }));
    }
    return [...made, text(right + 21, EDGE.top + 8, this.high.toFixed(2), "start"), text(right + 21, floor, this.low.toFixed(2), "start"), text(this.width - 4, 9, label, "end", "wb-axis-name")];
  }

  paintMarks() {
    const { line } = this;
    if (!line || !this.width) return this.marks.replaceChildren();
    const ring = (place, name) => place && shape("rect", { ...this.box(...place), class: name });
    const best = this.view.best;
    const top = Number.isInteger(best) ? [Math.floor(best / line.second.length), best % line.second.length] : null;
    this.marks.replaceChildren(...[ring(top, "wb-cell-best"), this.here(), ring(this.cursor, "wb-cell-cursor")].filter(Boolean));
  }

  /** A ring where both sliders stand; between cells where they stand between two values. */
  here() {
    const { now, param, second } = this.view;
    const { line } = this;
    const along = (value, values, one) => {
      const { at } = positions(one);
      const next = values.findIndex((other) => at(other) >= at(value) - 1e-9);
      if (next <= 0) return Math.max(0, next);
      const [low, high] = [at(values[next - 1]), at(values[next])];
      return next - 1 + (at(value) - low) / (high - low || 1);
    };
    const { x, y, width, height } = this.box(along(now[0], line.values, param), along(now[1], line.second, second));
    return shape("circle", { class: "wb-cell-now", cx: x + width / 2, cy: y + height / 2, r: 6 });
  }

  // ---- pointing

  under(event) {
    if (!this.line || !this.width) return null;
    const box = this.svg.getBoundingClientRect();
    const first = this.box(0, 0);
    const column = Math.floor((event.clientX - box.left - first.x) / first.width);
    const row = Math.floor((first.y + first.height - (event.clientY - box.top)) / first.height);
    const inside = column >= 0 && row >= 0 && column < this.line.values.length && row < this.line.second.length;
    return inside ? [column, row] : null;
  }

  /** A page that scrolls under a resting pointer sends moves too: those do not take the cursor from the keys. */
  follow(event) {
    const spot = `${event.screenX},${event.screenY}`;
    if (this.keyed && spot === this.spot) return;
    [this.spot, this.keyed] = [spot, false];
    this.point(this.under(event));
  }

  leave() {
    if (this.keyed) this.point(null);
    this.keyed = false;
  }

  point(place) {
    if (JSON.stringify(place) === JSON.stringify(this.cursor)) return;
    this.cursor = place;
    this.paintMarks();
    if (!place) return say(this.readout, "");
    const { param, second, label } = this.view;
    const [value, other] = [this.line.values[place[0]], this.line.second[place[1]]];
    say(this.readout, `${param.label} ${valueText(value, param)}, ${second.label} ${valueText(other, second)}: ${label} ${threeDecimals(this.score(...place))}`);
  }

  set(place) {
    if (place) this.host.choose(this.line.values[place[0]], this.line.second[place[1]]);
  }

  press(event) {
    const ways = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    if (!this.line || !(ways[event.key] || event.key === "Enter")) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Enter") return this.set(this.cursor);
    const [column, row] = this.cursor ?? [-ways[event.key][0], -ways[event.key][1]];
    this.keyed = true;
    const within = (at, list) => Math.min(list.length - 1, Math.max(0, at));
    this.point([within(column + ways[event.key][0], this.line.values), within(row + ways[event.key][1], this.line.second)]);
  }
}

/** The first, the middle and the last place. */
function ends(list) {
  return [...new Set([0, list.length >> 1, list.length - 1])];
}
