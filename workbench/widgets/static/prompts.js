// Parameters that are given on the picture: seeds clicked or scribbled, a box or a curve dragged.
import { h, plural, say } from "./dom.js";
import { asPixels, simplified } from "./strokes.js";

const SCRIBBLE = 40; // corners of a scribble
const ROUND = 60; // corners of a curve

/** A toggle that takes the pointer of all canvases while it is pressed. */
function toolButton(text, param, host, tool, hint) {
  const button = h("button", { type: "button", class: "wb-button", "aria-pressed": "false", title: hint }, text);
  button.setAttribute("aria-label", `${text}: ${param.label}`);
  button.addEventListener("click", (event) => {
    host.desk.setTool(host.desk.tool === tool ? null : tool);
    // Pressed by a key: the canvas takes the keys that follow.
    if (!event.detail && host.desk.tool === tool && tool.kind === "points") (host.focus(), host.desk.aim(0, 0));
  });
  host.desk.on("tool", (active) => button.setAttribute("aria-pressed", String(active === tool)));
  return button;
}

function clearButton(onclick) {
  return h("button", { type: "button", class: "wb-button wb-quiet", onclick }, "clear");
}

export function pointsControl(param, host) {
  let points = [];
  const kind = h(
    "select",
    { "aria-label": "kind of seed", title: "Alt or the right button places the other kind" },
    h("option", { value: "object" }, "object"),
    h("option", { value: "background" }, "background"),
  );
  const chosen = (other) => (other ? (kind.value === "object" ? "background" : "object") : kind.value);
  const add = (corners, other) => {
    host.set([...points, [...corners.flat(), chosen(other)]]);
    host.seal();
  };
  const tool = {
    kind: "points",
    sketch: (path, other) => ({ stroke: [...path.flat(), chosen(other)] }),
    apply: ({ row, col }, other) => add([[row, col]], other),
    draw: (path, other) => add(simplified(asPixels(path, host.desk.size), SCRIBBLE), other),
  };
  const clear = clearButton(() => (host.set([]), host.seal()));
  const readout = h("output", { class: "wb-readout-value" });
  const update = (value) => {
    points = value ?? [];
    say(readout, points.length ? plural(points.length, "seed") : "automatic");
    host.prompt({ points });
  };
  const hint = "Click for a seed, drag for a scribble; shift and drag pans. On a canvas, arrow keys move the cursor and Enter places.";
  const input = toolButton("place seeds", param, host, tool, hint);
  return { input, readout, extra: h("div", { class: "wb-row" }, kind, clear), update };
}

export function boxControl(param, host) {
  let box = null;
  const tool = {
    kind: "box",
    apply: (drawn) => {
      host.set(drawn);
      host.seal();
      host.desk.setTool(null);
    },
  };
  const clear = clearButton(() => (host.set(null), host.seal()));
  const readout = h("output", { class: "wb-readout-value" });
  const update = (value) => {
    box = value ?? null;
    say(readout, box ? `${box[2] - box[0] + 1} × ${box[3] - box[1] + 1} px` : "automatic");
    host.prompt({ box });
  };
  return { input: toolButton("draw box", param, host, tool, "Drag from corner to corner."), readout, extra: clear, update };
}

export function curveControl(param, host) {
  const tool = {
    kind: "curve",
    sketch: (path) => ({ curve: path }),
    draw: (path) => {
      const start = asPixels(path, host.desk.size);
      // Simplified as a closed line: back to where it began, and that corner once.
      const curve = simplified([...start, start[0]], ROUND + 1).slice(0, -1);
      if (new Set(curve.map(String)).size < 3) return;
      host.set(curve);
      host.seal();
      host.desk.setTool(null);
    },
  };
  const clear = clearButton(() => (host.set([]), host.seal()));
  const readout = h("output", { class: "wb-readout-value" });
  const update = (value) => {
    const curve = value ?? [];
    say(readout, curve.length ? plural(curve.length, "corner") : "automatic");
    host.prompt({ curve });
  };
  const input = toolButton("draw curve", param, host, tool, "Drag once around the object; the curve closes by itself.");
  return { input, readout, extra: clear, update };
}
