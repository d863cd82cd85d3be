// Who took whom: a row a pair of segments, joined by their IoU; failures first, with the 0.5 that they did not reach.
import { h } from "./dom.js";

const MOST_ROWS = 60;
const WORDS = { matched: "matched", missed: "missed", extra: "extra" };

export class Matches {
  /** `point(at)` shows where a segment is, `go(at)` zooms to it. */
  constructor({ point, go }) {
    Object.assign(this, { point, go });
    this.title = h("h4");
    this.list = h("ul", { class: "wb-matches" });
    this.element = h("section", { class: "wb-graph", "aria-label": "matching" }, this.title, this.list);
  }

  show(pairs) {
    this.element.hidden = pairs.length === 0;
    const wanted = JSON.stringify(pairs);
    if (wanted === this.listed) return;
    this.listed = wanted;
    const count = (state) => pairs.filter((pair) => pair.state === state).length;
    this.title.textContent = `Matching: ${count("matched")} matched, ${count("missed")} missed, ${count("extra")} extra`;
    const more = pairs.length > MOST_ROWS ? [h("li", { class: "wb-quietly" }, `and ${pairs.length - MOST_ROWS} more`)] : [];
    this.list.replaceChildren(...pairs.slice(0, MOST_ROWS).map((pair) => this.row(pair)), ...more);
  }

  row({ state, category, truth, guess, iou }) {
    const at = state === "extra" ? guess : truth;
    const near = state !== "matched" && iou >= 0.25;
    const failed = near ? `, just failed: ${iou.toFixed(2)} is not above 0.5` : "";
    const said = `${category}, ${WORDS[state]}${state === "matched" ? `, IoU ${iou.toFixed(3)}` : failed}`;
    const dot = (there, kind) => h("i", { class: there ? "wb-dot" : "wb-dot none", "data-counts": kind });
    const line = h("span", { class: near || state === "matched" ? "wb-edge" : "wb-edge none" }, h("i", { style: `width: ${Math.round(100 * iou)}%`, "data-counts": state === "matched" ? "hit" : state }));
    const sides = [dot(state !== "extra", state === "matched" ? "hit" : "missed"), line, dot(state !== "missed" || near, state === "matched" ? "hit" : "extra")];
    const listens = { onmouseenter: () => this.point(at), onfocus: () => this.point(at), onmouseleave: () => this.point(null), onclick: () => this.go(at) };
    return h("li", {}, h("button", { class: "wb-match", "data-state": state, title: said, "aria-label": said, ...listens }, h("span", {}, category), sides, h("b", {}, iou ? iou.toFixed(2) : "–")));
  }
}
