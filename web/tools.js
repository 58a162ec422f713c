/**
 * What is needed only once the box is open, and loaded then: suggestions, the office's hours, and
 * the buttons below an answer.
 *
 * Each function is given a context: `box` is the <faq-chat>, `ui` its elements, `phrase` gives a
 * text from the words, `announce` reads one to screen readers, `fetch` asks the server; `el` and
 * `on` are those of widget.js.
 */

/** Prints the answer alone: the page around it is hidden meanwhile. */
export function print({ box, practice, el, on }, button) {
  const { name, phones } = practice;
  const bubble = button.closest(".bubble");
  const paper = el("faq-chat-paper");
  paper.attachShadow({ mode: "open" }).append(
    el("h1", bubble.dataset.question),
    ...[...bubble.querySelectorAll(".answer, blockquote")].map((node) => node.cloneNode(true)),
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
    // Not allowed here.
  }
  if (!events) cleanUp();
}

/** Copies the answer with the practice's name and first number. */
export async function copy({ practice, phrase, announce }, button) {
  const bubble = button.closest(".bubble");
  const answer = bubble.querySelector(".answer");
  const from = `${practice.name}, ${practice.phones[0].number}`;
  const text = [bubble.dataset.question, answer.innerText.trim(), from].join("\n\n");
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = phrase("copied");
    announce(phrase("copied"));
  } catch {
    // Not allowed here: select it, so that it can be copied by hand.
    getSelection().selectAllChildren(answer);
  }
}

/** Sends whether the answer helped, and if it did not, what was asked. */
export function helpful({ el, phrase, fetch }, button) {
  const { id, arg } = button.dataset;
  const yes = arg === "yes";
  const question = yes ? "" : asked(button.closest(".bubble"), phrase);
  const thanks = el("span", { tabindex: "-1" }, phrase(yes ? "thanks" : "sorry"));
  button.parentElement.replaceChildren(thanks);
  thanks.focus();
  // Lost feedback is not worth telling the visitor about.
  fetch("helpful", { id, helpful: yes, question }).catch(() => {});
}

/** What the visitor asked; of several parts, the words above this one. */
function asked(bubble, phrase) {
  for (let above = bubble.previousElementSibling; above; above = above.previousElementSibling) {
    if (above.matches("h3")) return above.textContent;
  }
  const turn = bubble.closest(".turn").previousElementSibling;
  return turn ? turn.textContent.slice(phrase("you").length + 2) : "";
}

/** Lists questions that complete what has been typed. */
export async function suggest({ box, ui, el, phrase, announce, fetch }, text, signal) {
  // By POST: with GET, the visitor's words would end up in logs of addresses.
  const found = await fetch("suggest", { q: text }, signal).catch(() => null);
  const { list, input } = ui;
  if (!found || signal.aborted || box.shadowRoot.activeElement !== input) return;
  const suggestions = found.suggestions.slice(0, 4);
  const n = suggestions.length;
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
  list.hidden = !n;
  input.setAttribute("aria-expanded", n > 0);
  input.removeAttribute("aria-activedescendant");
  if (n) announce(phrase("suggestionCount", { n }));
}

/** Shows whether the office is open, if it states its hours; asks again once that has changed. */
export async function hours(context) {
  if (Date.now() < context.hoursEnd) return;
  const { hours } = await context.fetch("practice").catch(() => ({}));
  if (!hours) return;
  const { open, until, zone: timeZone } = hours;
  const show = (options) =>
    new Date(until).toLocaleString(context.words.lang, { timeZone, ...options });
  const time = show({ hour: "numeric", minute: "2-digit" });
  const day = show({ weekday: "long" });
  context.hoursEnd = Date.parse(until);
  context.hours = context.phrase(open ? "openNow" : "closedNow", { time, day });
  context.box.shadowRoot.querySelectorAll(".hours").forEach((line) => {
    line.textContent = context.hours;
  });
}
