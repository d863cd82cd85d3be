// What all canvases share: camera, view, truth, cursor and the segment that is lit.
import { Camera } from "./camera.js";
import { jointTable } from "./planes.js";
import { clamp, nextFrame } from "./dom.js";

export const MODES = ["overlay", "outline", "mask", "error", "swipe", "blink", "difference", "changed"];
export const VIEW = { mode: "overlay", opacity: 0.45, palette: "default", swipe: 0.5, against: "" };
const BLINK = 600; // ms a side

export class Desk {
  constructor() {
    this.camera = new Camera();
    this.view = { ...VIEW };
    this.photo = null;
    this.panes = [];
    this.truth = null; // the pane that shows it
    this.lens = "object";
    this.target = [];
    this.lit = null;
    this.peek = null;
    this.tool = null;
    this.draft = null; // what a tool is drawing just now
    this.point = null;
    this.phase = false;
    this.repaint = nextFrame(() => this.panes.forEach((pane) => pane.paint()));
    this.listeners = { view: [], hover: [], tool: [] };
  }

  on(what, listener) {
    this.listeners[what].push(listener);
  }

  tell(what, given) {
    this.listeners[what].forEach((listener) => listener(given));
  }

  get size() {
    return this.photo?.size ?? this.panes.find((pane) => pane.plane)?.size ?? null;
  }

  get truthPlane() {
    return this.truth?.plane ?? null;
  }

  /** Change how things look; nothing of this reaches the kernel. */
  setView(change) {
    Object.assign(this.view, change);
    this.view.opacity = clamp(this.view.opacity, 0, 1);
    this.view.swipe = clamp(this.view.swipe, 0, 1);
    this.blink(this.view.mode === "blink");
    this.tell("view", this.view);
    this.repaint();
  }

  resetView() {
    this.camera.fit();
    this.lit = null;
    this.setView({ ...VIEW });
  }

  blink(wanted) {
    if (wanted === Boolean(this.ticking)) return;
    clearInterval(this.ticking);
    this.phase = false;
    this.ticking = wanted ? setInterval(() => ((this.phase = !this.phase), this.repaint()), BLINK) : 0;
  }

  /** The pane that swipe, blink and difference hold this one against; null is the bare image. */
  against(pane) {
    const named = this.panes.find((other) => other.name === this.view.against);
    if (named && named !== pane) return named;
    if (this.view.mode !== "difference") return null;
    return this.panes.find((other) => other !== pane && other !== this.truth && other.plane) ?? null;
  }

  /** Bring a box of the image into the middle of every canvas. */
  look(box) {
    const pane = this.panes.find((one) => one.width);
    if (!pane || !this.size) return;
    this.camera.show(box, pane.width, pane.height, this.size);
    for (const one of this.panes) one.canvas.style.touchAction = this.camera.zoom > 1 ? "none" : "";
    this.repaint();
  }

  show(peek) {
    if (this.peek === peek) return;
    this.peek = peek;
    this.repaint();
  }

  hover(point) {
    this.point = point;
    this.panes.forEach((pane) => pane.point(point));
    this.tell("hover", point);
  }

  /** Move the cursor by keys, from the middle where there is none yet. */
  aim(rows, cols) {
    if (!this.size) return;
    const [height, width] = this.size;
    const { row, col } = this.point ?? { row: height >> 1, col: width >> 1 };
    this.hover({ row: clamp(row + rows, 0, height - 1), col: clamp(col + cols, 0, width - 1) });
  }

  /** Show what a tool is drawing, or (null) that it is done. */
  sketch(draft) {
    if (!draft && !this.draft) return;
    this.draft = draft;
    this.repaint();
  }

  /** One step back: put the tool down, else show masks in place of stages, else put out the light. */
  escape() {
    if (this.tool) return this.setTool(null);
    const staged = this.panes.filter((pane) => pane.stage);
    if (staged.length) return staged.forEach((pane) => pane.leave());
    this.lit = null;
    this.repaint();
  }

  setTool(tool) {
    this.tool = tool;
    this.sketch(null);
    this.panes.forEach((pane) => pane.canvas.classList.toggle("placing", Boolean(tool)));
    this.tell("tool", tool);
  }

  /** Light a segment of one pane, and in the others what covers it; the same click again puts it out. */
  light(pane, place) {
    const again = this.lit && this.lit.pane === pane && this.lit.id === pane.plane?.ids[place];
    this.lit = again || !pane.plane ? null : { pane, id: pane.plane.ids[place] };
    this.repaint();
  }

  /** The places of a pane that are lit, or null when nothing is. */
  litPlaces(pane) {
    const source = this.lit?.pane;
    const place = source?.plane ? source.plane.ids.indexOf(this.lit.id) : -1;
    if (place < 0 || !pane.plane) return null;
    if (pane === source) return new Set([place]);
    const joint = jointTable(source.plane, pane.plane);
    const columns = pane.plane.ids.length;
    const mine = source.plane.areas()[place];
    const theirs = pane.plane.areas();
    // Covering: at least half of the smaller of the two, so that neither crumbs nor surroundings light up.
    const covers = (other) => joint[place * columns + other] >= Math.min(mine, theirs[other]) / 2;
    return new Set([...pane.plane.ids.keys()].filter((other) => theirs[other] > 0 && covers(other)));
  }
}
