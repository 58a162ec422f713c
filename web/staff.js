// Progressive enhancement of the staff desk: every page works without it.
"use strict";

const TYPING_DELAY = 400; // ms after the last key before the form is checked

for (const part of document.querySelectorAll("[data-without-script]")) part.hidden = true;
for (const part of document.querySelectorAll("[data-with-script]")) part.hidden = false;
(document.querySelector("[data-focus]") || document.querySelector("[data-told]"))?.focus();
for (const form of document.querySelectorAll("form[data-guard]")) guard(form);
for (const form of document.querySelectorAll("form[data-preview]")) previewEntry(form);
for (const form of document.querySelectorAll("form[data-check]")) checkFile(form);

// What is typed and not saved is not lost by accident: the browser asks before leaving.
function guard(form) {
  let changed = false;
  const leaving = (event) => {
    if (changed) event.preventDefault();
  };
  form.addEventListener("input", () => {
    changed = true;
    const saved = form.querySelector("#saved");
    if (saved && !saved.textContent) saved.textContent = "Not saved yet.";
  });
  form.addEventListener("submit", () => (changed = false));
  addEventListener("beforeunload", leaving);
  form.addEventListener("keydown", (event) => {
    if (event.key !== "s" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    form.requestSubmit(form.querySelector("button.primary"));
  });
}

// Sends what is typed once the keys rest, and shows what comes back; late replies are dropped.
function watch(form, address, read, show) {
  let timer = 0;
  let latest = 0;
  const send = async () => {
    const mine = ++latest;
    const answer = await ask(address, read());
    if (mine === latest) show(answer);
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(send, TYPING_DELAY);
  });
}

async function ask(address, value) {
  const token = document.querySelector("meta[name=csrf-token]").content;
  const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
  try {
    const body = JSON.stringify(value);
    const answer = await fetch(address, { method: "POST", headers, body, redirect: "error" });
    return await answer.json();
  } catch {
    return { error: "The desk cannot be reached just now. What you typed is still here." };
  }
}

function tell(form, message) {
  const saved = form.querySelector("#saved");
  if (saved.textContent !== message) saved.textContent = message;
}

// One entry: the visitor's view and what is wrong with it, beside the fields.
function previewEntry(form) {
  const read = () => Object.fromEntries([...new FormData(form)].filter(([name]) => name !== "csrf_token"));
  const show = (answer) => {
    tell(form, answer.error || "Not saved yet.");
    if (answer.error) return;
    const page = new DOMParser().parseFromString(answer.html, "text/html");
    document.getElementById("preview").replaceChildren(...page.body.childNodes);
    const reading = form.querySelector("#reading");
    if (reading) reading.textContent = answer.reading ? `Reads like ${answer.reading}.` : "";
    showFieldProblems(form, answer.problems);
  };
  watch(form, form.dataset.preview, read, show);
  for (const choice of form.querySelectorAll("input[name=file][type=radio]")) {
    choice.addEventListener("change", () => fitChoice(form));
  }
  fitChoice(form);
  offerSentences(form);
  offerLinks(form);
}

function showFieldProblems(form, problems) {
  for (const place of form.querySelectorAll("[id^=problems-]")) {
    const field = place.id.slice("problems-".length);
    const mine = problems.filter((problem) => problem.field === field);
    form.querySelector(`#${field}`)?.setAttribute("aria-invalid", String(mine.length > 0));
    place.replaceChildren(...mine.map((problem) => line("p", problem.message, problem.fix)));
  }
}

function line(tag, message, fix) {
  const made = document.createElement(tag);
  const more = document.createElement("span");
  more.textContent = fix;
  made.append(`${message} `, more);
  return made;
}

// A new entry that only the office can answer has no answer and no quotes to fill in.
function fitChoice(form) {
  const file = form.querySelector("input[name=file]:checked");
  if (!file) return;
  const quiet = { "call-the-office.md": [".for-answer", ".for-quotes"] };
  const others = ["office.md", "emergencies.md", "small-talk.md"].includes(file.value) ? [".for-quotes"] : [];
  const hidden = quiet[file.value] || others;
  for (const part of [".for-answer", ".for-quotes"]) {
    form.querySelector(part).hidden = hidden.includes(part);
  }
}

// The sentences of the page become buttons that add them to the quotes.
function offerSentences(form) {
  const quotes = form.querySelector("#quotes");
  const list = document.getElementById("sentences");
  if (!quotes || !list) return;
  list.removeAttribute("tabindex");
  for (const item of list.children) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = item.textContent;
    button.addEventListener("click", () => {
      const lines = quotes.value.split("\n").filter((text) => text.trim());
      if (!lines.includes(button.textContent)) lines.push(button.textContent);
      quotes.value = lines.join("\n");
      quotes.dispatchEvent(new Event("input", { bubbles: true }));
      mark();
    });
    item.replaceChildren(button);
  }
  const mark = () => {
    const quoted = quotes.value.toLowerCase();
    for (const item of list.children) {
      item.classList.toggle("quoted", quoted.includes(item.textContent.toLowerCase()));
    }
  };
  quotes.addEventListener("input", mark);
  mark();
}

// Puts a button to another entry into the answer, where the caret is.
function offerLinks(form) {
  const answer = form.querySelector("#answer");
  const choice = form.querySelector("#link");
  form.querySelector("#add-link")?.addEventListener("click", () => {
    if (!choice.value) return choice.focus();
    const words = choice.selectedOptions[0].textContent.replace(/[[\]]/g, "");
    const { selectionStart: start, selectionEnd: end, value } = answer;
    const said = value.slice(start, end).trim() || words;
    const space = start && !/\s/.test(value[start - 1]) ? " " : "";
    answer.setRangeText(`${space}[${said}](#${choice.value})`, start, end, "end");
    answer.dispatchEvent(new Event("input", { bubbles: true }));
    answer.focus();
    choice.value = "";
  });
}

// A whole file: numbered lines, and its problems beside them.
function checkFile(form) {
  const text = form.querySelector("#text");
  const gutter = document.getElementById("gutter");
  const box = document.getElementById("problems");
  const name = form.elements.name.value;
  let wrong = linesOf(box);
  let drawn = "";
  const draw = () => {
    const count = text.value.split("\n").length;
    const key = `${count}:${[...wrong].join()}`;
    if (key !== drawn) number(gutter, count, wrong);
    drawn = key;
  };
  const show = (answer) => {
    tell(form, answer.error || "Not saved yet.");
    if (answer.error) return;
    wrong = listProblems(box, answer.problems, name);
    draw();
  };
  watch(form, form.dataset.check, () => ({ name, text: text.value }), show);
  text.addEventListener("input", draw);
  text.addEventListener("scroll", () => (gutter.scrollTop = text.scrollTop));
  box.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-line]");
    if (!link) return;
    event.preventDefault();
    goToLine(text, Number(link.dataset.line));
  });
  const first = Number(text.dataset.goto) || Math.min(...wrong);
  if (Number.isFinite(first)) scrollToLine(text, first);
  new ResizeObserver(() => gutter.style.setProperty("height", `${text.offsetHeight}px`)).observe(text);
  draw();
}

function linesOf(box) {
  const links = [...box.querySelectorAll("a[data-line]")];
  return new Set(links.map((link) => Number(link.dataset.line)).filter(Boolean));
}

function listProblems(box, problems, name) {
  const count = document.getElementById("problems-count");
  const told = problems.length ? `${problems.length} to fix before publishing:` : "Nothing to fix.";
  if (count.textContent !== told) count.textContent = told;
  box.classList.toggle("warn", problems.length > 0);
  box.classList.toggle("good", problems.length === 0);
  box.querySelector("ol").replaceChildren(...problems.map((problem) => item(problem, name)));
  return linesOf(box);
}

function item(problem, name) {
  const made = line("li", `: ${problem.message}`, problem.fix);
  const link = document.createElement("a");
  const own = problem.file === name;
  link.href = "#text";
  link.dataset.line = own ? problem.line : 0;
  const where = problem.line ? `line ${problem.line}` : "the whole file";
  link.textContent = own ? where : `${problem.file}, ${where}`;
  made.prepend(link);
  return made;
}

function number(gutter, count, wrong) {
  const parts = [];
  let plain = "";
  for (let n = 1; n <= count; n++) {
    if (!wrong.has(n)) {
      plain += `${n}\n`;
      continue;
    }
    const marked = document.createElement("mark");
    marked.textContent = n;
    parts.push(plain, marked, "\n");
    plain = "";
  }
  gutter.replaceChildren(...parts, plain);
}

function goToLine(text, wanted) {
  const lines = text.value.split("\n");
  const start = lines.slice(0, Math.max(0, wanted - 1)).join("\n").length + (wanted > 1 ? 1 : 0);
  text.focus();
  text.setSelectionRange(start, start + (lines[wanted - 1] || "").length);
  scrollToLine(text, wanted);
}

function scrollToLine(text, wanted) {
  const height = text.scrollHeight / text.value.split("\n").length;
  text.scrollTop = Math.max(0, (wanted - 5) * height);
}

// Polls a dry run's progress, and reloads the page when it is done.
for (const waiting of document.querySelectorAll("[data-wait]")) {
  pollDryRun(waiting.dataset.wait, waiting.querySelector("progress"));
}

async function pollDryRun(address, bar) {
  for (let failures = 0; failures < 20; ) {
    try {
      const answer = await fetch(address, { redirect: "error" });
      const { over, done, of } = await answer.json();
      if (over) return location.reload();
      if (of) Object.assign(bar, { max: of, value: done });
    } catch {
      failures++; // the server may be starting again
    }
    await new Promise((go) => setTimeout(go, 500));
  }
}
