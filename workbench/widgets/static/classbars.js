// Bars that count: one a line with its name and number, so that they are read without their colour.
import { h } from "./dom.js";

const STATES = { right: ["✓", "right"], part: ["◐", "in part"], wrong: ["✗", "not yet"], none: ["○", "not tried"] };

/** How a question went: one bar of four parts, and the same in numbers. */
export function StateBar(states) {
  const parts = Object.entries(states).filter(([, count]) => count);
  const bar = h("span", { class: "wb-stack", "aria-hidden": "true" }, parts.map(([name, count]) => h("i", { "data-part": name, style: `flex-grow: ${count}` })));
  const words = Object.entries(states).map(([name, count]) => h("span", { "data-state-count": name, title: STATES[name][1] }, h("span", { "aria-hidden": "true" }, STATES[name][0]), ` ${count}`, h("span", { class: "wb-hidden" }, ` ${STATES[name][1]}`)));
  return h("span", { class: "wb-stacked" }, bar, h("span", { class: "wb-counts" }, words));
}

export class Bars {
  /** `choose` is told the name of a bar that is clicked. */
  constructor(title, choose = null) {
    this.choose = choose;
    this.lines = h("ul", { class: "wb-count-bars" });
    this.words = h("p", { class: "wb-quietly" });
    this.element = h("section", { class: "wb-graph", "aria-label": title }, h("h4", {}, title), this.lines, this.words);
  }

  /** Show [name, count, explanation] a line. */
  show(entries, words = "") {
    const most = Math.max(1, ...entries.map(([, count]) => count));
    this.lines.replaceChildren(...entries.map(([name, count, why]) => this.line(name, count, why, most)));
    this.words.textContent = entries.length ? words : "none";
  }

  line(name, count, why, most) {
    const bar = h("i", { style: `width: ${(100 * count) / most}%` });
    const parts = [h("span", {}, name), h("span", { class: "wb-count-track", "aria-hidden": "true" }, bar), h("b", {}, count)];
    if (!this.choose) return h("li", { "data-bar": name, "data-count": count }, h("div", { class: "wb-count-bar" }, parts));
    const button = h("button", { type: "button", class: "wb-count-bar", title: why || null, disabled: !count, "aria-pressed": "false", onclick: () => this.choose(name) }, parts);
    return h("li", { "data-bar": name, "data-count": count }, button);
  }

  press(name) {
    this.lines.querySelectorAll("li").forEach((line) => line.firstChild.setAttribute("aria-pressed", String(line.dataset.bar === name)));
  }
}
