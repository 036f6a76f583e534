// One conversation: what was said, what is on its way, and what could not be sent yet.

import * as api from "./api.js";
import { keep, kept, uuid } from "./store.js";

const RESTORE_TRIES = 40;
const RESTORE_PAUSE = 1500; // milliseconds: a bot that still loads its model
const LATE_LOOKS = [3, 6, 12, 25, 45, 60]; // seconds between looks for an answer that is late
const NOT_TAKEN = new Set(["busy", "too_long"]);
const UNANSWERED = new Set(["failed", "silent"]);

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/** Keeps the messages in order and tells `view` what changed: reset, added, changed, typing, restoring, refused. */
export class Talk {
  constructor({ view, visitor, language }) {
    Object.assign(this, { view, visitor, language, items: [], queue: Promise.resolve(), open: 0 });
    this.sender = kept("sender") ?? uuid();
    keep("sender", this.sender);
  }

  /** Starts an empty conversation under a new id, and returns that id. */
  fresh(sender = uuid()) {
    // what is still on its way was written by whoever is signed in now, whoever comes next
    for (const item of this.items) if (item.state === "sending") item.token ??= this.visitor.token ?? "";
    this.sender = sender;
    keep("sender", sender);
    this.items = [];
    this.open = 0;
    this.view.typing(false);
    this.view.reset();
    return sender;
  }

  /** Brings back what was said before a reload, and what had not been sent yet. */
  async restore() {
    const sender = this.sender;
    for (let attempt = 0; attempt < RESTORE_TRIES && sender === this.sender; attempt += 1) {
      try {
        const { messages } = await api.conversation(sender);
        if (sender === this.sender) this.take(messages);
        return this.view.restoring(null);
      } catch {
        this.view.restoring(attempt < RESTORE_TRIES - 1 ? "restoring" : "not_restored");
        await pause(RESTORE_PAUSE);
      }
    }
  }

  take(messages) {
    const unsent = this.items.filter((item) => item.from === "customer" && item.state);
    this.items = [];
    messages.forEach((message) => this.link({ ...message, at: message.at * 1000 }));
    const arrived = new Set(this.items.map((item) => item.id));
    keep("waiting", waiting().filter((each) => !arrived.has(each.id)));
    const shown = new Set([...arrived, ...unsent.map((item) => item.id)]);
    this.items.push(...unsent.filter((item) => !arrived.has(item.id)));
    for (const each of waiting()) {
      if (each.sender === this.sender && !shown.has(each.id)) this.items.push({ ...each, from: "customer", state: "unsent" });
    }
    this.view.reset();
  }

  /** Sends `message`; `text` is what the customer sees of it (a button's title). */
  say(message, text = message) {
    const item = { from: "customer", text, message, id: uuid(), sender: this.sender, at: Date.now(), state: "sending" };
    keep("waiting", [...waiting(), { sender: item.sender, id: item.id, text, message, at: item.at }]);
    this.items.push(item);
    this.view.added(item);
    return this.enqueue(item);
  }

  /** Sends an item once more. One that never arrived keeps its id, so it cannot be answered twice. */
  retry(item) {
    if (item.state === "sending") return this.queue;
    if (item.state === "unanswered") return this.say(item.message ?? item.text, item.text);
    item.state = "sending";
    this.view.changed(item);
    return this.enqueue(item);
  }

  /** Sends all that waits, after the line came back. */
  retryAll() {
    this.items.filter((item) => item.state === "unsent").forEach((item) => this.retry(item));
  }

  /** Lets messages wait for `settled`, so that they are sent as the customer who was just chosen. */
  after(settled) {
    this.queue = this.queue.then(() => settled).catch(() => {});
  }

  enqueue(item) {
    this.queue = this.queue.then(() => this.deliver(item));
    return this.queue;
  }

  async deliver(item) {
    const here = () => item.sender === this.sender;
    if (here()) this.busy(+1);
    try {
      const messages = await this.ask(item);
      keep("waiting", waiting().filter((each) => each.id !== item.id));
      if (here()) this.answered(item, messages);
    } catch (error) {
      item.state = "unsent";
      if (here()) this.view.changed(item);
      if (here() && error.status) this.view.refused(error);
    } finally {
      if (here()) this.busy(-1);
    }
  }

  async ask(item) {
    const message = { sender: item.sender, message: item.message ?? item.text, id: item.id, language: this.language() };
    try {
      return await api.say({ ...message, token: (item.token ?? this.visitor.token) || undefined });
    } catch (error) {
      if (error.status !== 401 || item.token !== undefined) throw error;
      await this.visitor.renew();
      return api.say({ ...message, token: this.visitor.token });
    }
  }

  answered(item, messages) {
    const notices = messages.map((message) => message.notice);
    item.state = notices.some((notice) => NOT_TAKEN.has(notice)) ? "unsent" : notices.some((notice) => UNANSWERED.has(notice)) ? "unanswered" : null;
    this.view.changed(item);
    for (const message of messages) {
      const reply = this.link({ ...message, from: "bot", at: Date.now() }, item);
      this.view.added(reply);
    }
    if (notices.includes("late")) this.look(item);
  }

  /** Looks again and again for the answer to a message that took longer than the page could wait. */
  async look(item) {
    for (const seconds of LATE_LOOKS) {
      await pause(seconds * 1000);
      if (item.sender !== this.sender) return;
      const history = await api.conversation(item.sender).catch(() => null);
      if (history?.messages.some((message) => message.id === item.id)) return this.take(history.messages);
    }
  }

  link(item, asked = this.items.findLast((each) => each.from === "customer")) {
    if (item.from === "bot" && asked) {
      item.to = asked;
      if (item.care?.reading) Object.assign(asked, { felt: item.care.reading.name, evidence: item.care.reading.evidence ?? [] });
    }
    this.items.push(item);
    return item;
  }

  busy(change) {
    this.open = Math.max(0, this.open + change);
    this.view.typing(this.open > 0);
  }
}

const waiting = () => kept("waiting", []);
