// The explore page's own part: the score along one parameter or over two, whether the best value carries over, and the
// call being made. The picture, the card, its controls and the state are those of the compare page.
import { Advice } from "./advice.js";
import { rangeOf, sweptParams, valueText } from "./axes.js";
import { CallLine } from "./call.js";
import { h, later, nextFrame, say, seldom, threeDecimals } from "./dom.js";
import { Heat } from "./heat.js";
import { Pickers } from "./pickers.js";
import { Curve } from "./sweep.js";

const COUNTS = ["tp", "fp", "fn", "tn"];
const PLURALS = { photograph: "photographs", scene: "generated scenes", exact: "exact pictures" };
const PAUSE_BEFORE = 40; // ms: a hand that still moves would only be asked after

export class Explore {
  /** `app` is the compare page around it. */
  constructor(app) {
    Object.assign(this, { app, lines: new Map(), number: 0, asked: "", over: null, ghost: null });
    this.call = new CallLine(() => this.card && app.link.send({ type: "details", card: this.card.id, what: "code" }), (words) => app.notices.say(words));
    const host = { input: () => this.input(), hold: () => app.hold(), seal: () => app.seal() };
    this.curve = new Curve(host);
    this.heat = new Heat({ choose: (value, second) => this.choose({ [this.look.param]: value, [this.look.second]: second }) });
    this.advice = new Advice((name) => this.setTo(name));
    this.pickers = new Pickers((what, value) => this.pick(what, value));
    this.element = this.build();
    this.draw = nextFrame(() => this.paint());
    this.drawSoon = seldom(100, () => this.paint());
    this.askSoon = later(PAUSE_BEFORE, () => this.ask());
  }

  build() {
    this.progress = h("span", { class: "wb-sweep-progress" });
    this.cancel = h("button", { class: "wb-button", onclick: () => this.app.link.send({ type: "halt" }) }, "cancel");
    const bar = h(
      "div",
      { class: "wb-bar wb-sweep-bar", role: "toolbar", "aria-label": "what to sweep" },
      h("h4", {}, "You are here"),
      this.pickers.elements,
      h("span", { class: "wb-gap" }),
      this.progress,
      this.cancel,
    );
    this.note = h("p", { class: "wb-sweep-note" });
    const plots = h("div", { class: "wb-plots" }, this.curve.element, this.heat.element);
    return h("section", { class: "wb-explore", "aria-label": "the score along a parameter", "data-state": "idle" }, bar, plots, this.advice.element, this.note);
  }

  // ---- what it looks at

  /** What the state says; a link from elsewhere may name no parameter, or another method's. */
  get look() {
    const look = { param: "", second: "", measure: "", carry: false, ...this.app.store.work.explore };
    const names = sweptParams(this.card?.method).map((param) => param.name);
    if (!names.includes(look.param)) look.param = names[0] ?? "";
    if (!names.includes(look.second) || look.second === look.param) look.second = "";
    return look;
  }

  get state() {
    return this.app.store.work.cards[0];
  }

  get card() {
    return this.app.cards.get(this.state?.id);
  }

  param(name) {
    return sweptParams(this.card?.method).find((param) => param.name === name);
  }

  /** What a parameter is set to; a state may leave out what is at its default. */
  value(name) {
    return this.state.values[name] ?? this.card?.method.params.find((param) => param.name === name)?.default;
  }

  /** The control that the curve turns. */
  input() {
    return this.card?.element.querySelector(`[data-param="${this.look.param}"]`);
  }

  get scores() {
    return this.card?.result?.scores ?? {};
  }

  get measure() {
    const { measure } = this.look;
    return measure in this.scores ? measure : this.card?.result?.headline?.[0] ?? "";
  }

  label(measure) {
    return this.card?.result?.labels?.[measure] ?? measure.replaceAll("_", " ");
  }

  /** Change what is looked at: a step to undo like any other. */
  pick(what, value) {
    this.app.change(`explore.${what}`, (work) => (work.explore = { ...this.look, [what]: value }));
    this.app.seal();
  }

  /** Take another method: the card is replaced, and what is swept begins anew. */
  replace(method) {
    const id = this.app.store.freshId(method.name, 1);
    const values = Object.fromEntries(method.params.map((param) => [param.name, param.default]));
    this.app.change("method", (work) => {
      work.cards[0] = { id, method: method.name, values };
      work.explore = { ...this.look, param: sweptParams(method)[0]?.name ?? "", second: "" };
    });
    this.app.seal();
  }

  /** Set one or more parameters at once. */
  choose(values) {
    const { app } = this;
    const { id } = this.state;
    app.touched = id;
    app.cards.get(id).mark();
    app.change("explore.set", (work) => Object.assign(work.cards[0].values, values));
    app.seal();
  }

  setTo(name) {
    const place = this.places()[name];
    const line = this.lines.get("curve/");
    if (line && Number.isInteger(place)) this.choose({ [this.look.param]: line.values[place] });
  }

  // ---- asking

  /** All that the lines depend on; the swept parameter's own value only moves the mark. */
  question() {
    const { image, truth, lens } = this.app.store.work;
    const { param, second, carry } = this.look;
    const values = { ...this.state.values, [param]: null };
    return JSON.stringify([image, truth, lens, this.state.method, values, param, second, carry]);
  }

  get atRest() {
    return ["idle", "error"].includes(this.card?.element.dataset.state);
  }

  /** The state has changed: move the mark, and ask anew where the question is another. */
  follow() {
    if (!this.state) return;
    const { param, second } = this.look;
    this.curve.move(this.param(param), this.value(param), this.known());
    this.heat.move(this.param(param), this.param(second), [this.value(param), this.value(second)]);
    if (this.question() === this.asked) return;
    // Also where the page comes back to the old question meanwhile: the kernel has let go of it.
    this.asked = "";
    this.setState("stale");
    if (this.atRest) this.askSoon();
  }

  /** The card has an answer, or failed; a drag brings many, and only the mark moves with each. */
  answered(card) {
    if (card !== this.card) return;
    this.call.show(card.result ?? {});
    const { param } = this.look;
    this.curve.move(this.param(param), this.value(param), this.known());
    this.drawSoon();
    if (this.question() !== this.asked) this.askSoon();
  }

  ask() {
    if (!this.state || !this.atRest || this.question() === this.asked) return;
    this.asked = this.question();
    if (!this.param(this.look.param) || Object.keys(this.scores).length === 0) {
      this.lines.clear();
      this.setState("idle");
      return this.draw();
    }
    this.ghost = null;
    // Never a number of before a reload, whose answers may still be on their way.
    this.number = Math.max(this.number + 1, Date.now());
    const { param, second, carry } = this.look;
    this.app.link.send({ type: "sweep", number: this.number, card: this.state.id, param, second, carry });
    this.setState("running");
  }

  setState(name) {
    this.element.dataset.state = name;
    this.cancel.disabled = name !== "running";
    if (name !== "running") say(this.progress, "");
  }

  /** Points have come, or the end. */
  receive(content) {
    if (content.number !== this.number) return;
    if (content.kind === "end") return this.end(content);
    const key = `${content.kind}/${content.sample}`;
    if (this.lines.get(key)?.number !== content.number) {
      this.renew(content.number);
      this.lines.set(key, { ...content, scores: new Map() });
    }
    const line = this.lines.get(key);
    content.points.forEach(([place, scores]) => line.scores.set(place, scores));
    line.best = content.best;
    if (content.kind === "curve" && content.best) this.ghost = null;
    this.tellProgress();
    this.draw();
  }

  /** The first points of a question: what was known of the one before goes; its curve stays as a ghost for a while. */
  renew(number) {
    if (![...this.lines.values()].some((line) => line.number !== number)) return;
    const before = this.lines.get("curve/");
    this.ghost = before && before.values.length ? before : null;
    this.over = null;
    this.lines.clear();
  }

  tellProgress() {
    const lines = [...this.lines.values()];
    const known = lines.reduce((sum, line) => sum + line.scores.size, 0);
    const all = lines.reduce((sum, line) => sum + line.values.length * (line.second?.length ?? 1), 0);
    say(this.progress, `measured ${known} of ${all}`);
  }

  end({ how, message, over }) {
    this.setState(this.question() === this.asked ? "idle" : "stale");
    this.over = over;
    this.ghost = null;
    if (how === "stopped") say(this.progress, "stopped");
    if (how === "failed") this.app.notices.say(message, "error");
    this.draw();
    if (how === "done") say(this.app.live, this.finding());
  }

  // ---- showing

  known() {
    const { result } = this.card ?? {};
    const value = result?.values?.[this.look.param];
    return value === undefined ? null : { value, score: result.scores[this.measure] };
  }

  render() {
    if (!this.state) return;
    this.pickers.show(sweptParams(this.card?.method), this.look);
    this.follow();
    this.draw();
  }

  paint() {
    if (!this.card) return;
    const { measure, look } = this;
    const measures = Object.keys(this.scores).filter((name) => !COUNTS.includes(name));
    this.pickers.showMeasures(measures.map((name) => [name, this.label(name)]), measure);
    this.paintPlots(measure, look);
    const line = this.lines.get("curve/");
    const count = this.over?.count ?? 0;
    this.advice.show({ line, param: this.param(look.param), measure, label: this.label(measure), places: this.places(), count, carry: look.carry });
    say(this.note, this.noteWords());
  }

  paintPlots(measure, { param: name, second: other }) {
    const [param, second] = [this.param(name), this.param(other)];
    const label = this.label(measure);
    const line = this.lines.get("curve/");
    const others = [...this.lines.values()].filter((one) => one.kind === "other");
    this.curve.element.hidden = !param;
    this.heat.element.hidden = !param || !second;
    if (!param) return;
    const fits = (one) => (one?.values.every((value) => typeof value === typeof param.default) ? one : null);
    const range = rangeOf(measure, [line, ...others].filter(Boolean));
    const view = { param, measure, label, line: fits(line), others: others.filter(fits), ghost: this.ghost && fits(this.ghost) };
    this.curve.show({ ...view, best: line?.best?.[measure], now: this.value(name), known: this.known(), range });
    if (!second) return;
    const map = this.lines.get("pair/");
    this.heat.show({ line: map, param, second, measure, label, now: [this.value(name), this.value(other)], best: map?.best?.[measure] });
  }

  /** The place that is best on this picture, and that which the others chose. */
  places() {
    const { measure } = this;
    return { here: this.lines.get("curve/")?.best?.[measure], over: this.over?.places?.[measure] };
  }

  noteWords() {
    const { carry, param } = this.look;
    const result = this.card?.result;
    if (result && Object.keys(this.scores).length === 0) return `Nothing to score: ${result.remarks?.[0] ?? "no truth"}.`;
    if (!this.param(param)) return "This method has no parameter to sweep.";
    const prompted = this.card.method.params.some(({ name, kind }) => ["points", "box", "curve"].includes(kind) && this.state.values[name]?.length);
    const kind = PLURALS[this.app.toolbar.kinds.get(this.app.store.work.image)] ?? "photographs";
    const others = carry ? `Thin lines: the same settings on the other ${kind}; a ring marks where each is best.` : "";
    const map = this.param(this.look.second) ? "On the map a box marks the best cell, a ring the present setting; a click sets both." : "";
    const prompts = carry && prompted ? "Prompts are this picture's own: on the others the method sets its own." : "";
    return [others, map, prompts, this.lines.get("curve/")?.note].filter(Boolean).join(" ");
  }

  /** What the curve says, in a sentence. */
  finding() {
    const line = this.lines.get("curve/");
    const { here } = this.places();
    const param = this.param(this.look.param);
    if (!line || !param || !Number.isInteger(here)) return "";
    return `${this.label(this.measure)} along ${param.label}: best ${threeDecimals(line.scores.get(here)[this.measure])} at ${valueText(line.values[here], param)}`;
  }
}
