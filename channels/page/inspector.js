// The why-card of one reply, drawn. Every part may be missing from the record; then its section is left out.

import { h, marked } from "./dom.js";
import { bar, sparkline } from "./gauge.js";

/** A number for the frustration in a card, or null. */
export function levelOf(card) {
  return Number.isFinite(card?.frustration) ? card.frustration : null;
}

/** The card's nodes for the turn {card, asked, levels}; `words` looks words up, `name` names of things. */
export function drawn({ card, asked, levels }, words, name) {
  if (!card) return [h("p", { class: "empty" }, words(card === null ? "no_card" : "nothing_yet"))];
  return [
    feeling(card.reading, asked, words, name),
    decision(card, words, name),
    course(card, levels, words, name),
    facts(card, words, name),
    saying(card, words, name),
    time(card.latency_ms, words, name),
    h("details", { class: "raw" }, h("summary", {}, words("raw")), h("pre", {}, JSON.stringify(card, null, 2))),
  ].filter(Boolean);
}

function section(title, ...children) {
  return h("section", {}, h("h3", {}, title), ...children);
}

function row(label, ...value) {
  return h("div", { class: "row" }, h("dt", {}, label), h("dd", {}, ...value));
}

function feeling(reading, asked, words, name) {
  if (!reading?.name) return null;
  const cause = reading.cause?.name;
  const others = (reading.ranking ?? []).filter((each) => each.name !== reading.name && each.confidence >= 0.05).slice(0, 2);
  return h(
    "section", { class: "feeling", "data-emotion": reading.name },
    h("h3", {}, words("felt")),
    h("p", { class: "emotion" }, h("span", { class: "pearl", "aria-hidden": "true" }), name(reading.name)),
    asked ? h("blockquote", { lang: langOf(asked) }, ...marked(asked, reading.evidence ?? [])) : null,
    bar(words("intensity"), reading.intensity),
    bar(words("confidence"), reading.confidence),
    flags(reading, words),
    h(
      "dl", {},
      cause && cause !== "none" ? row(words("cause"), name(cause), share(reading.cause.confidence)) : null,
      others.length ? row(words("second"), others.map((each) => `${name(each.name)} ${percent(each.confidence)}`).join(" · ")) : null,
    ),
  );
}

function flags(reading, words) {
  return labels([
    reading.abstained ? words("abstained") : null,
    reading.sarcasm >= 0.5 ? `${words("sarcasm")} ${percent(reading.sarcasm)}` : null,
    reading.needs_human >= 0.5 ? `${words("needs_human")} ${percent(reading.needs_human)}` : null,
  ]);
}

/** What stands out, as a row of labels; nothing when nothing does. */
function labels(all) {
  const raised = all.filter(Boolean);
  return raised.length ? h("ul", { class: "flags" }, ...raised.map((flag) => h("li", {}, flag))) : null;
}

function decision(card, words, name) {
  if (!card.strategy && !card.rule) return null;
  const handoff = card.handoff?.state && card.handoff.state !== "none" ? card.handoff : null;
  return section(
    words("decided"),
    h(
      "p", { class: "decision" },
      card.rule ? h("code", { title: words("rule") }, card.rule) : null,
      card.rule && card.strategy ? h("span", { class: "arrow", "aria-hidden": "true" }, "→") : null,
      card.strategy ? h("strong", { title: words("strategy") }, name(card.strategy)) : null,
    ),
    card.reason ? h("p", { class: "reason" }, plain(card.reason)) : null,
    labels([card.quiet ? words("quiet") : null, card.failed ? words("failed") : null]),
    h(
      "dl", {},
      card.intent ? row(words("intent"), h("code", {}, plain(card.intent))) : null,
      card.asks ? row(words("asks"), name(plain(card.asks))) : null,
      handoff ? row(words("handoff"), name(handoff.state), handoff.id ? h("code", { class: "share" }, plain(handoff.id)) : null) : null,
    ),
  );
}

function course(card, levels, words, name) {
  const level = levelOf(card);
  if (level === null) return null;
  const trend = card.clock?.trend;
  const story = `${words("frustration")}: ${levels.map(percent).join(", ")}`;
  return section(
    words("frustration"),
    levels.length > 1 ? sparkline(levels, story) : null,
    bar(words("now"), level),
    trend && levels.length > 1 ? h("dl", {}, row(words("trend"), name(plain(trend)))) : null,
  );
}

function facts(card, words, name) {
  if (!Array.isArray(card.facts)) return null;
  const list = card.facts.map((fact) =>
    h("li", {}, h("code", {}, fact.kind ?? "?"), h("dl", {}, ...Object.entries(fact.values ?? {}).map(([key, value]) => row(name(`field_${key}`), plain(value))))),
  );
  return section(words("facts"), list.length ? h("ul", { class: "facts" }, ...list) : h("p", { class: "none" }, words("no_facts")));
}

function saying(card, words, name) {
  if (!card.generator) return null;
  const objections = Array.isArray(card.guard) ? card.guard.filter((verdict) => !verdict.ok) : null;
  return section(
    words("said"),
    h(
      "dl", {},
      row(words("generator"), name(card.generator)),
      card.prompt ? row(words("prompt"), h("code", {}, plain(card.prompt))) : null,
      card.fallback ? row(words("fallback"), plain(card.fallback)) : null,
      objections ? row(words("guard"), objections.length ? h("ul", { class: "verdicts" }, ...objections.map(objection)) : words("guard_clean")) : null,
    ),
  );
}

/** What one rule of the guard had against the text. */
const objection = ({ rule, reason }) => h("li", {}, h("span", { class: "objected" }, "✕"), h("code", {}, rule), ` ${plain(reason)}`);

function time(latency, words, name) {
  if (latency === null || latency === undefined) return null;
  if (typeof latency === "number") return section(words("time"), h("p", { class: "total" }, h("strong", {}, milliseconds(latency)), ` ${words("ms")}`));
  const steps = Object.entries(latency).filter(([step, value]) => step !== "total" && Number.isFinite(value));
  const total = Number.isFinite(latency.total) ? latency.total : steps.reduce((sum, [, value]) => sum + value, 0);
  const strip = steps.map(([step, value], at) => {
    const part = h("span", { "data-step": at % 6, title: `${name(`step_${step}`)} ${milliseconds(value)} ${words("ms")}` });
    part.style.flexGrow = Math.max(value, 0.001);
    return part;
  });
  return section(
    words("time"),
    h("p", { class: "total" }, h("strong", {}, milliseconds(total)), ` ${words("ms")}`),
    steps.length ? h("div", { class: "strip", "aria-hidden": "true" }, ...strip) : null,
    h("ul", { class: "steps" }, ...steps.map(([step, value], at) => h("li", { "data-step": at % 6 }, `${name(`step_${step}`)} ${milliseconds(value)}`))),
  );
}

const percent = (value) => `${Math.round((Number(value) || 0) * 100)}%`;
const share = (value) => (Number.isFinite(value) ? h("span", { class: "share" }, percent(value)) : null);
const milliseconds = (value) => (value < 10 ? value.toFixed(1) : Math.round(value).toString());
const plain = (value) => (value !== null && typeof value === "object" ? JSON.stringify(value) : String(value ?? ""));

/** The language to set type for: Chinese where there are Chinese characters. */
export const langOf = (text) => (/\p{Script=Han}/u.test(text) ? "zh" : "en");
