// The metrics page: a truth and a guess to paint on, the formula with live numbers, and who noticed the error.
import { AskBar } from "./askbar.js";
import { Desk } from "./desk.js";
import { Notices, addKeys } from "./dialogs.js";
import { bytesOf, h, later, say } from "./dom.js";
import { EaselPane } from "./easelpane.js";
import { Easel } from "./easel.js";
import { frame, putAway } from "./frame.js";
import { keepSheets, keptSheets } from "./keepsake.js";
import { attachKeys } from "./keys.js";
import { Numbers } from "./numbers.js";
import { PaintLink } from "./paintlink.js";
import { PaletteBar } from "./palettebar.js";
import { Photo } from "./photo.js";
import { publish } from "./record.js";
import { attachDrops, saveFile, shareState } from "./sharing.js";
import { readSheet } from "./sheet.js";
import { Store, storageKey } from "./store.js";
import { dress, inLab } from "./theme.js";
import { ViewBar } from "./viewbar.js";

addKeys([
  ["arrow keys, space", "on a canvas, with a tool: move the cursor, paint"],
  ["[ ]", "with a tool: smaller, larger brush"],
  ["right button, alt", "with a brush: rub out"],
  ["shift drag", "with a tool: pan"],
  ["Enter", "close the polygon"],
]);

class MetricsPage {
  constructor(model, host) {
    this.desk = new Desk();
    this.desk.view.mode = "error";
    this.store = new Store(storageKey(model));
    this.store.view.mode = "error";
    this.notices = new Notices();
    this.pictures = 0;
    this.panes = { truth: new EaselPane(this.desk, "truth", "truth"), guess: new EaselPane(this.desk, "guess", "guess") };
    this.desk.truth = this.panes.truth;
    this.easel = new Easel(this);
    this.build(host);
    const steps = { undo: () => this.step("undo"), redo: () => this.step("redo") };
    this.stops = [dress(this.root), attachKeys(this.root, this.desk, steps, !inLab()), attachDrops(this.root, this.ask)];
    this.desk.on("tool", (tool) => this.palette.update(tool?.name));
    this.desk.on("view", (view) => (Object.assign(this.store.view, view), this.store.save()));
    this.keep = later(400, () => keepSheets(this.store.key, this.link.at, Object.values(this.panes).map((pane) => pane.plane)));
    this.link = new PaintLink(model, this, {
      receive: (content, buffers) => this.receive(content, buffers ?? []),
      sent: () => this.setState("stale"),
      silent: (lost) => this.notices.lost(lost),
    });
    publish(() => this.store.state);
    window.workbench.ids = (side) => Array.from(this.panes[side].plane.index, (place) => this.panes[side].plane.ids[place]);
    this.link.send({ type: "hello", state: this.remembered() });
  }

  /** The state of before a reload; what was painted then is the guess, so no method need run. */
  remembered() {
    const state = this.store.restored();
    this.kept = state && keptSheets(this.store.key, `${state.image}/${state.truth}`);
    if (this.kept && state.metrics) state.metrics.start = "truth";
    return state;
  }

  build(host) {
    this.ask = new AskBar(this);
    this.viewbar = new ViewBar(this.desk, { undo: () => this.step("undo"), redo: () => this.step("redo") });
    this.palette = new PaletteBar(this.easel);
    this.numbers = new Numbers(this);
    this.presets = h("div", { class: "wb-presets", role: "group", "aria-label": "errors made on purpose" });
    const errors = h("section", { class: "wb-errors" }, h("h4", {}, "Make an error on purpose"), this.presets);
    const { formula, remarks, noticing, graphs, live } = this.numbers;
    const side = h("aside", { class: "wb-watch", "aria-label": "numbers" }, formula.element, remarks, errors, noticing.element);
    this.grid = h("div", { class: "wb-grid wb-easel", "data-count": 2 }, this.card("truth"), this.card("guess"), side);
    this.palette.element.append(h("span", { class: "wb-gap" }), this.viewbar.readout);
    const bars = h("div", { class: "wb-bars" }, this.ask.element, this.viewbar.element, this.palette.element);
    this.root = frame(host, "wb-metrics", this.notices, [bars, this.grid, graphs, live]);
  }

  card(side) {
    const pane = this.panes[side];
    const summary = h("span", { class: "wb-quietly" });
    const card = h("article", { class: "wb-card", "aria-label": side }, h("header", {}, h("h3", {}, side), summary), pane.element);
    if (side === "guess") {
      Object.assign(card.dataset, { card: "guess", state: "stale" });
      const colour = ([kind, word]) => h("span", { class: "wb-term", "data-counts": kind }, word);
      summary.before(h("span", { class: "wb-colours" }, [["hit", "found"], ["missed", "missed"], ["extra", "extra"]].map(colour)));
    }
    Object.assign(pane, { card, summary });
    return card;
  }

  close() {
    putAway(this);
  }

  // ---- from the kernel

  receive(content, buffers) {
    const handlers = {
      metrics: () => this.registries(content),
      setup: () => (this.ask.setup(content), this.adopt(content.state)),
      picture: () => (this.ready = this.picture(content, buffers)),
      // What follows them waits for them: numbers belong to the sheets that are shown.
      sheets: () => (this.ready = this.sheets(this.ready, content, buffers)),
      // A kernel may answer before it is greeted; it says all again once it is.
      result: () => this.pictures && this.result(content, buffers),
      edges: () => this.pictures && this.edges(content, buffers),
      starting: () => this.notices.say(`${content.title} runs`),
      state: () => this.metrics && this.adopt(content.state),
      download: () => saveFile(content.name, content.mime, bytesOf(buffers[0])),
      notice: () => (this.notices.say(content.message, content.level), this.settled()),
    };
    handlers[content.type]?.();
  }

  registries({ metrics, conventions, presets }) {
    this.metrics = metrics;
    this.ask.rules(conventions);
    const make = (name) => this.wish({ type: "preset", name });
    this.presets.replaceChildren(...presets.map(({ name, title, says }) => h("button", { class: "wb-chip-button", "data-preset": name, title: says, onclick: () => make(name) }, title)));
  }

  adopt(state) {
    this.store.adopt(state, false);
    Object.assign(this.desk.view, this.store.view);
    this.link.at = `${state.image}/${state.truth}`;
    this.render();
    this.desk.setView({});
  }

  async picture(content, buffers) {
    const number = ++this.pictures;
    const photo = await Photo.decode(bytesOf(buffers[0]), content.image.mime, content.image.size);
    if (number !== this.pictures) return;
    const other = this.shown && this.shown.name !== content.image.name;
    this.shown = content.image;
    this.desk.photo = photo;
    this.desk.target = content.truth?.target ?? [];
    if (other) this.desk.camera.fit();
    this.easel.forget();
    this.ask.update(this.store.work, this.shown);
  }

  /** Other sheets: the first ones of a picture are as they are, later ones a step that can be undone. */
  async sheets(shown, { label, sheets }, buffers) {
    const read = await Promise.all(sheets.map((sheet, at) => readSheet(sheet, buffers[at])));
    await shown;
    const before = read.map(({ side }) => this.panes[side].plane);
    const put = (planes) => planes.forEach((plane, at) => this.panes[sheets[at].side].show(plane));
    const first = this.kept ?? read;
    first.forEach((plane) => this.panes[plane.side].show(plane));
    if (this.kept) {
      this.kept.forEach(({ side }) => this.link.touched(side));
      this.kept = null;
      this.push();
    }
    const sides = sheets.map((sheet) => sheet.side);
    if (label) {
      const log = sides.map((side) => ({ tool: label, side, segment: 0, pixels: read[0].index.length }));
      this.easel.history.add({ label, sides, log, undo: () => put(before), redo: () => put(read) });
    }
    this.tellSheets();
  }

  async result(content, buffers) {
    await this.ready;
    if (await this.numbers.result(content, buffers)) this.settled();
  }

  async edges(content, buffers) {
    await this.ready;
    if (content.why) this.notices.say(content.why, "error");
    await this.numbers.edges(content, buffers);
  }

  // ---- from the person

  /** Change what is asked: the page shows it, the kernel answers it. */
  change(label, edit) {
    this.store.edit(label, edit);
    this.render();
    this.push();
  }

  pick(what, value) {
    this.change(what, (work) => {
      if (what === "image") work.truth = value.startsWith("file:") ? "none" : "bundled";
      work[what] = value;
    });
  }

  look(change) {
    this.change("look", (work) => Object.assign(work.metrics, change));
  }

  start(source) {
    this.wish({ type: "start", source });
  }

  file(role, name, bytes) {
    this.notices.say(`reading ${name}`);
    this.wish({ type: "file", role, name }, [bytes]);
  }

  save(side, what) {
    this.link.send({ type: "save", side, what, log: this.easel.history.log });
  }

  share() {
    shareState(this.store, this.notices, () => this.link.send({ type: "download", what: "state", card: null }));
  }

  push() {
    this.link.state(this.store.work, performance.now());
  }

  say(message) {
    this.notices.say(message);
  }

  step(way) {
    this.easel.step(way);
  }

  // ---- showing

  render() {
    this.desk.lens = this.store.work.lens;
    this.ask.update(this.store.work, this.shown);
    this.numbers.draw();
  }

  /** What was painted has changed: say what is there, and what can be undone. */
  tellSheets() {
    this.viewbar.undo.disabled = this.easel.history.past.length === 0;
    this.viewbar.redo.disabled = this.easel.history.future.length === 0;
    this.desk.hover(this.desk.point);
    this.keep();
    Object.values(this.panes).forEach((pane) => pane.plane && say(pane.summary, pane.plane.summary()));
    const planes = Object.values(this.panes).map((pane) => pane.plane).filter(Boolean);
    this.palette.offer(planes);
    this.viewbar.listPanes();
  }

  /** Ask for something that brings other sheets, or a sentence why not. */
  wish(message, buffers = []) {
    this.setState("stale");
    this.link.send(message, buffers);
    this.link.expect();
  }

  settled() {
    if (!this.link.busy) this.setState("idle");
  }

  /** What the state asks for; a state that has not come yet asks for nothing. */
  get looks() {
    return { measure: "", category: 0, ...this.store.work.metrics };
  }

  setState(name) {
    this.panes.guess.card.dataset.state = name;
  }
}

export default {
  render({ model, el }) {
    const page = new MetricsPage(model, el);
    return () => page.close();
  },
};
