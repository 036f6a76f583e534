// What the browser keeps: choices, the conversation's id, and words that have not arrived yet.

/** The value kept under `key`, or `otherwise`. */
export function kept(key, otherwise = null) {
  try {
    const raw = localStorage.getItem(`balm.${key}`);
    return raw === null ? otherwise : JSON.parse(raw);
  } catch {
    return otherwise;
  }
}

/** Keeps `value` under `key`; null forgets it. Where storage is switched off the page still works, until a reload. */
export function keep(key, value) {
  try {
    if (value === null) localStorage.removeItem(`balm.${key}`);
    else localStorage.setItem(`balm.${key}`, JSON.stringify(value));
  } catch {
    // nothing to do: the value lives on in the page
  }
}

/** A random UUID that nobody can guess, also on a page without HTTPS, where `randomUUID` is missing. */
export function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
