// From the explore page to the compare page: one method with two settings beside each other.

/** Two cards: this setting, and the one before it, or the defaults where there was none. */
function pinnedCards(store, method, { values }) {
  const before = store.past.map((work) => work.cards.find((one) => one.method === method.name)).filter(Boolean);
  const defaults = Object.fromEntries(method.params.map((param) => [param.name, param.default]));
  const text = JSON.stringify(values);
  const other = before.map((one) => one.values).filter((past) => JSON.stringify(past) !== text).at(-1) ?? defaults;
  return [
    { id: method.name, method: method.name, values },
    { id: `${method.name}-2`, method: method.name, values: other },
  ];
}

/** Open the compare dashboard with both settings; false where there is none, or the picture cannot travel. */
export function openPinned(store, method, state) {
  if (!location.pathname.endsWith("/explore.ipynb")) return false;
  if ([store.work.image, store.work.truth].some((name) => name.startsWith("file:"))) return false;
  const { explore, ...rest } = store.state;
  const path = location.pathname.replace(/explore\.ipynb$/, "compare.ipynb");
  window.open(store.link({ ...rest, cards: pinnedCards(store, method, state) }, path), "_blank", "noopener");
  return true;
}
