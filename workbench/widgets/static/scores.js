// The headline numbers of a card, in slots that never move.
import { h, say, threeDecimals } from "./dom.js";

export class Scores {
  constructor() {
    this.element = h("div", { class: "wb-scores" });
    this.slots = new Map();
    this.before = null;
    this.now = null;
  }

  /** From here on changes are told against the numbers that stand. */
  mark() {
    this.before = this.now;
  }

  show({ headline, scores, labels, why, lens }) {
    const keys = Object.keys(scores).length ? headline : [];
    const wanted = keys.join() || "none";
    if (wanted !== this.wanted) this.layOut(keys, wanted);
    if (lens !== this.lens) this.before = null;
    this.lens = lens;
    this.now = scores;
    for (const [key, slot] of this.slots) this.fill(key, slot, scores[key], labels?.[key] ?? key, why?.[key]);
  }

  layOut(keys, wanted) {
    this.wanted = wanted;
    this.before = null;
    this.slots.clear();
    const made = keys.map((key) => {
      const slot = { label: h("span"), value: h("b", { "data-score": key }), change: h("small") };
      this.slots.set(key, slot);
      return h("div", { class: "wb-score" }, slot.label, slot.value, slot.change);
    });
    this.element.replaceChildren(...(made.length ? made : [h("p", { class: "wb-none" }, "no truth, so no scores")]));
  }

  fill(key, slot, value, label, why) {
    const defined = Number.isFinite(value);
    say(slot.label, label);
    say(slot.value, threeDecimals(value));
    slot.value.dataset.value = defined ? String(value) : "";
    slot.value.title = defined ? String(value) : why ?? "undefined here";
    const change = defined && this.before && Number.isFinite(this.before[key]) ? value - this.before[key] : 0;
    say(slot.change, Math.abs(change) < 0.0005 ? "" : (change > 0 ? "+" : "−") + Math.abs(change).toFixed(3));
  }

  /** The words a screen reader hears. */
  words() {
    return [...this.slots].map(([, slot]) => `${slot.label.textContent} ${slot.value.textContent}`).join(", ");
  }
}

/** Mark the best value of each headline, of which more is always better, in bold; with a single card nothing is best. */
export function markBest(all) {
  const keys = new Set(all.flatMap((scores) => [...scores.slots.keys()]));
  for (const key of keys) {
    const values = all.map((scores) => scores.now?.[key]).filter(Number.isFinite);
    const best = values.length > 1 ? Math.max(...values) : null;
    for (const scores of all) {
      const slot = scores.slots.get(key);
      slot?.value.classList.toggle("best", best !== null && scores.now?.[key] === best);
    }
  }
}
