// The page of all methods: one picture, every method at its defaults, by family, filled in as the answers come.
import { Notices } from "./dialogs.js";
import { bytesOf, h, nextFrame, say } from "./dom.js";
import { frame } from "./frame.js";
import { Glance } from "./glance.js";
import { Link } from "./link.js";
import { Photo } from "./photo.js";
import { readPlane } from "./planes.js";
import { Store } from "./store.js";
import { dress, inLab } from "./theme.js";

class Methods {
  constructor(model, host) {
    this.store = new Store(inLab() ? null : `workbench:${location.pathname}:methods`);
    this.glances = new Map();
    this.pictures = 0;
    this.ready = Promise.resolve(); // once the newest photograph can be painted
    this.notices = new Notices();
    this.image = h("select", { "data-picker": "image", "aria-label": "picture", onchange: () => this.pick(this.image.value) });
    this.count = h("span", { class: "wb-count", role: "status" });
    this.button = h("button", { class: "wb-button", onclick: () => (this.waiting().length ? this.stop() : this.push()) }, "stop");
    this.which = h("div", { class: "wb-which" });
    this.families = h("div", { class: "wb-families" });
    this.root = this.build(host);
    this.repaint = nextFrame(() => this.glances.forEach((glance) => glance.thumb.paint()));
    this.watch = new ResizeObserver(() => this.repaint());
    this.watch.observe(this.families);
    this.leave = () => this.stop();
    addEventListener("pagehide", this.leave);
    this.undress = dress(this.root);
    this.link = new Link(model, {
      receive: (content, buffers) => this.receive(content, buffers ?? []),
      sent: (seq, work) => this.asked(work),
      silent: (lost) => this.notices.lost(lost),
    });
    this.link.send({ type: "hello", state: this.store.restored() });
  }

  build(host) {
    const field = h("label", { class: "wb-field" }, h("span", {}, "picture"), this.image);
    const bar = h("div", { class: "wb-bar wb-gallery-bar", role: "toolbar", "aria-label": "picture" }, field, this.button, this.count);
    const body = [h("div", { class: "wb-bars" }, bar), this.which, this.families];
    return frame(host, "wb-gallery", this.notices, body, { tabindex: null, onkeydown: (event) => this.key(event) });
  }

  close() {
    this.stop();
    removeEventListener("pagehide", this.leave);
    this.store.saveNow();
    this.watch.disconnect();
    this.undress();
    this.link.close();
  }

  // ---- from the kernel

  receive(content, buffers) {
    const glance = this.glances.get(content.card);
    const handlers = {
      setup: () => this.setup(content),
      findings: () => this.told(content),
      picture: () => (this.ready = this.picture(content, buffers)),
      result: () => glance && this.result(glance, content, buffers),
      running: () => glance && this.settle(glance, content, () => glance.running(content)),
      error: () => glance && this.settle(glance, content, () => glance.fail(content)),
      state: () => this.glances.size && this.adopt(content.state),
      notice: () => this.notices.say(content.message, content.level),
    };
    handlers[content.type]?.();
  }

  setup({ samples, methods, state }) {
    const kinds = grouped(samples, "kind");
    const group = ([kind, ones]) => h("optgroup", { label: kind }, ones.map(({ name, title }) => h("option", { value: name }, title)));
    this.image.replaceChildren(...[...kinds].map(group));
    this.glances = new Map(methods.map((method) => [method.name, new Glance(method)]));
    const families = grouped(methods, "family");
    this.families.replaceChildren(...[...families].map((one) => this.family(one)));
    this.adopt(state);
  }

  family([family, methods]) {
    const cards = methods.map(({ name }) => this.glances.get(name).element);
    const heading = h("h2", {}, family, " ", h("small", {}, methods.length));
    return h("section", { class: "wb-family", "aria-label": family }, heading, h("div", { class: "wb-glances" }, cards));
  }

  adopt(state) {
    this.store.adopt(state, false);
    this.image.value = state.image;
  }

  told({ good_at, which }) {
    Object.entries(good_at).forEach(([name, words]) => say(this.glances.get(name)?.known ?? h("p"), words));
    this.which.replaceChildren(...which.map((sentence) => h("p", {}, sentence)));
  }

  async picture({ image }, buffers) {
    const number = ++this.pictures;
    const photo = await Photo.decode(bytesOf(buffers[0]), image.mime, image.size);
    if (number !== this.pictures) return;
    [this.photo, this.name] = [photo, image.name];
    this.glances.forEach((glance) => glance.forget(photo, image.name, this.link.seq));
    this.tally();
  }

  async result(glance, content, buffers) {
    const plane = await readPlane(content, buffers[0]).catch(() => null);
    const damaged = { message: "The mask arrived damaged; pick the picture again." };
    this.settle(glance, content, () => (plane ? glance.show(this.photo, plane, this.name, content) : glance.fail(damaged)));
  }

  /** Show what came of a question, unless a newer one was asked or answered. */
  async settle(glance, { seq }, show) {
    await this.ready;
    if (seq < glance.seq) return;
    glance.seq = seq;
    show();
    this.tally();
  }

  // ---- from the person

  pick(name) {
    this.store.edit("image", (work) => (work.image = name));
    this.push();
  }

  push() {
    this.link.state(this.store.work, performance.now());
  }

  /** A question went out: all wait for another picture's answers, or those that failed or were stopped. */
  asked({ image }) {
    const waits = ({ element }) => image !== this.name || element.dataset.state === "error";
    [...this.glances.values()].filter(waits).forEach((glance) => glance.wait());
    this.tally();
    return true;
  }

  waiting() {
    return [...this.glances.values()].filter(({ element }) => ["stale", "running"].includes(element.dataset.state));
  }

  stop() {
    this.waiting().forEach(({ method }) => this.link.send({ type: "cancel", card: method.name }));
  }

  tally() {
    const [all, left] = [this.glances.size, this.waiting().length];
    const failed = this.root.querySelectorAll('.wb-glance[data-state="error"]').length;
    say(this.count, left ? `${all - left} of ${all}` : failed ? `${all - failed} of ${all}, the others say why` : `all ${all}`);
    say(this.button, left ? "stop" : "go on");
    this.button.hidden = !left && !failed;
  }

  /** Arrow keys go from method to method. */
  key(event) {
    const links = [...this.families.querySelectorAll(".wb-glance a")];
    const at = links.indexOf(event.target);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: links.length - 1 }[event.key];
    if (at < 0 || !links[to]) return;
    event.preventDefault();
    links[to].focus();
  }
}

/** Things by one of their properties, in the order of their first. */
function grouped(things, key) {
  const groups = new Map();
  things.forEach((thing) => groups.set(thing[key], [...(groups.get(thing[key]) ?? []), thing]));
  return groups;
}

export default {
  render({ model, el }) {
    const page = new Methods(model, el);
    return () => page.close();
  },
};
