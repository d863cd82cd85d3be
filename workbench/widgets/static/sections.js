// What a card keeps folded: its stages, its code, all its scores, and what can be saved. Loaded when opened.
import { chart } from "./charts.js";
import { bytesOf, h, later, threeDecimals } from "./dom.js";
import { openDialog } from "./dialogs.js";

const SAVES = [
  ["label", "ids as PNG"],
  ["preview", "coloured preview"],
  ["npz", "NumPy archive"],
];

export class Sections {
  /** `ask(what)` fetches details from the kernel, `save(what)` a file. */
  constructor(ask, save) {
    this.ask = ask;
    this.again = later(150, () => ["stages", "code"].filter((what) => this.folds[what].open).forEach(ask));
    this.sheet = h("div", { class: "wb-sheet" });
    this.bodies = {};
    this.folds = {};
    this.element = h("div", { class: "wb-folds" }, ["stages", "code", "scores", "save"].map((what) => this.fold(what)));
    this.bodies.save.append(...SAVES.map(([what, text]) => h("button", { class: "wb-button", onclick: () => save(what) }, text)));
  }

  fold(what) {
    const body = h("section", { "data-section": what, "aria-label": what, hidden: true });
    this.bodies[what] = body;
    this.sheet.append(body);
    const fold = h("details", { "data-open": what }, h("summary", {}, what));
    fold.addEventListener("toggle", () => {
      body.hidden = !fold.open;
      if (fold.open && (what === "stages" || what === "code")) this.ask(what);
    });
    this.folds[what] = fold;
    return fold;
  }

  /** A new result: what is open is out of date. */
  refresh(result) {
    this.scores(result);
    if (this.folds.stages.open || this.folds.code.open) this.again();
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

  async stages({ items }, buffers) {
    let next = 0;
    const strip = await Promise.all(
      items.map(async (item) => {
        if (item.kind !== "image") return this.stage(item, () => chart(item));
        const bitmap = await createImageBitmap(new Blob([bytesOf(buffers[next++])], { type: item.mime }));
        return this.stage(item, () => picture(bitmap, item));
      }),
    );
    this.bodies.stages.replaceChildren(h("div", { class: "wb-strip" }, strip));
  }

  stage(item, draw) {
    const large = () => openDialog(item.name, h("div", { class: "wb-large" }, draw(), h("p", {}, item.caption ?? "")));
    return h(
      "button",
      { class: "wb-stage", type: "button", title: item.caption ?? item.name, onclick: large },
      draw(),
      h("span", {}, item.name),
    );
  }
}

/** An image stage on a canvas: an <img> would need an address to load from. */
function picture(bitmap, item) {
  const canvas = h("canvas", { role: "img", "aria-label": item.caption ?? item.name });
  [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
  canvas.getContext("2d").drawImage(bitmap, 0, 0);
  return canvas;
}
