// The score along one parameter: a curve that grows, those of other pictures behind it, and a mark where the slider
// stands; dragging anywhere on it turns the slider itself.
import { apart, positions, roundTicks, shape, valueText } from "./axes.js";
import { clamp, h, nextFrame, say, threeDecimals } from "./dom.js";

const MARGIN = { left: 40, right: 16, top: 14, bottom: 30 };
const NAMES = 9.8; // em at the right for the names of other pictures
const READS = 14; // px within which the pointer reads another picture's line
export class Curve {
  /** `host` has `input()`, the slider or other control that is turned, `hold()` and `seal()`. */
  constructor(host) {
    this.host = host;
    this.readout = h("output", { class: "wb-sweep-readout", "aria-live": "off" });
    this.back = shape("g");
    this.marks = shape("g", { class: "wb-now" });
    this.hover = shape("g", { class: "wb-hover" });
    this.svg = shape("svg", { class: "wb-curve", role: "slider", tabindex: 0, "data-sweep": "curve" }, this.back, this.marks, this.hover);
    this.element = h("div", { class: "wb-plot" }, this.svg, this.readout);
    this.repaint = nextFrame(() => this.paint());
    this.watch = new ResizeObserver(() => this.repaint());
    this.watch.observe(this.element);
    this.listen();
  }

  listen() {
    const on = (name, call) => this.svg.addEventListener(name, (event) => this.view && call(event));
    on("pointerdown", (event) => {
      if (event.button > 0) return;
      this.svg.setPointerCapture(event.pointerId);
      this.svg.focus({ preventScroll: true });
      this.dragged = true;
      this.host.hold();
      this.turn(event);
    });
    on("pointermove", (event) => (this.dragged ? this.turn(event) : this.read(event)));
    for (const name of ["pointerup", "pointercancel"]) {
      on(name, () => {
        if (this.dragged) this.host.seal();
        this.dragged = false;
      });
    }
    on("pointerleave", () => this.read(null));
    on("keydown", (event) => this.press(event));
  }

  /**
   * What to show: `param`, `measure` and its `label`, `line` (values and scores by place), `ghost` (the line before), `others`,
   * `best` (a place), `now` (the slider's value), `known` ({value, score} of the mask on screen), `range` of the score.
   */
  show(view) {
    this.view = view;
    this.scale = positions(view.param);
    this.repaint();
  }

  /** The slider of `param` has moved; everything else stands. Of another parameter, a whole view is on its way. */
  move(param, now, known) {
    if (!param || this.view?.param !== param) return;
    Object.assign(this.view, { now, known });
    this.paintMark();
  }

  /** Turn the parameter's own control to where the pointer is. */
  turn(event) {
    const input = this.host.input();
    if (!input) return;
    const box = this.svg.getBoundingClientRect();
    const part = clamp((event.clientX - box.left - MARGIN.left) / (this.right() - MARGIN.left), 0, 1);
    if (this.scale.words) return this.choose(input, Math.min(this.scale.words.length - 1, Math.floor(part * this.scale.words.length)));
    const before = input.value;
    input.value = Number(input.min) + part * (Number(input.max) - Number(input.min));
    if (input.value !== before) input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  choose(input, place) {
    const value = this.scale.words[place];
    if (value === this.view.now) return;
    if (input.type === "checkbox") input.checked = value;
    else input.value = value;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  press(event) {
    const input = this.host.input();
    if (!input) return;
    if (!this.scale.words) {
      // The slider's own keys; it says itself whether one was for it.
      const same = new KeyboardEvent("keydown", { key: event.key, shiftKey: event.shiftKey, cancelable: true });
      if (input.dispatchEvent(same)) return;
    } else {
      const ways = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, Home: -99, End: 99 };
      if (!ways[event.key]) return;
      this.choose(input, clamp(this.scale.words.indexOf(this.view.now) + ways[event.key], 0, this.scale.words.length - 1));
    }
    event.preventDefault();
    event.stopPropagation();
  }

  // ---- drawing

  right() {
    return this.width - (this.view.others.length ? NAMES * this.em : MARGIN.right);
  }

  x(value) {
    return MARGIN.left + this.scale.at(value) * (this.right() - MARGIN.left);
  }

  y(score) {
    const { low, high } = this.view.range;
    const floor = this.height - MARGIN.bottom;
    return floor - ((score - low) / (high - low)) * (floor - MARGIN.top);
  }

  /** The defined points of a line in order: [value, score]. */
  points(line) {
    const found = line.values.map((value, place) => [value, line.scores.get(place)?.[this.view.measure]]);
    return found.filter(([, score]) => Number.isFinite(score));
  }

  paint() {
    if (!this.view || !this.element.clientWidth) return;
    [this.width, this.height] = [this.element.clientWidth, this.element.clientHeight];
    this.em = parseFloat(getComputedStyle(this.element).fontSize);
    this.svg.setAttribute("viewBox", `0 0 ${this.width} ${this.height}`);
    const { line, ghost, others, best } = this.view;
    const parts = [this.frame()];
    if (ghost) parts.push(this.path(ghost, "wb-ghost"));
    others.forEach((other) => parts.push(this.path(other, "wb-other", other.sample), this.peak(other)));
    parts.push(this.names(others));
    if (line) parts.push(this.path(line, "wb-main"), this.dots(line), this.crown(line, best));
    this.back.replaceChildren(...parts.filter(Boolean));
    this.svg.dataset.points = line ? this.points(line).length : 0;
    this.paintMark();
  }

  frame() {
    const { param, label, range } = this.view;
    const floor = this.height - MARGIN.bottom;
    const grid = shape("g", { class: "wb-grid-lines" });
    for (const score of roundTicks(range.low, range.high, 5)) {
      const y = Math.round(this.y(score)) + 0.5;
      grid.append(shape("line", { x1: MARGIN.left, x2: this.right(), y1: y, y2: y }));
      grid.append(shape("text", { x: MARGIN.left - 6, y: y + 4, "text-anchor": "end" }, String(score)));
    }
    for (const value of this.ticks()) {
      const text = shape("text", { x: this.x(value), y: floor + 14, "text-anchor": "middle" }, valueText(value, { ...param, unit: "" }));
      grid.append(text);
    }
    const title = [param.label, param.unit && !param.label.includes(param.unit) ? `, ${param.unit}` : ""].join("");
    grid.append(shape("text", { class: "wb-axis-name", x: (MARGIN.left + this.right()) / 2, y: floor + 27, "text-anchor": "middle" }, title));
    grid.append(shape("text", { class: "wb-axis-name", x: 2, y: 9 }, label));
    return grid;
  }

  ticks() {
    const { param } = this.view;
    if (this.scale.words) return this.scale.words;
    const count = clamp(Math.floor(this.width / 110), 2, 6);
    if (!param.log) return roundTicks(param.min, param.max, count);
    return Array.from({ length: count + 1 }, (_, at) => Number((param.min * (param.max / param.min) ** (at / count)).toPrecision(2)));
  }

  path(line, name, sample) {
    if (this.scale.words) return null; // words have no in-between
    const points = this.points(line).map(([value, score]) => `${this.x(value).toFixed(1)},${this.y(score).toFixed(1)}`);
    return shape("polyline", { class: name, points: points.join(" "), "data-sample": sample });
  }

  dots(line) {
    const group = shape("g", { class: "wb-points" });
    for (const [value, score] of this.points(line)) {
      group.append(shape("circle", { cx: this.x(value).toFixed(1), cy: this.y(score).toFixed(1), r: this.scale.words ? 5 : 2.5, "data-value": value, "data-score-value": score }));
    }
    return group;
  }

  /** The best value of another picture: a ring on its line. */
  peak(line) {
    const place = line.best?.[this.view.measure];
    const score = line.scores.get(place)?.[this.view.measure];
    if (!Number.isFinite(score)) return null;
    return shape("circle", { class: "wb-peak", cx: this.x(line.values[place]), cy: this.y(score), r: 4, "data-sample": line.sample });
  }

  /** The best value here: a triangle that stands on the axis, and its dot filled. */
  crown(line, place) {
    const score = line.scores.get(place)?.[this.view.measure];
    if (!Number.isFinite(score)) return null;
    const [x, y] = [this.x(line.values[place]), this.y(score)];
    return shape("g", { class: "wb-best" }, shape("circle", { cx: x, cy: y, r: 5 }), shape("path", { d: `M${x - 5},${y - 9}h10l-5,-8z`, transform: `rotate(180 ${x} ${y - 13})` }));
  }

  /** Names beside the ends of the lines, moved apart where they would meet. */
  names(others) {
    const group = shape("g", { class: "wb-other-names" });
    const ends = others.map((line) => [line, this.points(line).at(-1)?.[1]]).filter(([, score]) => Number.isFinite(score));
    const placed = apart(ends.map(([line, score]) => ({ line, y: this.y(score) })).sort((a, b) => a.y - b.y), MARGIN.top, this.height - MARGIN.bottom - 4, 0.93 * this.em);
    for (const { line, y } of placed) {
      const text = line.title.length > 18 ? `${line.title.slice(0, 17)}…` : line.title;
      const end = this.y(this.points(line).at(-1)[1]);
      group.append(shape("path", { d: `M${this.right() + 1},${end}l9,${y - end}` }), shape("text", { x: this.right() + 13, y: y + 4 }, text));
    }
    return group;
  }

  /** Where the slider stands; the dot is the mask on screen, which may be one answer behind. */
  paintMark() {
    if (!this.width) return;
    const { now, known, param, label } = this.view;
    const floor = this.height - MARGIN.bottom;
    const x = this.x(now);
    const parts = [shape("line", { x1: x, x2: x, y1: MARGIN.top, y2: floor })];
    if (known && Number.isFinite(known.score)) {
      const [left, y] = [this.x(known.value), this.y(known.score)];
      const side = left > this.width - 150 ? -1 : 1;
      parts.push(shape("circle", { cx: left, cy: y, r: 6 }));
      const words = { x: left + side * 10, y: y < MARGIN.top + 20 ? y + 18 : y - 9, "text-anchor": side > 0 ? "start" : "end" };
      parts.push(shape("text", words, threeDecimals(known.score)));
    }
    this.marks.replaceChildren(...parts);
    this.describe(now, known, param, label);
  }

  describe(now, known, param, label) {
    const { svg, scale } = this;
    const score = known && JSON.stringify(known.value) === JSON.stringify(now) ? `, ${label} ${threeDecimals(known.score)}` : "";
    const words = { "aria-label": `${label} along ${param.label}; drag or use the arrow keys to set it`, "aria-valuetext": valueText(now, param) + score };
    const range = scale.words ? [0, scale.words.length - 1, scale.words.indexOf(now)] : [param.min, param.max, now];
    const numbers = { "aria-valuemin": range[0], "aria-valuemax": range[1], "aria-valuenow": range[2] };
    for (const [name, value] of Object.entries({ ...words, ...numbers })) svg.setAttribute(name, value);
  }

  /** Read off what is nearest to the pointer. */
  read(event) {
    const found = event && this.view.line ? this.nearest(event) : null;
    this.hover.replaceChildren(...(found ? [shape("circle", { cx: found.x, cy: found.y, r: 4 })] : []));
    if (!found) return say(this.readout, "");
    const { param, label } = this.view;
    const whose = found.line.sample ? `${found.line.title}: ` : "";
    say(this.readout, `${whose}${param.label} ${valueText(found.value, param)}, ${label} ${threeDecimals(found.score)}`);
  }

  nearest(event) {
    const box = this.svg.getBoundingClientRect();
    const [px, py] = [event.clientX - box.left, event.clientY - box.top];
    const { line, others } = this.view;
    const on = (one, far) => this.points(one).map(([value, score]) => {
      const [x, y] = [this.x(value), this.y(score)];
      return { line: one, value, score, x, y, far: far(Math.abs(x - px), Math.abs(y - py)) };
    });
    const close = others.flatMap((one) => on(one, (dx, dy) => Math.hypot(dx, dy))).filter((point) => point.far < READS);
    const mine = on(line, (dx, dy) => dx + dy / 50);
    const all = close.length ? [...close, ...mine.map((point) => ({ ...point, far: Math.hypot(point.x - px, point.y - py) }))] : mine;
    return all.reduce((a, b) => (a && a.far <= b.far ? a : b), null);
  }
}
