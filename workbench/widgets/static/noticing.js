// Which metric hides this error? Every metric of the lens: of a perfect guess, now, and how much of all it could say it said.
import { h, say, threeDecimals } from "./dom.js";

const ORDERS = [["noticed", "loudest"], ["listed", "as listed"]];

export class Noticing {
  /** `choose(name)` shows a metric's formula and pixels. */
  constructor(choose) {
    this.choose = choose;
    this.order = h("select", { "aria-label": "order", onchange: () => this.lay() });
    this.order.append(...ORDERS.map(([value, text]) => h("option", { value }, text)));
    this.body = h("tbody");
    const heads = ["metric", "perfect", "now", "noticed"].map((text) => h("th", { scope: "col" }, text));
    const table = h("table", { class: "wb-table wb-noticing" }, h("thead", {}, h("tr", {}, heads)), this.body);
    const title = h("header", {}, h("h4", {}, "Which metric hides the error?"), this.order);
    this.element = h("section", { class: "wb-hiding", "aria-label": "all metrics" }, title, h("div", { class: "wb-hiding-scroll", tabindex: 0, role: "region", "aria-label": "metrics, before and now" }, table));
    [this.rows, this.known] = [new Map(), {}];
  }

  /** Take the names in order, what they are, and whose numbers are known. */
  show(names, metrics, rows, shown) {
    this.known = Object.fromEntries(names.map((name) => [name, rows.get(name)]));
    names.forEach((name) => this.rows.has(name) || this.rows.set(name, this.row(name, metrics[name])));
    names.forEach((name) => this.fill(name, metrics[name], rows.get(name), name === shown));
    this.names = names;
    this.lay();
  }

  row(name, { title, summary }) {
    const press = h("button", { class: "wb-chip-button", "data-metric": name, title: summary, onclick: () => this.choose(name) }, title);
    const now = h("td", { "data-score": name });
    const cells = { press, perfect: h("td"), now, change: h("small"), noticed: h("td"), bar: h("i") };
    cells.noticed.append(cells.bar, (cells.share = h("span")));
    cells.element = h("tr", {}, h("th", { scope: "row" }, press), cells.perfect, now, cells.noticed);
    return cells;
  }

  fill(name, { source, unit }, row, shown) {
    const cells = this.rows.get(name);
    cells.press.setAttribute("aria-pressed", String(shown));
    cells.element.classList.toggle("old", !row || Boolean(row.old));
    if (!row) return;
    say(cells.perfect, number({ value: row.perfect }, source));
    say(cells.now, number(row, source));
    cells.now.dataset.value = Number.isFinite(row.value) ? String(row.value) : "";
    cells.now.title = row.why ? `undefined: ${row.why}` : `${row.value ?? "∞"} ${unit}`;
    const share = row.noticed;
    cells.bar.style.width = `${Math.round(28 * (share ?? 0))}px`;
    say(cells.share, share === null ? "" : share === 0 ? "hidden" : `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`);
    cells.noticed.title = share === null ? "not ranked: a count, or undefined" : "of all that this metric could say";
  }

  lay() {
    const loud = (name) => this.known[name]?.noticed ?? -1;
    const names = this.order.value === "noticed" ? [...this.names].sort((a, b) => loud(b) - loud(a)) : this.names;
    const wanted = names.map((name) => this.rows.get(name).element);
    const now = [...this.body.children];
    if (wanted.length !== now.length || wanted.some((row, at) => row !== now[at])) {
      const held = this.body.contains(document.activeElement) ? document.activeElement : null;
      this.body.replaceChildren(...wanted);
      held?.focus({ preventScroll: true });
    }
  }
}

/** As people read it: counts whole, others with three decimals. */
function number({ value, endless }, source) {
  if (endless) return "∞";
  return source === "counting" && Number.isFinite(value) ? String(value) : threeDecimals(value ?? NaN);
}
