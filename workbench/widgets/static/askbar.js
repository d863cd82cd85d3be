// The first row of the metrics page: which picture, which truth, where the guess begins, which question, whose rules.
import { h, options } from "./dom.js";

const LARGEST_FILE = 50 * 2 ** 20; // bytes
const SAVES = [["", "save"], ["truth/label", "truth as label PNG"], ["truth/coco", "truth as COCO JSON"], ["truth/npz", "truth as NPZ"], ["guess/label", "guess as label PNG"], ["guess/coco", "guess as COCO JSON"], ["guess/npz", "guess as NPZ"]];
const LABELS = "image/png,image/tiff,.tif,.tiff,.npz,.npy";

export class AskBar {
  /** `app` has `pick`, `start`, `file`, `save`, `share`, `notices`. */
  constructor(app) {
    this.app = app;
    const select = (what, label, call) => h("select", { "data-picker": what, "aria-label": label, onchange: call });
    this.image = select("image", "image", () => this.pickImage());
    this.truth = select("truth", "truth", () => this.pickTruth());
    this.start = select("start", "where the guess begins", () => this.pickStart());
    this.lens = select("lens", "lens", () => app.pick("lens", this.lens.value));
    this.convention = select("convention", "convention", () => app.look({ convention: this.convention.value }));
    this.saves = h("select", { "aria-label": "save", "data-picker": "save", onchange: () => this.save() });
    options(this.saves, SAVES, "");
    this.files = Object.fromEntries(["image", "truth", "guess"].map((role) => [role, this.chooser(role)]));
    this.element = h(
      "div",
      { class: "wb-bar", role: "toolbar", "aria-label": "what is measured" },
      [["image", this.image], ["truth", this.truth], ["guess", this.start], ["lens", this.lens], ["rules of", this.convention]].map(([name, control]) => h("label", { class: "wb-field" }, h("span", {}, name), control)),
      h("span", { class: "wb-gap" }),
      this.saves,
      h("button", { class: "wb-button", title: "a link to this picture and question", onclick: () => app.share() }, "share"),
      Object.values(this.files),
    );
  }

  chooser(role) {
    const accept = role === "image" ? "image/*,.tif,.tiff" : LABELS;
    const input = h("input", { type: "file", accept, hidden: true, tabindex: -1, "data-role": role });
    input.addEventListener("change", () => {
      if (input.files[0]) this.read(role, input.files[0]);
      input.value = "";
    });
    return input;
  }

  async read(role, file) {
    if (file.size > LARGEST_FILE) return this.app.notices.say(`${file.name} is ${(file.size / 2 ** 20).toFixed(0)} MB; files may have 50 MB, so save it smaller.`, "error");
    this.app.file(role, file.name, await file.arrayBuffer());
  }

  pickImage() {
    const { value } = this.image;
    if (value !== "open") return this.app.pick("image", value);
    this.image.value = this.shown.image;
    this.files.image.click();
  }

  pickTruth() {
    const { value } = this.truth;
    if (value !== "open") return this.app.pick("truth", value);
    this.truth.value = this.shown.truth;
    this.files.truth.click();
  }

  pickStart() {
    const { value } = this.start;
    this.start.value = "";
    if (value === "open") this.files.guess.click();
    else if (value) this.app.start(value);
  }

  save() {
    const [side, what] = this.saves.value.split("/");
    this.saves.value = "";
    if (what) this.app.save(side, what);
  }

  setup({ samples, methods, lenses }) {
    this.samples = samples.map(({ name, title }) => [name, title]);
    options(this.lens, lenses.map(({ name, title }) => [name, title]), "object");
    const families = [...new Set(methods.map((method) => method.family))];
    const group = (family) => h("optgroup", { label: family }, methods.filter((one) => one.family === family).map(({ name, title, available }) => h("option", { value: name, disabled: !available }, title)));
    const first = [["", "begin anew with…"], ["truth", "the truth itself"], ["open", "open a file…"]];
    this.start.replaceChildren(...first.map(([value, text]) => h("option", { value }, text)), ...families.map(group));
  }

  rules(conventions) {
    options(this.convention, conventions.map(({ name, title }) => [name, title]), "workbench");
    [...this.convention.options].forEach((one, at) => (one.title = conventions[at].says));
  }

  update({ image, truth, lens, metrics }, picture) {
    this.shown = { image, truth };
    const known = this.samples.some(([name]) => name === image);
    options(this.image, [...(known ? [] : [[image, picture?.title ?? "own image"]]), ...this.samples, ["open", "open a file…"]], image);
    const own = truth.startsWith("file:") ? [[truth, "own file"]] : [];
    options(this.truth, [...own, ["bundled", "bundled"], ["none", "none: paint it"], ["open", "open a file…"]], truth);
    this.lens.value = lens;
    this.convention.value = metrics.convention;
  }
}
