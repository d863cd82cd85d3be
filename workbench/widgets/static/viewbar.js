// The second row: how things are shown. Nothing here asks the kernel, except undo and redo.
import { MODES } from "./desk.js";
import { openHelp } from "./dialogs.js";
import { h, say } from "./dom.js";

const PALETTES = [["default", "category colours"], ["high-contrast", "high contrast"], ["print", "print hatch"]];
const PAIRED = { swipe: "against", blink: "with", difference: "from" };

export class ViewBar {
  constructor(desk, { undo, redo }) {
    this.desk = desk;
    this.modes = h("div", { class: "wb-segmented", role: "group", "aria-label": "view" }, MODES.map((mode) => this.modeButton(mode)));
    this.against = h("select", { "aria-label": "the other side", onchange: () => desk.setView({ against: this.against.value }) });
    this.pair = h("label", { class: "wb-field wb-pair" }, h("span"), this.against);
    this.opacity = h("input", { type: "range", min: 0, max: 1, step: 0.05, "aria-label": "opacity", "data-view-control": "opacity" });
    this.opacity.addEventListener("input", () => desk.setView({ opacity: this.opacity.valueAsNumber }));
    this.palette = h("select", { "aria-label": "palette", onchange: () => desk.setView({ palette: this.palette.value }) });
    this.palette.append(...PALETTES.map(([value, text]) => h("option", { value }, text)));
    this.undo = h("button", { class: "wb-button", title: "undo (Z)", "aria-label": "undo", onclick: undo }, "↶");
    this.redo = h("button", { class: "wb-button", title: "redo (shift Z)", "aria-label": "redo", onclick: redo }, "↷");
    this.readout = h("output", { class: "wb-readout", "aria-live": "off" });
    this.element = this.build();
    desk.on("view", () => this.update());
    desk.on("hover", (point) => this.point(point));
    this.update();
  }

  build() {
    const { desk } = this;
    return h(
      "div",
      { class: "wb-bar wb-viewbar", role: "toolbar", "aria-label": "how to show it" },
      this.modes,
      this.pair,
      h("label", { class: "wb-field" }, h("span", {}, "opacity"), this.opacity),
      this.palette,
      this.readout,
      h("button", { class: "wb-button", onclick: () => desk.resetView() }, "reset view"),
      this.undo,
      this.redo,
      h("button", { class: "wb-button", title: "keys", "aria-label": "keys and pointer", onclick: openHelp }, "?"),
    );
  }

  modeButton(mode) {
    const press = (event) => {
      this.desk.setView({ mode });
      // After a click the keys go back to the picture: space would press the button again.
      if (event.detail) this.element.closest(".wb")?.focus({ preventScroll: true });
    };
    return h("button", { type: "button", "data-mode": mode, "aria-pressed": "false", onclick: press }, mode);
  }

  update() {
    const { view } = this.desk;
    for (const button of this.modes.children) button.setAttribute("aria-pressed", String(button.dataset.mode === view.mode));
    if (this.opacity.valueAsNumber !== view.opacity) this.opacity.value = view.opacity;
    this.opacity.style.setProperty("--part", `${100 * view.opacity}%`);
    this.palette.value = view.palette;
    this.pair.classList.toggle("idle", !PAIRED[view.mode]);
    this.against.disabled = !PAIRED[view.mode];
    say(this.pair.firstChild, PAIRED[view.mode] ?? "against");
    this.listPanes();
  }

  /** Offer the bare image and every canvas as the other side. */
  listPanes() {
    const { desk } = this;
    const first = desk.view.mode === "difference" ? "first method" : "the image";
    const choices = [["", first], ...desk.panes.map((pane) => [pane.name, pane.title])];
    const wanted = JSON.stringify(choices);
    if (this.listed !== wanted) {
      this.listed = wanted;
      this.against.replaceChildren(...choices.map(([value, text]) => h("option", { value }, text)));
    }
    this.against.value = desk.panes.some((pane) => pane.name === desk.view.against) ? desk.view.against : "";
  }

  /** Row, column and colour under the cursor; what each canvas says of it stands on the canvas. */
  point(point) {
    if (!point) return this.readout.replaceChildren();
    const rgb = this.desk.photo?.colour(point.row, point.col);
    const text = `row ${point.row}  column ${point.col}`;
    const swatch = rgb && h("i", { class: "wb-swatch", style: `background: rgb(${[...rgb].join()})` });
    const said = this.desk.panes.map((pane) => pane.chip.textContent && `${pane.title}: ${pane.chip.textContent}`);
    this.readout.title = said.filter(Boolean).join("\n");
    this.readout.replaceChildren(h("span", {}, text), ...(rgb ? [swatch, h("span", {}, [...rgb].join(" "))] : []));
  }
}
