// What every page stands in: the element that carries the house's style, its notices, and how all of it is put away.
import { setDialogHost } from "./dialogs.js";
import { h } from "./dom.js";

/** Put a page's body into its host; `kind` is the page's own class, if it has one. */
export function frame(host, kind, notices, body, attributes = {}) {
  const given = { class: `wb ${kind}`.trim(), tabindex: -1, "data-lm-suppress-shortcuts": "true", ...attributes };
  const root = h("div", given, h("div", { class: "wb-body" }, body), notices.element, notices.banner);
  host.append(root);
  setDialogHost(root);
  return root;
}

/** Put away a page with canvases. */
export function putAway({ store, link, stops, desk }) {
  store.saveNow();
  link.close();
  stops.forEach((stop) => stop());
  desk.blink(false);
  [...desk.panes].forEach((pane) => pane.remove());
}
