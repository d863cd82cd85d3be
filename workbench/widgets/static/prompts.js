// Parameters that are given on the picture: seeds by clicking, a box by dragging.
import { h, plural, say } from "./dom.js";

/** A toggle that takes the pointer of all canvases while it is pressed. */
function toolButton(text, host, tool) {
  const button = h("button", { type: "button", class: "wb-button", "aria-pressed": "false" }, text);
  button.addEventListener("click", () => host.desk.setTool(host.desk.tool === tool ? null : tool));
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
    { "aria-label": "kind of seed", title: "Alt-click or right-click places the other kind" },
    h("option", { value: "object" }, "object"),
    h("option", { value: "background" }, "background"),
  );
  const tool = {
    kind: "points",
    apply: ({ row, col }, other) => {
      const chosen = other ? (kind.value === "object" ? "background" : "object") : kind.value;
      host.set([...points, [row, col, chosen]]);
      host.seal();
    },
  };
  const clear = clearButton(() => (host.set([]), host.seal()));
  const readout = h("output", { class: "wb-readout-value" });
  const update = (value) => {
    points = value ?? [];
    say(readout, points.length ? plural(points.length, "seed") : "automatic");
    host.prompt({ points });
  };
  const input = toolButton("place seeds", host, tool);
  return { input, readout, extra: h("div", { class: "wb-row" }, kind, clear), update };
}

export function boxControl(param, host) {
  let box = null;
  const tool = {
    kind: "box",
    preview: (drawn) => host.prompt({ box: drawn ?? box }),
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
    say(readout, box ? `${box[2] - box[0]} × ${box[3] - box[1]} px` : "automatic");
    host.prompt({ box });
  };
  return { input: toolButton("draw box", host, tool), readout, extra: clear, update };
}
