// Small drawings: a bar for one number, a line for a number over the turns.

import { h, svg } from "./dom.js";

const clamp = (value) => Math.min(1, Math.max(0, Number(value) || 0));

/** A labelled bar for a number from 0 to 1. */
export function bar(label, value) {
  const share = clamp(value);
  const fill = h("span", { class: "bar-fill" });
  fill.style.inlineSize = `${share * 100}%`;
  return h(
    "div", { class: "meter" },
    h("span", { class: "meter-name" }, label),
    h("span", { class: "bar-track", role: "meter", "aria-label": label, "aria-valuemin": 0, "aria-valuemax": 1, "aria-valuenow": share.toFixed(2) }, fill),
    h("span", { class: "meter-value" }, `${Math.round(share * 100)}%`),
  );
}

const WIDTH = 320;
const HEIGHT = 76;
const MARGIN = { top: 8, side: 8, bottom: 8 };

/** The line of `values` (0 to 1, oldest first) beside its scale; the last one carries a dot. */
export function sparkline(values, label) {
  const scale = [1, 0.5, 0].map((level) => h("span", {}, `${level * 100}%`));
  return h("div", { class: "chart" }, h("div", { class: "scale", "aria-hidden": "true" }, ...scale), plot(values, label));
}

function plot(values, label) {
  const points = values.map((value, turn) => place(clamp(value), turn, values.length));
  const line = points.map(([x, y], turn) => `${turn ? "L" : "M"}${x} ${y}`).join("");
  const [lastX, lastY] = points[points.length - 1];
  const floor = HEIGHT - MARGIN.bottom;
  return svg(
    "svg", { class: "spark", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": label, preserveAspectRatio: "none" },
    ...[0, 0.5, 1].map((level) => svg("line", { class: "spark-grid", x1: 0, x2: WIDTH, y1: place(level, 0, 1)[1], y2: place(level, 0, 1)[1] })),
    svg("path", { class: "spark-area", d: `${line}L${lastX} ${floor}L${points[0][0]} ${floor}Z` }),
    svg("path", { class: "spark-line", d: line }),
    ...points.map(([cx, cy]) => svg("circle", { class: "spark-dot", cx, cy, r: 2.4 })),
    svg("circle", { class: "spark-now", cx: lastX, cy: lastY, r: 4.6 }),
  );
}

function place(value, turn, turns) {
  const wide = WIDTH - 2 * MARGIN.side;
  const high = HEIGHT - MARGIN.top - MARGIN.bottom;
  const x = turns > 1 ? MARGIN.side + (wide * turn) / (turns - 1) : WIDTH - MARGIN.side;
  return [round(x), round(MARGIN.top + high * (1 - value))];
}

const round = (number) => Math.round(number * 10) / 10;
