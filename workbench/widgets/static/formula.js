// A metric's formula with the live numbers in it, each in the colour of the pixels that it counts.
import { h, say, threeDecimals } from "./dom.js";

const SAYS = { hit: "found: both say so", missed: "missed: only the truth", extra: "extra: only the guess" };

export class Formula {
  /** `choose(category)` looks at one category alone, 0 at all. */
  constructor(choose) {
    this.choose = choose;
    this.title = h("h4");
    this.value = h("output", { class: "wb-formula-value" });
    this.note = h("p", { class: "wb-quietly" });
    this.rows = h("div", { class: "wb-formula-rows" });
    this.element = h("section", { class: "wb-live-formula", "aria-label": "formula" }, h("header", {}, this.title, this.value), this.rows, this.note);
  }

  show({ metric, row, lines, category }) {
    say(this.title, metric?.title ?? "no number");
    const endless = row?.endless ? "∞" : threeDecimals(row?.value ?? NaN);
    say(this.value, `${endless}${metric?.unit ? ` ${metric.unit}` : ""}`);
    const undefinedHere = row && !Number.isFinite(row.value) && !row.endless;
    say(this.note, undefinedHere ? `Undefined: ${row.why}.` : metric ? `${metric.summary} ${metric.source}.` : "");
    this.rows.replaceChildren(...lines.flatMap((line) => this.line(line, lines, category)));
  }

  line({ label, category, parts, value }, lines, chosen) {
    const many = lines.length > 1;
    const pick = () => this.choose(chosen === category ? 0 : category);
    const name = many && category ? h("button", { class: "wb-chip-button", "aria-pressed": String(chosen === category), onclick: pick }, label) : h("b", {}, label);
    const live = parts.some((part) => part.kind !== undefined);
    const words = parts.map((part) => piece(part, part.text));
    const numbers = parts.map((part) => piece(part, part.kind === undefined ? part.text : amount(part.value)));
    const end = h("b", {}, ` = ${threeDecimals(value ?? NaN)}`);
    const said = live ? numbers : many ? [] : words;
    const rows = [h("p", {}, many || !label ? name : null, " ", said, parts.length ? end : h("b", {}, threeDecimals(value ?? NaN)))];
    const first = lines[0].category === category && (live || many);
    return first ? [h("p", { class: "wb-in-words" }, words), ...rows] : rows;
  }
}

function piece({ kind }, text) {
  return kind ? h("span", { class: "wb-term", "data-counts": kind, title: SAYS[kind] }, text) : h("span", {}, text);
}

/** Counts whole, with thin spaces; all else with three decimals. */
function amount(value) {
  if (!Number.isFinite(value)) return "–";
  return Number.isInteger(value) ? value.toLocaleString("en").replaceAll(",", "\u202f") : value.toFixed(3);
}
