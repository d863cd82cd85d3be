// What a pointer does on a canvas: zoom, pan, point, light a segment, drag the swipe line, place seeds, scribble, draw.
import { clamp, nextFrame } from "./dom.js";

const STILL = 4; // screen pixels within which a press is a click
const GRAB = 18; // screen pixels around the swipe line

/** Listen on a pane's canvas; returns what stops it. */
export function attachGestures(pane) {
  const gestures = new Gestures(pane);
  const stop = new AbortController();
  const on = (name, handler, options = {}) => {
    pane.canvas.addEventListener(name, (event) => handler.call(gestures, event), { signal: stop.signal, ...options });
  };
  on("wheel", gestures.wheel, { passive: false });
  on("pointerdown", gestures.down);
  on("pointermove", gestures.move);
  on("pointerup", gestures.up);
  on("pointercancel", gestures.cancel);
  on("pointerleave", gestures.leave);
  on("dblclick", gestures.double);
  on("contextmenu", gestures.menu);
  return () => stop.abort();
}

class Gestures {
  constructor(pane) {
    this.pane = pane;
    this.desk = pane.desk;
    this.fingers = new Map();
    this.hover = nextFrame(() => this.desk.hover(this.pointed));
  }

  /** Canvas position, and the pixel under it (null outside of the image). */
  at(event) {
    const box = this.pane.canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    if (!this.desk.size) return { x, y, pixel: null };
    const frame = this.pane.frame();
    const [row, col] = [(y - frame.y) / frame.scale, (x - frame.x) / frame.scale];
    const [rows, cols] = this.desk.size;
    const inside = row >= 0 && col >= 0 && row < rows && col < cols;
    const exact = { row: clamp(row, 0, rows), col: clamp(col, 0, cols) };
    return { x, y, exact, pixel: inside ? { row: Math.floor(row), col: Math.floor(col) } : null };
  }

  camera(call) {
    const { width, height } = this.pane;
    if (!this.desk.size) return;
    call(this.desk.camera, width, height, this.desk.size);
    for (const pane of this.desk.panes) pane.canvas.style.touchAction = this.desk.camera.zoom > 1 ? "none" : "";
    this.desk.repaint();
  }

  wheel(event) {
    event.preventDefault();
    const { x, y } = this.at(event);
    const lines = event.deltaMode === 1 ? 16 : 1;
    // A pinch on a trackpad comes as a wheel with ctrl held, in finer steps.
    const factor = Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.0016));
    this.camera((camera, ...rest) => camera.zoomAt(factor, x, y, ...rest));
  }

  down(event) {
    if (event.button > 0 && !this.desk.tool) return;
    const start = this.at(event);
    this.fingers.set(event.pointerId, start);
    this.pane.canvas.setPointerCapture(event.pointerId);
    this.desk.sketch(null);
    if (this.fingers.size > 1) this.drag = { kind: "pinch" };
    else this.drag = { kind: this.kindOf(start, event), start, last: start, far: false, path: pointOf(start), other: event.altKey || event.button === 2 };
  }

  kindOf({ x }, { shiftKey, button }) {
    const { tool, view } = this.desk;
    // With shift or the middle button a drag pans as ever, whatever tool is up.
    if (tool && !shiftKey && button !== 1) return tool.kind === "box" ? "box" : "draw";
    if (view.mode === "swipe" && Math.abs(x - view.swipe * this.pane.width) < GRAB) return "swipe";
    return "pan";
  }

  move(event) {
    const now = this.at(event);
    this.pointed = now.pixel;
    this.hover();
    const { drag } = this;
    if (!drag || !this.fingers.has(event.pointerId)) return;
    if (drag.kind === "pinch") return this.pinch(event.pointerId, now);
    drag.far ||= Math.hypot(now.x - drag.start.x, now.y - drag.start.y) > STILL;
    if (drag.kind === "swipe") this.desk.setView({ swipe: now.x / this.pane.width });
    else if (drag.kind === "box" && drag.far) this.desk.sketch({ box: boxOf(drag.start, now, this.desk.size) });
    else if (drag.kind === "draw") this.draw(drag, now);
    else if (drag.kind === "pan" && drag.far) {
      this.camera((camera, ...rest) => camera.pan(now.x - drag.last.x, now.y - drag.last.y, ...rest));
    }
    drag.last = now;
  }

  draw(drag, now) {
    const { tool } = this.desk;
    drag.path.push([now.exact.row, now.exact.col]);
    if (drag.far && tool?.sketch) this.desk.sketch(tool.sketch(drag.path, drag.other, this.pane));
  }

  pinch(id, now) {
    const before = this.fingers.get(id);
    const other = [...this.fingers].find(([key]) => key !== id)?.[1];
    this.fingers.set(id, now);
    if (!other) return;
    const spread = (point) => Math.hypot(point.x - other.x, point.y - other.y) || 1;
    const [x, y] = [(now.x + other.x) / 2, (now.y + other.y) / 2];
    this.camera((camera, ...rest) => {
      camera.zoomAt(spread(now) / spread(before), x, y, ...rest);
      camera.pan((now.x - before.x) / 2, (now.y - before.y) / 2, ...rest);
    });
  }

  up(event) {
    const { drag } = this;
    const now = this.at(event);
    this.cancel(event);
    if (!drag || drag.kind === "pinch") return;
    const { tool } = this.desk;
    if (tool && drag.kind === "box") return drag.far && tool.apply(boxOf(drag.start, now, this.desk.size));
    if (tool && drag.kind === "draw" && drag.far) return tool.draw(drag.path, drag.other, this.pane);
    if (drag.far || !now.pixel) return;
    if (tool) return tool.kind === "points" && drag.kind === "draw" && tool.apply(now.pixel, drag.other, this.pane);
    if (this.pane.plane && drag.kind === "pan") this.desk.light(this.pane, this.pane.plane.at(now.pixel.row, now.pixel.col));
  }

  cancel(event) {
    this.fingers.delete(event.pointerId);
    if (this.fingers.size > 0) return;
    this.drag = null;
    this.desk.sketch(null);
  }

  leave() {
    this.pointed = null;
    this.hover();
  }

  double() {
    if (this.desk.tool) return;
    this.camera((camera) => camera.fit());
  }

  menu(event) {
    if (this.desk.tool) event.preventDefault();
  }
}

/** Where a path begins; before the picture is there, nowhere. */
function pointOf({ exact }) {
  return exact ? [[exact.row, exact.col]] : [];
}

/** Rows and columns that a drag touches, the last ones included: [top, left, bottom, right]. */
function boxOf({ exact: a }, { exact: b }, size) {
  const low = [Math.min(a.row, b.row), Math.min(a.col, b.col)].map((at, axis) => Math.min(Math.floor(at), size[axis] - 1));
  const high = [Math.max(a.row, b.row), Math.max(a.col, b.col)].map((at, axis) => Math.max(Math.ceil(at) - 1, low[axis]));
  return [...low, ...high];
}
