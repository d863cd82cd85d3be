// The lens matrix for one answer: what each lens makes of truth and answer, its headline numbers, and what that cost.
import { duration, h, threeDecimals } from "./dom.js";

export class LensTable {
  constructor() {
    this.head = h("th", { scope: "col" });
    const columns = ["lens", "the truth becomes"].map((name) => h("th", { scope: "col" }, name));
    const rest = ["numbers", "took"].map((name) => h("th", { scope: "col" }, name));
    this.body = h("tbody");
    const table = h("table", { class: "wb-table wb-lenses" }, h("thead", {}, h("tr", {}, columns, this.head, rest)), this.body);
    this.element = h("section", { class: "wb-matrix", "aria-label": "five lenses" }, h("h4", {}, "The same answer under five lenses"), h("div", { class: "wb-scroll", tabindex: 0, role: "group", "aria-label": "table of lenses" }, table));
  }

  show({ lenses, yields }) {
    this.head.textContent = `this answer (${yields}) becomes`;
    this.body.replaceChildren(...lenses.map((one) => this.row(one)));
  }

  row({ name, truth, guess, numbers, named_by_truth: named, ms }) {
    const number = ({ key, label, value, why }) => h("span", { class: "wb-lens-number" }, `${label} `, h("b", { "data-score": key, "data-value": Number.isFinite(value) ? String(value) : "", title: why || null }, threeDecimals(value)));
    const words = named ? `${guess} (named by the truth: an upper bound)` : guess;
    return h("tr", { "data-lens": name }, h("th", { scope: "row" }, name), h("td", {}, truth), h("td", { "data-projection": "" }, words), h("td", {}, numbers.map(number)), h("td", {}, duration(ms)));
  }
}
