// The outputs page: one answer as three kinds of output, what each cannot say, and what five lenses make of it.
import { Desk } from "./desk.js";
import { Notices } from "./dialogs.js";
import { bytesOf, duration, h, say } from "./dom.js";
import { frame, putAway } from "./frame.js";
import { attachKeys } from "./keys.js";
import { LensTable } from "./lenstable.js";
import { Link } from "./link.js";
import { lossMarks } from "./losses.js";
import { Photo } from "./photo.js";
import { readPlane } from "./planes.js";
import { publish, recordPaint } from "./record.js";
import { Store } from "./store.js";
import { dress, inLab } from "./theme.js";
import { TruthCard } from "./truth.js";
import { ViewBar } from "./viewbar.js";
import { OutputView } from "./outputview.js";

const TRUTH = "truth";
const VIEWS = [
  ["semantic", "semantic", "Which category is each pixel?"],
  ["instance", "instance", "Which thing is each pixel of, if any?"],
  ["panoptic", "panoptic", "Which thing, or which stuff? Each pixel once."],
];

class OutputsPage {
  constructor(model, host) {
    this.desk = new Desk();
    this.store = new Store(inLab() ? null : `workbench:${location.pathname}:outputs`);
    this.notices = new Notices();
    this.pictures = 0;
    this.results = 0;
    const steps = { undo: () => this.step("undo"), redo: () => this.step("redo") };
    this.viewbar = new ViewBar(this.desk, steps);
    this.viewbar.element.querySelector('[data-mode="changed"]').remove(); // nothing moves here
    this.truth = new TruthCard(this.desk);
    this.views = VIEWS.map((one) => new OutputView(this.desk, ...one));
    this.table = new LensTable();
    this.root = this.build(host);
    this.desk.on("view", (view) => this.viewed(view));
    this.stops = [dress(this.root), attachKeys(this.root, this.desk, steps, !inLab())];
    this.link = new Link(model, {
      receive: (content, buffers, arrival) => this.receive(content, buffers ?? [], arrival),
      sent: (seq) => this.asked(seq),
      silent: (lost) => this.notices.lost(lost),
    });
    publish(() => this.store.state);
    this.link.send({ type: "hello", state: this.store.restored() });
  }

  build(host) {
    this.image = h("select", { "data-picker": "image", "aria-label": "picture", onchange: () => this.pick((work) => (work.image = this.image.value)) });
    this.method = h("select", { "data-picker": "method", "aria-label": "method", onchange: () => this.pick((work) => (work.cards = this.chosen())) });
    this.losses = h("button", { class: "wb-button", type: "button", "data-switch": "losses", "aria-pressed": "false", onclick: () => this.desk.setView({ losses: !this.desk.view.losses }) }, "what each view cannot say");
    this.status = h("span", { class: "wb-count", role: "status" });
    const field = (name, control) => h("label", { class: "wb-field" }, h("span", {}, name), control);
    const bar = h("div", { class: "wb-bar", role: "toolbar", "aria-label": "picture and method" }, field("picture", this.image), field("answer of", this.method), this.losses, this.status);
    const grid = h("div", { class: "wb-grid", "data-count": 4 }, this.truth.element, this.views.map((view) => view.element));
    const bars = h("div", { class: "wb-bars" }, bar, this.viewbar.element);
    return frame(host, "wb-outputs", this.notices, [bars, grid, this.table.element]);
  }

  close() {
    putAway(this);
  }

  // ---- from the kernel

  receive(content, buffers, arrival) {
    const handlers = {
      setup: () => this.setup(content),
      picture: () => this.picture(content, buffers),
      result: () => this.result(content, buffers, arrival),
      running: () => this.setState("running", content.note ?? "running"),
      error: () => this.mine(content) && this.fail(content.message),
      state: () => this.image.options.length && this.adopt(content.state),
      notice: () => this.notices.say(content.message, content.level),
    };
    handlers[content.type]?.();
  }

  setup({ samples, methods, state }) {
    const groups = (items, key) => [...new Set(items.map((item) => item[key]))].map((name) => {
      const mine = items.filter((item) => item[key] === name);
      return h("optgroup", { label: name }, mine.map((item) => h("option", { value: item.name, disabled: item.available === false }, item.title)));
    });
    this.image.replaceChildren(...groups(samples, "kind"));
    this.method.replaceChildren(h("option", { value: TRUTH }, "the truth itself"), ...groups(methods, "family"));
    this.methods = new Map(methods.map((method) => [method.name, method]));
    this.adopt(state);
  }

  adopt(state) {
    this.store.adopt(state, false);
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
    if (this.shown !== image.name) this.desk.camera.fit();
    this.shown = image.name;
    if (![...this.image.options].some(({ value }) => value === image.name)) this.image.append(h("option", { value: image.name }, image.title));
    this.image.value = image.name;
    this.desk.photo = photo;
    this.truth.pane.show(plane);
    this.truth.describe(content);
    this.truth.explain();
    this.desk.repaint();
  }

  /** Whether a message answers what the page asks now. */
  mine({ card, seq }) {
    return card === (this.store.work.cards[0]?.id ?? TRUTH) && seq >= (this.wanted ?? 0);
  }

  async result(content, buffers, arrival) {
    if (!this.mine(content)) return;
    const number = ++this.results;
    const bytes = bytesOf(buffers[0]);
    const planes = await Promise.all(content.views.map((view) => readPlane(view, bytes.slice(...view.at))));
    if (number !== this.results || !this.mine(content)) return;
    this.views.forEach((view, at) => {
      view.show(planes[at], content.views[at]);
      recordPaint({ id: view.name }, content, planes[at], this.link.inputs.get(content.seq) ?? null, arrival);
    });
    this.marks = lossMarks(planes[2]);
    this.table.show(content);
    this.mark();
    this.truth.explain();
    const took = content.preview ? `preview at ${content.longest} px` : duration(content.ms);
    this.setState(content.preview ? "running" : "idle", took);
  }

  fail(message) {
    this.setState("error", "");
    this.notices.say(message, "error");
  }

  setState(name, words) {
    this.views.forEach(({ element }) => (element.dataset.state = name));
    say(this.status, words);
  }

  // ---- from the person

  chosen() {
    const method = this.methods.get(this.method.value);
    if (!method) return [];
    const values = Object.fromEntries(method.params.map((param) => [param.name, param.default]));
    return [{ id: method.name, method: method.name, values }];
  }

  pick(edit) {
    this.store.edit("pick", edit);
    this.store.seal();
    this.render();
    this.link.state(this.store.work, performance.now());
  }

  step(way) {
    if (!this.store[way]()) return;
    this.render();
    this.link.state(this.store.work, performance.now());
  }

  asked(seq) {
    this.wanted = seq;
    this.setState("stale", "");
    return true;
  }

  /** How things look has changed; the key for what a move changed has nothing to show here. */
  viewed(view) {
    if (view.mode === "changed") return this.desk.setView({ mode: "overlay" });
    Object.assign(this.store.view, view);
    this.store.save();
    this.mark();
  }

  // ---- the page follows the state

  render() {
    const { image, cards } = this.store.work;
    this.image.value = image;
    this.method.value = cards[0]?.method ?? TRUTH;
    this.desk.lens = "panoptic";
    this.viewbar.listPanes();
    this.viewbar.undo.disabled = this.store.past.length === 0;
    this.viewbar.redo.disabled = this.store.future.length === 0;
  }

  /** Show, or leave out, what each view cannot say. */
  mark() {
    const wanted = Boolean(this.desk.view.losses);
    this.losses.setAttribute("aria-pressed", String(wanted));
    this.views.forEach((view) => view.mark(wanted ? this.marks?.[view.name] ?? null : null));
    this.truth.explain();
    this.desk.repaint();
  }
}

export default {
  render({ model, el }) {
    const page = new OutputsPage(model, el);
    return () => page.close();
  },
};
