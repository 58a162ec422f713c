/**
 * What is needed only once the box is open, and loaded then: replies in full, suggestions, the
 * office's hours, and the buttons below an answer. The server puts its styles and words in place of
 * the bundle below (faqbot/app/widget.py).
 *
 * Each function is given a context: `box` is the <faq-chat>, `ui` its elements, `phrase` gives a
 * text from the words, `announce` reads one to screen readers, `fetch` asks the server; the rest
 * are functions of widget.js.
 */

const bundle = /*bundle*/ { css: "", words: {} } /*end*/;

// The tags an answer may contain; of any other, only its text is shown.
const TAGS = /^(p|br|strong|em|ul|ol|li|a|h3|h4|blockquote)$/;
// Milliseconds without a letter, after which the suggestions are announced.
const SETTLED = 1000;
const PHONE = /(\(?\b\d{3}\)?[ .-]\d{3}[.-]\d{4}\b)/;
const ENTITIES = { amp: "&", lt: "<", gt: ">", quot: '"' };

/** Gives the box the styles and words that come with this file; the page's own words stay. */
export function install(context) {
  const { box, words } = context;
  const root = box.shadowRoot;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(bundle.css);
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  for (const key in bundle.words) words[key] ??= bundle.words[key];
  complete(context);
}

/** Adds to a conversation that was just rendered what only this file can. */
export function complete(context) {
  addPrivacy(context);
  askAgain(context);
}

/** Asks once more what has no reply, since the page was left before it came. */
function askAgain({ ui, turns, send }) {
  // A tab that was open before an update has an older widget.js, which gives no turns.
  const { you, again } = turns?.().at(-1) ?? {};
  const waiting = ui?.send.getAttribute("aria-disabled") === "true";
  // That it is no emergency is for the visitor to say anew: the question's card is still there.
  if (!ui || !you || !again || waiting) return;
  turns().pop();
  ui.log.lastElementChild.remove();
  if (!again.body?.not_emergency) send(again);
}

/** Below the greeting: what is kept of the conversation, and a button to delete it. */
function addPrivacy({ ui, el, phrase }) {
  // Before the box was first opened there is none.
  const about = ui?.log.querySelector(".about");
  if (!about || about.querySelector("details")) return;
  about.append(
    el(
      "details",
      el("summary", phrase("privacy")),
      el("p", phrase("kept")),
      el("button.again", { type: "button", "data-do": "forget" }, phrase("forget")),
    ),
  );
}

/** Deletes the conversation from the device, for good. */
export function forget(context) {
  const { ui, el, phrase, announce, clear, save } = context;
  clear?.();
  save?.();
  // What was cleared before could be brought back by it.
  context.undo = null;
  const text = phrase("forgotten");
  const told = el("p.bubble", { tabindex: "-1" }, text);
  ui.log.append(el("div.turn", told));
  told.focus();
  announce(text);
}

/** A reply has one part, or one for each question in the message. */
export function renderReply(context, { reply, person }) {
  const { phrase, renderPhones, renderQuestions } = context;
  const { parts = [reply], related, phones, small_talk: talk } = reply;
  const kinds = parts.map(({ kind }) => kind);
  const small = talk || kinds.every((kind) => /^(answer|choices)$/.test(kind));
  // “Was this helpful?” is asked once, below the last answer.
  const last = kinds.lastIndexOf("answer");
  const ids = parts.flatMap(({ entries = [] }) => entries.map(({ id }) => id));
  return [
    person && renderPerson(context, phones),
    parts.map((part, at) => renderPart(context, part, at === last)),
    renderQuestions(phrase("related"), related?.filter(({ id }) => !ids.includes(id))),
    !person && renderPhones(small ? "small" : "large", phones),
  ];
}

function renderPerson({ el, phrase, renderPhones }, phones) {
  return el("div.bubble.person", el("h3", phrase("person")), renderPhones("large", phones));
}

/** One of several parts has the visitor's words above it. */
function renderPart(context, { text, kind, message, entries }, last) {
  const { el, phrase, renderQuestions } = context;
  return [
    text && el("h3.lead", { dir: "auto", "data-question": text }, text),
    kind === "choices"
      ? renderQuestions(message, entries)
      : message && el("p.bubble", { dir: "auto" }, message),
    kind === "answer" && entries.map((entry) => renderEntry(context, entry, text ? "h4" : "h3", last)),
  ];
}

function renderEntry(context, entry, heading, last) {
  const { el, phrase } = context;
  const { id, question, html, quotes, terms = [] } = entry;
  const tool = (action, word) =>
    el("button", { type: "button", "data-do": action, "data-id": id, "data-arg": word }, phrase(word));
  const helpful = phrase("helpful");
  const verdict = entry.verdict
    ? el("span", { tabindex: "-1" }, phrase(entry.verdict))
    : [
        el("span", { "aria-hidden": "true" }, helpful),
        tool("helpful", "yes"),
        tool("helpful", "no"),
      ];
  const answer = el("div.answer", { dir: "auto" }, rich(el, html));
  // “They are often caused by…” says nothing by itself.
  const title = el(`${heading}.question`, { dir: "auto" }, question);
  terms.forEach((term) => markTerm(context, answer, term));
  const article = el(
    "article.bubble",
    title,
    answer,
    quotes?.length && renderSource(context, entry),
    el(
      "div.tools",
      last &&
        el(
          "span.helpful",
          { role: "group", "aria-label": helpful },
          verdict,
        ),
      el(
        "span.helpful",
        navigator.clipboard && tool("copy", "copy"),
        // Some apps' browsers cannot print.
        window.print && tool("print", "print"),
      ),
    ),
  );
  // For the button to note the verdict in what is kept of the conversation.
  article.entry = entry;
  return article;
}

function renderSource({ el, phrase, url }, { id, quotes, page }) {
  const href = page ? quoted(page, quotes[0]) : url(`faq#${encodeURIComponent(id)}`);
  const here = href.split("#")[0] === location.href.split("#")[0];
  const attributes = here ? { "data-do": "read" } : { target: "_blank", rel: "noopener" };
  return el(
    "details",
    el("summary", phrase("source")),
    quotes.map((quote) => el("blockquote", { dir: "auto" }, quote)),
    el("a", { href, ...attributes }, phrase("sourceLink")),
  );
}

/** The page's address, which leads to the quote itself in browsers that know text fragments. */
function quoted(page, quote) {
  // A long text is less likely to stand on the page in one piece.
  const start = quote.split(" ").slice(0, 8).join(" ");
  const text = encodeURIComponent(start).replaceAll("-", "%2D");
  return `${page}${page.includes("#") ? "" : "#"}:~:text=${text}`;
}

/** Shows the place on this page; a box that covers the page closes. */
export function read({ box, ui }, { href }) {
  if (ui.panel.dataset.open === "full") box.close();
  location.assign(href);
}

// Words that are explained

/** Makes a button of the word where it first stands in the answer's text. */
function markTerm({ el, phrase }, answer, term) {
  const texts = document.createTreeWalker(answer, NodeFilter.SHOW_TEXT);
  const escaped = term.word.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}-])${escaped}(?![\\p{L}\\p{N}-])`, "u");
  for (let text; (text = texts.nextNode()); ) {
    const found = pattern.exec(text.data);
    if (!found || text.parentNode.closest("a, button")) continue;
    const word = text.splitText(found.index);
    word.splitText(term.word.length);
    const attributes = { type: "button", "data-do": "explain", title: phrase("explain") };
    const button = el("button.term", attributes, term.word);
    button.setAttribute("aria-expanded", "false");
    button.term = term;
    word.replaceWith(button);
    return;
  }
}

/** Shows what a word means below the paragraph in which it stands, or hides it again. */
export function explain({ el, phrase, announce }, button) {
  const { word, meaning, source, link: href } = button.term;
  const open = !button.meaning;
  button.setAttribute("aria-expanded", open);
  if (open) {
    const from = source || phrase("source");
    const isLink = /^https?:\/\//.test(href);
    const cited = isLink ? el("a", { href, target: "_blank", rel: "noopener" }, from) : from;
    button.meaning = el("div.meaning", el("strong", word), `: ${meaning} `, el("small", cited));
    const block = button.closest("p, li, h3, h4, blockquote, .answer");
    if (block.matches("li, .answer")) block.append(button.meaning);
    else block.after(button.meaning);
    announce(`${word}: ${meaning}`);
  } else {
    button.meaning.remove();
    button.meaning = null;
  }
}

/**
 * An answer's HTML as nodes, built tag by tag and never by innerHTML: nothing in it can run, and
 * pages that require Trusted Types accept it.
 */
function rich(el, html) {
  const root = document.createDocumentFragment();
  const open = [root];
  for (const [piece, end, tag, rest] of html.matchAll(/<(\/?)(\w+)([^>]*)>|[^<]+|</g)) {
    const here = open[open.length - 1];
    if (!tag) {
      const text = piece.replace(/&(\w+);/g, (whole, name) => ENTITIES[name] || whole);
      const parts = text.split(PHONE);
      here.append(...parts.map((part, at) => (at % 2 ? el("span.unbroken", part) : part)));
    } else if (!TAGS.test(tag)) {
      continue;
    } else if (end) {
      if (open.length < 2) continue;
      const { dataset, textContent } = open.pop();
      // What is asked is kept as data: a browser that translates changes what is shown.
      if (dataset.do) dataset.question = textContent;
    } else {
      const node = tag === "a" ? link(el, rest) : el(tag);
      here.append(node);
      if (tag !== "br") open.push(node);
    }
  }
  return root;
}

function link(el, attributes) {
  const href = (/href="([^"]*)"/.exec(attributes) || ["", ""])[1].replaceAll("&amp;", "&");
  if (href.startsWith("#")) return el("a", { href, "data-do": "entry", "data-arg": href.slice(1) });
  if (/^(tel|mailto):/.test(href)) return el("a", { href });
  // Only the link for appointments has a class; staff cannot write one.
  const name = /^ class/.test(attributes) ? "a.book" : "a";
  if (/^(https?:\/\/|\/)/.test(href)) return el(name, { href, target: "_blank", rel: "noopener" });
  return el("span");
}

/** After the launcher was hidden: brings it back, until the visitor goes on to something else. */
export function offerLauncher(context) {
  const { box, el, on, phrase, save } = context;
  const launcher = box.shadowRoot.querySelector(".launcher");
  const parts = [...launcher.children];
  const button = el("button.launch", { type: "button", "data-do": "undoDismiss" }, phrase("undoDismiss"));
  let offered = true;
  context.endOffer = (hidden) => {
    if (!offered) return;
    offered = false;
    launcher.replaceChildren(...parts);
    // Meanwhile the page may have opened the box.
    box.hidden = hidden && !box.isOpen;
    save?.();
    if (!hidden) parts[0].focus();
  };
  // In Safari a press takes the focus away, and the button would be gone before the click.
  on(button, "mousedown", (event) => event.preventDefault());
  on(button, "blur", () => context.endOffer(true));
  on(document, "pointerdown", ({ target }) => target !== box && context.endOffer(true));
  launcher.replaceChildren(button);
  box.hidden = false;
  button.focus();
}

export function undoDismiss({ endOffer }) {
  endOffer(false);
}

/** After the conversation was cleared. */
export function offerUndo(context, undo) {
  const { ui, el, phrase, announce } = context;
  context.undo = undo;
  const button = el("button", { type: "button", "data-do": "undo" }, phrase("undo"));
  ui.log.prepend(el("div.questions", el("p.lead", phrase("cleared")), button));
  announce(phrase("cleared"));
}

export function undo(context) {
  context.undo();
}

/** Prints the answer alone: the page around it is hidden meanwhile. */
export function print({ box, practice, el, on }, button) {
  const { name, phones } = practice;
  const bubble = button.closest(".bubble");
  const paper = el("faq-chat-paper");
  paper.attachShadow({ mode: "open" }).append(
    el("h1", bubble.querySelector(".question")?.textContent),
    ...[...bubble.querySelectorAll(".answer, details blockquote")].map(onPaper),
    el("p", [name, ...phones.map(({ number }) => number)].join(" · ")),
  );
  const sheet = new CSSStyleSheet();
  const only = (media, what) => `@media ${media}{body>${what}{display:none!important}}`;
  sheet.replaceSync(only("print", ":not(faq-chat-paper)") + only("screen", "faq-chat-paper"));
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  document.body.append(paper);
  // On this element the box's own styles outrank the sheet's.
  box.toggleAttribute("printing", true);
  const listening = new AbortController();
  const { signal } = listening;
  const cleanUp = () => {
    listening.abort();
    box.toggleAttribute("printing", false);
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => one !== sheet);
    paper.remove();
  };
  // The first event means that the answer is being printed; the next that it was, or the page is.
  let events = 0;
  on(window, "beforeprint afterprint", () => events++ && cleanUp(), { signal });
  try {
    window.print();
  } catch {
    // Not allowed here, even if it began.
    events = 0;
  }
  if (!events) cleanUp();
}

// On paper and in copies, a link within the box leads nowhere: “See also …” is left out.
const LINK = "\u0001";
const SENTENCE = /(?:[^.!?\u0001]|\u0001[^\u0001]*\u0001)+[.!?]*\s*/g;
const LEADS_ON =
  /^\W*(?:see also|read more|learn more|more)(?:\W|\b(?:about|on|in|under|the|our|and|or)\b)*$/i;

/** A copy for paper: the addresses of links are written out, what only can be pressed is not. */
function onPaper(node) {
  const paper = node.cloneNode(true);
  paper.querySelectorAll(".meaning").forEach((meaning) => meaning.remove());
  paper.querySelectorAll(".term").forEach((term) => term.replaceWith(term.textContent));
  paper.querySelectorAll("a").forEach((link) => {
    const text = link.textContent;
    if (link.dataset.do) link.replaceWith(LINK + text + LINK);
    else link.replaceWith(link.protocol.startsWith("http") ? `${text} (${link.href})` : text);
  });
  paper.normalize();
  const texts = document.createTreeWalker(paper, NodeFilter.SHOW_TEXT);
  for (let text; (text = texts.nextNode()); ) {
    const kept = text.data.replace(SENTENCE, (sentence, at) => {
      // Beside bold words and the like there are parts of sentences.
      const begins = at || !text.previousSibling;
      const ends = /[.!?]\s*$/.test(sentence) || !text.nextSibling;
      const around = sentence.replace(/\u0001[^\u0001]*\u0001/g, " ");
      const leadsOn = begins && ends && around !== sentence && LEADS_ON.test(around);
      return leadsOn ? /^\s?/.exec(sentence)[0] : sentence;
    });
    text.data = kept.replaceAll(LINK, "");
  }
  return paper;
}

/** Copies the answer with the practice's name and first number. */
export async function copy({ practice, phrase, announce }, button) {
  const bubble = button.closest(".bubble");
  const answer = bubble.querySelector(".answer");
  const paper = onPaper(answer);
  // Only what is shown has its line breaks in `innerText`.
  answer.after(paper);
  const said = paper.innerText.trim();
  paper.remove();
  const from = `${practice.name}, ${practice.phones[0].number}`;
  const text = [bubble.querySelector(".question")?.textContent, said, from].join("\n\n");
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = phrase("copied");
    announce(phrase("copied"));
  } catch {
    // Not allowed here: select it, so that it can be copied by hand.
    getSelection().selectAllChildren(answer);
  }
}

/** Sends whether the answer helped; if it did not, what else may be meant is offered. */
export async function helpful({ el, phrase, fetch, save, asked, addReply }, button) {
  const { id, arg } = button.dataset;
  const yes = arg === "yes";
  const bubble = button.closest(".bubble");
  const turn = bubble.closest(".turn");
  const question = yes ? "" : partAsked(bubble) || asked?.(bubble) || "";
  const { entry } = bubble;
  const verdict = yes ? "thanks" : "sorry";
  if (entry) entry.verdict = verdict;
  save?.();
  const thanks = el("span", { tabindex: "-1" }, phrase(verdict));
  button.parentElement.replaceChildren(thanks);
  thanks.focus();
  // Lost feedback is not worth telling the visitor about.
  const reply = await fetch("helpful", { id, helpful: yes, question }).catch(() => null);
  // Meanwhile the visitor may have gone on.
  if (reply && turn.isConnected && !turn.nextElementSibling) addReply?.(reply);
}

/** Of several parts, the visitor's words above this one. */
function partAsked(bubble) {
  for (let above = bubble.previousElementSibling; above; above = above.previousElementSibling) {
    if (above.matches("h3")) return above.dataset.question;
  }
  return "";
}

/** Lists questions that complete what has been typed. */
export async function suggest(context, text, signal) {
  const { box, ui, el, phrase, announce, fetch } = context;
  // By POST: with GET, the visitor's words would end up in logs of addresses.
  const found = await fetch("suggest", { q: text }, signal).catch(() => null);
  const { list, input } = ui;
  if (!found || signal.aborted || box.shadowRoot.activeElement !== input) return;
  const suggestions = found.suggestions.slice(0, 4);
  list.replaceChildren(
    ...suggestions.map(({ id, question, by_phone: byPhone }, at) =>
      el(
        "li",
        {
          id: `option${at}`,
          role: "option",
          "data-do": "entry",
          "data-arg": id,
          "data-question": question,
          "aria-selected": "false",
        },
        el("span", question, byPhone && " ", byPhone && el("span.lead", phrase("byPhone"))),
      ),
    ),
  );
  if (list.hidden) list.said = 0;
  list.hidden = !suggestions.length;
  // As many as there is room for: a list that scrolls could not be reached by Tab.
  while (list.children[1] && list.scrollHeight > list.clientHeight) list.lastChild.remove();
  const n = list.children.length;
  input.removeAttribute("aria-activedescendant");
  // Once the visitor pauses, and not again for as many.
  clearTimeout(context.settling);
  context.settling = setTimeout(() => {
    if (list.hidden || list.said === n) return;
    list.said = n;
    announce(phrase(n === 1 ? "suggestionOne" : "suggestionCount", { n }));
  }, SETTLED);
}

/** Shows whether the office is open, if it states its hours, and keeps that true. */
export async function hours(context) {
  const { box, fetch } = context;
  clearTimeout(context.hoursTimer);
  if (!box.isConnected) return;
  // Each minute: at midnight "tomorrow" becomes "today", and timers stand still in a phone's sleep.
  context.hoursTimer = setTimeout(() => hours(context), 60000);
  if (!box.isOpen) return;
  if (!(Date.now() + context.clockError < Date.parse(context.opening?.until))) {
    const { hours: opening } = await fetch("practice").catch(() => ({}));
    context.opening = opening;
    context.clockError = opening?.now ? Date.parse(opening.now) - Date.now() : 0;
  }
  // It states none, which a minute does not change.
  if (context.opening === null) clearTimeout(context.hoursTimer);
  context.hours = context.opening ? openingText(context) : "";
  box.shadowRoot.querySelectorAll(".hours").forEach((line) => {
    if (line.textContent !== context.hours) line.textContent = context.hours;
  });
}

/** "Closed now, opens today 8:00 AM", by the office's clock. */
function openingText({ phrase, opening, clockError }) {
  const { open, until, zone: timeZone, closing } = opening;
  const lang = locale(phrase("lang"));
  const change = new Date(until);
  const show = (options) => change.toLocaleString(lang, { timeZone, ...options });
  const clock = { hour: "numeric", minute: "2-digit" };
  // Where the visitor's own clock shows another time, the zone is named.
  const elsewhere = show(clock) !== change.toLocaleString(lang, clock);
  const time = show({ ...clock, timeZoneName: elsewhere ? "short" : undefined });
  // Swedish dates are written 2026-11-30.
  const midnight = (at) => Date.parse(new Date(at).toLocaleDateString("sv", { timeZone }));
  const days = (midnight(until) - midnight(Date.now() + clockError)) / 864e5;
  const date = days > 6 && { month: "long", day: "numeric" };
  const later = show({ weekday: "long", ...date });
  const day = days > 1 ? later : phrase(days ? "dayTomorrow" : "dayToday");
  const key = closing && !open ? "closedFor" : open ? "openNow" : "closedNow";
  return phrase(key, { time, day, reason: closing });
}

/** The language of the words as `Intl` takes it: "en_US", as many sites write, is an error there. */
function locale(lang) {
  try {
    return Intl.getCanonicalLocales(lang.replaceAll("_", "-"))[0];
  } catch {
    return undefined;
  }
}
