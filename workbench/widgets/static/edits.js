// What was done, step by step: each step can be undone and done again, and leaves a line in the log of changes.

const DEEPEST_EDITS = 100;

/** Watch a sheet from here to `close`: what changed in between is one step. */
export class Edit {
  constructor(sheet, tool) {
    Object.assign(this, { sheet, tool, before: sheet.table(), base: sheet.index.slice() });
  }

  /** The step, or null where nothing changed; `place` is the segment it was about. */
  close(place) {
    const { sheet, tool, before, base } = this;
    const { index } = sheet;
    const pixels = [];
    for (let pixel = 0; pixel < index.length; pixel++) if (index[pixel] !== base[pixel]) pixels.push(pixel);
    const after = sheet.table();
    const renamed = after.named.some((category, at) => at < before.named.length && category !== before.named[at]);
    if (pixels.length === 0 && !renamed) return null;
    const at = Uint32Array.from(pixels);
    const [was, is] = [base, index].map((side) => at.map((pixel) => side[pixel]));
    const put = (places, table) => {
      at.forEach((pixel, number) => (sheet.index[pixel] = places[number]));
      Object.assign(sheet, { ids: [...table.ids], named: [...table.named], scores: [...table.scores], yields: table.yields });
      sheet.touch();
    };
    const log = { tool, side: sheet.side, segment: sheet.ids[place] ?? 0, pixels: pixels.length };
    return { label: tool, sides: [sheet.side], log: [log], undo: () => put(was, before), redo: () => put(is, after) };
  }
}

export class History {
  constructor() {
    [this.past, this.future, this.logged] = [[], [], []];
  }

  add(step) {
    this.past.push(step);
    this.future = [];
    // What can no longer be undone is done for good; the log keeps it.
    while (this.past.length > DEEPEST_EDITS) this.logged.push(...this.past.shift().log);
  }

  /** Take a step back, or forward again; gives it, or null. */
  move(way) {
    const [from, to] = way === "undo" ? [this.past, this.future] : [this.future, this.past];
    const step = from.pop();
    if (!step) return null;
    to.push(step);
    step[way]();
    return step;
  }

  get log() {
    return [...this.logged, ...this.past.flatMap((step) => step.log)];
  }
}
