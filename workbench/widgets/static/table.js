// Below the cards: a row a category, a column a method, and the formula with the live numbers.
import { h, threeDecimals } from "./dom.js";

const COLUMNS = [["iou", "IoU"], ["dice", "Dice"]];

export class Below {
  constructor() {
    this.table = h("table", { class: "wb-table" });
    this.formula = h("div", { class: "wb-formula" });
    this.element = h("section", { class: "wb-below", "aria-label": "scores by category" }, h("div", { class: "wb-scroll" }, this.table), this.formula);
  }

  show(cards, touched) {
    const scored = cards.filter((card) => card.result?.table?.length);
    this.table.replaceChildren(...(scored.length ? this.rows(scored) : []));
    this.explain(touched ?? scored[0]);
  }

  rows(cards) {
    const names = [...new Set(cards.flatMap((card) => card.result.table.map((row) => row.category)))];
    const methods = cards.map((card) => h("th", { colspan: COLUMNS.length, scope: "colgroup" }, card.title()));
    const measures = cards.flatMap(() => COLUMNS.map(([, label]) => h("th", { scope: "col" }, label)));
    const head = h("thead", {}, h("tr", {}, h("th", { rowspan: 2, scope: "col" }, "category"), methods), h("tr", {}, measures));
    return [head, h("tbody", {}, names.map((name) => this.row(name, cards)))];
  }

  row(name, cards) {
    const found = cards.map((card) => card.result.table.find((row) => row.category === name) ?? {});
    const best = Object.fromEntries(COLUMNS.map(([key]) => [key, bestOf(found.map((row) => row[key]))]));
    const cells = found.flatMap((row) => COLUMNS.map(([key]) => cell(row[key], best[key])));
    return h("tr", {}, h("th", { scope: "row" }, name), cells);
  }

  /** IoU and Dice of one card, as counts. */
  explain(card) {
    const { counts, lens, labels } = card?.result ?? {};
    if (!counts) return this.formula.replaceChildren();
    const { tp, fp, fn } = counts;
    const n = (value) => Math.round(value).toLocaleString("en").replaceAll(",", "\u202f");
    this.formula.replaceChildren(
      h("h4", {}, `${card.title()}, ${lens} lens`),
      equation(labels?.iou ?? "IoU", "TP", "TP + FP + FN", n(tp), `${n(tp)} + ${n(fp)} + ${n(fn)}`, tp / (tp + fp + fn)),
      equation(labels?.dice ?? "Dice", "2 TP", "2 TP + FP + FN", `2 · ${n(tp)}`, `2 · ${n(tp)} + ${n(fp)} + ${n(fn)}`, (2 * tp) / (2 * tp + fp + fn)),
    );
  }
}

function bestOf(values) {
  const finite = values.filter(Number.isFinite);
  return finite.length > 1 ? Math.max(...finite) : null;
}

function cell(value, best) {
  const why = Number.isFinite(value) ? null : "neither the truth nor the guess has this category under this lens";
  return h("td", { class: best !== null && value === best ? "best" : null, title: why }, threeDecimals(value));
}

function equation(name, over, under, overNumbers, underNumbers, value) {
  const fraction = (top, bottom) => h("span", { class: "wb-fraction" }, h("span", {}, top), h("span", {}, bottom));
  return h("p", {}, h("b", {}, name), " = ", fraction(over, under), " = ", fraction(overNumbers, underNumbers), " = ", h("b", {}, threeDecimals(value)));
}
