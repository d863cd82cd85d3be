// What a view of an answer cannot say, marked on its canvas: borders that vanish, stuff that vanishes, who is in front.
import { VANISHED, word } from "./palette.js";
import { place } from "./photo.js";

const STRIPE = 8; // image pixels from stripe to stripe

/** Marks for the three views, all read off the panoptic plane; each takes (brush, frame, ratio). */
export function lossMarks(plane) {
  const thing = plane.named.map((category) => category?.kind === "thing");
  const meet = (a, b) => thing[a] && thing[b];
  const alike = (a, b) => meet(a, b) && plane.named[a] === plane.named[b];
  return { semantic: lineMark(borders(plane, alike)), instance: stripes(plane, thing), panoptic: lineMark(borders(plane, meet)) };
}

/** A path along the pixel edges between places that `wanted` takes. */
function borders({ index, width, height }, wanted) {
  const path = new Path2D();
  const edge = (a, b, from, to) => a !== b && wanted(a, b) && (path.moveTo(...from), path.lineTo(...to));
  for (let row = 0, at = 0; row < height; row++) {
    for (let col = 0; col < width; col++, at++) {
      if (col + 1 < width) edge(index[at], index[at + 1], [col + 1, row], [col + 1, row + 1]);
      if (row + 1 < height) edge(index[at], index[at + width], [col, row + 1], [col + 1, row + 1]);
    }
  }
  return path;
}

function lineMark(path) {
  return (brush, frame, ratio) => {
    brush.save();
    brush.setTransform(frame.scale * ratio, 0, 0, frame.scale * ratio, frame.x * ratio, frame.y * ratio);
    brush.lineCap = "square";
    for (const [colour, width] of [["#000", 6], [VANISHED, 3.5]]) {
      Object.assign(brush, { strokeStyle: colour, lineWidth: width / frame.scale });
      brush.stroke(path);
    }
    brush.restore();
  };
}

/** Stripes over all that has a name and is no thing. */
function stripes(plane, thing) {
  const { index, width, height, ids } = plane;
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height];
  const data = new ImageData(width, height);
  const words = new Uint32Array(data.data.buffer);
  const ink = word(VANISHED, 200);
  for (let row = 0, at = 0; row < height; row++) {
    for (let col = 0; col < width; col++, at++) {
      const one = index[at];
      if (ids[one] !== 0 && !thing[one] && (row + col) % STRIPE < 2) words[at] = ink;
    }
  }
  canvas.getContext("2d").putImageData(data, 0, 0);
  return (brush, frame, ratio) => place(brush, canvas, frame, [height, width], ratio);
}
