/**
 * What is done with an answer: printed or copied. The box loads it when it is first opened.
 *
 * `box` is the <faq-chat>, `bubble` the answer in it; `el` and `on` are those of widget.js.
 */

/** Prints the answer alone: the page around is hidden for as long as it takes. */
export function print({ box, bubble, practice, el, on }) {
  const { name, phones } = practice;
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

/** Copies the answer with the practice's name and first number; `done` is called where it could. */
export async function copy({ bubble, practice, done }) {
  const answer = bubble.querySelector(".answer");
  const from = `${practice.name}, ${practice.phones[0].number}`;
  const text = [bubble.dataset.question, answer.innerText.trim(), from].join("\n\n");
  try {
    await navigator.clipboard.writeText(text);
    done();
  } catch {
    // Not allowed here: selected, it can be copied by hand.
    getSelection().selectAllChildren(answer);
  }
}
