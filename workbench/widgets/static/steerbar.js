// What steers a training: start, pause, cancel, the learning rate; how the pictures look; what there is to say.
import { h, say } from "./dom.js";

const MODES_HERE = { mask: "mask", overlay: "overlay", error: "error" };
const BUSY = ["starting", "running", "paused"];

export class SteerBar {
  /** `app` has `start()`, `steer(what)`, `pace(by)`, `keep()`, `look(mode)`. */
  constructor(app) {
    const button = (name, words, onclick, title) => h("button", { class: "wb-button", "data-do": name, onclick, title }, words);
    this.start = button("start", "start", () => app.start());
    this.start.classList.add("wb-first");
    this.hold = button("pause", "pause", () => app.steer(this.status === "paused" ? "resume" : "pause"));
    this.cancel = button("cancel", "cancel", () => app.steer("cancel"));
    this.paces = h("div", { class: "wb-segmented", role: "group", "aria-label": "learning rate from now on" });
    this.pace = (by) => app.pace(by);
    this.rate = h("span", { class: "wb-rate" });
    const mode = ([name, words]) => h("button", { "data-mode": name, "aria-pressed": "false", onclick: () => app.look(name) }, words);
    this.modes = h("div", { class: "wb-segmented", role: "group", "aria-label": "how predictions are shown" }, Object.entries(MODES_HERE).map(mode));
    this.words = h("span", { class: "wb-count wb-said", role: "status" });
    this.keep = button("keep", "put into compare", () => app.keep(), "Keep the best weights in your own folder and open them in the compare page.");
    this.place = h("a", { class: "wb-place", target: "_blank", hidden: true });
    const rate = h("div", { class: "wb-field" }, h("span", {}, "rate"), this.rate, this.paces);
    const bar = h("div", { class: "wb-bar wb-steer-bar", role: "toolbar", "aria-label": "training" }, this.start, this.hold, this.cancel, rate, this.modes);
    this.element = h("div", { class: "wb-steer" }, bar, this.words, this.place, this.keep);
    this.become({ status: "idle", keeps: false });
  }

  offer({ paces, missing }) {
    this.missing = missing;
    this.paces.replaceChildren(...paces.map((by) => h("button", { "data-pace": by, title: `Multiply the learning rate by ${by} from now on.`, onclick: () => this.pace(by) }, `× ${by}`)));
    this.become({ status: "idle", keeps: false });
  }

  become({ status, keeps }) {
    this.status = status;
    const busy = BUSY.includes(status);
    this.start.disabled = busy || Boolean(this.missing);
    this.hold.disabled = this.cancel.disabled = !busy;
    [...this.paces.children].forEach((one) => (one.disabled = !busy));
    this.keep.disabled = !keeps;
    say(this.hold, status === "paused" ? "resume" : "pause");
    this.hold.dataset.do = status === "paused" ? "resume" : "pause";
    if (busy) this.place.hidden = true;
  }

  get busy() {
    return BUSY.includes(this.status);
  }

  say(words) {
    say(this.words, words);
    this.words.title = words;
  }

  tellRate(rate) {
    const small = rate < 1e-3 || rate >= 1e5;
    say(this.rate, Number.isFinite(rate) ? (small ? rate.toExponential(1).replace("+", "") : String(Number(rate.toPrecision(2)))) : "–");
  }

  tellMode(name) {
    [...this.modes.children].forEach((one) => one.setAttribute("aria-pressed", String(one.dataset.mode === name)));
  }

  /** Say where the kept weights are to be found; the link opens by itself where the browser allows it. */
  kept(words, address) {
    say(this.place, words);
    this.place.hidden = false;
    if (!address) return this.place.removeAttribute("href");
    this.place.href = address;
    this.place.click();
  }
}
