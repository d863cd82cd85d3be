// The compare panel: one state, one line to the kernel, a truth and any number of cards.
import { Card } from "./cards.js";
import { Desk } from "./desk.js";
import { Notices } from "./dialogs.js";
import { bytesOf, h, later, say, seldom } from "./dom.js";
import { Explore } from "./explore.js";
import { frame, putAway } from "./frame.js";
import { attachKeys } from "./keys.js";
import { Link } from "./link.js";
import { Photo } from "./photo.js";
import { openPinned } from "./pins.js";
import { readPlane } from "./planes.js";
import { recordPaint, publish } from "./record.js";
import { markBest } from "./scores.js";
import { Several } from "./several.js";
import { attachDrops, saveFile, shareState } from "./sharing.js";
import { Store, storageKey, whatIsDue } from "./store.js";
import { Below } from "./table.js";
import { dress, inLab } from "./theme.js";
import { Toolbar } from "./toolbar.js";
import { TruthCard } from "./truth.js";
import { ViewBar } from "./viewbar.js";

class Compare {
  constructor(model, host) {
    this.desk = new Desk();
    this.store = new Store(storageKey(model));
    this.notices = new Notices();
    this.cards = new Map();
    this.methods = new Map();
    this.pictures = 0;
    // The explore page is this page with one card, a part of its own below, and the call above.
    this.explore = model.get("page") === "explore" ? new Explore(this) : null;
    this.toolbar = new Toolbar(this);
    const steps = { undo: () => this.step("undo"), redo: () => this.step("redo") };
    this.viewbar = new ViewBar(this.desk, steps);
    this.truth = new TruthCard(this.desk);
    this.below = new Below();
    this.several = new Several(this);
    this.grid = h("div", { class: "wb-grid" }, this.truth.element);
    this.live = h("div", { class: "wb-hidden", role: "status", "aria-live": "polite" });
    this.root = this.build(host);
    // Rebuilding the table lays the page out again: too dear for every frame of a drag.
    this.tellBelow = seldom(100, () => {
      this.below.show([...this.cards.values()], this.cards.get(this.touched));
      this.truth.explain();
      this.tellChanges();
    });
    this.announce = later(700, (card) => !card.pane.gone && (card.describe(), say(this.live, card.words())));
    this.desk.on("view", (view) => (Object.assign(this.store.view, view), this.store.save(), this.tellChanges()));
    this.stops = [dress(this.root), attachKeys(this.root, this.desk, steps, !inLab()), attachDrops(this.root, this.toolbar)];
    this.link = new Link(model, {
      receive: (content, buffers, arrival) => this.receive(content, buffers ?? [], arrival),
      sent: (seq, work) => this.asked(seq, work),
      silent: (lost) => this.notices.lost(lost),
    });
    publish(() => this.store.state);
    this.link.send({ type: "hello", state: this.store.restored() });
  }

  build(host) {
    const bars = h("div", { class: "wb-bars" }, this.toolbar.element, this.viewbar.element, this.explore?.call.element);
    const body = [bars, this.grid, this.explore?.element, this.below.element, this.several.element, this.live];
    return frame(host, this.explore ? "wb-exploring" : "", this.notices, body);
  }

  close() {
    putAway(this);
  }

  // ---- from the kernel

  receive(content, buffers, arrival) {
    const card = this.cards.get(content.card);
    const handlers = {
      setup: () => this.setup(content),
      picture: () => this.picture(content, buffers),
      result: () => card && this.result(card, content, buffers, arrival),
      running: () => card?.running(content),
      error: () => card && (card.fail(content), this.explore?.answered(card)),
      code: () => card && (card.sections.code(content), this.explore?.call.take(content)),
      sweep: () => this.explore?.receive(content),
      several: () => this.several.receive(content),
      errors: () => card?.sections.errors.take(content, buffers),
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
    this.cards.forEach((card) => card.forget());
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
    this.explore?.answered(card);
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
    const { anew, due } = whatIsDue(JSON.parse(this.asked0 ?? "{}"), work);
    this.asked0 = JSON.stringify(work);
    due.forEach((card) => this.cards.get(card.id)?.ask(seq, anew));
    return anew || due.length > 0;
  }

  setValue(id, name, value) {
    this.touched = id;
    const card = this.cards.get(id);
    const isNew = this.store.edit(`${id}.${name}`, (work) => (work.cards.find((one) => one.id === id).values[name] = value));
    // The question leaves first; what follows is done while the kernel answers, and only what a value can change.
    this.push();
    if (isNew) card.mark();
    this.renderCard(this.store.work.cards.find((one) => one.id === id));
    this.renderSteps();
    this.explore?.follow();
    this.several.follow();
  }

  /** Say what each card's last move gained and lost: where it is asked for, and never while an answer is on its way. */
  tellChanges() {
    const desk = this.explore || this.desk.view.mode === "changed" ? this.desk : null;
    this.cards.forEach((card) => card.tellChange(desk));
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

  /** Add a card, with values of its own or the defaults; the explore page takes the method in place of its own. */
  add(name, values = null) {
    const method = this.methods.get(name);
    if (this.explore && !values) return this.explore.replace(method);
    const id = this.store.freshId(name);
    const given = values ?? Object.fromEntries(method.params.map((param) => [param.name, param.default]));
    this.change("cards", (work) => work.cards.push({ id, method: name, values: { ...given } }));
    this.store.seal();
    this.cards.get(id).element.scrollIntoView({ block: "nearest" });
  }

  /** Keep a card's setting beside it: as a second card, or from the explore page on a compare page. */
  pin(id) {
    const state = this.store.work.cards.find((one) => one.id === id);
    if (!this.explore || !openPinned(this.store, this.methods.get(state.method), state)) this.add(state.method, state.values);
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
    this.explore?.render();
    this.several.follow();
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
    // A card that comes back, or in another's place, stands where the state has it.
    const after = this.store.after(state).map(({ id }) => this.cards.get(id)?.element);
    this.grid.insertBefore(made.element, after.find(Boolean) ?? null);
  }
}

export default {
  render({ model, el }) {
    const panel = new Compare(model, el);
    return () => panel.close();
  },
};
