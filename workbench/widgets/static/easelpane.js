// A canvas that is painted on: what the shown metric counts, a cell of the confusion matrix, and the brush.
import { Pane } from "./pane.js";
import { VERDICT_HATCH, fillCodes } from "./layers.js";
import { VERDICT, word } from "./palette.js";

const COUNTED = new Uint32Array([0, word(VERDICT.hit), word(VERDICT.missed), word(VERDICT.extra)]);
// A lit cell is neither right nor wrong: white, as what is picked elsewhere on the page.
const LIT = new Uint32Array([0, word("#FFFFFF", 225)]);
const LIT_HATCH = new Int8Array([-1, 5]);

export class EaselPane extends Pane {
  /** Take the codes of the pixels that count, a byte each. */
  count(codes) {
    [this.codes, this.counted] = [codes, (this.counted ?? 0) + 1];
    this.paint();
  }

  /** Light the pixels that are 1, or with null none. */
  light(cells) {
    [this.cells, this.lighted] = [cells, (this.lighted ?? 0) + 1];
    this.paint();
  }

  scene(frame, mode) {
    if (!this.cells) return super.scene(frame, mode);
    // On black in light and dark alike: what is lit is white.
    this.brush.fillStyle = "#000";
    this.brush.fillRect(0, 0, this.canvas.width, this.canvas.height);
    this.coded(frame, "cells", this.cells, this.lighted, LIT, LIT_HATCH, 0.4);
  }

  error(frame) {
    if (!this.codes || !this.fits(this)) return this.overlay(frame, this);
    this.coded(frame, "counted", this.codes, this.counted, COUNTED, VERDICT_HATCH, 0.6);
  }

  coded(frame, kind, codes, stamp, table, hatches, dim) {
    const { palette, opacity } = this.desk.view;
    this.photo(frame, dim);
    const key = [stamp, palette].join();
    const layer = this.layers.get(kind, key, this.size, (words) => fillCodes(words, codes, this.plane.width, table, hatches, palette));
    this.stretch(frame, layer, Math.max(0.75, opacity));
  }

  /** The cursor is as large as the brush. */
  point(point) {
    super.point(point);
    const { tool, size } = this.desk;
    const brush = ["brush", "eraser"].includes(tool?.name) && size ? this.frame().scale * this.desk.brushSize : 0;
    this.cross.style.setProperty("--wb-brush", brush ? `${Math.max(4, brush)}px` : "");
    this.cross.classList.toggle("wb-brush", brush > 0);
  }
}
