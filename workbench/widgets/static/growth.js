// A chart of what grows with the steps of a training: the loss on a log scale, or scores between 0 and 1.
import { apart, roundTicks, shape } from "./axes.js";
import { clamp, h, nextFrame, say } from "./dom.js";

const EDGE = { left: 44, right: 74, top: 18, bottom: 24 };
const MOST = 500; // points that a line is drawn with

/** A number on a log axis, as people write it. */
const plainly = (value) => (value >= 1e4 || (value && value < 1e-3) ? value.toExponential(0).replace("+", "") : String(value));

export class Growth {
  /** `title` names the y axis; a log chart has no zero, any other reaches from 0 to 1. */
  constructor(name, title, isLog) {
    Object.assign(this, { title, isLog, lines: [], steps: 1, at: null });
    this.readout = h("output", { class: "wb-sweep-readout", "aria-live": "off" });
    this.svg = shape("svg", { role: "img", "data-growth": name });
    this.words = h("p", { class: "wb-quietly" });
    this.plot = h("div", { class: "wb-plot wb-growth" }, this.svg, this.readout);
    this.element = h("section", { class: "wb-graph", "aria-label": title }, this.plot, this.words);
    this.repaint = nextFrame(() => this.paint());
    this.watch = new ResizeObserver(() => this.repaint());
    this.watch.observe(this.plot);
    this.svg.addEventListener("pointermove", (event) => this.read(event));
    this.svg.addEventListener("pointerleave", () => say(this.readout, ""));
  }

  /** Show lines ({name, kind, points: [[step, value]]}) of a training of so many steps, a mark at one, and what they say. */
  show(lines, steps, at, words) {
    Object.assign(this, { lines, steps, at });
    say(this.words, words);
    this.svg.setAttribute("aria-label", words || `${this.title}: nothing yet`);
    this.svg.dataset.points = lines.reduce((sum, { points }) => sum + points.length, 0);
    this.repaint();
  }

  close() {
    this.watch.disconnect();
  }

  x(step) {
    return EDGE.left + (step / this.steps) * (this.width - EDGE.left - EDGE.right);
  }

  y(value) {
    const floor = this.height - EDGE.bottom;
    const [low, high] = this.range;
    const part = this.isLog ? Math.log(Math.max(value, low) / low) / Math.log(high / low) : (value - low) / (high - low);
    return floor - clamp(part, 0, 1) * (floor - EDGE.top);
  }

  /** The whole decades, or halves of one, that the values lie in. */
  span() {
    if (!this.isLog) return [0, 1];
    const values = this.lines.flatMap(({ points }) => points.map(([, value]) => value)).filter((value) => value > 0);
    if (!values.length) return [0.1, 10];
    const [least, most] = [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
    const low = 10 ** Math.floor(Math.log10(least));
    return [low, Math.max(10 * low, 10 ** Math.ceil(Math.log10(most)))];
  }

  ticks() {
    const [low, high] = this.range;
    if (!this.isLog) return roundTicks(0, 1, 5);
    const decades = Math.round(Math.log10(high / low));
    const every = Math.ceil(decades / 5);
    const tens = Array.from({ length: Math.floor(decades / every) + 1 }, (_, at) => Number((low * 10 ** (at * every)).toPrecision(1)));
    const between = decades > 1 ? [] : [2, 5].map((part) => Number((part * low).toPrecision(1)));
    return [...tens, ...between];
  }

  paint() {
    [this.width, this.height] = [this.plot.clientWidth, this.plot.clientHeight];
    if (!this.width) return;
    this.range = this.span();
    this.svg.setAttribute("viewBox", `0 0 ${this.width} ${this.height}`);
    const mark = this.at === null ? null : shape("line", { class: "wb-growth-at", x1: this.x(this.at), x2: this.x(this.at), y1: EDGE.top, y2: this.height - EDGE.bottom });
    this.svg.replaceChildren(...[this.frame(), mark, ...this.lines.map((line) => this.path(line)), this.names()].filter(Boolean));
  }

  frame() {
    const floor = this.height - EDGE.bottom;
    const grid = shape("g", { class: "wb-grid-lines" });
    for (const value of this.ticks()) {
      const y = Math.round(this.y(value)) + 0.5;
      grid.append(shape("line", { x1: EDGE.left, x2: this.width - EDGE.right, y1: y, y2: y }));
      grid.append(shape("text", { x: EDGE.left - 6, y: y + 4, "text-anchor": "end" }, plainly(value)));
    }
    for (const step of [0, this.steps]) {
      grid.append(shape("text", { x: this.x(step), y: floor + 15, "text-anchor": step ? "end" : "start" }, String(step)));
    }
    grid.append(shape("text", { x: (this.x(0) + this.x(this.steps)) / 2, y: floor + 15, "text-anchor": "middle" }, "step"));
    grid.append(shape("text", { x: 2, y: 10 }, this.isLog ? `${this.title}, log scale` : this.title));
    return grid;
  }

  path({ points, kind }) {
    const stride = Math.max(1, Math.ceil(points.length / MOST));
    const kept = points.filter((_, at) => at % stride === 0 || at === points.length - 1);
    const places = kept.map(([step, value]) => `${this.x(step).toFixed(1)},${this.y(value).toFixed(1)}`);
    return shape("polyline", { class: `wb-growth-line ${kind}`, points: places.join(" ") });
  }

  /** Names and last values beside the ends of the lines, moved apart where they would meet. */
  names() {
    const group = shape("g", { class: "wb-growth-names" });
    const ends = this.lines.filter(({ points }) => points.length).map((line) => ({ line, last: line.points.at(-1), y: this.y(line.points.at(-1)[1]) }));
    const placed = apart(ends.sort((a, b) => a.y - b.y), EDGE.top + 4, this.height - EDGE.bottom - 14, 27);
    for (const { line, last, y } of placed) {
      const x = this.x(last[0]) + 6;
      const value = Math.abs(last[1]) >= 1000 ? last[1].toExponential(1).replace("+", "") : last[1].toFixed(3);
      group.append(shape("text", { x, y: y + 4, class: line.kind }, value), shape("text", { x, y: y + 16 }, line.name));
    }
    return group;
  }

  /** Read off the values nearest to the pointer. */
  read(event) {
    if (!this.width) return;
    const step = ((event.offsetX - EDGE.left) / (this.width - EDGE.left - EDGE.right)) * this.steps;
    const off = (point) => Math.abs(point[0] - step);
    const near = this.lines.filter(({ points }) => points.length).map(({ name, points }) => [name, points.reduce((a, b) => (off(b) < off(a) ? b : a))]);
    const said = near.map(([name, [, value]]) => `${name} ${Number(value.toPrecision(3))}`);
    say(this.readout, near.length ? `step ${near[0][1][0]}: ${said.join(", ")}` : "");
  }
}
