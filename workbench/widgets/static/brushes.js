// The tools that paint: what each does to a sheet, by pointer and by keys. A tool is what the desk hands gestures to.
import { Edit } from "./edits.js";
import { alongLine, cutPieces, insidePolygon, linePixels, pieceAround, rim } from "./raster.js";

export const TOOLS = [
  ["brush", "brush", "Paint. A stroke that begins on an object extends it; elsewhere it begins a new one."],
  ["eraser", "eraser", "Rub out: void in the truth, unlabelled in the guess."],
  ["polygon", "polygon", "Click the corners and close at the first, or draw around."],
  ["fill", "fill", "Give a whole connected piece the chosen name."],
  ["move", "move", "Drag an object; what it leaves becomes background."],
  ["grow", "grow", "One pixel more all around the clicked object."],
  ["shrink", "shrink", "One pixel less all around the clicked object."],
  ["cut", "cut", "Draw a line across an object: it becomes two."],
  ["merge", "merge", "Drag from one object to another: the two become one."],
  ["relabel", "rename", "Give the clicked object the chosen name."],
];
const CLOSE = 10; // screen pixels from the first corner within which a polygon is closed

/** What all tools share: an edit that is open while a hand draws. `easel` has `painted`, `done`, `say`, `place`, `size`. */
class Tool {
  constructor(easel, name) {
    Object.assign(this, { easel, name, kind: "points", edit: null, path: null });
    const size = (by) => () => easel.resize(by);
    this.keys = { "[": size(-1), "]": size(1), " ": (pane) => easel.desk.point && this.apply(easel.desk.point, false, pane) };
  }

  begin(pane) {
    this.finish();
    this.edit = new Edit(pane.plane, this.name);
    this.pane = pane;
    this.about = pane.plane.nothing;
    return pane.plane;
  }

  set(pixels, place) {
    const { index } = this.pane.plane;
    for (const pixel of pixels) index[pixel] = place;
    this.about = place;
  }

  /** Show what is drawn so far. */
  show() {
    this.pane.plane.touch();
    this.easel.painted(this.pane, false);
  }

  finish() {
    if (!this.edit) return;
    const step = this.edit.close(this.about);
    [this.edit, this.path] = [null, null];
    this.easel.done(this.pane, step);
  }
}

class Brush extends Tool {
  lay(pane, from, to, erases) {
    if (!this.edit) {
      const sheet = this.begin(pane);
      this.with = erases || this.name === "eraser" ? sheet.nothing : this.easel.place(sheet, pixelOf(from, sheet));
    }
    const { height, width, index } = pane.plane;
    alongLine(from, to, this.easel.size, [height, width], (pixel) => (index[pixel] = this.with));
    this.about = this.with;
    this.show();
  }

  sketch(path, other, pane) {
    if (path !== this.path) this.finish();
    const from = path === this.path ? path[this.drawn] : path[0];
    this.lay(pane, from, path.at(-1), other);
    [this.path, this.drawn] = [path, path.length - 1];
    return null;
  }

  draw() {
    this.finish();
  }

  apply({ row, col }, other, pane) {
    const point = [row + 0.5, col + 0.5];
    this.lay(pane, point, point, other);
    this.finish();
  }
}

class Polygon extends Tool {
  constructor(easel, name) {
    super(easel, name);
    this.corners = [];
    this.keys.Enter = (pane) => (this.corners.length > 2 ? this.close(pane) : this.keys[" "](pane));
  }

  apply({ row, col }, other, pane) {
    if (this.on !== pane) this.corners = [];
    this.on = pane;
    const { scale } = pane.frame();
    const first = this.corners[0];
    if (this.corners.length > 2 && Math.hypot(first[0] - row, first[1] - col) * scale < CLOSE) return this.close(pane);
    this.corners.push([row, col]);
    this.easel.desk.sketch({ curve: this.corners });
  }

  close(pane) {
    const corners = this.corners.map(([row, col]) => [row + 0.5, col + 0.5]);
    this.corners = [];
    this.draw(corners, false, pane);
  }

  sketch(path) {
    return { curve: path.map(([row, col]) => [row - 0.5, col - 0.5]) };
  }

  draw(path, other, pane) {
    const sheet = this.begin(pane);
    const place = other ? sheet.nothing : this.easel.place(sheet, pixelOf(path[0], sheet));
    const { height, width, index } = sheet;
    insidePolygon(path, [height, width], (pixel) => (index[pixel] = place));
    this.about = place;
    this.easel.desk.sketch(null);
    this.finish();
  }
}

/** Tools that do one thing to what is clicked. */
class Click extends Tool {
  apply(pixel, other, pane) {
    const sheet = this.begin(pane);
    const place = sheet.at(pixel.row, pixel.col);
    this.about = place;
    ACTS[this.name](this, sheet, place, pixel);
    this.finish();
  }

  draw([[row, col]], other, pane) {
    this.apply({ row: Math.floor(row), col: Math.floor(col) }, other, pane);
  }
}

const ACTS = {
  fill(tool, sheet, place, { row, col }) {
    const { index, width } = sheet;
    const piece = pieceAround(row * width + col, width, index.length, (pixel) => index[pixel] === place);
    tool.set(piece, tool.easel.fresh(sheet));
  },
  grow(tool, sheet, place) {
    if (place === sheet.nothing) return tool.easel.say("Nothing is labelled here; click an object to grow it.");
    tool.set(rim(sheet, place, true), place);
  },
  shrink(tool, sheet, place) {
    if (place === sheet.nothing) return tool.easel.say("Nothing is labelled here; click an object to shrink it.");
    tool.set(rim(sheet, place, false), place === sheet.ground ? sheet.nothing : sheet.ground);
    tool.about = place;
  },
  relabel(tool, sheet, place) {
    const category = tool.easel.named(sheet);
    if (place === sheet.nothing || !category) return tool.easel.say("This has no name to change; paint it first.");
    sheet.named[place] = category;
  },
};

/** Tools that need two ends: a line across, or one object and another. */
class Drag extends Tool {
  sketch(path) {
    return { curve: [path[0], path.at(-1)].map(([row, col]) => [row - 0.5, col - 0.5]) };
  }

  draw(path, other, pane) {
    this.first = null;
    this.join(pane, path[0], path.at(-1));
  }

  /** By clicks or keys: first one end, then the other. */
  apply({ row, col }, other, pane) {
    const point = [row + 0.5, col + 0.5];
    if (!this.first || this.on !== pane) {
      [this.first, this.on] = [point, pane];
      this.easel.desk.sketch({ curve: [[row, col], [row, col]] });
      return;
    }
    const { first } = this;
    this.first = null;
    this.easel.desk.sketch(null);
    this.join(pane, first, point);
  }
}

class Cut extends Drag {
  join(pane, from, to) {
    const sheet = this.begin(pane);
    const line = linePixels(from, to, sheet.width);
    const [nothing, ground] = [sheet.nothing, sheet.ground];
    const crossed = new Set(line.map((pixel) => sheet.index[pixel]).filter((place) => place !== nothing && place !== ground));
    const parts = [...crossed].map((place) => [place, cutPieces(sheet, place, line).slice(1)]).filter(([, others]) => others.length > 0);
    if (parts.length === 0) this.easel.say("The line must cross an object from edge to edge.");
    else if (sheet.single) sheet.yields = "panoptic"; // two segments of one category from here on
    parts.forEach(([place, others]) => others.forEach((piece) => this.set(piece, sheet.add(sheet.named[place]))));
    this.finish();
  }
}

class Merge extends Drag {
  join(pane, from, to) {
    const sheet = this.begin(pane);
    const [kept, gone] = [from, to].map((point) => sheet.at(...pixelOf(point, sheet)));
    if (kept === gone || [kept, gone].includes(sheet.nothing)) this.easel.say("Drag from one object to another to merge them.");
    else sheet.index.forEach((place, pixel) => place === gone && (sheet.index[pixel] = kept));
    this.about = kept;
    this.finish();
  }
}

class Move extends Tool {
  constructor(easel, name) {
    super(easel, name);
    easel.desk.on("hover", (point) => this.lifted && point && this.carry([point.row + 0.5, point.col + 0.5]));
  }

  lift(pane, point) {
    const sheet = this.begin(pane);
    const place = sheet.at(...pixelOf(point, sheet));
    if (place === sheet.nothing || place === sheet.ground) {
      this.edit = null;
      return this.easel.say("Drag an object; background stays where it is.");
    }
    const pixels = [];
    sheet.index.forEach((one, pixel) => one === place && pixels.push(pixel));
    const floor = sheet.index.slice();
    const { ground } = sheet;
    pixels.forEach((pixel) => (floor[pixel] = ground));
    this.lifted = { from: point, place, pixels, floor };
  }

  carry([row, col]) {
    const { from, place, pixels, floor } = this.lifted;
    const { index, width, height } = this.pane.plane;
    const [down, across] = [Math.round(row - from[0]), Math.round(col - from[1])];
    index.set(floor);
    for (const pixel of pixels) {
      const [r, c] = [Math.floor(pixel / width) + down, (pixel % width) + across];
      if (r >= 0 && c >= 0 && r < height && c < width) index[r * width + c] = place;
    }
    this.about = place;
    this.show();
  }

  drop() {
    this.lifted = null;
    this.finish();
  }

  sketch(path, other, pane) {
    if (!this.lifted) this.lift(pane, path[0]);
    if (this.lifted) this.carry(path.at(-1));
    return null;
  }

  draw() {
    this.drop();
  }

  apply({ row, col }, other, pane) {
    if (this.lifted) this.drop();
    else this.lift(pane, [row + 0.5, col + 0.5]);
  }
}

const KINDS_OF_TOOL = { brush: Brush, eraser: Brush, polygon: Polygon, cut: Cut, merge: Merge, move: Move };

export function makeTools(easel) {
  return new Map(TOOLS.map(([name]) => [name, new (KINDS_OF_TOOL[name] ?? Click)(easel, name)]));
}

function pixelOf([row, col], { height, width }) {
  return [Math.min(height - 1, Math.floor(row)), Math.min(width - 1, Math.floor(col))];
}
