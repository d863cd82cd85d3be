// Colours: one for a category everywhere, a steady sequence for unnamed regions, hatches for print.

// Hit, missed and extra: used for nothing else on the page.
export const VERDICT = { hit: "#56B4E9", missed: "#D55E00", extra: "#F0E442" };
// What a move gained and lost: apart from each other and from the three above, for all eyes.
export const CHANGE = { gained: "#B8F2E6", lost: "#A83CC0" };
// What became of a segment: hit, missed and extra as above, the others apart from them and from each other for all eyes.
export const FATE = {
  matched: VERDICT.hit,
  localisation: "#408080",
  confusion: "#A000FF",
  split: "#FFA0A0",
  merge: "#A00000",
  missed: VERDICT.missed,
  spurious: VERDICT.extra,
};

// What a view of an answer cannot say.
export const VANISHED = "#FF4FC3";

const HIGH = ["#FFE119", "#0057FF", "#FF3D00", "#00E5B0", "#B000FF", "#FFFFFF", "#000000", "#00B4FF"];

/** "#RRGGBB" as the little-endian RGBA word that an ImageData's pixels are. */
export function word(colour, alpha = 255) {
  const rgb = parseInt(colour.slice(1), 16);
  return ((alpha << 24) | ((rgb & 255) << 16) | (rgb & 0xff00) | (rgb >> 16)) >>> 0;
}

/** A colour for an unnamed region: golden-ratio hues, so that neighbouring ids are far apart. */
export function unnamed(id) {
  const hue = ((id * 0.6180339887) % 1) * 360;
  const light = [0.62, 0.45, 0.74][id % 3];
  const reach = 0.62 * Math.min(light, 1 - light);
  const part = (n) => {
    const k = (n + hue / 30) % 12;
    return Math.round(255 * (light - reach * Math.max(-1, Math.min(k - 3, 9 - k, 1))));
  };
  return "#" + [part(0), part(8), part(4)].map((value) => value.toString(16).padStart(2, "0")).join("");
}

/** The colour of each place in a plane; null where nothing is drawn. */
export function colours(plane, palette, whole = false) {
  return Array.from(plane.ids, (id, place) => {
    if (id === 0) return null;
    const category = plane.named[place];
    if (!category) return unnamed(id);
    if (category.name === "background" && !whole) return null;
    if (palette !== "high-contrast") return category.colour ?? unnamed(category.id);
    return category.name === "background" ? "#808080" : HIGH[plane.categories.indexOf(category) % HIGH.length];
  });
}

/** A plane's look-up table of pixel words; places outside `lit` (when given) recede. */
export function lookup(plane, palette, { lit = null, whole = false } = {}) {
  const table = new Uint32Array(plane.ids.length);
  colours(plane, palette, whole).forEach((colour, place) => {
    if (colour) table[place] = word(colour, lit && !lit.has(place) ? 56 : 255);
    else if (lit?.has(place)) table[place] = word("#FFFFFF", 120);
  });
  return table;
}

/** Which hatch each place has: one a category, or a few in turn for unnamed regions; -1 for none. */
export function hatchOf(plane) {
  return Int8Array.from(plane.ids, (id, place) => {
    const category = plane.named[place];
    if (id === 0 || category?.name === "background") return -1;
    return (category ? plane.categories.indexOf(category) : id) % 8;
  });
}

const INKED = [
  (r, c, p) => (r + c) % p < 2,
  (r, c, p) => (r - c + p * 4096) % p < 2,
  (r, c, p) => r % p < 2,
  (r, c, p) => c % p < 2,
  (r, c, p) => (r + c) % p < 2 || (r - c + p * 4096) % p < 2,
  (r, c, p) => r % p < 2 && c % p < 2,
  (r, c, p) => (r + c) % (p >> 1) < 2,
  (r, c, p) => r % p < 2 || c % p < 2,
];

/** Fill pixel words with black hatches on a white veil, for paper and for any eyes. */
export function paintHatch(words, index, kinds, width, period = Math.max(6, Math.round(width / 64))) {
  const ink = word("#000000");
  const veil = word("#FFFFFF", 150);
  for (let pixel = 0, row = 0; pixel < words.length; row++) {
    for (let col = 0; col < width; col++, pixel++) {
      const kind = kinds[index[pixel]];
      words[pixel] = kind < 0 ? 0 : INKED[kind](row, col, period) ? ink : veil;
    }
  }
}
