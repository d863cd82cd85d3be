// The compare panel: one state, one line to the kernel, a truth and any number of cards.
import { Card } from "./cards.js";
import { Desk } from "./desk.js";
import { Notices, setDialogHost } from "./dialogs.js";
import { bytesOf, h, later, say, seldom } from "./dom.js";
import { attachKeys } from "./keys.js";
import { Link } from "./link.js";
import { Photo } from "./photo.js";
import { readPlane } from "./planes.js";
import { recordPaint, publish } from "./record.js";
import { markBest } from "./scores.js";
import { attachDrops, saveFile, shareState } from "./sharing.js";
import { Store } from "./store.js";
import { Below } from "./table.js";
import { dress, inLab } from "./theme.js";
import { Toolbar } from "./toolbar.js";
import { TruthCard } from "./truth.js";
import { ViewBar } from "./viewbar.js";

let panels = 0;

class Compare {
  constructor(model, host) {
    this.desk = new Desk();
    this.store = new Store(storageKey(model));
    this.notices = new Notices();
    this.cards = new Map();
    this.methods = new Map();
    this.pictures = 0;
    this.toolbar = new Toolbar(this);
    const steps = { undo: () => this.step("undo"), redo: () => this.step("redo") };
    this.viewbar = new ViewBar(this.desk, steps);
    this.truth = new TruthCard(this.desk);
    this.below = new Below();
    this.grid = h("div", { class: "wb-grid" }, this.truth.element);
    this.live = h("div", { class: "wb-hidden", role: "status", "aria-live": "polite" });
    this.root = this.build(host);
    // Rebuilding the table lays the page out again: too dear for every frame of a drag.
    this.tellBelow = seldom(100, () => {
      this.below.show([...this.cards.values()], this.cards.get(this.touched));
      this.truth.explain();
    });
    this.announce = later(700, (card) => !card.pane.gone && (card.describe(), say(this.live, card.words())));
    this.desk.on("view", (view) => (Object.assign(this.store.view, view), this.store.save()));
    const stops = [dress(this.root), attachKeys(this.root, this.desk, steps, !inLab()), attachDrops(this.root, this.toolbar)];
    this.stops = stops;
    this.link = new Link(model, {
      receive: (content, buffers, arrival) => this.receive(content, buffers ?? [], arrival),
      sent: (seq, work) => this.asked(seq, work),
      silent: (lost) => this.notices.lost(lost),
    });
    publish(() => this.store.state);
    this.link.send({ type: "hello", state: this.store.restored() });
  }

  build(host) {
    const bars = h("div", { class: "wb-bars" }, this.toolbar.element, this.viewbar.element);
    const body = h("div", { class: "wb-body" }, bars, this.grid, this.below.element, this.live);
    const parts = [body, this.notices.element, this.notices.banner];
    const root = h("div", { class: "wb", tabindex: -1, "data-lm-suppress-shortcuts": "true" }, parts);
    host.append(root);
    setDialogHost(root);
    return root;
  }

  close() {
    this.store.saveNow();
    this.link.close();
    this.stops.forEach((stop) => stop());
    this.desk.blink(false);
    [...this.desk.panes].forEach((pane) => pane.remove());
  }

  // ---- from the kernel

  receive(content, buffers, arrival) {
    const card = this.cards.get(content.card);
    const handlers = {
      setup: () => this.setup(content),
      picture: () => this.picture(content, buffers),
      result: () => card && this.result(card, content, buffers, arrival),
      running: () => card?.running(content),
      error: () => card?.fail(content),
      code: () => card?.sections.code(content),
      stages: () => card?.sections.stages.strip(content, buffers),
      stage: () => card?.sections.stages.show(content, buffers),
      download: () => saveFile(content.name, content.mime, bytesOf(buffers[0])),
      // Before setup the methods are unknown; setup brings this very state with it.
      state: () => this.methods.size && this.adopt(content.state, true),
      notice: () => this.notices.say(content.message, content.level),
    };
    handlers[content.type]?.();
  }

  setup(content) {
    this.methods = new Map(content.methods.map((method) => [method.name, method]));
    this.toolbar.setup(content);
    this.adopt(content.state);
  }

  /** Take the kernel's state; it is what was asked, so nothing is sent back. */
  adopt(state, isStep = false) {
    this.store.adopt(state, isStep);
    this.asked0 = JSON.stringify(this.store.work);
    Object.assign(this.desk.view, this.store.view);
    this.render();
    this.desk.setView({});
  }

  async picture(content, buffers) {
    const number = ++this.pictures;
    const { image, truth } = content;
    this.desk.target = truth?.target ?? [];
    const [photo, plane] = await Promise.all([
      Photo.decode(bytesOf(buffers[0]), image.mime, image.size),
      truth ? readPlane({ ...truth, size: image.size }, buffers[1]) : null,
    ]);
    if (number !== this.pictures) return;
    const other = this.shown && this.shown.image.name !== image.name;
    this.shown = content;
    this.desk.photo = photo;
    if (other) this.desk.camera.fit();
    this.truth.pane.show(plane);
    this.truth.describe(content);
    this.truth.explain();
    this.toolbar.update(this.store.work, image);
    this.desk.repaint();
  }

  async result(card, content, buffers, arrival) {
    // A notebook cell may have moved the kernel ahead; the next question must still be the newest.
    this.link.seq = Math.max(this.link.seq, content.seq);
    if (!card.takes(content.seq)) return;
    const plane = await readPlane(content, buffers[0]).catch(() => null);
    if (!card.takes(content.seq)) return;
    if (!plane) return card.fail({ ...content, message: "The mask arrived damaged; change a value to ask again." });
    card.show(plane, content);
    recordPaint(card, content, plane, this.link.inputs.get(content.seq) ?? null, arrival);
    markBest([...this.cards.values()].map((one) => one.scores));
    if (!this.touched) this.touched = card.id;
    this.tellBelow();
    if (card.element.dataset.state === "idle") this.announce(card);
    if (["difference", "swipe", "blink"].includes(this.desk.view.mode)) this.desk.repaint();
  }

  // ---- from the person

  /** Change the state, show it, and ask the kernel at once. */
  change(label, edit) {
    const isNew = this.store.edit(label, edit);
    this.render();
    this.push();
    return isNew;
  }

  push() {
    this.link.state(this.store.work, performance.now());
  }

  /** A state went out as message `seq`: mark what it makes old; returns whether an answer is due. */
  asked(seq, work) {
    const before = JSON.parse(this.asked0 ?? "{}");
    this.asked0 = JSON.stringify(work);
    const anew = before.image !== work.image;
    const all = anew || before.truth !== work.truth || before.lens !== work.lens;
    const old = new Map((before.cards ?? []).map((card) => [card.id, JSON.stringify(card)]));
    const due = work.cards.filter((card) => all || old.get(card.id) !== JSON.stringify(card));
    due.forEach((card) => this.cards.get(card.id)?.ask(seq, anew));
    return anew || due.length > 0;
  }

  setValue(id, name, value) {
    this.touched = id;
    const card = this.cards.get(id);
    const isNew = this.store.edit(`${id}.${name}`, (work) => (work.cards.find((one) => one.id === id).values[name] = value));
    // The question leaves first; what follows is done while the kernel answers, and only what a value can change.
    this.push();
    if (isNew) card.scores.mark();
    this.renderCard(this.store.work.cards.find((one) => one.id === id));
    this.renderSteps();
  }

  hold() {
    this.store.hold();
  }

  seal() {
    this.store.seal();
  }

  pick(what, value) {
    this.change(what, (work) => {
      if (what === "image" && (work.truth.startsWith("file:") || value.startsWith("file:") !== work.image.startsWith("file:"))) {
        work.truth = value.startsWith("file:") ? "none" : "bundled";
      }
      work[what] = value;
    });
    this.store.seal();
  }

  add(name) {
    const method = this.methods.get(name);
    const taken = new Set(this.store.work.cards.map((card) => card.id));
    let id = name;
    for (let number = 2; taken.has(id); number++) id = `${name}-${number}`;
    const values = Object.fromEntries(method.params.map((param) => [param.name, param.default]));
    this.change("cards", (work) => work.cards.push({ id, method: name, values }));
    this.store.seal();
    this.cards.get(id).element.scrollIntoView({ block: "nearest" });
  }

  remove(id) {
    this.change("cards", (work) => (work.cards = work.cards.filter((card) => card.id !== id)));
    this.store.seal();
  }

  step(way) {
    if (!this.store[way]()) return;
    this.render();
    this.push();
  }

  file(role, name, bytes) {
    this.link.send({ type: "file", role, name }, [bytes]);
    this.link.expect();
  }

  share() {
    shareState(this.store, this.notices, () => this.download("state"));
  }

  download(what) {
    this.link.send({ type: "download", what, card: null });
  }

  // ---- the page follows the state

  render() {
    const { work } = this.store;
    this.desk.lens = work.lens;
    this.toolbar.update(work, this.shown?.image);
    const wanted = new Set(work.cards.map((card) => card.id));
    for (const [id, card] of this.cards) {
      const state = work.cards.find((one) => one.id === id);
      if (wanted.has(id) && state.method === card.method.name) continue;
      if (this.desk.tool) this.desk.setTool(null);
      card.remove();
      this.cards.delete(id);
    }
    work.cards.forEach((state) => this.renderCard(state));
    this.grid.dataset.count = work.cards.length + 1;
    this.viewbar.listPanes();
    this.renderSteps();
    this.tellBelow();
  }

  renderSteps() {
    this.viewbar.undo.disabled = this.store.past.length === 0;
    this.viewbar.redo.disabled = this.store.future.length === 0;
  }

  renderCard(state) {
    const card = this.cards.get(state.id);
    if (card) return card.update(state);
    const method = this.methods.get(state.method) ?? { name: state.method, title: state.method, params: [] };
    const made = new Card(this, state, method);
    this.cards.set(state.id, made);
    this.grid.append(made.element);
  }
}

/** Where a reload finds the state: by page, or, in a notebook of many panels, only under a key of the panel's own. */
function storageKey(model) {
  const own = model.get("key");
  if (own) return `workbench:${own}`;
  return inLab() ? null : `workbench:${location.pathname}:${panels++}`;
}

export default {
  render({ model, el }) {
    const panel = new Compare(model, el);
    return () => panel.close();
  },
};
