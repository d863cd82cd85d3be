// Two small drawings: how far outlines are apart, and precision over recall at 101 points.
import { h, say } from "./dom.js";

const SVG_SPACE = "http://www.w3.org/2000/svg";
const [PLOT_WIDE, TALL, PLOT_LEFT, PLOT_LOW] = [320, 150, 46, 26];

function shape(tag, attributes, text = "") {
  const element = document.createElementNS(SVG_SPACE, tag);
  Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
  element.textContent = text;
  return element;
}

class Drawing {
  constructor(title) {
    this.title = h("h4", {}, title);
    this.svg = shape("svg", { viewBox: `0 0 ${PLOT_WIDE} ${TALL}`, role: "img", class: "wb-drawing" });
    this.words = h("p", { class: "wb-quietly" });
    this.element = h("section", { class: "wb-graph", "aria-label": title, hidden: true }, this.title, this.svg, this.words);
  }

  /** Axes from 0 to `right` and `top`, with their names. */
  axes(right, across, top, up) {
    const line = shape("path", { d: `M${PLOT_LEFT} 8V${TALL - PLOT_LOW}H${PLOT_WIDE - 8}`, class: "wb-axis" });
    const words = [
      shape("text", { x: PLOT_LEFT, y: TALL - 8 }, "0"),
      shape("text", { x: PLOT_WIDE - 8, y: TALL - 8, "text-anchor": "end" }, `${right} ${across}`),
      shape("text", { x: PLOT_LEFT - 4, y: 16, "text-anchor": "end" }, top),
      shape("text", { x: PLOT_LEFT + 4, y: 16 }, up),
    ];
    return [line, ...words];
  }

  at(x, y) {
    return [PLOT_LEFT + x * (PLOT_WIDE - 8 - PLOT_LEFT), TALL - PLOT_LOW - y * (TALL - PLOT_LOW - 24)];
  }

  put(parts, words) {
    this.svg.replaceChildren(...parts);
    this.svg.setAttribute("aria-label", words);
    say(this.words, words);
  }
}

export class Distances extends Drawing {
  constructor() {
    super("Distances between the outlines");
  }

  show(found) {
    this.element.hidden = !found;
    if (!found) return;
    const { counts, top, p95 } = found;
    const most = Math.max(...counts);
    const bars = counts.map((count, at) => {
      const [[x, y], [end, base]] = [this.at(at / counts.length, count / most), this.at((at + 1) / counts.length, 0)];
      return shape("rect", { x, y, width: Math.max(1, end - x - 1), height: base - y, class: "wb-bar-of" });
    });
    const [x, base] = this.at(Math.min(1, p95 / top), 0);
    const mark = [shape("path", { d: `M${x} 20V${base}`, class: "wb-mark-line" }), shape("text", { x: x > PLOT_WIDE / 2 ? x - 4 : x + 4, y: 30, "text-anchor": x > PLOT_WIDE / 2 ? "end" : "start" }, `95 %: ${p95.toFixed(1)} px`)];
    const total = counts.reduce((sum, count) => sum + count, 0);
    this.put([...this.axes(top.toFixed(1), "px", String(most), "outline pixels"), ...bars, ...mark], `Of ${total} outline pixels 95 % are within ${p95.toFixed(1)} px of the other outline.`);
  }
}

export class Precision extends Drawing {
  constructor() {
    super("Precision over recall, 101 points");
  }

  show(curve) {
    this.element.hidden = !curve;
    if (!curve) return;
    const path = ({ points }) => "M" + points.map((value, at) => this.at(at / (points.length - 1), value).join(" ")).join("L");
    const lines = curve.map((line, at) => shape("path", { d: path(line), class: at ? "wb-ranked second" : "wb-ranked" }));
    const dots = curve[0].points.map((value, at) => {
      const [cx, cy] = this.at(at / (curve[0].points.length - 1), value);
      return shape("circle", { cx, cy, r: 1.6, class: "wb-ranked-dot" });
    });
    const said = curve.map(({ name, area }) => `${name}: area ${area.toFixed(3)}`).join("; ");
    this.put([...this.axes(1, "recall", "1", "precision"), ...lines, ...dots], `${said}.`);
  }
}
