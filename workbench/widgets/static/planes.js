// Ids as they arrive: inflated, expanded, and numbered densely so that every later step is a table look-up.
import { bytesOf } from "./dom.js";

export async function inflate(bytes) {
  const stream = new DecompressionStream("deflate");
  const writer = stream.writable.getWriter();
  // Errors of the writer surface in the reader; an unheard rejection would only be noise.
  writer.write(bytes).catch(() => {});
  writer.close().catch(() => {});
  const reader = stream.readable.getReader();
  const chunks = [];
  let total = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    total += value.length;
  }
  if (chunks.length === 1) return chunks[0];
  const all = new Uint8Array(total);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

/** One bit a pixel, most significant first: the index of each pixel is the bit itself. */
function fromBits(pack, raw, length) {
  const index = new Uint16Array(length);
  for (let byte = 0, pixel = 0; pixel < length; byte++, pixel += 8) {
    const eight = raw[byte];
    if (eight === 0) continue;
    const stop = Math.min(8, length - pixel);
    for (let bit = 0; bit < stop; bit++) index[pixel + bit] = (eight >> (7 - bit)) & 1;
  }
  return { index, ids: Int32Array.from(pack.values) };
}

function fromRuns(pack, raw, length) {
  const count = pack.runs;
  if (raw.length !== (2 + pack.width) * count) throw new Error("the runs are not all there");
  const Kind = { 1: Uint8Array, 2: Uint16Array, 4: Int32Array }[pack.width];
  const lengths = new Uint16Array(raw.slice(0, 2 * count).buffer);
  const numbers = new Kind(raw.slice(2 * count, (2 + pack.width) * count).buffer);
  const places = new Map();
  for (let run = 0; run < count; run++) {
    if (!places.has(numbers[run])) places.set(numbers[run], places.size);
  }
  const index = places.size > 65535 ? new Uint32Array(length) : new Uint16Array(length);
  for (let run = 0, pixel = 0; run < count; run++) {
    const stop = pixel + lengths[run];
    index.fill(places.get(numbers[run]), pixel, stop);
    pixel = stop;
  }
  return { index, ids: Int32Array.from(places.keys()) };
}

/** A segmentation in the page: `index` (a pixel each) points into `ids`, which point into `segments`. */
export class Plane {
  constructor(message, index, ids) {
    [this.height, this.width] = message.size;
    this.index = index;
    this.ids = ids;
    this.categories = message.categories ?? [];
    const byId = new Map(this.categories.map((category) => [category.id, category]));
    const segments = new Map((message.segments ?? []).map(([id, category, score]) => [id, { category, score }]));
    this.named = Array.from(ids, (id) => byId.get(segments.get(id)?.category) ?? null);
    this.scores = Array.from(ids, (id) => segments.get(id)?.score ?? null);
    this.count = (message.segments ?? []).length;
  }

  at(row, col) {
    return this.index[row * this.width + col];
  }

  /** What this plane calls the pixel, in words. */
  words(row, col) {
    const place = this.at(row, col);
    const id = this.ids[place];
    if (id === 0) return "unlabelled";
    const category = this.named[place];
    if (!category) return `segment ${id}`;
    const score = this.scores[place];
    const number = category.kind === "thing" && this.sharesCategory(place) ? ` ${id}` : "";
    return category.name + number + (score === null ? "" : ` (${score.toFixed(2)})`);
  }

  sharesCategory(place) {
    return this.named.some((category, other) => other !== place && category === this.named[place]);
  }

  areas() {
    if (!this.known) {
      this.known = new Float64Array(this.ids.length);
      for (let pixel = 0; pixel < this.index.length; pixel++) this.known[this.index[pixel]]++;
    }
    return this.known;
  }
}

/** Read a message's ids from its buffer. */
export async function readPlane(message, buffer) {
  const raw = await inflate(bytesOf(buffer));
  const length = message.size[0] * message.size[1];
  const read = message.pack.kind === "bits" ? fromBits : fromRuns;
  const { index, ids } = read(message.pack, raw, length);
  return Object.assign(new Plane(message, index, ids), { again: () => readPlane(message, buffer) });
}

/** SHA-256 of the ids as little-endian int32, in hex; null where the page may not compute one. */
export async function fingerprint(plane) {
  if (!globalThis.crypto?.subtle) return null;
  const { index, ids } = plane;
  const wide = new Int32Array(index.length);
  for (let pixel = 0; pixel < index.length; pixel++) wide[pixel] = ids[index[pixel]];
  const digest = await crypto.subtle.digest("SHA-256", wide);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Count the pixels that each pair of segments shares: a table of `a.ids.length` rows, row by row. */
export function jointTable(a, b) {
  const columns = b.ids.length;
  const table = new Float64Array(a.ids.length * columns);
  for (let pixel = 0; pixel < a.index.length; pixel++) table[a.index[pixel] * columns + b.index[pixel]]++;
  return table;
}
