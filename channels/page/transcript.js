// The messages on the page.

import { h, icon, marked } from "./dom.js";
import { langOf } from "./inspector.js";

/** Draws messages into `log`. `on` holds what presses do: `inspect(item)`, `retry(item)`, `press(button)`. */
export class Transcript {
  constructor(log, scroller, { words, name, on }) {
    Object.assign(this, { log, scroller, words, name, on, rows: new Map(), day: null });
  }

  /** Replaces all messages, without reading them out again. */
  show(items) {
    this.log.setAttribute("aria-busy", "true");
    this.log.replaceChildren();
    this.rows.clear();
    this.day = null;
    items.forEach((item) => this.add(item));
    this.log.removeAttribute("aria-busy");
  }

  /** Adds one message at the end and scrolls to it. */
  add(item) {
    const day = new Date(item.at).toDateString();
    if (this.day !== null && this.day !== day) this.log.append(h("li", { class: "day" }, this.date(item.at)));
    this.day = day;
    const row = this.row(item);
    this.rows.set(item, row);
    this.log.append(row);
    this.toEnd();
  }

  /** Draws `item` anew after it changed. */
  redraw(item) {
    const row = this.row(item);
    this.rows.get(item)?.replaceWith(row);
    this.rows.set(item, row);
  }

  toEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  row(item) {
    const mine = item.from === "customer";
    const bubble = h("div", { class: "bubble", lang: langOf(item.text ?? "") }, ...this.content(item));
    return h(
      "li", { class: `turn ${item.from}${item.notice ? " notice" : ""}${item.chosen ? " chosen" : ""}`, "data-emotion": item.felt ?? item.care?.reading?.name },
      h("span", { class: "quiet" }, `${this.words(mine ? "you" : "balm")}: `),
      bubble,
      this.buttons(item),
      this.foot(item),
    );
  }

  content(item) {
    const text = item.text ?? "";
    return [
      text ? h("p", {}, ...(item.chosen ? marked(text, item.evidence ?? []) : [text])) : null,
      /^(https:|data:image\/)/i.test(item.image ?? "") ? h("img", { src: item.image, alt: this.words("picture"), loading: "lazy" }) : null,
      /^https?:/i.test(item.attachment ?? "") ? h("a", { href: item.attachment, rel: "noopener noreferrer", target: "_blank" }, this.words("attachment")) : null,
      item.custom ? h("pre", {}, JSON.stringify(item.custom, null, 2)) : null,
    ];
  }

  buttons(item) {
    const offered = [...(item.buttons ?? []), ...(item.quick_replies ?? [])].filter((button) => button?.title && button.payload);
    if (!offered.length) return null;
    return h("div", { class: "offers" }, ...offered.map((button) => h("button", { type: "button", class: "chip", onclick: () => this.on.press(button) }, button.title)));
  }

  foot(item) {
    const state = { sending: "sending", unsent: "unsent", unanswered: "unanswered" }[item.state];
    const again = item.state === "unsent" || item.state === "unanswered";
    return h(
      "div", { class: "foot" },
      item.care ? this.why(item) : null,
      state ? h("span", { class: `state ${item.state}` }, this.words(state)) : null,
      again ? h("button", { type: "button", class: "again", onclick: () => this.on.retry(item) }, icon("retry"), this.words("retry")) : null,
      h("time", { datetime: new Date(item.at).toISOString() }, this.clock(item.at)),
    );
  }

  why(item) {
    const emotion = this.name(item.care.reading?.name ?? "neutral");
    const strategy = this.name(item.care.strategy ?? "");
    const label = this.words("inspect_reply").replace("{emotion}", emotion).replace("{strategy}", strategy);
    return h(
      "button", { type: "button", class: "why", "aria-label": label, "aria-pressed": String(Boolean(item.chosen)), "data-emotion": item.care.reading?.name, onclick: () => this.on.inspect(item) },
      h("span", { class: "pearl", "aria-hidden": "true" }), emotion, strategy ? h("span", { class: "arrow", "aria-hidden": "true" }, "→") : null, strategy,
    );
  }

  clock(at) {
    return new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" }).format(at);
  }

  date(at) {
    return new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium" }).format(at);
  }
}
