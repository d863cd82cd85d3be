// The truth's card: its canvas, what it counts, and the legend of the colours in use.
import { h, say } from "./dom.js";
import { VERDICT, colours } from "./palette.js";
import { Pane } from "./pane.js";

const LEGENDS = {
  error: [
    [VERDICT.hit, "hit: both say so"],
    [VERDICT.missed, "missed: only the truth does"],
    [VERDICT.extra, "extra: only the guess does"],
  ],
  difference: [
    ["#FFFFFF", "only this method"],
    ["#000000", "only the other"],
    ["#B0B0B0", "both, under other names"],
    ["#80808066", "both alike"],
  ],
};

export class TruthCard {
  constructor(desk) {
    this.desk = desk;
    this.pane = new Pane(desk, "truth", "truth");
    desk.truth = this.pane;
    this.name = h("h3", {}, "truth");
    this.summary = h("p", { class: "wb-meta" });
    this.legend = h("ul", { class: "wb-legend" });
    this.credit = h("p", { class: "wb-credit" });
    this.agreement = h("p", { class: "wb-credit" });
    this.element = h(
      "article",
      { class: "wb-card wb-truth", "aria-label": "truth" },
      this.pane.element,
      h("div", { class: "wb-side" }, h("header", {}, this.name), this.summary, this.legend, this.agreement, this.credit),
    );
    desk.on("view", () => this.explain());
  }

  /** Say what the picture is and what its truth counts. */
  describe({ image, truth }) {
    const [height, width] = image.size;
    const scale = image.scale && image.scale !== 1 ? `, shown at ${Math.round(100 * image.scale)} %` : "";
    say(this.summary, truth ? truth.summary : "no truth for this image");
    say(this.agreement, truth?.agreement ?? "");
    say(this.credit, [`${image.title}, ${width} × ${height}${scale}`, image.note, image.credit].filter(Boolean).join(". "));
    this.credit.title = this.credit.textContent;
    const said = truth ? `truth of ${image.title}: ${truth.summary}` : `${image.title}, without truth`;
    this.pane.canvas.setAttribute("aria-label", said);
  }

  explain() {
    const { mode } = this.desk.view;
    const fixed = LEGENDS[mode];
    const entries = fixed ?? this.categories();
    this.legend.replaceChildren(
      ...entries.map(([colour, text]) => h("li", {}, h("i", { class: "wb-swatch", style: `background: ${colour}` }), h("span", {}, text))),
    );
  }

  categories() {
    const { plane } = this.pane;
    if (!plane) return [];
    const shades = colours(plane, this.desk.view.palette, true);
    const seen = new Map();
    plane.named.forEach((category, place) => category && seen.set(category.name, shades[place]));
    return plane.categories.filter(({ name }) => seen.has(name)).map(({ name }) => [seen.get(name), name]);
  }
}
