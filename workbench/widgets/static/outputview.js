// One view of an answer: its canvas, its numbers, the things and stuff that it names, and what it cannot say.
import { h, say } from "./dom.js";
import { colours } from "./palette.js";
import { Pane } from "./pane.js";
import { Scores } from "./scores.js";

export class OutputView {
  constructor(desk, name, title, question) {
    this.name = name;
    this.desk = desk;
    this.pane = new Pane(desk, name, title);
    this.scores = new Scores();
    this.names = h("div", { class: "wb-named" });
    this.remark = h("p", { class: "wb-remark" });
    this.loss = h("p", { class: "wb-loss", "data-loss": name, role: "status", hidden: true });
    const side = h("div", { class: "wb-side" }, h("header", {}, h("h3", {}, title)), h("p", { class: "wb-question" }, question), this.scores.element, this.loss, this.names, this.remark);
    this.element = h("article", { class: "wb-card", "data-card": name, "data-state": "stale", "aria-label": title }, this.pane.element, side);
  }

  show(plane, { numbers, remark, summary, loss }) {
    const pairs = (key) => Object.fromEntries(numbers.map((one) => [one.key, one[key]]));
    const scores = { headline: numbers.map(({ key }) => key), scores: pairs("value"), labels: pairs("label"), why: pairs("why"), lens: this.name };
    this.scores.show(scores);
    say(this.remark, remark);
    this.remark.title = remark;
    say(this.loss, loss.sentence);
    this.loss.dataset.count = loss.count;
    this.list(plane);
    this.pane.canvas.setAttribute("aria-label", [`${this.name} view`, this.scores.words(), summary].join(", "));
    this.pane.show(plane);
  }

  /** The things and the stuff that this view names, each with how many there are where it can count. */
  list(plane) {
    const shades = colours(plane, "default", true);
    const seen = new Map();
    plane.named.forEach((category, place) => {
      if (!category || plane.ids[place] === 0) return;
      const one = seen.get(category.name) ?? { ...category, shade: shades[place], count: 0 };
      seen.set(category.name, { ...one, count: one.count + 1 });
    });
    const kinds = ["thing", "stuff"].map((kind) => this.kind(kind, [...seen.values()].filter((one) => one.kind === kind)));
    this.names.replaceChildren(...kinds.flat());
  }

  kind(kind, found) {
    const counts = kind === "thing" && this.name !== "semantic";
    const entry = ({ name, shade, count }) => h("li", {}, h("i", { class: "wb-swatch", style: `background: ${shade}` }), h("span", {}, counts ? `${name} × ${count}` : name));
    const title = kind === "thing" ? "things" : "stuff";
    if (!found.length) return [h("p", { class: "wb-kind" }, `no ${title}`)];
    return [h("p", { class: "wb-kind" }, title), h("ul", { class: "wb-legend" }, found.map(entry))];
  }

  /** Mark what the view cannot say and say it in a sentence, or, with null, neither. */
  mark(draw) {
    this.pane.marks = draw;
    this.loss.hidden = !draw;
  }
}
