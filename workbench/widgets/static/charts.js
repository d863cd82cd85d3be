// Charts of stages, as plain SVG: a curve, a histogram, dots or a tree, with the values that a method marked.
import { unnamed } from "./palette.js";
import { dendrogram, layOut } from "./tree.js";

const SPACE = "http://www.w3.org/2000/svg";
const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP] = [320, 180, 34, 26, 10];

function svg(tag, attributes, ...children) {
  const element = document.createElementNS(SPACE, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Draw one stage's chart; the caption is its text alternative. The frames of a film share their scales. */
export function chart(item, film = [item]) {
  const view = { class: "wb-chart", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": item.caption || item.name };
  return svg("svg", view, ...(item.kind === "tree" ? tree(item) : graphic(item, film)));
}

function graphic(item, film) {
  const scattered = item.kind === "scatter";
  const all = (key) => film.flatMap((frame) => frame[key] ?? []);
  const x = scale(scattered ? [...all("x"), ...all("marks").map(([across]) => across)] : all("x"), LEFT, WIDTH - 8);
  const y = scale(scattered ? [...all("y"), ...all("marks").map(([, up]) => up)] : [0, ...all("y")], HEIGHT - BOTTOM, TOP);
  const parts = [axis(item, x, y)];
  if (scattered) parts.push(dots(item, x, y));
  else if (item.kind === "histogram") parts.push(bars(item, x, y));
  else parts.push(line(item.x, item.y, x, y, "wb-line"));
  if (item.second) {
    // A second curve has a unit of its own: only its shape and its peak are to be read.
    const own = scale([0, ...all("second")], HEIGHT - BOTTOM, TOP);
    parts.push(line(item.x, item.second, x, own, "wb-line wb-second"));
  }
  if (!scattered) for (const mark of item.marks ?? []) parts.push(markLine(mark, x));
  return parts;
}

function tree(item) {
  const laid = layOut(item.parents);
  const x = scale([0, Math.max(1, laid.leaves - 1)], LEFT + 4, WIDTH - 12);
  const y = scale([0, ...item.heights], HEIGHT - BOTTOM, TOP);
  const names = { x_label: `${laid.leaves} leaves`, y_label: "height of the merge" };
  return [axis({ ...names, bare: true }, x, y), dendrogram(item, laid, x, y, svg)];
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

function dots(item, x, y) {
  const group = svg("g", { class: "wb-dots" });
  item.x.forEach((value, at) => {
    const fill = unnamed(item.group?.[at] ?? 0);
    group.append(svg("circle", { cx: x(value).toFixed(1), cy: y(item.y[at]).toFixed(1), r: 1.3, fill }));
  });
  for (const [across, up] of item.marks ?? []) {
    group.append(svg("path", { class: "wb-centre", d: `M${x(across) - 4},${y(up)}h8M${x(across)},${y(up) - 4}v8` }));
  }
  return group;
}

function bars(item, x, y) {
  const wide = Math.max(0.8, (WIDTH - 8 - LEFT) / item.x.length);
  const group = svg("g", { class: "wb-bars" });
  item.x.forEach((value, at) => {
    const top = y(item.y[at]);
    group.append(svg("rect", { x: x(value), y: top, width: wide, height: Math.max(0, HEIGHT - BOTTOM - top) }));
  });
  return group;
}

function markLine(mark, x) {
  const at = x(mark);
  const group = svg("g", { class: "wb-mark" }, svg("line", { x1: at, x2: at, y1: TOP, y2: HEIGHT - BOTTOM }));
  group.append(words(short(mark), at + 4, TOP + 8, "start"));
  return group;
}

function axis(item, x, y) {
  const floor = HEIGHT - BOTTOM;
  return svg(
    "g",
    { class: "wb-axis" },
    svg("line", { x1: LEFT, x2: WIDTH - 8, y1: floor, y2: floor }),
    words(item.bare ? "" : short(x.low), LEFT, floor + 12, "start"),
    words(item.bare ? "" : short(x.high), WIDTH - 8, floor + 12, "end"),
    words(item.x_label ?? "", (LEFT + WIDTH) / 2, floor + 21, "middle"),
    words(short(y.high), LEFT - 4, TOP + 8, "end"),
    words(item.y_label ?? "", 2, TOP - 2, "start"),
  );
}

function words(text, x, y, anchor) {
  return svg("text", { x, y, "text-anchor": anchor }, text);
}

function short(value) {
  if (!Number.isFinite(value)) return "";
  if (Math.abs(value) >= 10000) return `${Number((value / 1000).toPrecision(2))}k`;
  return String(Number(value.toPrecision(3)));
}
