// Charts of stages, as plain SVG: a curve, a histogram, dots or a tree, with the values that a method marked.
import { unnamed } from "./palette.js";
import { dendrogram, layOut } from "./tree.js";

const SPACE = "http://www.w3.org/2000/svg";
// Places in px; the small ones are for the strip, where there is no room for words.
const SMALL = { width: 240, height: 150, left: 6, right: 6, bottom: 6, top: 8, dot: 1.6, ticks: 0 };

/** The room of a chart in a dialog of this window. */
function large() {
  const width = Math.max(240, Math.round(Math.min(1000, 0.84 * innerWidth, 0.92 * innerWidth - 48)));
  const height = Math.round(Math.min(0.56 * width, 0.6 * innerHeight));
  return { width, height, left: 58, right: 18, bottom: 46, top: 24, dot: 2.4, ticks: width < 500 ? 4 : 8 };
}

function svg(tag, attributes, ...children) {
  const element = document.createElementNS(SPACE, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Draw one stage's chart; the caption is its text alternative. The frames of a film share their scales. */
export function chart(item, film = [item], isLarge = true) {
  const room = isLarge ? large() : SMALL;
  const view = { class: "wb-chart", viewBox: `0 0 ${room.width} ${room.height}`, role: "img", "aria-label": item.caption || item.name };
  return svg("svg", view, ...(item.kind === "tree" ? tree(item, room) : graphic(item, film, room)));
}

function graphic(item, film, room) {
  const scattered = item.kind === "scatter";
  const all = (key) => film.flatMap((frame) => frame[key] ?? []);
  const x = across(scattered ? [...all("x"), ...all("marks").map(([right]) => right)] : all("x"), room);
  const y = upwards(scattered ? [...all("y"), ...all("marks").map(([, up]) => up)] : [0, ...all("y")], room);
  const parts = [axis(item, x, y, room)];
  if (scattered) parts.push(dots(item, x, y, room));
  else if (item.kind === "histogram") parts.push(bars(item, x, y, room));
  else parts.push(line(item.x, item.y, x, y, "wb-line"));
  // A second curve has a unit of its own: only its shape and its peak are to be read.
  if (item.second) parts.push(line(item.x, item.second, x, upwards([0, ...all("second")], room), "wb-line wb-second"));
  if (!scattered) for (const mark of item.marks ?? []) parts.push(markLine(mark, x, room));
  if (room.ticks) parts.push(reading(item, x, y, room, parts[0].querySelector(".wb-x-label")));
  return parts;
}

/** A sheet over the chart that reads the nearest value to the pointer: in words, in the place of the x axis's name. */
function reading(item, x, y, { left, right, width, top, bottom, height }, label) {
  const usual = label.textContent;
  const cross = svg("circle", { class: "wb-reading", r: 4, visibility: "hidden" });
  const sheet = svg("rect", { x: left, y: top, width: width - left - right, height: height - top - bottom, fill: "transparent" });
  sheet.addEventListener("pointermove", (event) => {
    const [down, over] = [event.offsetY, event.offsetX]; // the drawing is shown at its own size
    // On a curve only the way across counts, among dots both.
    const off = (at) => Math.hypot(x(item.x[at]) - over, item.kind === "scatter" ? y(item.y[at]) - down : 0);
    const known = [...item.x.keys()].filter((at) => Number.isFinite(item.x[at]) && Number.isFinite(item.y[at]));
    if (!known.length) return;
    const near = known.reduce((best, at) => (off(at) < off(best) ? at : best));
    for (const [name, value] of [["cx", x(item.x[near])], ["cy", y(item.y[near])], ["visibility", "visible"]]) cross.setAttribute(name, value);
    label.textContent = `${item.x_label} ${short(item.x[near])}: ${item.y_label} ${short(item.y[near])}`;
  });
  sheet.addEventListener("pointerleave", () => (cross.setAttribute("visibility", "hidden"), (label.textContent = usual)));
  return svg("g", {}, cross, sheet);
}

function tree(item, room) {
  const laid = layOut(item.parents);
  const x = across([0, Math.max(1, laid.leaves - 1)], { ...room, left: room.left + 8, right: room.right + 8 });
  const y = upwards([0, ...item.heights], room);
  const names = { x_label: `${laid.leaves} leaves`, y_label: "height of the merge", bare: true };
  return [axis(names, x, y, room), dendrogram(item, laid, x, y, svg)];
}

function across(values, { left, right, width }) {
  return scale(values, left, width - right);
}

function upwards(values, { top, bottom, height }) {
  return scale(values, height - bottom, top);
}

function scale(values, from, to) {
  const finite = values.filter(Number.isFinite);
  // Not by spreading into Math.min: a film of scatters has more numbers than a call may have arguments.
  const [low, high] = finite.reduce(([a, b], value) => [Math.min(a, value), Math.max(b, value)], [Infinity, -Infinity]);
  const map = (value) => from + ((to - from) * (value - low)) / (high - low || 1);
  return Object.assign(map, { low, high });
}

function line(xs, ys, x, y, name) {
  const known = xs.map((value, at) => [value, ys[at]]).filter((pair) => pair.every(Number.isFinite));
  const points = known.map(([value, up]) => `${x(value).toFixed(1)},${y(up).toFixed(1)}`).join(" ");
  return svg("polyline", { class: name, points });
}

function dots(item, x, y, { dot }) {
  const group = svg("g", { class: "wb-dots" });
  item.x.forEach((value, at) => {
    if (!Number.isFinite(value) || !Number.isFinite(item.y[at])) return;
    const fill = unnamed(item.group?.[at] ?? 0);
    group.append(svg("circle", { cx: x(value).toFixed(1), cy: y(item.y[at]).toFixed(1), r: dot, fill }));
  });
  const arm = 3 * dot;
  for (const [right, up] of item.marks ?? []) {
    const d = `M${x(right) - arm},${y(up)}h${2 * arm}M${x(right)},${y(up) - arm}v${2 * arm}`;
    group.append(svg("path", { class: "wb-centre wb-casing", d }), svg("path", { class: "wb-centre", d }));
  }
  return group;
}

function bars(item, x, y, { left, right, width, bottom, height }) {
  const wide = Math.max(0.8, (width - right - left) / item.x.length);
  const group = svg("g", { class: "wb-bars" });
  item.x.forEach((value, at) => {
    const top = y(item.y[at] ?? 0);
    group.append(svg("rect", { x: x(value), y: top, width: wide, height: Math.max(0, height - bottom - top) }));
  });
  return group;
}

function markLine(mark, x, { top, bottom, height, ticks }) {
  const at = x(mark);
  const group = svg("g", { class: "wb-mark" }, svg("line", { x1: at, x2: at, y1: top, y2: height - bottom }));
  if (ticks) group.append(words(short(mark), at, top - 6, "middle"));
  return group;
}

function axis(item, x, y, { left, right, width, bottom, height, top, ticks }) {
  const floor = height - bottom;
  const group = svg("g", { class: "wb-axis" }, svg("line", { x1: left, x2: width - right, y1: floor, y2: floor }));
  if (!ticks) return group;
  for (const value of item.bare ? [] : even(x, ticks)) {
    group.append(svg("line", { x1: x(value), x2: x(value), y1: floor, y2: floor + 4 }), words(short(value), x(value), floor + 17, "middle"));
  }
  for (const value of even(y, 6)) group.append(words(short(value), left - 8, y(value) + 4, "end"));
  const label = words(item.x_label ?? "", (left + width - right) / 2, height - 8, "middle");
  label.setAttribute("class", "wb-x-label");
  group.append(label, words(item.y_label ?? "", 2, top - 10, "start"));
  return group;
}

/** Round numbers, about `count` of them, within a scale. */
function even({ low, high }, count) {
  if (!(high > low)) return Number.isFinite(low) ? [low] : [];
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].find((one) => one * power >= rough) * power;
  const first = Math.ceil(low / step - 1e-9);
  return Array.from({ length: Math.floor(high / step + 1e-9) - first + 1 }, (_, at) => (first + at) * step);
}

function words(text, x, y, anchor) {
  return svg("text", { x, y, "text-anchor": anchor }, text);
}

function short(value) {
  if (!Number.isFinite(value)) return "";
  if (Math.abs(value) >= 10000) return `${Number((value / 1000).toPrecision(2))}k`;
  return String(Number(value.toPrecision(3)));
}
