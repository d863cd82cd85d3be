// The first row: which image, which truth, which question, which methods.
import { h } from "./dom.js";

const LARGEST = 50 * 2 ** 20; // bytes of a file
const IMAGES = "image/png,image/jpeg,image/tiff,image/webp,.tif,.tiff";

export class Toolbar {
  /** `app` has `pick(what, value)`, `add(method)`, `file(role, name, bytes)`, `share()`, `download(what)`, `notices`. */
  constructor(app) {
    this.app = app;
    this.image = h("select", { "data-picker": "image", "aria-label": "image", onchange: () => app.pick("image", this.image.value) });
    this.truth = h("select", { "data-picker": "truth", "aria-label": "truth", onchange: () => this.chooseTruth() });
    this.lens = h("select", { "data-picker": "lens", "aria-label": "lens", onchange: () => app.pick("lens", this.lens.value) });
    this.lenses = h("div", { class: "wb-segmented", "aria-hidden": "true" });
    this.method = h("select", { "data-picker": "method", "aria-label": "add a method", onchange: () => this.addMethod() });
    this.saves = h("select", { "aria-label": "download", onchange: () => this.save() });
    this.saves.append(option("", "download"), option("scores", "scores (CSV)"), option("state", "settings (JSON)"));
    this.files = { image: this.chooser("image"), truth: this.chooser("truth") };
    this.element = h(
      "div",
      { class: "wb-bar", role: "toolbar", "aria-label": "what to compare" },
      field("image", this.image),
      h("button", { class: "wb-button", onclick: () => this.files.image.click() }, "open…"),
      h("button", { class: "wb-button", onclick: () => this.paste() }, "paste"),
      field("truth", this.truth),
      h("span", { class: "wb-field wb-lens" }, h("span", {}, "lens"), this.lens, this.lenses),
      h("span", { class: "wb-gap" }),
      app.explore ? field("method", this.method) : this.method,
      this.saves,
      h("button", { class: "wb-button", title: "a link that restores all this", onclick: () => app.share() }, "share"),
      Object.values(this.files),
    );
  }

  chooser(role) {
    const input = h("input", { type: "file", accept: role === "image" ? IMAGES : `${IMAGES},.npz,.npy`, hidden: true, tabindex: -1 });
    input.addEventListener("change", () => {
      if (input.files[0]) this.read(role, input.files[0]);
      input.value = "";
    });
    return input;
  }

  async read(role, file) {
    if (file.size > LARGEST) {
      const megabytes = (file.size / 2 ** 20).toFixed(0);
      return this.app.notices.say(`${file.name} is ${megabytes} MB; files may have 50 MB, so save it smaller.`, "error");
    }
    this.app.notices.say(`reading ${file.name}`);
    this.app.file(role, file.name, await file.arrayBuffer());
  }

  /** Take a picture off the clipboard: by the button where the browser allows it, by the keys everywhere. */
  async paste() {
    try {
      for (const item of await navigator.clipboard.read()) {
        const type = item.types.find((name) => name.startsWith("image/"));
        if (!type) continue;
        const blob = await item.getType(type);
        return this.read("image", new File([blob], `pasted.${type.split("/")[1]}`, { type }));
      }
      this.app.notices.say("There is no picture on the clipboard; copy one and paste again.", "error");
    } catch {
      this.app.notices.say("This browser keeps the clipboard to itself; press Ctrl V (or ⌘ V) instead.", "error");
    }
  }

  chooseTruth() {
    const chosen = this.truth.value;
    if (chosen !== "open") return this.app.pick("truth", chosen);
    this.truth.value = this.shown.truth;
    this.files.truth.click();
  }

  addMethod() {
    const name = this.method.value;
    if (!this.app.explore) this.method.value = "";
    if (name) this.app.add(name);
  }

  save() {
    this.app.download(this.saves.value);
    this.saves.value = "";
  }

  setup({ samples, methods, lenses }) {
    this.kinds = new Map(samples.map(({ name, kind }) => [name, kind]));
    const kinds = groups(samples, (sample) => sample.kind ?? "images");
    this.image.replaceChildren(...kinds.map(([kind, list]) => group(kind, list.map((one) => option(one.name, one.title)))));
    this.lens.replaceChildren(...lenses.map((lens) => option(lens.name, lens.title)));
    this.lenses.replaceChildren(...lenses.map((lens) => this.lensButton(lens)));
    const families = groups(methods, (method) => method.family);
    this.method.replaceChildren(
      ...(this.app.explore ? [] : [option("", "+ add a method")]),
      ...families.map(([family, list]) => group(family, list.map(methodOption))),
    );
  }

  lensButton({ name, title, help }) {
    const pick = () => this.app.pick("lens", name);
    return h("button", { type: "button", tabindex: -1, title: help, "data-lens": name, onclick: pick }, title);
  }

  update({ image, truth, lens, cards }, picture) {
    this.shown = { truth };
    if (![...this.image.options].some((one) => one.value === image)) {
      this.image.append(option(image, picture?.title ?? "own image"));
    }
    this.image.value = image;
    const choices = [["bundled", "bundled"], ["none", "none"], ["open", "open a file…"]];
    if (truth.startsWith("file:")) choices.unshift([truth, "own file"]);
    this.truth.replaceChildren(...choices.map(([value, text]) => option(value, text)));
    this.truth.value = truth;
    this.lens.value = lens;
    if (this.app.explore) this.method.value = cards[0]?.method ?? "";
    for (const button of this.lenses.children) button.setAttribute("aria-pressed", String(button.dataset.lens === lens));
  }
}

function field(name, control) {
  return h("label", { class: "wb-field" }, h("span", {}, name), control);
}

function option(value, text) {
  return h("option", { value }, text);
}

function group(label, options) {
  return h("optgroup", { label }, options);
}

function methodOption({ name, title, available, install, summary }) {
  const text = available ? title : `${title}: ${install ?? "not installed"}`;
  return h("option", { value: name, disabled: !available, title: summary }, text);
}

function groups(items, key) {
  const found = new Map();
  for (const item of items) found.set(key(item), [...(found.get(key(item)) ?? []), item]);
  return [...found];
}
