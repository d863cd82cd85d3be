// The bar under a film of stages: play and pause, a slider over the frames, what this frame is.
import { clamp, h, say } from "./dom.js";

const PACE = 450; // ms a frame

export class FilmBar {
  /** `show(frame)` is called with the number of the frame to show. */
  constructor(show) {
    Object.assign(this, { show, count: 0, at: 0, ticking: 0 });
    this.button = h("button", { type: "button", class: "wb-button wb-play", "aria-label": "play", onclick: () => this.toggle() });
    const step = (by, name, sign) => {
      const move = () => (this.pause(), this.go(this.at + by));
      return h("button", { type: "button", class: "wb-button wb-quiet", "aria-label": name, onclick: move }, sign);
    };
    this.slider = h("input", { type: "range", min: 0, step: 1, "aria-label": "frame" });
    this.slider.addEventListener("input", () => (this.pause(), this.go(this.slider.valueAsNumber)));
    this.caption = h("output", { class: "wb-frame-caption", "aria-live": "off" });
    const buttons = [step(-1, "previous frame", "‹"), this.button, step(1, "next frame", "›")];
    this.element = h("div", { class: "wb-film", role: "group", "aria-label": "film", hidden: true }, buttons, this.slider, this.caption);
    this.sign();
  }

  /** Take a film's frames; from the start, playing, or (after a change) at the frame that was shown. */
  load(frames, stays) {
    this.frames = frames;
    this.element.hidden = frames.length < 2;
    this.slider.max = frames.length - 1;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (!stays) this.pause();
    this.go(stays ? this.at : 0);
    if (!stays && !still && frames.length > 1) this.play();
  }

  close() {
    this.pause();
    this.element.hidden = true;
  }

  go(frame) {
    this.at = clamp(frame, 0, this.frames.length - 1);
    this.slider.value = this.at;
    this.slider.style.setProperty("--part", `${(100 * this.at) / (this.frames.length - 1 || 1)}%`);
    const { name, caption } = this.frames[this.at];
    const text = [name, caption].filter(Boolean).join(": ");
    this.slider.setAttribute("aria-valuetext", `${this.at + 1} of ${this.frames.length}, ${text}`);
    say(this.caption, `${this.at + 1}/${this.frames.length}  ${text}`);
    this.caption.title = text;
    this.show(this.at);
  }

  toggle() {
    if (this.ticking) return this.pause();
    if (this.at === this.frames.length - 1) this.go(0);
    this.play();
  }

  play() {
    this.ticking = setInterval(() => {
      // A page that took the element away has nobody left to show frames to.
      if (!this.element.isConnected) return this.pause();
      this.go(this.at + 1);
      if (this.at === this.frames.length - 1) this.pause();
    }, PACE);
    this.sign();
  }

  pause() {
    clearInterval(this.ticking);
    this.ticking = 0;
    this.sign();
  }

  sign() {
    this.button.setAttribute("aria-label", this.ticking ? "pause" : "play");
    this.button.classList.toggle("playing", Boolean(this.ticking));
  }
}
