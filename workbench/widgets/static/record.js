// What the page tells tests and benchmarks: its last paints, and its state.
import { fingerprint } from "./planes.js";

const KEPT_PAINTS = 500;

/** Put `window.workbench` in place; the newest panel of a page speaks. */
export function publish(state) {
  window.workbench = { paints: [], state };
}

/** Note a paint; the hash of what was painted follows when the page has a moment. */
export function recordPaint(card, { method, recipe }, plane, input, arrival) {
  const paint = performance.now();
  const entry = { method, card: card.id, recipe, sha256: null, input, arrival, paint };
  const { paints } = window.workbench;
  paints.push(entry);
  if (paints.length > KEPT_PAINTS) paints.shift();
  const idle = window.requestIdleCallback ?? ((call) => setTimeout(call, 0));
  idle(async () => (entry.sha256 = await fingerprint(plane)), { timeout: 300 });
}
