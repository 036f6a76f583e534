// Builds elements. Text always becomes a text node, so nothing a person typed is ever read as markup.

const SVG = "http://www.w3.org/2000/svg";

/** An element with attributes, event handlers (`onclick`) and children (nodes, texts; empty ones are left out). */
export function h(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

/** The same for SVG. */
export function svg(tag, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

const PATHS = {
  fresh: ["M12 5v14", "M5 12h14"],
  moon: ["M20 14.5A8 8 0 1 1 9.5 4a6.5 6.5 0 0 0 10.5 10.5z"],
  sun: ["M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8z", "M12 2v2.5M12 19.5V22M2 12h2.5M19.5 12H22M5 5l1.7 1.7M17.3 17.3 19 19M19 5l-1.7 1.7M6.7 17.3 5 19"],
  inspect: ["M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13z", "m20 20-4.8-4.8", "M8 11.5c.5-1.8 1.2-2.7 2-2.7s1 .9 1.4 2.2c.3 1 .7 1.5 1.6 1.5"],
  close: ["m6 6 12 12", "M18 6 6 18"],
  send: ["M12 19V6", "m6 11.5 6-6 6 6"],
  retry: ["M20 11a8 8 0 1 0-2.3 6.3", "M20 4v7h-7"],
};

/** A line icon, silent for screen readers: its button carries the words. */
export function icon(name) {
  const paths = PATHS[name].map((d) => svg("path", { d }));
  return svg("svg", { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true" }, ...paths);
}

/** `text` as nodes, with every occurrence of the `evidence` words in a `<mark>`. */
export function marked(text, evidence) {
  const found = spans(text, evidence);
  const nodes = [];
  let at = 0;
  for (const [start, end] of found) {
    nodes.push(text.slice(at, start), h("mark", {}, text.slice(start, end)));
    at = end;
  }
  return [...nodes, text.slice(at)];
}

/** Where the words occur, overlaps merged, in order. */
function spans(text, words) {
  const lower = text.toLowerCase();
  const found = [];
  for (const word of words.map((each) => String(each).toLowerCase()).filter(Boolean)) {
    for (let at = lower.indexOf(word); at >= 0; at = lower.indexOf(word, at + word.length)) found.push([at, at + word.length]);
  }
  found.sort((a, b) => a[0] - b[0]);
  return found.reduce((merged, span) => {
    const last = merged[merged.length - 1];
    if (last && span[0] <= last[1]) last[1] = Math.max(last[1], span[1]);
    else merged.push([...span]);
    return merged;
  }, []);
}
