// What the explore page sweeps: which parameter, a second one, which measure, and whether other pictures are shown.
import { h, options } from "./dom.js";

export class Pickers {
  /** `pick(what, value)` changes what is looked at. */
  constructor(pick) {
    const select = (what, label) => h("select", { "data-picker": what, "aria-label": label, onchange: (event) => pick(what, event.target.value) });
    this.measure = select("measure", "measure");
    this.param = select("param", "parameter to sweep");
    this.second = select("second", "second parameter");
    this.carry = h("input", { type: "checkbox", "data-picker": "carry", onchange: (event) => pick("carry", event.target.checked) });
    const field = (name, control) => h("label", { class: "wb-field" }, h("span", {}, name), control);
    this.elements = [
      this.measure,
      field("along", this.param),
      field("and", this.second),
      h("label", { class: "wb-field wb-carry" }, this.carry, h("span", {}, "other pictures")),
    ];
  }

  show(params, { param, second, carry }) {
    const names = params.map((one) => [one.name, one.label]);
    options(this.param, names, param);
    options(this.second, [["", "no second"], ...names.filter(([name]) => name !== param)], second);
    this.param.disabled = params.length === 0;
    this.second.disabled = params.length < 2;
    this.carry.checked = carry;
  }

  showMeasures(names, measure) {
    options(this.measure, names, measure);
    this.measure.disabled = names.length === 0;
  }
}
