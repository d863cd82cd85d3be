// What was painted outlives a reload: both sheets are kept in the tab, for the picture that they are of.
import { Sheet, sheetMessage } from "./sheet.js";

const CHUNK_BYTES = 0x8000; // arguments that a call takes

/** Keep the sheets under a key; `at` says of which picture and truth. Without a key, or where storage is full, nothing. */
export function keepSheets(key, at, sheets) {
  if (!key) return;
  const told = sheets.map((sheet) => {
    const [message, bytes] = sheetMessage(sheet);
    const raw = new Uint8Array(bytes);
    let text = "";
    for (let from = 0; from < raw.length; from += CHUNK_BYTES) text += String.fromCharCode(...raw.subarray(from, from + CHUNK_BYTES));
    return { message, text: btoa(text) };
  });
  try {
    sessionStorage.setItem(`${key}:sheets`, JSON.stringify({ at, told }));
  } catch {
    // Then a reload begins with the picture's own truth.
  }
}

/** The sheets kept for a picture and truth, or null. */
export function keptSheets(key, at) {
  try {
    const kept = JSON.parse((key && sessionStorage.getItem(`${key}:sheets`)) || "null");
    return kept?.at === at ? kept.told.map(({ message, text }) => readKept(message, atob(text))) : null;
  } catch {
    return null;
  }
}

function readKept(message, text) {
  const raw = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  const { runs, width } = message.pack;
  const lengths = new Uint16Array(raw.buffer.slice(0, 2 * runs));
  const heads = new { 1: Uint8Array, 2: Uint16Array, 4: Int32Array }[width](raw.buffer.slice(2 * runs));
  const ids = [...new Set(heads)];
  const places = new Map(ids.map((id, place) => [id, place]));
  const index = new Uint16Array(message.size[0] * message.size[1]);
  let pixel = 0;
  lengths.forEach((length, run) => index.fill(places.get(heads[run]), pixel, (pixel += length)));
  return new Sheet(message, index, ids);
}
