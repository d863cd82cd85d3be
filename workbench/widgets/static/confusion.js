// The confusion matrix: a row a name in the truth, a column a name in the guess; a cell lights up its pixels.
import { h } from "./dom.js";

export class Confusion {
  /** `light(truth, guess)` shows the pixels of one cell by their names, and with null the picture again. */
  constructor(light) {
    this.light = light;
    this.table = h("table", { class: "wb-table wb-confusion" });
    this.element = h("section", { class: "wb-graph", "aria-label": "confusion matrix" }, h("h4", {}, "Confusion: truth by guess, in pixels"), h("div", { class: "wb-scroll" }, this.table));
  }

  show(cells) {
    this.element.hidden = cells.length === 0;
    const wanted = JSON.stringify(cells);
    if (wanted === this.listed) return;
    this.listed = wanted;
    const truths = [...new Set(cells.map((cell) => cell.truth))];
    const others = [...new Set(cells.map((cell) => cell.guess))];
    const guesses = [...truths.filter((name) => others.includes(name)), ...others.filter((name) => !truths.includes(name))];
    const most = Math.max(...cells.map((cell) => cell.pixels));
    const found = new Map(cells.map((cell) => [`${cell.truth}/${cell.guess}`, cell.pixels]));
    const head = h("tr", {}, h("th", { scope: "col" }, "truth \\ guess"), guesses.map((name) => h("th", { scope: "col" }, name)));
    const rows = truths.map((truth) => h("tr", {}, h("th", { scope: "row" }, truth), guesses.map((guess) => this.cell(truth, guess, found.get(`${truth}/${guess}`) ?? 0, most))));
    const focused = this.table.contains(document.activeElement) ? document.activeElement.dataset.cell : null;
    this.table.replaceChildren(h("thead", {}, head), h("tbody", {}, rows));
    if (focused) this.table.querySelector(`[data-cell="${CSS.escape(focused)}"]`)?.focus();
  }

  cell(truth, guess, pixels, most) {
    const on = () => this.light(truth, guess);
    const off = () => this.light(null, null);
    const strength = pixels ? 8 + Math.round(32 * Math.sqrt(pixels / most)) : 0;
    const kind = truth === guess ? "right" : "wrong";
    const said = `truth ${truth}, guess ${guess}: ${pixels} pixels`;
    const look = { class: "wb-cell", "data-cell": `${truth}/${guess}`, "data-kind": kind, style: `--strength: ${strength}%` };
    const listens = { onmouseenter: on, onmouseleave: off, onfocus: on, onblur: off };
    return h("td", { ...look, ...listens, tabindex: pixels ? 0 : null, "aria-label": said, title: said }, pixels ? pixels.toLocaleString("en").replaceAll(",", "\u202f") : "·");
  }
}
