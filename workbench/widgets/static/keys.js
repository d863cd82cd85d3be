// The keyboard: what an image viewer's keys do, wherever the focus is in the panel.
import { openHelp } from "./dialogs.js";

const TYPING = "input:not([type=range]):not([type=checkbox]), textarea, select, [contenteditable=true]";

/** Listen for keys; `alone` says that the page is the panel's own, so that unfocused keys are meant for it. */
export function attachKeys(root, desk, { undo, redo }, alone) {
  const camera = (call) => {
    const pane = desk.panes.find((one) => one.width);
    if (pane && desk.size) call(desk.camera, pane.width, pane.height, desk.size);
    desk.repaint();
  };
  const zoom = (factor) => camera((lens, w, h, size) => lens.zoomAt(factor, w / 2, h / 2, w, h, size));
  const pan = (dx, dy) => camera((lens, ...rest) => lens.pan(dx, dy, ...rest));
  const mode = (name) => desk.setView({ mode: desk.view.mode === name ? "overlay" : name });
  const opacity = (by) => desk.setView({ opacity: Math.round(100 * (desk.view.opacity + by)) / 100 });
  const actions = {
    0: () => camera((lens) => lens.fit()),
    1: () => camera((lens, ...rest) => lens.oneToOne(...rest)),
    "+": () => zoom(1.25),
    "=": () => zoom(1.25),
    "-": () => zoom(0.8),
    "[": () => opacity(-0.05),
    "]": () => opacity(0.05),
    o: () => desk.setView({ mode: "overlay" }),
    e: () => mode("error"),
    s: () => mode("swipe"),
    b: () => mode("blink"),
    c: () => mode("changed"),
    z: undo,
    Z: redo,
    t: () => desk.show("truth"),
    " ": () => desk.show("image"),
    "?": openHelp,
    Escape: () => desk.escape(),
  };
  const arrows = { ArrowLeft: [40, 0], ArrowRight: [-40, 0], ArrowUp: [0, 40], ArrowDown: [0, -40] };

  /** On a canvas arrows pan; while seeds are placed they move the cursor, and enter places one. */
  function onCanvas({ key, shiftKey, target }) {
    const places = desk.tool?.kind === "points";
    // A tool may have keys of its own, such as those of a brush.
    const own = desk.tool?.keys?.[key];
    if (own) return () => own(desk.panes.find((pane) => pane.canvas === target));
    if (places && key === "Enter" && desk.point) return () => desk.tool.apply(desk.point, false);
    if (!arrows[key]) return null;
    if (!places) return () => pan(...arrows[key]);
    const far = (shiftKey ? 10 : 1) / 40;
    return () => desk.aim(-arrows[key][1] * far, -arrows[key][0] * far);
  }

  function down(event) {
    if (!mine(event) || event.target.closest?.("dialog")) return;
    const key = event.key.length === 1 && event.key !== "Z" ? event.key.toLowerCase() : event.key;
    const action = (event.target.tagName === "CANVAS" && onCanvas(event)) || actions[key];
    if (!action || (key === " " && presses(event.target))) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  }

  function mine(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches?.(TYPING)) return false;
    return root.contains(event.target) || (alone && event.target === document.body);
  }

  function up(event) {
    if (event.key === " " || event.key.toLowerCase() === "t") desk.show(null);
  }

  const stop = new AbortController();
  const still = () => desk.show(null);
  document.addEventListener("keydown", down, { signal: stop.signal });
  document.addEventListener("keyup", up, { signal: stop.signal });
  window.addEventListener("blur", still, { signal: stop.signal });
  return () => stop.abort();
}

/** Whether space presses this element. */
function presses(element) {
  return element.matches?.("button, summary, input[type=checkbox], [role=button]");
}
