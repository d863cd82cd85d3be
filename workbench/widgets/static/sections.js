// What a card keeps folded: its stages, its errors, its code, all its scores, and what can be saved. Loaded when opened.
import { h, later, threeDecimals } from "./dom.js";
import { Errors } from "./errors.js";
import { Stages } from "./stages.js";

const ASKED = ["stages", "errors", "code"]; // of the kernel, when opened
const SAVES = [
  ["label", "ids as PNG"],
  ["preview", "coloured preview"],
  ["npz", "NumPy archive"],
];

export class Sections {
  /** `pane` is the card's canvas; `ask(what, name)` fetches details from the kernel, `save(what)` a file. */
  constructor(pane, ask, save) {
    this.ask = ask;
    this.stages = new Stages(pane, ask);
    this.errors = new Errors(pane);
    this.again = later(150, () => this.askOpen());
    this.sheet = h("div", { class: "wb-sheet" });
    this.bodies = {};
    this.folds = {};
    this.element = h("div", { class: "wb-folds" }, ["stages", "errors", "code", "scores", "save"].map((what) => this.fold(what)));
    this.bodies.save.append(...SAVES.map(([what, text]) => h("button", { class: "wb-button", onclick: () => save(what) }, text)));
  }

  fold(what) {
    const body = h("section", { "data-section": what, "aria-label": what, hidden: true });
    if (what === "stages" || what === "errors") body.append(this[what].element);
    this.bodies[what] = body;
    this.sheet.append(body);
    const fold = h("details", { "data-open": what }, h("summary", {}, what));
    fold.addEventListener("toggle", () => {
      body.hidden = !fold.open;
      if (what === "stages" && !fold.open) this.stages.back();
      if (what === "errors" && !fold.open) this.errors.clear();
      if (fold.open && ASKED.includes(what)) this.ask(what);
    });
    this.folds[what] = fold;
    return fold;
  }

  /** A new result: what is open is out of date. */
  refresh(result) {
    this.scores(result);
    if (this.folds.stages.open) this.stages.old();
    if (this.folds.errors.open) this.errors.old();
    if (ASKED.some((what) => this.folds[what].open)) this.again();
  }

  askOpen() {
    if (this.folds.stages.open) this.stages.again();
    ["code", "errors"].filter((what) => this.folds[what].open).forEach((what) => this.ask(what));
  }

  scores({ scores, labels }) {
    if (!this.folds.scores.open && this.bodies.scores.childElementCount && this.last === scores) return;
    this.last = scores;
    const rows = Object.entries(scores ?? {}).map(([key, value]) => [
      h("dt", {}, labels?.[key] ?? key),
      h("dd", {}, threeDecimals(value)),
    ]);
    this.bodies.scores.replaceChildren(rows.length ? h("dl", {}, rows) : h("p", {}, "no truth, so no scores"));
  }

  code({ python, cell, hash }) {
    const copy = (text, label) => {
      const button = h("button", { class: "wb-button" }, label);
      button.addEventListener("click", async () => {
        await navigator.clipboard?.writeText(text);
        button.textContent = "copied";
        setTimeout(() => (button.textContent = label), 1200);
      });
      return button;
    };
    this.bodies.code.replaceChildren(
      h("div", { class: "wb-row" }, copy(python, "copy script"), copy(cell ?? python, "copy as a cell")),
      h("pre", { tabindex: 0 }, h("code", {}, python)),
      h("p", { class: "wb-hash", title: "SHA-256 of the ids as int32" }, `mask ${hash}`),
    );
  }
}
