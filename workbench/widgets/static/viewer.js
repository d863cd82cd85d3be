// The viewer for notebooks: an image and segmentations side by side, nothing to ask a kernel.
import { Desk } from "./desk.js";
import { setDialogHost } from "./dialogs.js";
import { bytesOf, h } from "./dom.js";
import { attachKeys } from "./keys.js";
import { Pane } from "./pane.js";
import { Photo } from "./photo.js";
import { readPlane } from "./planes.js";
import { dress } from "./theme.js";
import { ViewBar } from "./viewbar.js";

function build(desk, model, el) {
  const nothing = () => {};
  const bar = new ViewBar(desk, { undo: nothing, redo: nothing });
  const grid = h("div", { class: "wb-plain" });
  const style = `--wb-canvas-height: ${model.get("height")}px`;
  const body = h("div", { class: "wb-body" }, bar.element, grid);
  const root = h("div", { class: "wb wb-viewer", tabindex: -1, style, "data-lm-suppress-shortcuts": "true" }, body);
  [bar.undo, bar.redo].forEach((button) => button.remove());
  el.append(root);
  setDialogHost(root);
  for (const { name, summary } of model.get("panes")) {
    const pane = new Pane(desk, name, name);
    pane.canvas.setAttribute("aria-label", `${name}, ${summary}`);
    if (name === "truth") desk.truth = pane;
    grid.append(h("figure", {}, h("figcaption", {}, h("b", {}, name), " ", h("span", {}, summary)), pane.element));
  }
  bar.update();
  return root;
}

async function fill(desk, model) {
  const picture = model.get("picture");
  const shown = model.get("panes").map(async (message, at) => {
    desk.panes[at].plane = await readPlane(message, message.bytes);
  });
  desk.photo = await Photo.decode(bytesOf(picture.bytes), picture.mime, picture.size);
  await Promise.all(shown);
  desk.panes.forEach((pane) => pane.show(pane.plane));
}

export default {
  render({ model, el }) {
    const desk = new Desk();
    const root = build(desk, model, el);
    const stops = [dress(root), attachKeys(root, desk, { undo() {}, redo() {} }, false)];
    fill(desk, model);
    return () => {
      stops.forEach((stop) => stop());
      desk.blink(false);
      [...desk.panes].forEach((pane) => pane.remove());
    };
  },
};
