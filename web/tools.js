/**
 * What is needed only once the box is open, and loaded then: suggestions, the office's hours, and
 * what is done with an answer.
 *
 * Each is given the box's kit: `box` is the <faq-chat>, `ui` its parts, `say` gives a text of the
 * table, `tell` says one to screen readers, `fetch` asks the server; `el` and `on` are those of
 * widget.js.
 */

/** Prints the answer alone: the page around is hidden for as long as it takes. */
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
  // Our own styles outrank the sheet's on this element.
  box.toggleAttribute("printing", true);
  const listening = new AbortController();
  const { signal } = listening;
  const tidy = () => {
    listening.abort();
    box.toggleAttribute("printing", false);
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => one !== sheet);
    paper.remove();
  };
  // The first tells that this is being printed; the next that it was, or that the page is.
  let events = 0;
  on(window, "beforeprint afterprint", () => events++ && tidy(), { signal });
  try {
    window.print();
  } catch {
    // Not allowed here.
  }
  if (!events) tidy();
}

/** Copies the answer with the practice's name and first number. */
export async function copy({ practice, say, tell }, button) {
  const bubble = button.closest(".bubble");
  const answer = bubble.querySelector(".answer");
  const from = `${practice.name}, ${practice.phones[0].number}`;
  const text = [bubble.dataset.question, answer.innerText.trim(), from].join("\n\n");
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = say("copied");
    tell(say("copied"));
  } catch {
    // Not allowed here: selected, it can be copied by hand.
    getSelection().selectAllChildren(answer);
  }
}

/** Takes the visitor's verdict; with what was asked where the answer did not help. */
export function helpful({ el, say, fetch }, button) {
  const { id, arg } = button.dataset;
  const yes = arg === "yes";
  const question = yes ? "" : asked(button.closest(".bubble"), say);
  const said = el("span", { tabindex: "-1" }, say(yes ? "thanks" : "sorry"));
  button.parentElement.replaceChildren(said);
  said.focus();
  // Lost feedback is not worth a word to the visitor.
  fetch("helpful", { id, helpful: yes, question }).catch(() => {});
}

/** What the visitor asked: the words above the answer, where it is one of several parts. */
function asked(bubble, say) {
  for (let above = bubble.previousElementSibling; above; above = above.previousElementSibling) {
    if (above.matches("h3")) return above.textContent;
  }
  const turn = bubble.closest(".turn").previousElementSibling;
  return turn ? turn.textContent.slice(say("you").length + 2) : "";
}

/** Lists questions that go on from what is typed. */
export async function suggest({ box, ui, el, say, tell, fetch }, text, signal) {
  // By POST: an address with the visitor's words in it would end up in logs.
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
        el("span", question, byPhone && " ", byPhone && el("span.lead", say("byPhone"))),
      ),
    ),
  );
  list.hidden = !n;
  input.setAttribute("aria-expanded", n > 0);
  input.removeAttribute("aria-activedescendant");
  if (n) tell(say("suggestionCount", { n }));
}

/** The office's hours, where the practice gives them; asked for again once they are over. */
export async function hours(kit) {
  if (Date.now() < kit.hoursEnd) return;
  const { hours } = await kit.fetch("practice").catch(() => ({}));
  if (!hours) return;
  const { open, until, zone: timeZone } = hours;
  const show = (options) =>
    new Date(until).toLocaleString(kit.words.lang, { timeZone, ...options });
  const time = show({ hour: "numeric", minute: "2-digit" });
  kit.hoursEnd = Date.parse(until);
  kit.hours = kit.say(open ? "openNow" : "closedNow", { time, day: show({ weekday: "long" }) });
  kit.box.shadowRoot.querySelectorAll(".hours").forEach((line) => {
    line.textContent = kit.hours;
  });
}
