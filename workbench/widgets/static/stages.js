// The stages of a card: a strip of small pictures; a click shows one on the canvas, large, or a chart in a dialog.
import { chart } from "./charts.js";
import { openDialog } from "./dialogs.js";
import { bytesOf, h, plural, say } from "./dom.js";
import { onCanvas, readFrame } from "./drawings.js";
import { FilmBar } from "./filmbar.js";

export class Stages {
  /** `ask(what, name)` fetches the strip ("stages") or one stage or film by its name ("stage") from the kernel. */
  constructor(pane, ask) {
    Object.assign(this, { pane, ask, buttons: new Map(), wanted: null, strips: 0, shows: 0 });
    const empty = h("p", { class: "wb-none" }, "The stages follow when it has run.");
    this.element = h("div", { class: "wb-strip", role: "group", "aria-label": "stages" }, empty);
    this.bar = new FilmBar((at) => this.exhibit(at));
    this.name = h("b");
    this.caption = h("span");
    const back = h("button", { type: "button", class: "wb-button", title: "Esc", onclick: () => this.back() }, "back to the mask");
    this.tag = h("div", { class: "wb-shown", hidden: true }, h("p", { role: "status" }, "stage: ", this.name), this.caption, back);
    pane.element.append(this.tag);
    pane.leave = () => this.back();
  }

  /** What is shown is out of date; ask for it again. */
  again() {
    this.ask("stages");
    if (this.wanted) this.ask("stage", this.wanted.name);
  }

  /** A new answer has come: until its stages follow, those in sight are of the one before. */
  old() {
    this.tag.classList.add("old");
    this.element.classList.add("old");
  }

  // ---- the strip

  async strip({ items }, buffers) {
    const number = ++this.strips;
    let next = 0;
    const pictures = items.map((item) => (item.kind === "image" ? buffers[next++] : null));
    const drawn = await Promise.all(items.map((item, at) => thumbnail(item, pictures[at])));
    if (number !== this.strips) return; // a newer one was quicker to read
    const names = items.map((item) => item.name).join("\n");
    if (names !== this.names) this.layOut(items, names);
    items.forEach((item, at) => this.fill(item, drawn[at]));
    this.element.classList.remove("old");
  }

  layOut(items, names) {
    this.names = names;
    this.buttons.clear();
    const made = items.map(({ name }) => {
      const parts = { thumb: h("span", { class: "wb-thumb" }), caption: h("small") };
      parts.button = h(
        "button",
        { class: "wb-stage", type: "button", "aria-pressed": "false", "data-stage": name },
        parts.thumb,
        h("span", {}, name),
        parts.caption,
      );
      this.buttons.set(name, parts);
      return parts.button;
    });
    this.element.replaceChildren(...made);
    this.mark();
  }

  fill(item, drawn) {
    const { button, thumb, caption } = this.buttons.get(item.name);
    const film = item.frames > 1 ? plural(item.frames, "frame") : "";
    thumb.replaceChildren(drawn, ...(film ? [h("i", {}, `▸ ${film}`)] : []));
    say(caption, item.caption);
    button.title = item.caption || item.name;
    button.setAttribute("aria-label", [item.name, item.caption, film && `film, ${film}`].filter(Boolean).join(", "));
    button.onclick = () => this.choose(item);
  }

  mark() {
    const shown = this.tag.hidden ? null : this.wanted?.name;
    for (const [name, { button }] of this.buttons) button.setAttribute("aria-pressed", String(name === shown));
  }

  // ---- one stage, large

  choose(item) {
    if (this.wanted?.name === item.name) return this.back();
    if (item.kind !== "image" && item.frames === 1) return showCharts(item.name, [item]);
    if (item.over) this.wanted = { name: item.name, loaded: false };
    else this.large = item.name;
    this.buttons.get(item.name).button.setAttribute("aria-busy", "true");
    this.ask("stage", item.name);
  }

  async show({ name, items }, buffers) {
    const number = ++this.shows;
    let next = 0;
    const hasBytes = (item) => ["image", "field", "graph"].includes(item.kind);
    const frames = await Promise.all(items.map((item) => readFrame(item, hasBytes(item) ? buffers[next++] : null)));
    this.buttons.get(name)?.button.removeAttribute("aria-busy");
    if (number !== this.shows) return;
    if (this.large === name) {
      this.large = null;
      return frames.length && showCharts(name, frames);
    }
    if (this.wanted?.name !== name || this.pane.gone) return;
    if (!frames.length) return this.back(); // these values show no such stage
    const stays = this.wanted.loaded;
    Object.assign(this.wanted, { loaded: true, frames });
    this.tag.hidden = false;
    this.tag.classList.remove("old");
    say(this.name, name);
    this.bar.load(frames, stays);
    this.mark();
    // On a phone the controls stand between the canvas and the strip.
    if (!stays) this.pane.element.scrollIntoView({ block: "nearest" });
  }

  exhibit(at) {
    const frame = this.wanted.frames[at];
    // The bar says it for a film; the tag must not speak with every frame.
    say(this.caption, this.wanted.frames.length > 1 ? "" : frame.caption ?? "");
    this.caption.title = this.caption.textContent;
    this.pane.exhibit(frame);
  }

  /** Show the mask again. */
  back() {
    if (!this.wanted) return;
    const { name } = this.wanted;
    const held = this.tag.contains(document.activeElement) || this.bar.element.contains(document.activeElement);
    this.wanted = null;
    this.tag.hidden = true;
    this.bar.close();
    this.mark();
    this.pane.exhibit(null);
    if (held) this.buttons.get(name)?.button.focus();
  }
}

async function thumbnail(item, bytes) {
  const drawn = item.kind === "image" ? onCanvas(await createImageBitmap(new Blob([bytesOf(bytes)], { type: item.mime }))) : chart(item, [item], false);
  drawn.removeAttribute("role"); // the button around it has the words
  drawn.setAttribute("aria-hidden", "true");
  return drawn;
}

/** Charts, and pictures of other proportions than the photograph, large; several of them as a film. */
function showCharts(name, frames) {
  const stand = h("div", { class: "wb-large" });
  const caption = h("p");
  const draw = (frame) => (frame.bitmap ? onCanvas(frame.bitmap, frame.caption || name) : chart(frame, frames));
  const bar = new FilmBar((at) => {
    stand.replaceChildren(draw(frames[at]));
    say(caption, frames.length > 1 ? "" : frames[at].caption ?? "");
  });
  const dialog = openDialog(name, h("div", { class: "wb-exhibit" }, stand, caption, bar.element));
  dialog.addEventListener("close", () => bar.close());
  bar.load(frames, false);
}
