// Two buttons, told apart: the value that this picture's own truth picks, and the one that the other pictures pick.
import { valueText } from "./axes.js";
import { h, plural, say, threeDecimals } from "./dom.js";

export class Advice {
  /** `set(name)` sets the parameter to what "here" or "over" stands for. */
  constructor(set) {
    this.parts = {};
    const row = (name) => {
      const button = h("button", { class: "wb-button", "data-set": name, disabled: true, onclick: () => set(name) });
      const words = h("span", { "data-advice": name });
      this.parts[name] = { button, words };
      return h("div", { class: "wb-advice" }, button, words);
    };
    this.element = h("div", { class: "wb-advices" }, row("here"), row("over"));
  }

  /** `places` are those of the curve that are best `here` and, by `count` others, `over` them. */
  show({ line, param, measure, label, places, count, carry }) {
    const text = (place) => `${label} ${threeDecimals(line.scores.get(place)?.[measure])}`;
    const known = (place) => Boolean(param && line && Number.isInteger(place));
    const { here, over } = places;
    this.fill("here", "set to best here", known(here) && valueText(line.values[here], param));
    this.fill("over", "set to best over the others", known(over) && valueText(line.values[over], param));
    say(this.parts.here.words, known(here) ? `${text(here)}: chosen by looking at this picture's own truth` : "");
    const waiting = carry ? "waits for the other pictures" : "tick “other pictures” to let them choose";
    const chosen = () => `${text(over)} here: chosen on ${plural(count, "other picture")} alone, by their mean${over === here ? "; the same value" : ""}`;
    say(this.parts.over.words, known(over) ? chosen() : waiting);
  }

  fill(name, words, value) {
    const { button } = this.parts[name];
    button.disabled = !value;
    say(button, value ? `${words}: ${value}` : words);
  }
}
