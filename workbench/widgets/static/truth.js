// The truth's card: its canvas, what it counts, and the legend of the colours in use.
import { h, say } from "./dom.js";
import { CHANGE_HATCH, DIFFERENCE_HATCH, VERDICT_HATCH } from "./layers.js";
import { CHANGE, VERDICT, colours, hatchOf, paintHatch } from "./palette.js";
import { Pane } from "./pane.js";
import { EXTRA, GAINED, HIT, LOST, MISSED } from "./verdict.js";

const LEGENDS = {
  error: [
    [VERDICT.hit, VERDICT_HATCH[HIT], "hit: both say so"],
    [VERDICT.missed, VERDICT_HATCH[MISSED], "missed: only the truth"],
    [VERDICT.extra, VERDICT_HATCH[EXTRA], "extra: only the guess"],
  ],
  changed: [
    [CHANGE.gained, CHANGE_HATCH[GAINED], "right since the last move"],
    [CHANGE.lost, CHANGE_HATCH[LOST], "wrong since the last move"],
  ],
  difference: [
    ["#FFFFFF", DIFFERENCE_HATCH[EXTRA], "only this method"],
    ["#000000", DIFFERENCE_HATCH[MISSED], "only the other"],
    ["#B0B0B0", DIFFERENCE_HATCH[4], "both, otherwise named"],
    ["#808080", DIFFERENCE_HATCH[HIT], "both alike"],
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
    this.picture = h("p", { class: "wb-credit" });
    this.about = h("p");
    this.more = h("details", { class: "wb-about" }, h("summary", {}, "about picture and truth"), this.about);
    this.element = h(
      "article",
      { class: "wb-card wb-truth", "aria-label": "truth" },
      this.pane.element,
      h("div", { class: "wb-side" }, h("header", {}, this.name), this.summary, this.legend, this.picture, this.more),
    );
    desk.on("view", () => this.explain());
  }

  /** Say what the picture is and what its truth counts. */
  describe({ image, truth }) {
    const [height, width] = image.size;
    const scale = image.scale && image.scale !== 1 ? `, shown at ${Math.round(100 * image.scale)} %` : "";
    say(this.summary, truth ? truth.summary : "no truth for this image");
    say(this.picture, `${image.title}, ${width} × ${height}${scale}`);
    const about = [truth?.agreement, image.note, image.credit].filter(Boolean).map((text) => h("span", {}, text));
    this.about.replaceChildren(...about);
    this.more.hidden = about.length === 0;
    const said = truth ? `truth of ${image.title}: ${truth.summary}` : `${image.title}, without truth`;
    this.pane.canvas.setAttribute("aria-label", said);
  }

  /** Show the legend of the view in use; built anew only where it differs. */
  explain() {
    const { mode, palette } = this.desk.view;
    const entries = LEGENDS[mode] ?? this.categories(palette);
    const wanted = JSON.stringify([entries, palette === "print"]);
    if (wanted === this.listed) return;
    this.listed = wanted;
    const item = ([colour, hatch, text]) => h("li", {}, swatch(colour, palette === "print" ? hatch : null), h("span", {}, text));
    this.legend.replaceChildren(...entries.map(item));
  }

  /** Every category on the page once; a plain "foreground" only where no truth says what it is. */
  categories(palette) {
    const seen = new Map();
    for (const { plane } of this.desk.panes) {
      if (!plane) continue;
      const [shades, hatches] = [colours(plane, palette, true), hatchOf(plane)];
      plane.named.forEach((category, place) => {
        if (category && !seen.has(category.name)) seen.set(category.name, [shades[place], hatches[place], category.name]);
      });
    }
    if (this.pane.plane) seen.delete("foreground");
    return [...seen.values()];
  }
}

/** A colour, or for print a hatch (-1 is blank), as a small square. */
function swatch(colour, hatch) {
  if (hatch === null) return h("i", { class: "wb-swatch", style: `background: ${colour}` });
  const canvas = h("canvas", { class: "wb-swatch", width: 24, height: 24 });
  const data = new ImageData(24, 24);
  paintHatch(new Uint32Array(data.data.buffer), new Uint8Array(24 * 24), [hatch], 24, 8);
  canvas.getContext("2d").putImageData(data, 0, 0);
  return canvas;
}
