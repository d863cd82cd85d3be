// A method at a glance: what it made of the picture, how well and how quickly, what it is good at, where to go on.
import { duration, h, say, threeDecimals } from "./dom.js";
import { encodeState } from "./store.js";
import { inLab } from "./theme.js";
import { Thumb } from "./thumb.js";

const SWEPT = ["number", "integer", "choice", "bool"];

export class Glance {
  constructor(method) {
    Object.assign(this, { method, seq: -1 });
    this.thumb = new Thumb(method.name, method.title);
    this.label = h("span", { class: "wb-glance-label" });
    this.value = h("b");
    this.time = h("span", { class: "wb-time" });
    this.note = h("span", { class: "wb-chip-note" });
    this.known = h("p", { class: "wb-known" });
    this.message = h("p", { class: "wb-error", role: "alert", hidden: true });
    this.title = inLab() ? h("span", {}, method.title) : h("a", {}, method.title);
    const frame = h("div", { class: "wb-glance-frame" }, this.thumb.canvas, this.note, this.message);
    this.element = h(
      "article",
      { class: "wb-glance", "data-card": method.name, "data-state": "stale", "aria-label": method.title },
      frame,
      h("h3", { title: method.summary }, this.title),
      h("p", { class: "wb-glance-numbers" }, this.label, this.value, this.time),
      this.known,
      h("p", { class: "wb-source" }, method.source),
    );
    if (inLab()) this.element.append(this.call = h("code", { class: "wb-glance-call" }));
    this.rest("waiting");
  }

  /** A new picture, since message `seq`: what is shown is of the old one. */
  forget(photo, image, seq) {
    this.seq = seq;
    [this.label, this.value, this.time].forEach((element) => say(element, ""));
    this.go(image);
    this.thumb.show(photo, null);
    this.wait();
  }

  wait() {
    this.message.hidden = true;
    this.element.dataset.state = "stale";
    this.rest("waiting");
  }

  /** Say where this method can be explored on this picture. */
  go(image) {
    const { name, params } = this.method;
    if (this.call) return say(this.call, `wb.panels.explore("${image}", "${name}")`);
    const values = Object.fromEntries(params.map((param) => [param.name, param.default]));
    const param = params.find(({ kind }) => SWEPT.includes(kind))?.name ?? "";
    const cards = [{ id: name, method: name, values }];
    const explore = { param, second: "", measure: "", carry: false };
    const state = { v: 1, image, truth: "bundled", lens: this.lens ?? "object", cards, explore };
    this.title.href = `explore.ipynb#state=${encodeState(state)}`;
  }

  show(photo, plane, image, result) {
    const { headline, scores, labels, why } = result;
    const key = headline[0] ?? "";
    const defined = Number.isFinite(scores[key]);
    this.lens = result.lens;
    this.go(image);
    say(this.label, labels[key] ?? "");
    say(this.value, key ? threeDecimals(scores[key]) : "no truth");
    this.value.dataset.score = key;
    this.value.dataset.value = defined ? String(scores[key]) : "";
    this.value.title = defined ? String(scores[key]) : why[key] ?? "";
    say(this.time, duration(result.ms));
    this.message.hidden = true;
    this.element.dataset.state = result.preview ? "running" : "idle";
    this.element.dataset.recipe = result.recipe;
    this.rest(result.preview ? "preview" : "");
    this.thumb.canvas.setAttribute("aria-label", `${this.words()}, ${result.summary}`);
    this.thumb.show(photo, plane);
  }

  words() {
    return [this.method.title, this.label.textContent, this.value.textContent].filter(Boolean).join(" ");
  }

  running({ progress, note }) {
    this.element.dataset.state = "running";
    this.rest(note ?? (Number.isFinite(progress) ? `${Math.round(100 * progress)} %` : "running"));
  }

  fail({ message }) {
    this.element.dataset.state = "error";
    say(this.message, message);
    this.message.hidden = false;
    this.rest("");
  }

  rest(word) {
    say(this.note, word);
    this.note.hidden = !word;
  }
}
