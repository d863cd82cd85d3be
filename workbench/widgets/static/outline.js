// Outlines as paths along pixel edges, so that they stay crisp at every zoom.
import { colours } from "./palette.js";

/** Paths around the segments of a plane, by colour; gives up with null beyond `limit` edge runs. */
export function outlines(plane, palette, limit = Infinity) {
  const shades = colours(plane, palette);
  const paths = new Map();
  const used = { runs: 0, limit };
  const add = (place, draw) => {
    const colour = shades[place];
    if (!paths.has(colour)) paths.set(colour, new Path2D());
    draw(paths.get(colour));
  };
  const done = alongRows(plane, shades, add, used) && alongColumns(plane, shades, add, used);
  return done ? paths : null;
}

/** Whose edge it is between two places: that of the one that is drawn; -1 where there is none. */
function owner(a, b, shades) {
  if (a === b) return -1;
  if (shades[a] === null) return shades[b] === null ? -1 : b;
  return shades[b] === null ? a : Math.max(a, b);
}

function alongRows({ index, width, height }, shades, add, used) {
  for (let row = 1; row < height; row++) {
    const base = row * width;
    let start = 0;
    let mine = -1;
    for (let col = 0; col <= width; col++) {
      const above = index[base - width + col];
      const here = col === width || above === index[base + col] ? -1 : owner(above, index[base + col], shades);
      if (here === mine) continue;
      if (mine >= 0) {
        const from = start;
        add(mine, (path) => (path.moveTo(from, row), path.lineTo(col, row)));
        if (++used.runs > used.limit) return false;
      }
      [mine, start] = [here, col];
    }
  }
  return true;
}

function alongColumns({ index, width, height }, shades, add, used) {
  for (let col = 1; col < width; col++) {
    let start = 0;
    let mine = -1;
    for (let row = 0; row <= height; row++) {
      const at = row * width + col;
      const here = row === height || index[at - 1] === index[at] ? -1 : owner(index[at - 1], index[at], shades);
      if (here === mine) continue;
      if (mine >= 0) {
        const from = start;
        add(mine, (path) => (path.moveTo(col, from), path.lineTo(col, row)));
        if (++used.runs > used.limit) return false;
      }
      [mine, start] = [here, row];
    }
  }
  return true;
}
