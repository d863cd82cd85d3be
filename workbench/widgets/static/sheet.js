// A segmentation that is painted on: a plane whose pixels, segments and names may change, and how it travels.
import { Plane, readPlane } from "./planes.js";

const LONGEST_RUN = 65535;

export class Sheet extends Plane {
  constructor(message, index, ids) {
    super(message, index, ids);
    this.side = message.side;
    this.yields = message.yields;
    this.ids = Array.from(ids);
    if (!this.ids.includes(0)) this.push(0, null);
  }

  /** The place of what is not labelled: void in a truth, nothing said in a guess. */
  get nothing() {
    return this.ids.indexOf(0);
  }

  push(id, category) {
    this.ids.push(id);
    this.named.push(category);
    this.scores.push(null);
    return this.ids.length - 1;
  }

  /** A segment more; under the id of its category where each category is one segment. */
  add(category) {
    const free = this.ids.reduce((top, id) => Math.max(top, id), 0) + 1;
    const own = category && this.single && !this.ids.includes(category.id) ? category.id : free;
    return this.push(own, category);
  }

  get single() {
    return this.yields === "semantic" || this.yields === "foreground";
  }

  /** The category of a name as this sheet has it; a foreground calls the target its own, others learn the name. */
  category(name, target, known) {
    const own = this.categories.find((one) => one.name === name);
    if (own) return own;
    if (this.yields === "foreground") return this.categories[target.includes(name) ? 1 : 0];
    const id = this.categories.reduce((top, one) => Math.max(top, one.id), 0) + 1;
    const fresh = { ...known, id, name };
    this.categories.push(fresh);
    return fresh;
  }

  /** What stays where an object leaves: the largest stuff, else nothing. */
  get ground() {
    const areas = this.areas();
    const stuff = [...this.ids.keys()].filter((place) => this.named[place]?.kind === "stuff" && areas[place] > 0);
    return stuff.length ? stuff.reduce((best, place) => (areas[place] > areas[best] ? place : best)) : this.nothing;
  }

  /** Pixels have changed: nothing that was counted holds. */
  touch() {
    this.known = null;
  }

  table() {
    return { ids: [...this.ids], named: [...this.named], scores: [...this.scores], yields: this.yields };
  }

  summary() {
    const areas = this.areas();
    const there = [...this.ids.keys()].filter((place) => this.ids[place] !== 0 && areas[place] > 0);
    const things = there.filter((place) => this.named[place]?.kind === "thing");
    return things.length && !this.single ? `${things.length} of ${there.length} segments are things` : `${there.length} segments`;
  }
}

export async function readSheet(message, buffer) {
  const { index, ids } = await readPlane(message, buffer);
  return new Sheet(message, index, ids);
}

/** Runs of ids as the kernel reads them: lengths as uint16, then ids in their smallest type. */
export function packRuns({ index, ids }) {
  const ends = [];
  for (let pixel = 1, start = 0; pixel <= index.length; pixel++) {
    if (pixel < index.length && index[pixel] === index[pixel - 1] && pixel - start < LONGEST_RUN) continue;
    ends.push(pixel);
    start = pixel;
  }
  const top = ids.reduce((most, id) => Math.max(most, id), 0);
  const [width, Kind] = top < 256 ? [1, Uint8Array] : top < 65536 ? [2, Uint16Array] : [4, Int32Array];
  const lengths = Uint16Array.from(ends, (end, at) => end - (at ? ends[at - 1] : 0));
  const heads = Kind.from(ends, (end) => ids[index[end - 1]]);
  const raw = new Uint8Array(lengths.byteLength + heads.byteLength);
  raw.set(new Uint8Array(lengths.buffer));
  raw.set(new Uint8Array(heads.buffer), lengths.byteLength);
  return { pack: { kind: "runs", runs: ends.length, width }, bytes: raw.buffer };
}

/** A sheet as a message and its bytes; segments without a pixel stay behind. */
export function sheetMessage(sheet) {
  const { pack, bytes } = packRuns(sheet);
  const areas = sheet.areas();
  const there = [...sheet.ids.keys()].filter((place) => sheet.ids[place] !== 0 && areas[place] > 0);
  const segments = there.map((place) => [sheet.ids[place], sheet.named[place]?.id ?? 0, sheet.scores[place]]);
  const { side, yields, categories, height, width } = sheet;
  return [{ side, yields, size: [height, width], pack, categories, segments }, bytes];
}
