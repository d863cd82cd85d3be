// What the plots of the explore page share: where values lie, how they are said, and names that keep apart.
import { figures, scaleOf } from "./controls.js";
import { clamp } from "./dom.js";

const SWEPT = ["number", "integer", "choice", "bool"];
const LEAST = 0.4; // of a score, that an axis spans
const SHAPES = "http://www.w3.org/2000/svg";

/** The parameters that have a scale or words to go through, those with a scale first. */
export function sweptParams(method) {
  const swept = (method?.params ?? []).filter((param) => SWEPT.includes(param.kind));
  return [...swept.filter((param) => param.min !== undefined), ...swept.filter((param) => param.min === undefined)];
}

/** Make an SVG element; what is undefined is left out. */
export function shape(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SHAPES, tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Where a parameter's values lie between 0 and 1: as on its slider, or side by side where they are words. */
export function positions(param) {
  if (param.kind === "choice" || param.kind === "bool") {
    const all = param.choices ?? [false, true];
    return { words: all, at: (value) => (all.indexOf(value) + 0.5) / all.length };
  }
  const { low, high, position } = scaleOf(param);
  const exact = (value) => (param.log ? (Math.log(value / param.min) / Math.log(param.max / param.min)) * (high - low) : position(value) - low);
  return { words: null, at: (value) => clamp(exact(value) / (high - low || 1), 0, 1) };
}

/** A value with its unit, as its slider says it. */
export function valueText(value, param) {
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value !== "number") return String(value).replaceAll("_", " ");
  return [figures(value, param), param.unit].filter(Boolean).join(" ");
}

/** Move labels, sorted downwards, so far apart that none covers another, within the room there is. */
export function apart(labels, top, bottom, leading) {
  let floor = top;
  for (const label of labels) {
    label.y = Math.max(label.y, floor);
    floor = label.y + leading;
  }
  let ceiling = bottom;
  for (const label of [...labels].reverse()) {
    label.y = Math.min(label.y, ceiling);
    ceiling = label.y - leading;
  }
  return labels;
}

/** Between which scores a plot is drawn: tenths, and never so close that a small difference looks large. */
export function rangeOf(measure, lines) {
  const found = lines.flatMap((line) => [...line.scores.values()].map((scores) => scores[measure])).filter(Number.isFinite);
  const [lowest, highest] = found.length ? [Math.min(...found), Math.max(...found)] : [0, 1];
  if (highest > 1) return { low: Math.min(0, lowest), high: Math.ceil(highest) };
  const high = Math.min(1, Math.max(Math.ceil(10 * highest + 0.2) / 10, Math.floor(10 * lowest) / 10 + LEAST));
  return { low: Math.min(Math.floor(10 * lowest) / 10, Math.round(10 * (high - LEAST)) / 10), high };
}

/** Round values along an axis, `count` of them or a few less. */
export function roundTicks(low, high, count) {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((one) => one * power >= rough * 0.999);
  const first = Math.ceil(low / step - 1e-9);
  return Array.from({ length: Math.floor(high / step + 1e-9) - first + 1 }, (_, at) => Number(((first + at) * step).toPrecision(6)));
}
