// What a training is asked for: presets, network, scenes, size, steps, rate, seed and number of pictures.
import { h, options } from "./dom.js";

const PICKERS = { network: "network", scenes: "scenes", side: "size, px" };
const NUMBERS = { steps: "steps", rate: "learning rate", pictures: "pictures", seed: "seed" };
const HELP = {
  steps: "Batches of eight pictures to learn from.",
  rate: "How far a step goes at most; it rises at first, then falls to nothing.",
  pictures: "How many different pictures there are to learn from.",
  seed: "Another seed gives other first weights and other pictures.",
};

export class OrderBar {
  /** `change(settings)` is called when a person has changed one. */
  constructor(change) {
    this.pickers = {};
    const changed = () => (this.suit(), change(this.settings));
    const field = (name, words, control) => ((this.pickers[name] = control), h("label", { class: "wb-field", title: HELP[name] }, h("span", {}, words), control));
    const selects = Object.entries(PICKERS).map(([name, words]) => field(name, words, h("select", { "data-picker": name, onchange: changed })));
    const number = (name) => h("input", { class: "wb-typed", type: "number", step: name === "rate" ? "any" : 1, "data-number": name, inputmode: "decimal", oninput: changed });
    const inputs = Object.entries(NUMBERS).map(([name, words]) => field(name, words, number(name)));
    this.presets = h("div", { class: "wb-presets", role: "group", "aria-label": "presets" });
    this.set = (settings) => (this.show(settings), changed());
    this.element = h("div", { class: "wb-bar wb-order-bar", role: "toolbar", "aria-label": "what to train" }, this.presets, selects, inputs);
  }

  /** Offer what there is. */
  offer({ networks, scenes, sides, limits, presets }) {
    this.rates = new Map(networks.map(({ name, rate }) => [name, rate]));
    options(this.pickers.network, networks.map(({ name, title }) => [name, title]));
    options(this.pickers.scenes, scenes.map((name) => [name, name]));
    options(this.pickers.side, sides.map((side) => [String(side), String(side)]));
    Object.entries(limits).forEach(([name, [min, max]]) => Object.assign(this.pickers[name], { min, max }));
    const preset = ({ name, title, says, settings }) => h("button", { class: "wb-chip-button", "data-preset": name, title: says, onclick: () => this.set(settings) }, title);
    this.presets.replaceChildren(...presets.map(preset));
  }

  /** A network brings the learning rate that suits it, unless a person has set another. */
  suit() {
    const [before, now] = [this.rates.get(this.chosen), this.rates.get(this.pickers.network.value)];
    if (this.pickers.rate.valueAsNumber === before) this.pickers.rate.value = now;
    this.chosen = this.pickers.network.value;
  }

  show(settings) {
    this.chosen = settings.network;
    Object.entries(settings).forEach(([name, value]) => this.pickers[name] && (this.pickers[name].value = String(value)));
  }

  get settings() {
    const { network, scenes, side } = this.pickers;
    const number = (name) => (Number.isFinite(this.pickers[name].valueAsNumber) ? this.pickers[name].valueAsNumber : null);
    const numbers = Object.fromEntries(Object.keys(NUMBERS).map((name) => [name, number(name)]));
    return { network: network.value, scenes: scenes.value, side: Number(side.value), ...numbers };
  }

  /** While a training runs nothing of this can be changed. */
  lock(locked) {
    [...Object.values(this.pickers), ...this.presets.children].forEach((control) => (control.disabled = locked));
  }
}
