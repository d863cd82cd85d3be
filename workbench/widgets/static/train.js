// The train page: pick a network and scenes, watch it learn, hold it, turn its rate, and keep what it has learnt.
import { Notices } from "./dialogs.js";
import { duration, h, later, say } from "./dom.js";
import { frame } from "./frame.js";
import { Growth } from "./growth.js";
import { Link } from "./link.js";
import { OrderBar } from "./orderbar.js";
import { colours } from "./palette.js";
import { readPlane } from "./planes.js";
import { publish } from "./record.js";
import { SteerBar } from "./steerbar.js";
import { encodeState } from "./store.js";
import { dress, inLab } from "./theme.js";
import { Watching } from "./watching.js";

const MOST_LOOKS = 60; // as the kernel keeps them
const PICTURES = 4;
const MEMORY = 40; // messages from which the time left is told
const BY_HEART = 0.1; // lead on the pictures trained on that is more than chance

/** The place between the first and the last step whose neighbours are closest to each other. */
function leastMissed(steps) {
  const gap = (place) => steps[place + 1] - steps[place - 1];
  return steps.reduce((best, _, place) => (place > 0 && place < steps.length - 1 && gap(place) < gap(best) ? place : best), 1);
}

class TrainPage {
  constructor(model, host) {
    this.key = inLab() ? null : `workbench:${location.pathname}:train`;
    this.notices = new Notices();
    this.orders = new OrderBar((settings) => this.changed(settings));
    this.steers = new SteerBar(this);
    this.watched = Array.from({ length: PICTURES }, (_, at) => new Watching(at + 1));
    this.loss = new Growth("loss", "loss", true);
    this.score = new Growth("score", "score", false);
    this.error = h("div", { class: "wb-error wb-stopped", role: "alert", hidden: true }, h("span", {}));
    this.legend = h("ul", { class: "wb-legend", "aria-label": "categories" });
    this.slider = h("input", { type: "range", min: 0, max: 0, value: 0, step: 1, "aria-label": "back to earlier predictions", oninput: () => this.slid() });
    this.when = h("output", {}, "–");
    this.ready = Promise.resolve();
    this.forget();
    this.root = this.build(host);
    this.ask = later(400, () => this.link.send({ type: "ask", settings: this.orders.settings }));
    this.stops = [dress(this.root), ...this.watched.map((one) => () => one.close()), () => this.loss.close(), () => this.score.close()];
    this.link = new Link(model, {
      receive: (content, buffers) => this.receive(content, buffers ?? []),
      sent: () => false,
      silent: (lost) => this.notices.lost(lost),
    });
    publish(() => ({ settings: this.orders.settings, status: this.steers.status, looks: this.looks.length }));
    this.look("mask");
    this.link.send({ type: "hello", state: this.restored() });
  }

  build(host) {
    const scrub = h("section", { class: "wb-graph wb-scrub" }, h("label", {}, h("span", {}, "prediction at "), this.when, this.slider));
    const names = h("section", { class: "wb-graph" }, this.legend);
    const side = h("aside", { class: "wb-learning", "aria-label": "how it learns" }, this.loss.element, this.score.element, scrub, names, this.error);
    const pictures = h("div", { class: "wb-pictures" }, this.watched.map((one) => one.element));
    const bars = h("div", { class: "wb-bars" }, this.orders.element, this.steers.element);
    return frame(host, "wb-train", this.notices, [bars, h("div", { class: "wb-lesson" }, pictures, side)]);
  }

  close() {
    this.save();
    this.link.close();
    this.stops.forEach((stop) => stop());
  }

  // ---- from the kernel

  receive(content, buffers) {
    const handlers = {
      setup: () => this.setup(content),
      pictures: () => (this.ready = this.pictures(content, buffers)),
      cost: () => this.steers.busy || this.steers.say(content.words),
      status: () => this.become(content),
      loss: () => this.lost(content),
      score: () => (this.scores.push(content), this.draw()),
      look: () => this.looked(content, buffers),
      kept: () => this.kept(content),
      refused: () => this.refused(content.message),
      notice: () => this.notices.say(content.message, content.level),
    };
    handlers[content.type]?.();
  }

  setup(content) {
    this.orders.offer(content);
    this.orders.show(content.settings);
    this.steers.offer(content);
    this.steers.say(content.missing || "loading PyTorch, then trying two steps …");
    this.steers.tellRate(content.settings.rate);
  }

  /** Other pictures, or a training that begins: nothing is learnt yet. */
  async pictures(content, buffers) {
    this.forget();
    this.score.title = content.measure;
    this.draw();
    await Promise.all(this.watched.map((one, at) => one.picture(content.pictures[at], buffers.slice(2 * at, 2 * at + 2), content)));
    this.listNames(this.watched.map((one) => one.panes.truth.plane));
  }

  become(status) {
    this.steers.become(status);
    this.orders.lock(this.steers.busy);
    this.root.dataset.status = status.status;
    this.fail(status.status === "failed" ? status.words : "");
    if (status.status === "starting") this.steers.say("starting …");
    else if (status.status === "paused") this.steers.say(`paused at step ${this.step}`);
    else if (status.status === "failed") this.steers.say("it ended early; the reason is below the curves");
    else if (status.words) this.steers.say(status.words);
    this.save();
  }

  lost({ points, rate }) {
    this.losses.push(...points);
    if (rate !== null) this.steers.tellRate(rate);
    this.times = [...this.times, [points.at(-1)?.[0], performance.now()]].slice(-MEMORY);
    if (this.steers.status === "running") this.steers.say(this.progress());
    this.draw();
  }

  async looked(content, buffers) {
    const mine = this.looks;
    const look = { ...content, buffers };
    mine.push(look);
    if (mine.length > MOST_LOOKS) mine.splice(leastMissed(mine.map(({ step }) => step)), 1);
    await this.ready;
    if (this.looks === mine) this.follow();
  }

  kept({ name, state, call }) {
    const there = !inLab() && location.pathname.endsWith("/train.ipynb");
    const address = there && `${location.origin}${location.pathname.replace(/train\.ipynb$/, "compare.ipynb")}${location.search}#state=${encodeState(state)}`;
    this.steers.kept(there ? `${name} ↗` : call, address);
    this.notices.say(`Kept as ${name}.`);
  }

  refused(message) {
    this.steers.say(message);
    this.notices.say(message, "error");
  }

  // ---- from the person

  changed(settings) {
    this.steers.say("…");
    this.steers.tellRate(settings.rate ?? NaN);
    this.ask();
    this.save();
  }

  start() {
    this.link.send({ type: "begin", settings: this.orders.settings });
    this.link.expect();
  }

  steer(what) {
    this.link.send({ type: "steer", what });
  }

  pace(by) {
    this.link.send({ type: "pace", by });
  }

  keep() {
    this.link.send({ type: "keep" });
  }

  look(mode) {
    this.watched.forEach((one) => one.look(mode));
    this.steers.tellMode(mode);
  }

  slid() {
    const at = this.slider.valueAsNumber;
    this.back = at < this.looks.length - 1 ? this.looks[at].step : null;
    this.follow();
  }

  // ---- showing

  forget() {
    Object.assign(this, { losses: [], scores: [], looks: [], times: [], back: null });
    this.slider.max = this.slider.value = 0;
    say(this.when, "–");
  }

  get step() {
    return this.losses.at(-1)?.[0] ?? 0;
  }

  progress() {
    const { steps } = this.orders.settings;
    const [[first, began], [last, now]] = [this.times[0], this.times.at(-1)];
    const left = ((now - began) / (last - first)) * (steps - last);
    return `step ${this.step} of ${steps}` + (this.times.length === MEMORY ? `, about ${duration(left)} left` : "");
  }

  /** Show the newest prediction, or the one that the slider has gone back to. */
  async follow() {
    const found = this.back === null ? -1 : this.looks.findIndex(({ step }) => step >= this.back);
    const at = found < 0 ? this.looks.length - 1 : found;
    const look = this.looks[at];
    this.slider.max = this.looks.length - 1;
    this.slider.value = at;
    this.slider.style.setProperty("--part", `${(100 * at) / Math.max(1, this.looks.length - 1)}%`);
    if (!look) return;
    const words = at === this.looks.length - 1 ? `step ${look.step}, the newest` : `step ${look.step}`;
    say(this.when, words);
    this.slider.setAttribute("aria-valuetext", words);
    look.planes ??= Promise.all(look.guesses.map((guess, place) => readPlane(guess, look.buffers[place])));
    this.shown = look;
    const planes = await look.planes;
    if (this.shown !== look) return;
    planes.forEach((plane, place) => this.watched[place].guess(plane, look.guesses[place].iou, `step ${look.step}`));
    this.draw();
  }

  draw() {
    const { steps } = this.orders.settings;
    const at = this.back === null ? null : this.shown?.step ?? null;
    const line = (name, kind, key) => ({ name, kind, points: this.scores.filter((one) => Number.isFinite(one[key])).map((one) => [one.step, one[key]]) });
    this.loss.show([{ name: "training", kind: "wb-held", points: this.losses }], steps || 1, at, this.lossWords());
    this.score.show([line("trained on", "wb-trained", "trained"), line("unseen", "wb-held", "held")], steps || 1, at, this.scoreWords());
  }

  lossWords() {
    if (!this.losses.length) return "Nothing is learnt yet.";
    const [first, last] = [this.losses[0][1], this.losses.slice(-10).reduce((sum, [, value]) => sum + value / Math.min(10, this.losses.length), 0)];
    const plain = (value) => (value >= 1000 ? value.toExponential(1).replace("+", "") : value.toFixed(2));
    const way = last > 1.2 * first ? "up" : last > 0.8 * first ? "hardly away" : "down";
    return `Loss ${plain(last)}, ${way} from ${plain(first)}.`;
  }

  scoreWords() {
    const last = this.scores.at(-1);
    if (!last) return "No validation yet.";
    const three = (value) => (Number.isFinite(value) ? value.toFixed(3) : "–");
    const heart = last.trained - last.held > BY_HEART ? ": it learns them by heart" : "";
    return `${this.score.title} ${three(last.held)} on unseen pictures, ${three(last.trained)} on those trained on${heart}.`;
  }

  fail(message) {
    this.error.hidden = !message;
    say(this.error.firstChild, message);
  }

  listNames(planes) {
    const shades = new Map();
    planes.forEach((plane) => {
      const painted = colours(plane, "default", true);
      plane.named.forEach((category, place) => category && shades.set(category.name, painted[place]));
    });
    const entry = ([name, shade]) => h("li", {}, h("i", { class: "wb-swatch", style: `background: ${shade}` }), h("span", {}, name));
    this.legend.replaceChildren(...[...shades].map(entry));
  }

  // ---- across a reload

  save() {
    if (!this.key) return;
    try {
      sessionStorage.setItem(this.key, JSON.stringify({ settings: this.orders.settings, running: this.steers.busy }));
    } catch {
      // Storage may be full or forbidden; then a reload starts anew.
    }
  }

  restored() {
    try {
      return JSON.parse((this.key && sessionStorage.getItem(this.key)) || "null");
    } catch {
      return null;
    }
  }
}

export default {
  render({ model, el }) {
    const page = new TrainPage(model, el);
    return () => page.close();
  },
};
