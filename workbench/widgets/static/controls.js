// Controls made from a method's declared parameters.
import { clamp, h, say } from "./dom.js";
import { boxControl, curveControl, pointsControl } from "./prompts.js";
import { methodControl } from "./starts.js";

const LOG_STEPS = 200;

const MAKERS = {
  number: range,
  integer: range,
  choice,
  bool,
  points: pointsControl,
  box: boxControl,
  curve: curveControl,
  method: (param, host) => methodControl(param, host, makeControl),
};

/**
 * Make the control of one parameter. `host` has `id`, `set(value)`, `reset()`, `hold()`, `seal()`; for prompts `desk`,
 * `prompt(given)` and `focus()`; for starts `methods` and `others()`. Returns `{ element, update(value) }`.
 */
export function makeControl(param, host) {
  const { input, readout, extra, update } = MAKERS[param.kind](param, host);
  input.id = `${host.id}-${param.name}`;
  input.setAttribute("data-param", `${host.prefix ?? ""}${param.name}`);
  const label = h("label", { for: input.id, title: help(param), ondblclick: () => host.reset() }, param.label);
  const head = h("div", { class: "wb-param-head" }, label, readout ?? null);
  return { element: h("div", { class: `wb-param wb-${param.kind}` }, head, input, extra ?? null), update };
}

function help(param) {
  const limits = param.min === undefined || param.min === null ? "" : ` ${param.min} to ${param.max} ${param.unit ?? ""}`;
  return `${param.help ?? ""}${limits}\nDouble-click: back to the default.`.trim();
}

function range(param, host) {
  const scale = scaleOf(param);
  const readout = h("output", { class: "wb-readout-value" });
  const input = h("input", { type: "range", min: scale.low, max: scale.high, step: scale.step });
  input.addEventListener("input", () => {
    show(scale.value(input.valueAsNumber));
    host.set(scale.value(input.valueAsNumber));
  });
  input.addEventListener("pointerdown", () => host.hold());
  input.addEventListener("pointerup", () => host.seal());
  input.addEventListener("keydown", (event) => nudge(event, input));
  const show = (value) => {
    const text = [figures(value, param), param.unit].filter(Boolean).join(" ");
    say(readout, text);
    input.setAttribute("aria-valuetext", text);
    input.style.setProperty("--part", `${(100 * (input.value - scale.low)) / (scale.high - scale.low || 1)}%`);
  };
  const update = (value) => {
    const position = String(scale.position(value));
    if (input.value !== position) input.value = position;
    show(value);
  };
  return { input, readout, update };
}

/** How slider positions stand for values: themselves, or powers where the parameter is logarithmic. */
export function scaleOf(param) {
  const { min, max } = param;
  const integer = param.kind === "integer";
  if (!param.log) {
    const step = param.step ?? (integer ? 1 : (max - min) / LOG_STEPS);
    return { low: min, high: max, step, value: (at) => at, position: (value) => value };
  }
  const value = (at) => {
    const exact = clamp(min * (max / min) ** (at / LOG_STEPS), min, max);
    return integer ? Math.round(exact) : Number(exact.toPrecision(3));
  };
  const position = (given) => Math.round((LOG_STEPS * Math.log(given / min)) / Math.log(max / min));
  return { low: 0, high: LOG_STEPS, step: 1, value, position };
}

export function figures(value, param) {
  if (param.kind === "integer" || !Number.isFinite(value)) return String(value);
  if (param.log) return String(Number(value.toPrecision(3)));
  const decimals = (String(param.step ?? 0.01).split(".")[1] ?? "").length;
  return value.toFixed(Math.min(decimals, 4));
}

/** Arrow keys move a step, with shift ten; home and end go to the ends. */
function nudge(event, input) {
  const ways = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 };
  const before = input.value;
  const steps = (ways[event.key] ?? 0) * (event.shiftKey && event.key.startsWith("Arrow") ? 10 : 1);
  if (event.key === "Home") input.value = input.min;
  else if (event.key === "End") input.value = input.max;
  else if (steps) input.value = clamp(input.valueAsNumber + steps * Number(input.step), Number(input.min), Number(input.max));
  else return;
  event.preventDefault();
  if (input.value === before) return;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

function choice(param, host) {
  const input = h(
    "select",
    { onchange: () => (host.set(input.value), host.seal()) },
    param.choices.map((value) => h("option", { value }, String(value).replaceAll("_", " "))),
  );
  return { input, update: (value) => (input.value = value) };
}

function bool(param, host) {
  const input = h("input", { type: "checkbox", onchange: () => (host.set(input.checked), host.seal()) });
  return { input, update: (value) => (input.checked = value) };
}
