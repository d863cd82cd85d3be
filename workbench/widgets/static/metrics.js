// The metrics page: a truth and a guess to paint on, the formula with live numbers, and who noticed the error.
import { AskBar } from "./askbar.js";
import { Confusion } from "./confusion.js";
import { Distances, Precision } from "./curves.js";
import { Desk } from "./desk.js";
import { Notices, addKeys, setDialogHost } from "./dialogs.js";
import { bytesOf, h, later, nextFrame, say } from "./dom.js";
import { EaselPane } from "./easelpane.js";
import { Easel } from "./easel.js";
import { Formula } from "./formula.js";
import { keepSheets, keptSheets } from "./keepsake.js";
import { attachKeys } from "./keys.js";
import { Matches } from "./matches.js";
import { Noticing } from "./noticing.js";
import { PaintLink } from "./paintlink.js";
import { PaletteBar } from "./palettebar.js";
import { Photo } from "./photo.js";
import { readPlane } from "./planes.js";
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
    this.rows = new Map();
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
    this.announce = later(700, () => say(this.live, this.words()));
    this.draw = nextFrame(() => this.paint());
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
    this.formula = new Formula((category) => this.look({ category }));
    this.noticing = new Noticing((measure) => this.look({ measure, category: 0 }));
    this.confusion = new Confusion((truth, guess) => this.light(truth, guess));
    this.matches = new Matches({ point: (at) => this.desk.hover(at && { row: at[0], col: at[1] }), go: (at) => this.go(at) });
    this.distances = new Distances();
    this.precision = new Precision();
    this.presets = h("div", { class: "wb-presets", role: "group", "aria-label": "errors made on purpose" });
    this.remarks = h("p", { class: "wb-quietly wb-remarks" });
    this.live = h("div", { class: "wb-hidden", role: "status", "aria-live": "polite" });
    const errors = h("section", { class: "wb-errors" }, h("h4", {}, "Make an error on purpose"), this.presets);
    const side = h("aside", { class: "wb-watch", "aria-label": "numbers" }, this.formula.element, this.remarks, errors, this.noticing.element);
    this.grid = h("div", { class: "wb-grid wb-easel", "data-count": 2 }, this.card("truth"), this.card("guess"), side);
    const graphs = h("div", { class: "wb-graphs" }, this.confusion.element, this.matches.element, this.precision.element, this.distances.element);
    this.palette.element.append(h("span", { class: "wb-gap" }), this.viewbar.readout);
    const bars = h("div", { class: "wb-bars" }, this.ask.element, this.viewbar.element, this.palette.element);
    const body = h("div", { class: "wb-body" }, bars, this.grid, graphs, this.live);
    this.root = h("div", { class: "wb wb-metrics", tabindex: -1, "data-lm-suppress-shortcuts": "true" }, body, this.notices.element, this.notices.banner);
    host.append(this.root);
    setDialogHost(this.root);
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
    this.store.saveNow();
    this.link.close();
    this.stops.forEach((stop) => stop());
    this.desk.blink(false);
    Object.values(this.panes).forEach((pane) => pane.remove());
  }

  // ---- from the kernel

  receive(content, buffers) {
    const handlers = {
      metrics: () => this.registries(content),
      setup: () => (this.ask.setup(content), this.adopt(content.state)),
      picture: () => (this.ready = this.picture(content, buffers)),
      sheets: () => this.sheets(content, buffers),
      result: () => this.result(content, buffers),
      edges: () => this.edges(content, buffers),
      starting: () => this.notices.say(`${content.title} runs`),
      state: () => this.metrics && this.adopt(content.state),
      download: () => saveFile(content.name, content.mime, bytesOf(buffers[0])),
      notice: () => this.notices.say(content.message, content.level),
    };
    handlers[content.type]?.();
  }

  registries({ metrics, conventions, presets }) {
    this.metrics = metrics;
    this.ask.rules(conventions);
    const make = (name) => this.link.send({ type: "preset", name });
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
  async sheets({ label, sheets }, buffers) {
    const read = await Promise.all(sheets.map((sheet, at) => readSheet(sheet, buffers[at])));
    await this.ready;
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
    if (content.seq < (this.newest ?? 0)) return;
    this.newest = content.seq;
    this.told = content;
    this.shownLines = content.formula ?? this.shownLines ?? [];
    // Numbers of outlines stay, dimmed, until theirs come.
    const stale = this.lensTold === `${content.scored_as}/${content.convention}` ? this.rows : new Map();
    this.lensTold = `${content.scored_as}/${content.convention}`;
    this.rows = new Map([...[...stale].map(([name, row]) => [name, { ...row, old: true }]), ...content.measures.map((row) => [row.name, row])]);
    this.draw();
    if (content.codes) await this.codes(content, buffers[0], content.distances);
    if (this.newest === content.seq && !this.link.busy) this.setState("idle");
    this.announce();
  }

  async edges(content, buffers) {
    await this.ready;
    if (content.seq < (this.newest ?? 0)) return;
    content.measures.forEach((row) => this.rows.set(row.name, row));
    if (content.why) this.notices.say(content.why, "error");
    if (content.formula) {
      this.shownLines = content.formula;
      await this.codes(content, buffers[0], content.distances);
    }
    this.draw();
  }

  async codes(content, buffer, distances) {
    const { index, ids } = await readPlane({ size: this.desk.size, pack: content.codes }, buffer);
    this.panes.guess.count(Uint8Array.from(index, (place) => ids[place]));
    this.distances.show(distances);
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
    this.link.send({ type: "start", source });
  }

  file(role, name, bytes) {
    this.notices.say(`reading ${name}`);
    this.link.send({ type: "file", role, name }, [bytes]);
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
    this.draw();
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

  setState(name) {
    this.panes.guess.card.dataset.state = name;
  }

  get measure() {
    const { measure } = this.store.work.metrics;
    return this.told?.names.includes(measure) ? measure : this.told?.measure;
  }

  paint() {
    if (!this.told || !this.metrics) return;
    const { names, remarks, confusion, pairs, curve } = this.told;
    const { measure } = this;
    this.formula.show({ metric: this.metrics[measure], row: this.rows.get(measure), lines: this.shownLines, category: this.store.work.metrics.category });
    this.noticing.show(names, this.metrics, this.rows, measure);
    say(this.remarks, remarks.join("; "));
    this.confusion.show(confusion);
    this.matches.show(pairs);
    this.precision.show(curve);
  }

  words() {
    const row = this.rows.get(this.measure);
    return row ? `${this.metrics[this.measure].title} ${row.value?.toFixed(3) ?? "undefined"}` : "";
  }

  /** Light the pixels that the truth calls one name and the guess another. */
  light(truth, guess) {
    const { called } = this.told;
    const wanted = truth === null ? null : [truth, guess].map((name) => called.names.find((one) => one[1] === name)?.[0]);
    const sheets = [this.panes.truth.plane, this.panes.guess.plane];
    const inside = wanted && sheets.map((sheet, at) => {
      const of = new Map(called[sheet.side]);
      return sheet.ids.map((id) => (of.get(id) ?? 0) === wanted[at]);
    });
    const cells = inside && Uint8Array.from(sheets[0].index, (place, pixel) => inside[0][place] && inside[1][sheets[1].index[pixel]]);
    Object.values(this.panes).forEach((pane) => pane.light(cells));
  }

  /** Zoom to a pixel. */
  go(at) {
    if (!at) return;
    const [height, width] = this.desk.size;
    Object.assign(this.desk.camera, { zoom: Math.max(3, this.desk.camera.zoom), row: at[0] / height, col: at[1] / width });
    this.desk.repaint();
  }
}

export default {
  render({ model, el }) {
    const page = new MetricsPage(model, el);
    return () => page.close();
  },
};
