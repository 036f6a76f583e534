// The connector's addresses, beside the page.

const PATIENCE = 70_000; // milliseconds; the connector itself answers well before

/** An answer that is no answer. `status` is 0 when nothing came back at all. */
export class NoAnswer extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

async function ask(path, options = {}) {
  let answer;
  let body;
  try {
    answer = await fetch(path, { ...options, cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
    body = await answer.json();
  } catch (error) {
    throw new NoAnswer(answer && !answer.ok ? answer.status : 0, "unreachable", String(error));
  }
  if (!answer.ok) throw new NoAnswer(answer.status, body.error ?? "error", body.message ?? "");
  return body;
}

function post(path, body) {
  return ask(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
}

export const settings = () => ask("settings");
export const customers = () => ask("customers");
export const signIn = (id) => post("sign_in", { customer_id: id });
export const conversation = (sender) => ask(`conversation?sender=${encodeURIComponent(sender)}`);

/** The bot's messages to one message. */
export const say = ({ sender, message, id, token, language }) => post("webhook", { sender, message, id, token, language });
