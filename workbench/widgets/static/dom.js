// Small helpers for making elements and reading numbers.

/** Make an element: attributes by name, `on*` listeners, `prop:*` properties, then children. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name.startsWith("prop:")) element[name.slice(5)] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(2).filter((child) => child !== null && child !== undefined));
  return element;
}

/** Set text only where it differs: an equal write would still cost a layout. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function clamp(value, low, high) {
  return Math.min(high, Math.max(low, value));
}

/** Call once, `wait` ms after the last request. */
export function later(wait, call) {
  let timer = 0;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => call(...given), wait);
  };
}

/** Call once in the next frame, however often it is asked for. */
export function nextFrame(call) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      call();
    });
  };
}

/** Call soon after the first request and at most every `wait` ms, always once after the last. */
export function seldom(wait, call) {
  let timer = 0;
  return () => {
    timer ||= setTimeout(() => ((timer = 0), call()), wait);
  };
}

/** A score as people read it: three decimals, a dash where it is undefined. */
export function threeDecimals(value) {
  return Number.isFinite(value) ? value.toFixed(3) : "–";
}

/** Milliseconds with two significant digits, seconds from one second on. */
export function duration(ms) {
  if (!Number.isFinite(ms)) return "";
  const [value, unit] = ms >= 1000 ? [ms / 1000, "s"] : [ms, "ms"];
  const text = value >= 10 ? String(Number(value.toPrecision(2))) : value.toPrecision(2);
  return `${text} ${unit}`;
}

export function plural(count, noun) {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** A file's or message's bytes, whatever view of them arrived. */
export function bytesOf(buffer) {
  if (buffer instanceof ArrayBuffer) return new Uint8Array(buffer);
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}

/** Fill a select, anew only where what it offers differs. */
export function options(select, entries, chosen) {
  const wanted = JSON.stringify(entries);
  if (select.dataset.listed !== wanted) {
    select.dataset.listed = wanted;
    select.replaceChildren(...entries.map(([value, text]) => h("option", { value }, text)));
  }
  if (select.value !== chosen) select.value = chosen;
}
