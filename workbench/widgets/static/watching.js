// One picture of a training in three canvases, image, truth and prediction, which share zoom, pan and cursor.
import { Desk } from "./desk.js";
import { bytesOf, h, say, threeDecimals } from "./dom.js";
import { attachKeys } from "./keys.js";
import { Pane } from "./pane.js";
import { Photo } from "./photo.js";
import { readPlane } from "./planes.js";

const PARTS = { image: "image", truth: "truth", guess: "prediction" };

export class Watching {
  constructor(number) {
    this.number = number;
    this.desk = new Desk();
    this.tags = {};
    this.panes = {};
    const part = ([name, words]) => {
      const pane = (this.panes[name] = new Pane(this.desk, `${name}-${number}`, `${words}, picture ${number}`));
      this.tags[name] = h("span", { class: "wb-tag" }, words);
      pane.element.append(this.tags[name]);
      return pane.element;
    };
    this.desk.truth = null;
    const frames = Object.entries(PARTS).map(part);
    this.desk.truth = this.panes.truth;
    this.element = h("article", { class: "wb-watching", "data-card": `picture-${number}`, "data-state": "stale", "aria-label": `picture ${number}` }, frames);
    const nothing = { undo() {}, redo() {} };
    this.stop = attachKeys(this.element, this.desk, nothing, false);
  }

  close() {
    this.stop();
    this.desk.blink(false);
    [...this.desk.panes].forEach((pane) => pane.remove());
  }

  /** Another picture: nothing is predicted yet. */
  async picture({ size, mime, truth }, [image, ids], { each, lens }) {
    this.each = each;
    this.desk.lens = lens;
    this.desk.target = truth.categories.filter(({ kind }) => kind === "thing").map(({ name }) => name);
    const [photo, plane] = await Promise.all([Photo.decode(bytesOf(image), mime, size), readPlane(truth, ids)]);
    this.desk.camera.fit();
    this.desk.photo = photo;
    this.panes.image.show(null);
    this.panes.truth.show(plane);
    this.guess(null, null, "prediction");
    this.element.dataset.state = "idle";
  }

  /** What the network says now, or said; the canvas keeps its size, whatever comes. */
  guess(plane, iou, words) {
    say(this.tags.guess, plane ? `${words}, ${this.each} ${threeDecimals(iou)}` : words);
    this.tags.guess.dataset.value = plane ? String(iou ?? "") : "";
    this.panes.guess.canvas.setAttribute("aria-label", plane ? `prediction of picture ${this.number} at ${words}, ${this.each} ${threeDecimals(iou)}` : `no prediction of picture ${this.number} yet`);
    this.panes.guess.canvas.parentElement.classList.toggle("wb-nothing", !plane);
    this.panes.guess.show(plane);
  }

  look(mode) {
    this.desk.setView({ mode });
  }
}
