// The row of tools: what paints, what with, how large.
import { TOOLS } from "./brushes.js";
import { h, options } from "./dom.js";

export const REGION = "a new region";

export class PaletteBar {
  /** `easel` has `use(tool)`, `resize(by)`, `name` and `size`. */
  constructor(easel) {
    this.easel = easel;
    this.buttons = new Map(TOOLS.map(([name, title, help]) => [name, this.button(name, title, help)]));
    this.names = h("select", { "data-picker": "paint", "aria-label": "paint as", onchange: () => (easel.name = this.names.value) });
    this.size = h("input", { type: "range", min: 1, max: 60, step: 1, value: easel.size, "aria-label": "brush size", "data-param": "brush" });
    this.size.addEventListener("input", () => easel.resize(this.size.valueAsNumber - easel.size));
    this.shown = h("output", { class: "wb-size" });
    this.element = h(
      "div",
      { class: "wb-bar wb-tools", role: "toolbar", "aria-label": "painting" },
      h("div", { class: "wb-segmented", role: "group", "aria-label": "tool" }, [...this.buttons.values()]),
      h("label", { class: "wb-field" }, h("span", {}, "paint as"), this.names),
      h("label", { class: "wb-field" }, h("span", {}, "size"), this.size, this.shown),
    );
    this.update();
  }

  button(name, title, help) {
    return h("button", { type: "button", "data-tool": name, title: help, "aria-pressed": "false", onclick: () => this.easel.use(name) }, title);
  }

  /** Offer every name that either sheet has; the first thing is what a person came to paint. */
  offer(sheets) {
    const every = sheets.flatMap((sheet) => sheet.categories).filter((one) => one.name !== "foreground" || sheets.every((sheet) => sheet.single));
    const seen = new Map(every.map((one) => [one.name, one]));
    const names = [...seen.keys(), ...(sheets.some((sheet) => sheet.yields === "partition") ? [REGION] : [])];
    if (!names.includes(this.easel.name)) this.easel.name = [...seen.values()].find((one) => one.kind === "thing")?.name ?? names[0] ?? REGION;
    options(this.names, names.map((name) => [name, name]), this.easel.name);
  }

  update(tool = null) {
    this.buttons.forEach((button, name) => button.setAttribute("aria-pressed", String(name === tool)));
    const { size } = this.easel;
    if (this.size.valueAsNumber !== size) this.size.value = size;
    this.size.style.setProperty("--part", `${(100 * (size - 1)) / 59}%`);
    this.shown.textContent = `${size} px`;
  }
}
