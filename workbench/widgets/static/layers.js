// Layers of pixels at the image's own size, filled through look-up tables and kept until what they show changes.
import { CHANGE, VERDICT, hatchOf, lookup, paintHatch, word } from "./palette.js";
import { EXTRA, GAINED, HIT, LOST, MISSED, differences, verdicts } from "./verdict.js";

const VERDICT_WORDS = new Uint32Array([0, 0, 0, 0, 0]);
VERDICT_WORDS[HIT] = word(VERDICT.hit);
VERDICT_WORDS[MISSED] = word(VERDICT.missed);
VERDICT_WORDS[EXTRA] = word(VERDICT.extra);
export const VERDICT_HATCH = new Int8Array([-1, 5, 4, 0]);
// Differences are neither right nor wrong: black and white keep away from the verdict's colours.
const DIFFERENCE_WORDS = new Uint32Array([0, word("#808080", 90), word("#000000"), word("#FFFFFF"), word("#B0B0B0")]);
export const DIFFERENCE_HATCH = new Int8Array([-1, 5, 1, 0, 7]);
const CHANGE_WORDS = new Uint32Array(3);
CHANGE_WORDS[GAINED] = word(CHANGE.gained);
CHANGE_WORDS[LOST] = word(CHANGE.lost);
export const CHANGE_HATCH = new Int8Array([-1, 5, 4]);

export class Layers {
  constructor() {
    this.kept = new Map();
  }

  /** A canvas of one kind, refilled only where `key` says that something changed. */
  get(kind, key, [height, width], fill) {
    let layer = this.kept.get(kind);
    if (!layer || layer.canvas.width !== width || layer.canvas.height !== height) {
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [width, height];
      const data = new ImageData(width, height);
      layer = { canvas, brush: canvas.getContext("2d"), data, words: new Uint32Array(data.data.buffer), key: null };
      this.kept.set(kind, layer);
    }
    if (layer.key !== key) {
      fill(layer.words);
      layer.brush.putImageData(layer.data, 0, 0);
      layer.key = key;
    }
    return layer.canvas;
  }
}

/** Fill words with a plane's colours. */
export function fillPlane(words, plane, palette, options) {
  if (palette === "print") return paintHatch(words, plane.index, hatchOf(plane), plane.width);
  const table = lookup(plane, palette, options);
  const { index } = plane;
  for (let pixel = 0; pixel < words.length; pixel++) words[pixel] = table[index[pixel]];
}

export function fillVerdict(words, truth, guess, desk) {
  const codes = verdicts(truth, guess, desk.lens, desk.target);
  fillCodes(words, codes, guess.width, VERDICT_WORDS, VERDICT_HATCH, desk.view.palette);
}

export function fillDifference(words, guess, other, desk) {
  const codes = differences(guess, other, desk.truthPlane, desk.lens, desk.target);
  fillCodes(words, codes, guess.width, DIFFERENCE_WORDS, DIFFERENCE_HATCH, desk.view.palette);
}

export function fillChange(words, codes, width, palette) {
  fillCodes(words, codes, width, CHANGE_WORDS, CHANGE_HATCH, palette);
}

/** Fill words with codes' colours, or for print their hatches. */
export function fillCodes(words, codes, width, table, hatches, palette) {
  if (palette === "print") return paintHatch(words, codes, hatches, width);
  for (let pixel = 0; pixel < words.length; pixel++) words[pixel] = table[codes[pixel]];
}
