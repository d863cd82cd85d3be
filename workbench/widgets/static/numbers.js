// All that is told of what is painted: the formula, every metric, the matrix, the matching, the curves, and the pixels.
import { Confusion } from "./confusion.js";
import { Distances, Precision } from "./curves.js";
import { h, later, nextFrame, say } from "./dom.js";
import { Formula } from "./formula.js";
import { Matches } from "./matches.js";
import { Noticing } from "./noticing.js";
import { readPlane } from "./planes.js";

export class Numbers {
  /** `app` has `desk`, `panes`, `look(change)`, `looks` (what the state asks for). */
  constructor(app) {
    Object.assign(this, { app, desk: app.desk, panes: app.panes, rows: new Map(), lines: [], newest: 0 });
    this.formula = new Formula((category) => app.look({ category }));
    this.noticing = new Noticing((measure) => app.look({ measure, category: 0 }));
    this.confusion = new Confusion((truth, guess) => this.light(truth, guess));
    this.matches = new Matches({ point: (at) => this.desk.hover(at && { row: at[0], col: at[1] }), go: (at) => this.go(at) });
    [this.distances, this.precision] = [new Distances(), new Precision()];
    this.remarks = h("p", { class: "wb-quietly wb-remarks" });
    this.live = h("div", { class: "wb-hidden", role: "status", "aria-live": "polite" });
    this.announce = later(700, () => say(this.live, this.words()));
    this.draw = nextFrame(() => this.paint());
    const graphs = [this.confusion, this.matches, this.precision, this.distances];
    this.graphs = h("div", { class: "wb-graphs" }, graphs.map((graph) => graph.element));
  }

  /** Numbers from the joint table; returns whether they are the newest. */
  async result(content, buffers) {
    if (content.seq < this.newest) return false;
    this.newest = content.seq;
    this.told = content;
    this.lines = content.formula ?? this.lines;
    // Numbers of outlines stay, dimmed, until theirs come; those of another lens or convention go.
    const asked = `${content.scored_as}/${content.convention}`;
    const before = asked === this.asked ? [...this.rows] : [];
    this.asked = asked;
    this.rows = new Map([...before.map(([name, row]) => [name, { ...row, old: true }]), ...content.measures.map((row) => [row.name, row])]);
    this.draw();
    if (content.codes) await this.count(content, buffers[0]);
    this.announce();
    return this.newest === content.seq;
  }

  /** Numbers that outlines tell, a moment later. */
  async edges(content, buffers) {
    if (content.seq < this.newest) return;
    content.measures.forEach((row) => this.rows.set(row.name, row));
    this.lines = content.formula ?? this.lines;
    this.draw();
    if (content.codes) await this.count(content, buffers[0]);
  }

  async count(content, buffer) {
    const { index, ids } = await readPlane({ size: this.desk.size, pack: content.codes }, buffer);
    this.panes.guess.count(Uint8Array.from(index, (place) => ids[place]));
    this.distances.show(content.distances);
  }

  get measure() {
    const { measure } = this.app.looks;
    return this.told?.names.includes(measure) ? measure : this.told?.measure;
  }

  paint() {
    const { told, measure } = this;
    const { metrics } = this.app;
    if (!told || !metrics) return;
    this.formula.show({ metric: metrics[measure], row: this.rows.get(measure), lines: this.lines, category: this.app.looks.category });
    this.noticing.show(told.names, metrics, this.rows, measure);
    say(this.remarks, told.remarks.join("; "));
    this.confusion.show(told.confusion);
    this.matches.show(told.pairs);
    this.precision.show(told.curve);
  }

  words() {
    const row = this.rows.get(this.measure);
    return row ? `${this.app.metrics[this.measure].title} ${row.value?.toFixed(3) ?? "undefined"}` : "";
  }

  /** Light the pixels that the truth calls one name and the guess another; without names put the light out. */
  light(truth, guess) {
    const { called } = this.told;
    const both = Object.values(this.panes);
    if (truth === null) return both.forEach((pane) => pane.light(null));
    const inside = [truth, guess].map((name, at) => {
      const [sheet, wanted] = [both[at].plane, called.names.find((one) => one[1] === name)?.[0]];
      const of = new Map(called[sheet.side]);
      return sheet.ids.map((id) => (of.get(id) ?? 0) === wanted);
    });
    const [one, two] = both.map((pane) => pane.plane.index);
    const cells = Uint8Array.from(one, (place, pixel) => inside[0][place] && inside[1][two[pixel]]);
    both.forEach((pane) => pane.light(cells));
  }

  /** Zoom to a pixel. */
  go(at) {
    if (!at) return;
    const [height, width] = this.desk.size;
    Object.assign(this.desk.camera, { zoom: Math.max(3, this.desk.camera.zoom), row: at[0] / height, col: at[1] / width });
    this.desk.repaint();
  }
}
