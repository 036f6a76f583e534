// The page put together: language, theme, who is writing, the conversation, and the panel beside it.

import * as api from "./api.js";
import { h, icon } from "./dom.js";
import { drawn, langOf, levelOf } from "./inspector.js";
import { keep, kept } from "./store.js";
import { Talk } from "./talk.js";
import { Transcript } from "./transcript.js";
import { Visitor } from "./visitor.js";
import { EXAMPLES, NAMES, WORDS } from "./words.js";

const at = (id) => document.getElementById(id);
const narrow = matchMedia("(max-width: 899px)");
const options = { inspector: false, demo_sign_in: false, message_limit: 4000 };

let language = kept("language") ?? (navigator.languages.find((each) => /^(zh|en)/i.test(each)) ?? "en").slice(0, 2).toLowerCase();
let chosen = null;
let previous = null;
let toastTimer = 0;

const words = (key) => WORDS[language][key] ?? key;
const name = (key) => NAMES[language][key] ?? key.replace(/^(field|step)_/, "").replaceAll("_", " ");

const visitor = new Visitor();
const transcript = new Transcript(at("log"), at("scroll"), { words, name, on: { inspect, retry: (item) => talk.retry(item), press } });
const talk = new Talk({
  visitor,
  language: () => language,
  view: { reset, added, changed: (item) => transcript.redraw(item), typing, restoring, refused },
});

// --- the conversation on the page

function reset() {
  chosen = null;
  transcript.show(talk.items);
  welcome();
  choose(talk.items.findLast((item) => item.care) ?? null);
}

function added(item) {
  at("welcome").hidden = true;
  transcript.add(item);
  if (item.care) choose(item);
}

function typing(on) {
  at("typing").hidden = !on;
  at("typing-words").textContent = on ? words("typing") : "";
  if (on) transcript.toEnd();
}

function restoring(key) {
  banner(key);
}

function refused(error) {
  if (error.status === 401 || error.status === 403 || error.status === 404) {
    customers();
    toast(words("expired"));
  } else toast(words("refused") + error.message);
}

function press(button) {
  talk.say(button.payload, button.title);
  at("words").focus();
}

function banner(key) {
  at("banner").hidden = !key;
  at("banner").textContent = key ? words(key) : "";
}

function toast(text, action = null) {
  clearTimeout(toastTimer);
  at("toast").replaceChildren(h("span", {}, text), ...(action ? [action] : []));
  at("toast").hidden = false;
  toastTimer = setTimeout(() => { at("toast").hidden = true; }, 9000);
}

function welcome() {
  at("welcome").hidden = talk.items.length > 0;
  const examples = [...EXAMPLES[language], EXAMPLES[language === "zh" ? "en" : "zh"][0]];
  at("welcome").replaceChildren(
    h("h2", {}, words("hello")),
    h("p", {}, words("hello_more")),
    h("h3", {}, words("try")),
    h("div", { class: "chips" }, ...examples.map((text) => h("button", { type: "button", class: "chip", lang: langOf(text), onclick: () => { talk.say(text); at("words").focus(); } }, text))),
    ...(visitor.known.length ? [h("h3", {}, words("sit_down")), people()] : []),
  );
}

function people() {
  return h("div", { class: "people" }, ...neighbours().map((each) =>
    h("button", { type: "button", class: "person", "aria-pressed": String(visitor.customer?.id === each.id), onclick: () => become(each.id) },
      h("span", { class: "face", "aria-hidden": "true" }, [...String(each.name ?? "?")][0]),
      h("span", { class: "person-name" }, each.name ?? each.id),
      h("span", { class: "person-hint", lang: langOf(hintOf(each)) }, hintOf(each)))));
}

/** The demo customers, those who write in the page's language first. */
const neighbours = () => [...visitor.known].sort((a, b) => (b.language === language) - (a.language === language));

/** A customer's hint: a text, or one for each language. */
function hintOf(customer) {
  const hint = customer.hint ?? "";
  return typeof hint === "string" ? hint : (hint[language] ?? Object.values(hint)[0] ?? "");
}

// --- who is writing

function customers() {
  at("who").hidden = !visitor.known.length;
  at("customer").replaceChildren(
    h("option", { value: "" }, words("anonymous")),
    ...neighbours().map((each) => h("option", { value: each.id, selected: visitor.customer?.id === each.id }, each.name ?? each.id)),
  );
  welcome();
}

async function become(id) {
  if (id !== (visitor.customer?.id ?? "") && talk.items.length) fresh();
  const settled = visitor.become(id);
  talk.after(settled);
  try {
    await settled;
  } catch {
    visitor.leave();
    toast(words("no_sign_in"));
  }
  customers();
}

function fresh() {
  if (talk.items.length) previous = { sender: talk.sender, customer: visitor.customer };
  const undo = previous && h("button", { type: "button", class: "again", onclick: goBack }, words("undo"));
  talk.fresh();
  toast(words("fresh_started"), undo);
  at("words").focus();
}

function goBack() {
  at("toast").hidden = true;
  visitor.customer = previous.customer;
  keep("customer", previous.customer);
  talk.fresh(previous.sender);
  customers();
  talk.restore();
}

// --- the panel

function choose(item) {
  for (const each of [chosen, chosen?.to, item, item?.to]) {
    if (!each) continue;
    each.chosen = each === item || each === item?.to;
    transcript.redraw(each);
  }
  chosen = item;
  const upTo = talk.items.slice(0, talk.items.indexOf(item) + 1);
  const levels = upTo.map((each) => levelOf(each.care)).filter((level) => level !== null);
  at("card").replaceChildren(...drawn({ card: item?.care, asked: item?.to?.text, levels }, words, name));
  at("card").scrollTop = 0;
}

function inspect(item) {
  const same = item === chosen && !at("inspector").hidden;
  choose(item);
  unfold(!same, { focus: narrow.matches });
}

/** The button that opened the panel on a phone, where focus goes back to. */
const chosenWhy = () => (narrow.matches ? document.querySelector(".why[aria-pressed=true]") : null);

function unfold(open, { focus = true, remember = true } = {}) {
  const shown = open && options.inspector;
  const within = at("inspector").contains(document.activeElement);
  at("inspector").hidden = !shown;
  at("room").classList.toggle("with-panel", shown);
  at("backdrop").hidden = !(shown && narrow.matches);
  at("inspect").setAttribute("aria-expanded", String(shown));
  for (const behind of [document.querySelector(".bar"), document.querySelector(".chat")]) behind.inert = shown && narrow.matches;
  if (remember) keep("panel", shown);
  if (shown && focus) at("inspector-title").focus();
  if (!shown && within) (chosenWhy() ?? at("inspect")).focus();
}

// --- the box to write in

function submit() {
  const text = at("words").value.trim();
  if (!text || [...text].length > options.message_limit) return;
  at("words").value = "";
  written();
  talk.say(text);
}

function written() {
  const box = at("words");
  keep("draft", box.value || null);
  box.style.blockSize = "auto";
  box.style.blockSize = `${box.scrollHeight}px`;
  const over = [...box.value.trim()].length - options.message_limit;
  at("count").textContent = over > 0 ? `${over} ${words("over")}` : "";
  at("send").disabled = over > 0 || !box.value.trim();
}

function onKey(event) {
  // While Chinese is being composed, Enter takes the candidate and must not send.
  if (event.isComposing || event.keyCode === 229) return;
  if (event.key === "Enter" && !event.shiftKey && !event.altKey && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    submit();
  }
}

// --- language and theme

function translate() {
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  for (const element of document.querySelectorAll("[data-word]")) element.textContent = words(element.dataset.word);
  for (const element of document.querySelectorAll("[data-placeholder]")) element.placeholder = words(element.dataset.placeholder);
  for (const element of document.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", words(element.dataset.label));
    if (element.matches("button")) element.title = words(element.dataset.label);
  }
  at("language").textContent = words("language_mark");
  customers();
  written();
}

function speak(next) {
  const selected = chosen;
  language = next;
  keep("language", next);
  translate();
  transcript.show(talk.items);
  choose(selected);
}

const dark = () => (document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";

function theme(next) {
  if (next) {
    document.documentElement.dataset.theme = next;
    keep("theme", next);
  }
  at("theme").replaceChildren(icon(dark() ? "sun" : "moon"));
}

// --- beginning

function listen() {
  at("composer").addEventListener("submit", (event) => { event.preventDefault(); submit(); });
  at("words").addEventListener("keydown", onKey);
  at("words").addEventListener("input", written);
  at("customer").addEventListener("change", (event) => become(event.target.value));
  at("fresh").addEventListener("click", fresh);
  at("language").addEventListener("click", () => speak(language === "zh" ? "en" : "zh"));
  at("theme").addEventListener("click", () => theme(dark() ? "light" : "dark"));
  at("inspect").addEventListener("click", () => unfold(at("inspector").hidden));
  at("fold").addEventListener("click", () => unfold(false));
  at("backdrop").addEventListener("click", () => unfold(false));
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && !event.isComposing && !at("inspector").hidden) unfold(false); });
  narrow.addEventListener("change", () => unfold(!at("inspector").hidden, { focus: false, remember: false }));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => theme());
  addEventListener("offline", () => banner("offline"));
  addEventListener("online", () => { banner(null); talk.retryAll(); });
}

async function begin() {
  for (const [id, shape] of [["fresh", "fresh"], ["inspect", "inspect"], ["fold", "close"], ["send", "send"]]) at(id).replaceChildren(icon(shape));
  at("words").value = kept("draft", "");
  theme();
  translate();
  listen();
  if (matchMedia("(pointer: fine)").matches) at("words").focus();
  const restored = talk.restore();
  Object.assign(options, await api.settings().catch(() => ({})));
  at("inspect").hidden = !options.inspector;
  unfold(options.inspector && !narrow.matches && kept("panel", true), { focus: false, remember: false });
  await visitor.load(options.demo_sign_in);
  customers();
  await restored;
}

begin();
