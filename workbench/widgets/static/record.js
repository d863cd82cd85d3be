// What the page tells tests and benchmarks: its last paints, and its state.
import { fingerprint } from "./planes.js";

const KEPT_PAINTS = 500;
const REST = 200; // ms without a paint
const unhashed = [];
let resting = 0;

/** Put `window.workbench` in place; the newest panel of a page speaks. */
export function publish(state) {
  window.workbench = { paints: [], state };
}

/** Note a paint; the hash of what was painted follows when the page comes to rest: a drag needs every millisecond. */
export function recordPaint(card, { method, recipe }, plane, input, arrival) {
  const paint = performance.now();
  const entry = { method, card: card.id, recipe, sha256: null, input, arrival, paint };
  const { paints } = window.workbench;
  paints.push(entry);
  if (paints.length > KEPT_PAINTS) paints.shift();
  // The packed ids are kept, not the plane: five hundred planes would fill the page.
  unhashed.push({ entry, again: plane.again });
  if (unhashed.length > KEPT_PAINTS) unhashed.shift();
  clearTimeout(resting);
  resting = setTimeout(hashAll, REST);
}

async function hashAll() {
  const mine = resting;
  while (unhashed.length && mine === resting) {
    const { entry, again } = unhashed.shift();
    entry.sha256 = await fingerprint(await again());
  }
}
