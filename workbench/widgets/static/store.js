// The state of the page: the page holds it, the kernel answers it. Undo, redo, reload and links all set it.
import { VIEW } from "./desk.js";
import { later } from "./dom.js";
import { inLab } from "./theme.js";

const PAUSE = 800; // ms within which changes of one control are one step
const DEEPEST = 200; // steps

let panels = 0;

const copy = (value) => JSON.parse(JSON.stringify(value));

export class Store {
  constructor(key) {
    this.key = key;
    this.work = { v: 1, image: "", truth: "bundled", lens: "object", cards: [] };
    this.view = { ...VIEW };
    this.past = [];
    this.future = [];
    this.last = { label: null, time: 0 };
    this.save = later(200, () => this.saveNow());
  }

  get state() {
    return { ...copy(this.work), view: { ...this.view } };
  }

  /** Take a state as it is, from the kernel; a step of its own where the person had a state before. */
  adopt({ view, ...work }, isStep) {
    if (isStep) {
      this.past.push(copy(this.work));
      this.future = [];
    }
    this.work = copy({ ...this.work, ...work });
    Object.assign(this.view, view);
    this.seal();
    this.save();
  }

  /** Change the work; changes of one label in quick succession, such as a drag, are one step to undo. */
  edit(label, change) {
    const before = copy(this.work);
    change(this.work);
    if (JSON.stringify(before) === JSON.stringify(this.work)) return false;
    const now = performance.now();
    const goesOn = label === this.last.label && (this.held || now - this.last.time < PAUSE);
    if (!goesOn) {
      this.past.push(before);
      this.past.splice(0, this.past.length - DEEPEST);
    }
    this.future = [];
    this.last = { label, time: now };
    this.save();
    return !goesOn;
  }

  /** While a pointer holds a slider, however slowly it moves, it is one step. */
  hold() {
    this.seal();
    this.held = true;
  }

  seal() {
    this.held = false;
    this.last = { label: null, time: 0 };
  }

  undo() {
    return this.swap(this.past, this.future);
  }

  redo() {
    return this.swap(this.future, this.past);
  }

  swap(from, to) {
    if (from.length === 0) return false;
    to.push(copy(this.work));
    this.work = from.pop();
    this.seal();
    this.save();
    return true;
  }

  /** An id that no card has, but for the first `skipped`. */
  freshId(name, skipped = 0) {
    const taken = new Set(this.work.cards.slice(skipped).map((card) => card.id));
    let id = name;
    for (let number = 2; taken.has(id); number++) id = `${name}-${number}`;
    return id;
  }

  after(card) {
    return this.work.cards.slice(this.work.cards.indexOf(card) + 1);
  }

  saveNow() {
    if (!this.key) return;
    try {
      sessionStorage.setItem(this.key, JSON.stringify(this.state));
    } catch {
      // Storage may be full or forbidden; then a reload starts anew, and nothing else is lost.
    }
  }

  /** The state that the link carries, else the one of before a reload, else null. */
  restored() {
    const linked = /[#&]state=([\w-]+)/.exec(location.hash);
    try {
      if (!linked) return JSON.parse((this.key && sessionStorage.getItem(this.key)) || "null");
      const state = decodeState(linked[1]);
      // From here on the session holds it: a reload must not fall back to what the link said.
      history.replaceState(history.state, "", location.pathname + location.search);
      return state;
    } catch {
      return null;
    }
  }

  /** A link to this page in this state, or to another page or state. */
  link(state = this.state, path = location.pathname) {
    return `${location.origin}${path}${location.search}#state=${encodeState(state)}`;
  }
}

/** Where a reload finds the state: by page, or, in a notebook of many panels, only under a key of the panel's own. */
export function storageKey(model) {
  const own = model.get("key");
  if (own) return `workbench:${own}`;
  return inLab() ? null : `workbench:${location.pathname}:${panels++}`;
}

export function encodeState(state) {
  const bytes = new TextEncoder().encode(JSON.stringify(state));
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

export function decodeState(text) {
  const binary = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return JSON.parse(new TextDecoder().decode(Uint8Array.from(binary, (letter) => letter.charCodeAt(0))));
}

/** Which cards a new state asks again, and whether it does so on another image. */
export function whatIsDue(before, work) {
  const anew = before.image !== work.image;
  const all = anew || before.truth !== work.truth || before.lens !== work.lens;
  const old = new Map((before.cards ?? []).map((card) => [card.id, JSON.stringify(card)]));
  return { anew, due: work.cards.filter((card) => all || old.get(card.id) !== JSON.stringify(card)) };
}
