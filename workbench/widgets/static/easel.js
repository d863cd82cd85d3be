// What a hand is painting with, and the sheets that it paints on: the tool, its size, the chosen name, and every step.
import { makeTools } from "./brushes.js";
import { clamp } from "./dom.js";
import { History } from "./edits.js";
import { REGION } from "./palettebar.js";

export class Easel {
  /** `app` has `desk`, `panes`, `palette`, `link`, `push()`, `tellSheets()`, `say(sentence)`. */
  constructor(app) {
    Object.assign(this, { app, desk: app.desk, panes: app.panes, name: "", size: 12, drawing: false });
    this.desk.brushSize = this.size;
    this.history = new History();
    this.tools = makeTools(this);
  }

  /** Another picture: nothing of the old one can be undone. */
  forget() {
    this.history = new History();
  }

  say(message) {
    this.app.say(message);
  }

  use(name) {
    this.desk.setTool(this.desk.tool?.name === name ? null : this.tools.get(name));
  }

  resize(by) {
    this.size = clamp(this.size + by, 1, 60);
    this.desk.brushSize = this.size;
    this.app.palette.update(this.desk.tool?.name);
    this.desk.hover(this.desk.point);
  }

  /** The category that the chosen name is on a sheet; null for a region without a name. */
  named(sheet) {
    if (this.name === REGION || sheet.yields === "partition") return null;
    const known = Object.values(this.panes).flatMap((pane) => pane.plane.categories).find((one) => one.name === this.name);
    return sheet.category(this.name, this.desk.target, known);
  }

  /** Where a stroke that begins at a pixel paints: what is there if it has the chosen name, else something new. */
  place(sheet, [row, col]) {
    const under = sheet.at(row, col);
    const category = this.named(sheet);
    if (category === null && this.name !== REGION && under !== sheet.nothing) return under;
    return category && sheet.named[under] === category ? under : this.fresh(sheet);
  }

  /** A new object of the chosen name, or what there is of it where it cannot be counted. */
  fresh(sheet) {
    const category = this.named(sheet);
    const areas = sheet.areas();
    const there = [...sheet.ids.keys()].find((place) => category && sheet.named[place] === category && (areas[place] > 0 || sheet.single));
    return there !== undefined && (sheet.single || category.kind === "stuff") ? there : sheet.add(category);
  }

  /** A stroke goes on: show it, and have it counted. */
  painted(pane) {
    pane.show(pane.plane);
    this.drawing = true;
    this.app.link.touched(pane.name);
    this.app.push();
  }

  /** A stroke is done. */
  done(pane, step) {
    this.drawing = false;
    if (step) this.history.add(step);
    pane.plane.touch();
    pane.show(pane.plane);
    this.app.link.touched(pane.name);
    this.app.push();
    this.app.tellSheets();
  }

  /** Take a step back, or forward again. */
  step(way) {
    const step = this.history.move(way);
    if (!step) return;
    step.sides.forEach((side) => (this.panes[side].show(this.panes[side].plane), this.app.link.touched(side)));
    this.app.push();
    this.app.tellSheets();
  }
}
