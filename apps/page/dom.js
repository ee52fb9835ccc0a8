// Small helpers: text only ever enters the page as text.

export const byId = (id) => document.getElementById(id);

/** An element with a class, text and children. */
export function make(tag, options = {}, ...children) {
  const element = document.createElement(tag);
  if (options.class) element.className = options.class;
  if (options.text !== undefined) element.textContent = options.text;
  for (const [name, value] of Object.entries(options.attributes ?? {})) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

let lastSaid = "";

/** Tells screen readers, where it is news. */
export function say(text) {
  if (text === lastSaid) return;
  lastSaid = text;
  byId("said").textContent = text;
}

/** "98.2 %"; what is nearly all or nothing says so. */
export function percent(share) {
  const hundredths = share * 100;
  if (hundredths > 99.9 && hundredths < 100) return "> 99.9 %";
  if (hundredths > 0 && hundredths < 0.1) return "< 0.1 %";
  return `${hundredths.toFixed(1)} %`;
}

/** Numbers for people: six digits that count. Texts ("NaN", "infinity") stay. */
export function number(value) {
  if (typeof value !== "number") return String(value);
  return String(Number(value.toPrecision(6)));
}

/** "3.1 ms". */
export function milliseconds(value) {
  return `${value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)} ms`;
}

/** "2.5 MB". */
export function size(bytes) {
  for (const [unit, name] of [[1e9, "GB"], [1e6, "MB"], [1e3, "kB"]])
    if (bytes >= unit) return `${Number((bytes / unit).toPrecision(3))} ${name}`;
  return `${bytes} bytes`;
}
