// The cards on several pictures: a row of dots a card, its mean with a 95 % interval, and who is better how surely.
import { shape } from "./axes.js";
import { h, plural, say, threeDecimals } from "./dom.js";

const STRIP = { width: 320, height: 30, side: 8 };

export class Several {
  /** `app` is the compare page around it. */
  constructor(app) {
    Object.assign(this, { app, number: 0, asked: "", rows: new Map(), spread: {} });
    this.start = h("button", { class: "wb-button", onclick: () => this.ask() }, "measure");
    this.cancel = h("button", { class: "wb-button", hidden: true, onclick: () => app.link.send({ type: "halt", what: "several" }) }, "cancel");
    this.progress = h("span", { class: "wb-sweep-progress", role: "status" });
    this.head = h("thead");
    this.body = h("tbody");
    this.verdicts = h("ul", { class: "wb-verdicts" });
    const hint = h("p", { class: "wb-none" }, "Each card's setting on every sample of this kind: one picture's best need not be another's. Seeds and boxes stay here.");
    const bar = h("div", { class: "wb-bar" }, this.start, this.cancel, this.progress);
    const table = h("div", { class: "wb-scroll" }, h("table", { class: "wb-table" }, this.head, this.body));
    this.element = h("details", { class: "wb-several" }, h("summary", {}, "on several pictures"), hint, bar, table, this.verdicts);
    this.setState("empty");
  }

  setState(name) {
    this.element.dataset.state = name;
    this.cancel.hidden = name !== "running";
    say(this.start, name === "empty" ? "measure" : "measure again");
  }

  /** What the numbers depend on. */
  question() {
    const { cards, lens } = this.app.store.work;
    return JSON.stringify([cards, lens]);
  }

  ask() {
    this.asked = this.question();
    this.number = Math.max(this.number + 1, Date.now());
    this.rows = new Map(this.app.store.work.cards.map((card) => [card.id, new Map()]));
    this.spread = {};
    this.verdicts.replaceChildren();
    this.setState("running");
    this.app.link.send({ type: "several", number: this.number });
  }

  /** The page has changed: numbers of another setting are shown as old ones. */
  follow() {
    const { state } = this.element.dataset;
    if (state !== "empty" && this.question() !== this.asked) {
      this.setState("stale");
      say(this.progress, "of the settings before");
    }
  }

  receive(content) {
    if (content.number !== this.number) return;
    if (content.kind === "begin") Object.assign(this, { pictures: content.pictures, label: content.label });
    if (content.kind === "score") this.rows.get(content.card)?.set(content.sample, content);
    if (content.kind === "end") this.end(content);
    else say(this.progress, `${this.count()} of ${this.pictures * this.rows.size}`);
    this.draw();
  }

  count() {
    return [...this.rows.values()].reduce((sum, row) => sum + row.size, 0);
  }

  end({ how, spread, verdicts }) {
    this.spread = spread;
    this.setState("idle");
    say(this.progress, how === "done" ? plural(this.pictures, "picture") : `stopped after ${this.count()} of ${this.pictures * this.rows.size}`);
    this.verdicts.replaceChildren(...verdicts.map((sentence) => h("li", {}, sentence)));
  }

  draw() {
    const heads = ["method", this.label ?? "", "mean", "95 % interval", "pictures"].map((name) => h("th", { scope: "col" }, name));
    this.head.replaceChildren(h("tr", {}, heads));
    this.body.replaceChildren(...[...this.rows].map(([id, row]) => this.row(id, row)));
  }

  row(id, row) {
    const { mean, low, high, n } = this.spread[id] ?? {};
    const number = (value, key) => h("td", { "data-several": key, "data-value": value ?? "" }, threeDecimals(value));
    const between = h("td", { "data-low": low ?? "", "data-high": high ?? "" }, Number.isFinite(low) ? `${threeDecimals(low)} to ${threeDecimals(high)}` : "–");
    const name = h("th", { scope: "row" }, this.app.cards.get(id)?.title() ?? id);
    return h("tr", { "data-of": id }, name, h("td", {}, this.dots(row, mean, low, high)), number(mean, "mean"), between, h("td", {}, n ?? "–"));
  }

  dots(row, mean, low, high) {
    const { width, height, side } = STRIP;
    const found = [...row.values()].filter(({ value }) => Number.isFinite(value));
    const least = Math.min(0, ...found.map(({ value }) => value));
    const x = (value) => side + ((width - 2 * side) * (value - least)) / (1 - least);
    const words = found.map(({ title, value }) => `${title} ${threeDecimals(value)}`).join(", ");
    const view = shape("svg", { viewBox: `0 0 ${STRIP.width} ${STRIP.height}`, class: "wb-dots", role: "img", "aria-label": words || "no numbers yet" });
    view.append(shape("line", { class: "wb-base", x1: x(least), x2: x(1), y1: height / 2, y2: height / 2 }));
    if (Number.isFinite(low)) view.append(shape("rect", { class: "wb-interval", x: x(low), y: height / 2 - 7, width: Math.max(1, x(high) - x(low)), height: 14 }));
    view.append(...found.map((one) => this.dot(one, x)));
    if (Number.isFinite(mean)) view.append(shape("line", { class: "wb-mean", x1: x(mean), x2: x(mean), y1: 3, y2: height - 3 }));
    return view;
  }

  dot({ sample, title, value }, x) {
    const made = shape("circle", { cx: x(value).toFixed(1), cy: STRIP.height / 2, r: 4, "data-sample": sample, "data-score-value": value });
    made.append(shape("title", {}, `${title}: ${threeDecimals(value)}; click to look at it`));
    made.addEventListener("click", () => this.app.pick("image", sample));
    return made;
  }
}
