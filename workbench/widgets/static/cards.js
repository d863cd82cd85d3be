// A card: one canvas beside what its method was asked, what it answered, and how well.
import { duration, h, plural, say } from "./dom.js";
import { makeControl } from "./controls.js";
import { CHANGE } from "./palette.js";
import { Pane } from "./pane.js";
import { Scores } from "./scores.js";
import { Sections } from "./sections.js";

const DEVICES = { cpu: "the CPU", cuda: "the GPU", mps: "the GPU" };

export class Card {
  /** `app` has `desk`, `setValue(card, param, value)`, `hold()`, `seal()`, `remove(card)`, `link`. */
  constructor(app, state, method) {
    Object.assign(this, { app, method, id: state.id, painted: -1, wanted: 0, floor: 0, result: null });
    this.pane = new Pane(app.desk, state.id, method.title);
    this.scores = new Scores();
    this.sections = new Sections(
      this.pane,
      (what, name = "") => app.link.send({ type: "details", card: this.id, what, name }),
      (what) => app.link.send({ type: "download", what, card: this.id }),
    );
    this.controls = new Map();
    this.element = this.build();
    this.setState("stale");
    this.update(state);
  }

  build() {
    const { method, id } = this;
    const heading = h("h3", { title: `${method.title}. ${method.summary ?? ""}` }, this.title());
    const pin = h("button", { class: "wb-pin", title: "keep this setting beside another one", "aria-label": `pin ${method.title}`, onclick: () => this.app.pin(id) }, "pin");
    const close = h("button", { class: "wb-close", "aria-label": `remove ${method.title}`, onclick: () => this.app.remove(id) }, "×");
    this.change = h("button", { class: "wb-change", title: "paint these pixels", "aria-label": "what the last move changed", hidden: true, onclick: () => this.app.desk.setView({ mode: "changed" }) });
    this.meta = h("span", { class: "wb-segments" });
    this.time = h("span", { class: "wb-time" });
    this.remark = h("p", { class: "wb-remark" });
    this.message = h("p", { class: "wb-error", role: "alert", hidden: true });
    this.bar = h("i");
    this.note = h("span");
    const stop = h("button", { class: "wb-button", onclick: () => this.app.link.send({ type: "cancel", card: id }) }, "cancel");
    this.progress = h("div", { class: "wb-progress" }, h("div", { class: "wb-track" }, this.bar), this.note, stop);
    this.pane.element.append(this.progress, this.message);
    const side = h(
      "div",
      { class: "wb-side" },
      h("header", {}, heading, pin, close),
      this.scores.element,
      this.change,
      h("p", { class: "wb-meta" }, this.meta, this.time),
      this.remark,
      h("div", { class: "wb-params" }, method.params.map((param) => this.control(param))),
      this.sections.element,
    );
    return h("article", { class: "wb-card", "data-card": id, "aria-label": method.title }, this.pane.element, this.sections.stages.bar.element, side, this.sections.sheet);
  }

  title() {
    const number = this.id.slice(this.method.name.length + 1);
    return number ? `${this.method.title} ${number}` : this.method.title;
  }

  control(param) {
    const { app, id } = this;
    const control = makeControl(param, {
      id: `wb-${id}`,
      desk: app.desk,
      set: (value) => app.setValue(id, param.name, value),
      reset: () => (app.setValue(id, param.name, param.default), app.seal()),
      hold: () => app.hold(),
      seal: () => app.seal(),
      focus: () => this.pane.canvas.focus({ preventScroll: true }),
      methods: app.methods,
      others: () => [...app.cards.values()].filter((card) => card !== this).map((card) => card.asStart()),
      prompt: (given) => {
        this.pane.prompts = { ...this.pane.prompts, ...given };
        this.pane.paint();
      },
    });
    this.controls.set(param.name, { ...control, param });
    return control.element;
  }

  /** What another card may begin with. */
  asStart() {
    return { id: this.id, title: this.title(), method: this.method.name, values: this.state.values };
  }

  update(state) {
    this.state = state;
    for (const [name, { param, update }] of this.controls) update(state.values[name] ?? param.default);
  }

  setState(name) {
    if (this.element.dataset.state !== name) this.element.dataset.state = name;
  }

  /** A move begins: from here on changes are told against what stands. */
  mark() {
    this.scores.mark();
    this.pane.mark();
  }

  /** Another picture or truth: there is nothing to tell changes against. */
  forget() {
    this.pane.before = null;
  }

  /** Say how many pixels the last move gained and lost; with no desk, say nothing. */
  tellChange(desk) {
    this.change.hidden = !desk?.truthPlane;
    const counts = this.change.hidden ? null : this.pane.changes();
    const [gained, lost] = counts ?? ["", ""];
    if (this.change.dataset.gained === String(gained) && this.change.dataset.lost === String(lost)) return;
    Object.assign(this.change.dataset, { gained, lost });
    const number = (count) => count.toLocaleString("en").replaceAll(",", "\u202f");
    const part = (what, words) => h("span", {}, h("i", { class: "wb-swatch", style: `background: ${CHANGE[what]}` }), words);
    const parts = [part("gained", `+${number(gained)} px now right`), part("lost", `${number(lost)} px now wrong`)];
    this.change.replaceChildren(...(counts ? parts : []));
    this.change.setAttribute("aria-label", counts ? `${parts.map((one) => one.textContent).join(", ")}: paint them` : "what the last move changed");
  }

  /** Its inputs changed with message `seq`: what it shows is old until an answer to that arrives. */
  ask(seq, anew) {
    this.wanted = seq;
    if (anew) this.floor = seq;
    if (this.element.dataset.state !== "running") this.setState("stale");
  }

  takes(seq) {
    return seq >= this.floor && seq >= this.painted && !this.pane.gone;
  }

  /** Show a mask and its numbers together. */
  show(plane, result) {
    this.painted = result.seq;
    this.result = result;
    this.element.dataset.recipe = result.recipe;
    this.scores.show(result);
    say(this.meta, result.summary || plural(result.segments.length, "segment"));
    const [device, peak] = [result.device ?? "cpu", Math.round((result.peak_bytes ?? 0) / 2 ** 20)];
    say(this.time, duration(result.ms));
    this.time.title = `run on ${device}${peak ? `, ${peak} MB more memory at its peak` : ""}; loading and warming up are not counted`;
    // Without truth the slots of the scores say so already.
    const remarks = (result.remarks ?? []).filter((remark) => remark !== "no truth");
    // Of a network one asks where it ran and what it took; the others all run here, and lightly.
    const cost = this.method.family === "networks" ? `on ${DEVICES[device.split(":")[0]] ?? device}${peak ? `, ${peak} MB` : ""}` : "";
    say(this.remark, [result.preview ? `preview at ${result.longest} px` : "", cost, ...remarks].filter(Boolean).join("; "));
    this.remark.title = this.remark.textContent;
    this.message.hidden = true;
    // A preview is the answer of a small copy: the full size is still to come.
    this.setState(result.preview ? "running" : result.seq >= this.wanted ? "idle" : "stale");
    this.pane.show(plane);
    this.sections.refresh(result);
  }

  running({ seq, progress, note }) {
    if (seq < this.wanted || seq < this.floor) return;
    this.setState("running");
    this.message.hidden = true;
    const known = Number.isFinite(progress);
    this.bar.style.width = known ? `${Math.round(100 * progress)}%` : "";
    this.bar.classList.toggle("unknown", !known);
    say(this.note, note ?? (known ? `${Math.round(100 * progress)} %` : "running"));
  }

  fail({ seq, message }) {
    if (!this.takes(seq) || seq < this.wanted) return;
    this.setState("error");
    const old = this.result ? ` Shown behind: ${this.valueWords(this.result.values)}.` : "";
    this.message.replaceChildren(h("span", {}, message), h("small", {}, old));
    this.message.hidden = false;
  }

  valueWords(values) {
    const shown = Object.entries(values ?? {}).map(([name, value]) => {
      const param = this.controls.get(name)?.param;
      const isPrompt = ["points", "box", "curve"].includes(param?.kind);
      const text = isPrompt ? (value?.length ? "as placed" : "automatic") : String(value?.method ?? value);
      return `${param?.label ?? name} ${text}${param?.unit ? ` ${param.unit}` : ""}`;
    });
    return shown.join(", ") || "the last good mask";
  }

  /** "Otsu, IoU 0.912, Dice 0.954, 24 segments". */
  words() {
    return [this.title(), this.scores.words(), this.meta.textContent].filter(Boolean).join(", ");
  }

  describe() {
    this.pane.canvas.setAttribute("aria-label", this.words());
  }

  remove() {
    this.sections.errors.clear();
    this.pane.remove();
    this.element.remove();
  }
}
