// Dialogs, short notices, and the banner of a lost kernel; none of them moves anything on the page.
import { h } from "./dom.js";

const KEYS = [
  ["wheel, pinch, + −", "zoom to the cursor"],
  ["drag", "pan"],
  ["double click, 0", "fit"],
  ["1", "one screen pixel a pixel"],
  ["click", "light a segment everywhere"],
  ["hold space", "the bare image"],
  ["hold T", "the truth"],
  ["[ ]", "opacity"],
  ["O", "overlay"],
  ["E", "error view"],
  ["S", "swipe; drag the line"],
  ["B", "blink"],
  ["C", "what the last move changed"],
  ["arrow keys", "nudge the focused slider; shift for ten steps, home and end its ends"],
  ["Z, shift Z", "undo, redo"],
  ["arrow keys, Enter", "on a canvas, while seeds are placed: move the cursor, place one"],
  ["Esc", "stop placing or drawing; back from stages to masks; put out the light"],
  ["?", "this list"],
];

/** Add what a page has besides. */
export function addKeys(rows) {
  KEYS.splice(-1, 0, ...rows);
}

let host = document.body;

/** Where dialogs open: inside the panel, so that they wear its colours. */
export function setDialogHost(element) {
  host = element;
}

export function openDialog(title, content) {
  const close = h("button", { class: "wb-button wb-quiet", "aria-label": "close", onclick: () => dialog.close() }, "×");
  const dialog = h("dialog", { class: "wb-dialog", "aria-label": title }, h("header", {}, h("h2", {}, title), close), content);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  host.append(dialog);
  dialog.showModal();
  return dialog;
}

export function openHelp() {
  const rows = KEYS.map(([keys, what]) => [h("dt", {}, keys), h("dd", {}, what)]);
  openDialog("Keys and pointer", h("dl", { class: "wb-keys" }, rows));
}

/** A sentence at the foot of the panel: information leaves by itself, an error stays until it is closed. */
export class Notices {
  constructor() {
    this.element = h("div", { class: "wb-notices", role: "status" });
    this.banner = h("div", { class: "wb-banner", role: "alert", hidden: true });
  }

  say(message, level = "info") {
    const note = h("div", { class: "wb-notice", "data-level": level, role: level === "error" ? "alert" : null }, h("span", {}, message));
    note.append(h("button", { class: "wb-button wb-quiet", "aria-label": "close", onclick: () => note.remove() }, "×"));
    this.element.replaceChildren(note);
    if (level !== "error") setTimeout(() => note.remove(), 6000);
  }

  lost(isLost) {
    if (this.banner.hidden === !isLost) return;
    this.banner.hidden = !isLost;
    const reload = h("button", { class: "wb-button", onclick: () => location.reload() }, "reload");
    const sentence = "The kernel does not answer. Your settings are kept in this tab: reload the page to go on. ";
    this.banner.replaceChildren(...(isLost ? [h("span", {}, sentence), reload] : []));
  }
}
