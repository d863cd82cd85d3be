// Ways in and out: dropped and pasted pictures, links, saved files.
import { openDialog } from "./dialogs.js";
import { h } from "./dom.js";

/** Take pictures that are dropped on the panel or pasted while nothing else takes them. */
export function attachDrops(root, toolbar) {
  const stop = new AbortController();
  const first = (transfer) => [...(transfer?.files ?? [])][0];
  root.addEventListener("dragover", (event) => event.preventDefault(), { signal: stop.signal });
  const drop = (event) => {
    event.preventDefault();
    if (first(event.dataTransfer)) toolbar.read("image", first(event.dataTransfer));
  };
  root.addEventListener("drop", drop, { signal: stop.signal });
  const paste = (event) => {
    const file = first(event.clipboardData);
    const here = root.contains(event.target) || event.target === document.body;
    if (here && file?.type.startsWith("image/")) toolbar.read("image", file);
  };
  document.addEventListener("paste", paste, { signal: stop.signal });
  return () => stop.abort();
}

/** Hand a file to the person. */
export function saveFile(name, mime, bytes) {
  const address = URL.createObjectURL(new Blob([bytes], { type: mime }));
  h("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

/** Copy a link that restores the state; an own image cannot travel in a link, so its settings are saved instead. */
export async function shareState(store, notices, saveSettings) {
  const own = [store.work.image, store.work.truth].some((name) => name.startsWith("file:"));
  if (own) {
    saveSettings();
    return notices.say("Your own files cannot travel in a link: the settings are saved as a file; send it with the image.");
  }
  const link = store.link();
  try {
    await navigator.clipboard.writeText(link);
    notices.say("The link is on the clipboard; it restores everything you see.");
  } catch {
    const field = h("input", { class: "wb-link", readonly: true, value: link, "aria-label": "link" });
    openDialog("Copy this link", field);
    field.select();
  }
}
