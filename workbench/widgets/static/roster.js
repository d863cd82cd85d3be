// Every student's answer to a question, a line each; a click on the head sorts, one on a name opens.
import { h, threeDecimals } from "./dom.js";

const SIGNS = { right: "✓ right", "not yet": "✗ not yet", "not attempted": "○ not tried" };
const NUMBERS = new Set(["points", "score", "tries", "seconds"]);

export class Roster {
  /** `open` is told whose line was clicked. */
  constructor(open) {
    Object.assign(this, { open, by: "student", down: false, rows: [], scores: null });
    this.head = h("tr");
    this.body = h("tbody");
    const table = h("table", { class: "wb-table" }, h("thead", {}, this.head), this.body);
    this.element = h("section", { class: "wb-graph wb-roster", "aria-label": "every answer" }, h("h4", {}, "every answer"), h("div", { class: "wb-scroll", tabindex: 0, role: "group", "aria-label": "table of every answer" }, table));
  }

  show(rows, scores) {
    Object.assign(this, { rows, scores });
    this.draw();
  }

  columns() {
    const shown = [["student", "student"], ["state", "verdict"], ["points", "points"], ["mistake", "mistake"], ["tries", "handed in"], ["seconds", "ran, s"]];
    if (this.scores) shown.splice(3, 0, ["score", this.scores.metric]);
    if (this.rows.some(({ violation }) => violation)) shown.push(["violation", "violation"]);
    return shown;
  }

  value(row, key) {
    return key === "score" ? this.scores.of.get(row.student) ?? -1 : row[key];
  }

  draw() {
    const columns = this.columns();
    const way = this.down ? -1 : 1;
    const compare = (a, b) => (NUMBERS.has(this.by) ? this.value(a, this.by) - this.value(b, this.by) : String(a[this.by]).localeCompare(String(b[this.by])));
    const sorted = [...this.rows].sort((a, b) => way * compare(a, b));
    this.head.replaceChildren(...columns.map(([key, name]) => this.title(key, name)));
    this.body.replaceChildren(...sorted.map((row) => h("tr", { "data-student": row.student }, columns.map(([key]) => this.cell(row, key)))));
  }

  title(key, name) {
    const mark = this.by === key ? (this.down ? " ↓" : " ↑") : "";
    const sorts = this.by === key ? (this.down ? "descending" : "ascending") : "none";
    return h("th", { scope: "col", "aria-sort": sorts }, h("button", { type: "button", class: "wb-button wb-quiet", "data-sort": key, onclick: () => this.sort(key) }, name + mark));
  }

  sort(key) {
    Object.assign(this, { by: key, down: this.by === key ? !this.down : NUMBERS.has(key) });
    this.draw();
  }

  cell(row, key) {
    if (key === "student") return h("th", { scope: "row" }, h("button", { type: "button", class: "wb-button wb-quiet", onclick: () => this.open(row.student) }, row.student));
    const words = {
      state: SIGNS[row.state],
      points: row.points.toFixed(2),
      score: threeDecimals(this.scores?.of.get(row.student) ?? NaN),
      seconds: row.state === "not attempted" ? "–" : row.seconds.toFixed(row.seconds < 1 ? 3 : 1),
    };
    return h("td", { "data-column": key }, words[key] ?? (row[key] || "–"));
  }
}
