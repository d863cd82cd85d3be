// A small chart: each true segment's best IoU against its size.
import { shape } from "./axes.js";
import { h, plural, say, threeDecimals } from "./dom.js";
import { FATE } from "./palette.js";

const [WIDTH, HEIGHT] = [280, 150];
const ROOM = { left: 30, right: 10, top: 10, bottom: 34 };
const GOOD = 0.5;

export class SizeChart {
  /** `choose(at)` takes the item of a dot that is clicked. */
  constructor(choose) {
    this.choose = choose;
    this.svg = shape("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img" });
    this.words = h("figcaption");
    this.element = h("figure", { class: "wb-sizes" }, this.svg, this.words);
  }

  /** `sizes` are [pixels, best IoU, item] of each true segment. */
  show({ sizes, items }) {
    this.element.hidden = sizes.length === 0;
    if (!sizes.length) return;
    const areas = sizes.map(([area]) => Math.log10(area));
    const [low, high] = padded(Math.min(...areas), Math.max(...areas));
    const x = (area) => ROOM.left + ((WIDTH - ROOM.left - ROOM.right) * (Math.log10(area) - low)) / (high - low);
    const y = (iou) => HEIGHT - ROOM.bottom - iou * (HEIGHT - ROOM.top - ROOM.bottom);
    const dot = ([area, iou, at]) => {
      const made = shape("circle", { cx: x(area).toFixed(1), cy: y(iou).toFixed(1), r: 3.5, fill: FATE[items[at].kind], "data-item": at });
      made.append(shape("title", {}, `${items[at].kind}: ${plural(area, "pixel")}, IoU ${threeDecimals(iou)}`));
      made.addEventListener("click", () => this.choose(at));
      return made;
    };
    this.svg.replaceChildren(...grid(low, high, x, y), ...sizes.map(dot));
    say(this.words, finding(sizes));
    this.svg.setAttribute("aria-label", `best IoU against size: ${this.words.textContent}`);
  }

  /** Ring the dots of an item. */
  mark(at) {
    for (const dot of this.svg.querySelectorAll("circle")) dot.classList.toggle("now", Number(dot.dataset.item) === at);
  }
}

/** What the chart says: do the small ones do worse? */
function finding(sizes) {
  const sorted = [...sizes].sort((a, b) => a[0] - b[0]);
  const half = Math.floor(sorted.length / 2);
  const good = sizes.filter(([, iou]) => iou >= GOOD).length;
  const mean = (some) => threeDecimals(some.reduce((sum, [, iou]) => sum + iou, 0) / some.length);
  const halves = half ? ` Mean best IoU: smaller half ${mean(sorted.slice(0, half))}, larger half ${mean(sorted.slice(sorted.length - half))}.` : "";
  return `${good} of ${sizes.length} true segments reach IoU 0.5.${halves}`;
}

function padded(low, high) {
  const more = Math.max(0.05, 0.06 * (high - low));
  return [low - more, high + more];
}

function grid(low, high, x, y) {
  const lines = [0, GOOD, 1].map((iou) => shape("line", { class: iou === GOOD ? "half" : undefined, x1: ROOM.left, x2: WIDTH - ROOM.right, y1: y(iou), y2: y(iou) }));
  const up = [0, GOOD, 1].map((iou) => shape("text", { x: ROOM.left - 5, y: y(iou) + 4, "text-anchor": "end" }, String(iou)));
  const across = ticks(low, high).map((area) => shape("text", { x: x(area), y: HEIGHT - ROOM.bottom + 14, "text-anchor": "middle" }, sizeText(area)));
  const name = shape("text", { x: (ROOM.left + WIDTH - ROOM.right) / 2, y: HEIGHT - 4, "text-anchor": "middle" }, "pixels of the true segment; up: best IoU");
  return [shape("g", { class: "wb-grid-lines" }, ...lines), ...up, ...across, name];
}

/** Up to five round sizes; of a narrow range the ones, twos and fives. */
function ticks(low, high) {
  const all = (steps) => {
    const found = [];
    for (let power = Math.floor(low); power <= high; power++) found.push(...steps.map((step) => step * 10 ** power));
    return found.filter((area) => area >= 1 && Math.log10(area) >= low && Math.log10(area) <= high);
  };
  const choices = [[1], [1, 3], [1, 2, 5], [1, 1.5, 2, 3, 4, 5, 6, 8]].map(all);
  return choices.find((found) => found.length >= 2 && found.length <= 5) ?? choices.find((found) => found.length)?.slice(0, 5) ?? [];
}

function sizeText(area) {
  if (area >= 1e6) return `${area / 1e6}M`;
  return area >= 1000 ? `${area / 1000}k` : String(area);
}
