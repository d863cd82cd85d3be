// Where a guess agrees with a truth, pixel by pixel, under the lens in use; and where two guesses differ.
import { jointTable } from "./planes.js";

// 0 is neither: agreed background, or truth that is void and judges nobody.
export const [NONE, HIT, MISSED, EXTRA] = [0, 1, 2, 3];
export const [GAINED, LOST] = [1, 2];

/** The category each place of `guess` is taken for: its own, or by majority of the truth under it. */
function names(guess, truth, target, lens) {
  const own = guess.named.map((category) => category?.name ?? null);
  // A foreground is the target where the target is one category; else it only says "object".
  const foreground = target.length === 1 ? target[0] : "foreground";
  const known = own.map((name) => (name === "foreground" ? foreground : name));
  const isPartition = guess.ids.some((id, place) => id !== 0 && own[place] === null);
  if (!isPartition || !truth) return known;
  const joint = jointTable(guess, truth);
  return known.map((name, place) => {
    if (name !== null || guess.ids[place] === 0) return name;
    const row = joint.subarray(place * truth.ids.length, (place + 1) * truth.ids.length);
    return lens === "object" ? objectOrNot(row, truth, target) : commonest(row, truth);
  });
}

/** Object where more than half of the judged pixels are, as the object lens has it. */
function objectOrNot(row, truth, target) {
  let inside = 0;
  let judged = 0;
  row.forEach((pixels, place) => {
    if (truth.ids[place] === 0) return;
    judged += pixels;
    if (target.includes(truth.named[place]?.name)) inside += pixels;
  });
  return inside > judged / 2 ? target[0] : "background";
}

function commonest(row, truth) {
  const totals = new Map();
  row.forEach((pixels, place) => {
    const name = truth.named[place]?.name;
    if (name) totals.set(name, (totals.get(name) ?? 0) + pixels);
  });
  return [...totals].sort((a, b) => b[1] - a[1])[0]?.[0] ?? null;
}

/** Judge one pair of names: what the truth calls the pixel, what the guess does. */
function judge(truthName, guessName, lens, target) {
  if (truthName === null) return NONE;
  if (lens === "object") {
    const is = target.includes(truthName);
    const says = guessName === "foreground" || target.includes(guessName);
    return is ? (says ? HIT : MISSED) : says ? EXTRA : NONE;
  }
  if (truthName === guessName) return truthName === "background" ? NONE : HIT;
  return truthName === "background" && guessName !== null ? EXTRA : MISSED;
}

/** Verdict codes of a guess, a byte a pixel. */
export function verdicts(truth, guess, lens, target) {
  const guessNames = names(guess, truth, target, lens);
  const columns = guess.ids.length;
  const table = new Uint8Array(truth.ids.length * columns);
  truth.ids.forEach((id, place) => {
    const truthName = id === 0 ? null : truth.named[place]?.name ?? null;
    guessNames.forEach((name, other) => {
      table[place * columns + other] = judge(truthName, name, lens, target);
    });
  });
  const codes = new Uint8Array(guess.index.length);
  for (let pixel = 0; pixel < codes.length; pixel++) {
    codes[pixel] = table[truth.index[pixel] * columns + guess.index[pixel]];
  }
  return codes;
}

/**
 * What a move changed, a byte a pixel: GAINED where `now` is right and `before` was not, LOST where it is the other way
 * round. Pixels that the truth does not judge are neither.
 */
export function changes(truth, before, now, lens, target) {
  const codes = verdicts(truth, now, lens, target);
  const old = verdicts(truth, before, lens, target);
  const counts = [0, 0, 0];
  for (let pixel = 0; pixel < codes.length; pixel++) {
    const [was, is] = [old[pixel] < MISSED, codes[pixel] < MISSED];
    codes[pixel] = was === is ? 0 : is ? GAINED : LOST;
    counts[codes[pixel]]++;
  }
  return { codes, gained: counts[GAINED], lost: counts[LOST] };
}

/** Codes of two planes side by side: HIT where they agree on something, MISSED only b, EXTRA only a, 4 both but otherwise. */
export function differences(a, b, truth, lens, target) {
  const named = [a, b].map((plane) => names(plane, truth, target, lens).map((name) => plain(name, lens, target)));
  const columns = b.ids.length;
  const table = new Uint8Array(a.ids.length * columns);
  named[0].forEach((one, place) => {
    named[1].forEach((other, column) => {
      table[place * columns + column] = compareNames(one, other);
    });
  });
  const codes = new Uint8Array(a.index.length);
  for (let pixel = 0; pixel < codes.length; pixel++) codes[pixel] = table[a.index[pixel] * columns + b.index[pixel]];
  return codes;
}

function plain(name, lens, target) {
  if (name === null || name === "background") return null;
  if (lens !== "object") return name;
  return name === "foreground" || target.includes(name) ? "object" : target.length ? null : name;
}

function compareNames(one, other) {
  if (one === other) return one === null ? NONE : HIT;
  return other === null ? EXTRA : one === null ? MISSED : 4;
}
