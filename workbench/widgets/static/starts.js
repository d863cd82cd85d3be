// The parameter of a method that refines another's answer: which method that is, and what it is asked.
import { h, say } from "./dom.js";

const LIKE = "as:"; // an option that copies a card

/** `host` also has `methods` (by name) and `others()`, the cards beside this one; `make` makes a control. */
export function methodControl(param, host, make) {
  let value = param.default;
  let shown = null;
  let listed = "";
  let controls = [];
  const title = h("summary");
  const body = h("div");
  const inner = h("details", { class: "wb-inner" }, title, body);
  const fits = (method) => param.accepts.includes(method?.yields) && !method.params.some((one) => one.kind === "method");
  const input = h("select", { onchange: () => choose(input.value) });

  function choose(name) {
    const like = name.startsWith(LIKE) && host.others().find((card) => LIKE + card.id === name);
    host.set(like ? { method: like.method, values: { ...like.values } } : { method: name, values: {} });
    host.seal();
  }

  function list(others) {
    const groups = new Map();
    for (const method of host.methods.values()) {
      if (fits(method)) groups.set(method.family, [...(groups.get(method.family) ?? []), method]);
    }
    const likes = others.map((card) => h("option", { value: LIKE + card.id }, `as in: ${card.title}`));
    const option = ({ name, title: words, available }) => h("option", { value: name, disabled: available === false }, words);
    input.replaceChildren(
      ...(likes.length ? [h("optgroup", { label: "another card" }, likes)] : []),
      ...[...groups].map(([family, methods]) => h("optgroup", { label: family }, methods.map(option))),
    );
  }

  /** Prompts are given on a card of their own: "as in" brings them here. */
  function build(method) {
    const kinds = ["points", "box", "curve", "method"];
    const params = method.params.filter((one) => !kinds.includes(one.kind));
    controls = params.map((one) => ({ one, ...make(one, hostOf(one)) }));
    say(title, `${method.title}: its controls`);
    body.replaceChildren(...controls.map(({ element }) => element));
    inner.hidden = params.length === 0;
  }

  function hostOf(one) {
    const set = (given) => host.set({ ...value, values: { ...value.values, [one.name]: given } });
    const prefix = `${param.name}.`;
    return { ...host, id: `${host.id}-${param.name}`, prefix, set, reset: () => (set(one.default), host.seal()) };
  }

  function update(given) {
    value = typeof given === "string" ? { method: given, values: {} } : given;
    const others = host.others().filter((card) => fits(host.methods.get(card.method)));
    const wanted = others.map((card) => card.id + card.title).join();
    if (wanted !== listed || !input.options.length) list(others);
    listed = wanted;
    input.value = value.method;
    const method = host.methods.get(value.method);
    if (method && shown !== value.method) build(method);
    shown = value.method;
    for (const { one, update: turn } of controls) turn(value.values?.[one.name] ?? one.default);
  }

  return { input, extra: inner, update };
}
