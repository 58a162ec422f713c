/**
 * The chat box: <faq-chat>. Plain JavaScript with nothing to build.
 *
 * The server sends this file with the styles, the words and the practice in place of the bundle
 * below, and without these comments (faqbot/widget.py). For that, every comment has its own line
 * and no text runs over several lines.
 */
(function (bundle) {
  "use strict";

  const SCRIPT = document.currentScript;
  const LIMIT = 500;
  const TIMEOUT = 12000;
  // Ends at the width and the height where a floating box would leave no room for the page.
  const SMALL = matchMedia("(max-width: 32em), (max-height: 30em)");

  const SVG = "http://www.w3.org/2000/svg";
  const ICONS = {
    chat: "M4 5h16v11H9l-5 4z",
    close: "M6 6l12 12M18 6L6 18",
    restart: "M5 12a7 7 0 1 0 2-5M7 3v4h4",
    send: "M12 19V5M6 11l6-6 6 6",
    phone: "M6 3h3l2 5-2 2a12 12 0 0 0 5 5l2-2 5 2v3a2 2 0 0 1-2 2A16 16 0 0 1 4 5a2 2 0 0 1 2-2z",
    alert: "M12 3l10 18H2zM12 10v5M12 18v.5",
  };

  // What an answer may hold; anything else in it is shown as its text alone.
  const TAGS = /^(p|br|strong|em|ul|ol|li|a|h3|h4|blockquote)$/;
  const ENTITIES = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'", "#x27": "'" };

  // The same rules as in faqbot/personal.py; tests/personal_cases.json holds both to them.
  const MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\\.?";
  const PERSONAL = [
    /[^\s@]+@[^\s@]+\.[a-z]{2,}/i,
    /\b\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)?\d\d\b|\b(?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2}\b/,
    new RegExp(`\\b${MONTH} \\d{1,2}(?:st|nd|rd|th)?,? (?:19|20)\\d\\d\\b`, "i"),
    new RegExp(`\\b\\d{1,2}(?:st|nd|rd|th)? (?:of )?${MONTH},? (?:19|20)\\d\\d\\b`, "i"),
  ];
  const NUMBER = /(?:\d[-\s./()]{0,2}){6,}\d/g;

  /** An element with attributes and children; attributes that are null or false are left out. */
  function el(tag, attributes, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value !== null && value !== undefined && value !== false) {
        node.setAttribute(name, value === true ? "" : value);
      }
    }
    node.append(...children.flat().filter((child) => child || child === 0));
    return node;
  }

  function icon(name) {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    svg.append(document.createElementNS(SVG, "path"));
    svg.firstChild.setAttribute("d", ICONS[name]);
    return svg;
  }

  /**
   * An answer's HTML as nodes, built tag by tag and never through innerHTML: so nothing in it can
   * run, and pages that require Trusted Types take it.
   */
  function rich(html) {
    const root = document.createDocumentFragment();
    const open = [root];
    for (const [piece, end, tag, rest] of html.matchAll(/<(\/?)(\w+)([^>]*)>|[^<]+|</g)) {
      const here = open[open.length - 1];
      if (!tag) {
        here.append(piece.replace(/&(\w+|#\w+);/g, (whole, name) => ENTITIES[name] || whole));
      } else if (!TAGS.test(tag)) {
        continue;
      } else if (end) {
        if (open.length > 1) open.pop();
      } else {
        const node = tag === "a" ? link(rest) : el(tag);
        here.append(node);
        if (tag !== "br") open.push(node);
      }
    }
    return root;
  }

  function link(attributes) {
    const href = (/href="([^"]*)"/.exec(attributes) || ["", ""])[1].replaceAll("&amp;", "&");
    if (href.startsWith("#")) return el("a", { href, "data-do": "entry", "data-arg": href.slice(1) });
    if (/^(tel|mailto):/.test(href)) return el("a", { href });
    if (/^(https?:\/\/|\/)/.test(href)) return el("a", { href, target: "_blank", rel: "noopener" });
    return el("span");
  }

  /** "(646) 916-3962" as "6 4 6, 9 1 6, 3 9 6 2": screen readers say millions otherwise. */
  function spoken(number) {
    return number.match(/\d+/g).map((digits) => [...digits].join(" ")).join(", ");
  }

  class FaqChat extends HTMLElement {
    #words = { ...bundle.words };
    #practice = bundle.practice;
    #turns = [];
    #misses = 0;
    #turn = 0;
    #waiting = false;
    #hours = "";
    #hoursEnd = 0;
    #opener = null;
    #listening = null;
    #ui = null;
    #timers = {};

    connectedCallback() {
      this.#listening = new AbortController();
      if (!this.shadowRoot) this.#install();
      const { signal } = this.#listening;
      this.shadowRoot.addEventListener("click", (event) => this.#click(event), { signal });
      SMALL.addEventListener("change", () => this.#refit(), { signal });
      document.addEventListener("keydown", (event) => this.#pageKey(event), { signal });
      document.addEventListener("focusin", (event) => this.#pageFocus(event), { signal });
      if (this.inline) this.#show();
      else this.#resume();
    }

    disconnectedCallback() {
      this.#listening.abort();
      Object.values(this.#timers).forEach(clearTimeout);
    }

    get inline() {
      return this.hasAttribute("inline");
    }

    get isOpen() {
      return Boolean(this.#ui) && (this.inline || this.#ui.panel.hasAttribute("data-open"));
    }

    /** Opens the box and moves the focus into it. */
    open() {
      this.#opener = this.shadowRoot.activeElement || document.activeElement;
      this.#show();
      this.#focusIn();
    }

    close() {
      if (!this.isOpen || this.inline) return;
      const inside = this.shadowRoot.activeElement;
      this.#hide();
      this.#save();
      if (inside) this.#focusOut();
    }

    /** Asks as if the visitor had typed it. */
    ask(text) {
      if (!this.isOpen) this.open();
      this.#ui.input.value = text;
      this.#submit();
    }

    // The parts

    #install() {
      this.#readWords();
      const root = this.attachShadow({ mode: "open" });
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(bundle.css);
      // A <style> element would be blocked by the content security policy of many sites.
      root.adoptedStyleSheets = [sheet];
      if (this.inline) return;
      root.append(
        el(
          "div",
          { class: "launcher", part: "launcher", lang: this.#words.lang },
          el(
            "button",
            { type: "button", class: "launch", "data-do": "open", "aria-haspopup": "dialog" },
            icon("chat"),
            el("span", null, this.#say("launcher")),
          ),
          this.#iconButton("close", "dismiss", "dismiss"),
        ),
      );
    }

    /** The words: from the server, then a JSON script of the page, then attributes `word-…`. */
    #readWords() {
      const json = this.querySelector("script[type='application/json']");
      const table = json || document.getElementById("faq-chat-words");
      try {
        if (table) Object.assign(this.#words, JSON.parse(table.textContent));
      } catch (error) {
        console.warn("faq-chat: the words are no JSON", error);
      }
      const keys = new Map(Object.keys(this.#words).map((key) => [key.toLowerCase(), key]));
      for (const { name, value } of this.attributes) {
        const key = name.startsWith("word-") && keys.get(name.slice(5).replaceAll("-", ""));
        if (key) this.#words[key] = value;
      }
      if (this.lang) this.#words.lang = this.lang;
    }

    #say(key, values) {
      const all = { name: this.#practice.name, ...values };
      return this.#words[key].replace(/\{(\w+)\}/g, (whole, name) => all[name] ?? whole);
    }

    #iconButton(name, action, word) {
      const text = this.#say(word);
      const attributes = { type: "button", class: `icon ${action}`, title: text };
      return el("button", { ...attributes, "data-do": action, "aria-label": text }, icon(name));
    }

    #build() {
      const { lang, dir } = this.#words;
      const log = el("div", {
        class: "log",
        part: "log",
        role: "log",
        tabindex: "0",
        "aria-label": this.#say("title"),
        // What is new is told by the two live regions below, once each and without the buttons.
        "aria-live": "off",
      });
      const polite = el("div", { class: "unseen", role: "status" });
      const assertive = el("div", { class: "unseen", role: "alert" });
      const form = this.#buildForm();
      const inner = el("div", { class: "inner" }, this.#buildHeader(), log, form, polite, assertive);
      const panel = el(
        this.inline ? "section" : "dialog",
        {
          class: "panel",
          part: "panel",
          lang,
          dir: dir || null,
          popover: !this.inline && "manual",
          "aria-labelledby": "title",
          "aria-describedby": this.inline ? null : "about",
        },
        inner,
      );
      this.#ui = { panel, inner, log, polite, assertive, form, ...this.#parts(form) };
      this.#listen();
      log.append(this.#intro());
      this.shadowRoot.append(panel);
    }

    #buildHeader() {
      return el(
        "header",
        { part: "header" },
        el(
          "div",
          { class: "names" },
          el("h2", { id: "title", tabindex: "-1" }, this.#say("title")),
          el("p", null, this.#say("subtitle")),
        ),
        this.#iconButton("restart", "startOver", "startOver"),
        !this.inline && this.#iconButton("close", "close", "close"),
      );
    }

    #buildForm() {
      const input = el("input", {
        id: "question",
        type: "text",
        role: "combobox",
        autocomplete: "off",
        enterkeyhint: "send",
        placeholder: this.#say("placeholder"),
        "aria-autocomplete": "list",
        "aria-expanded": "false",
        "aria-controls": "suggestions",
        "aria-describedby": "notice",
        dir: "auto",
      });
      return el(
        "form",
        { novalidate: true },
        el("ul", {
          id: "suggestions",
          role: "listbox",
          "aria-label": this.#say("suggestions"),
          hidden: true,
        }),
        el("p", { id: "notice", class: "notice", hidden: true }),
        el(
          "div",
          { class: "field" },
          el("label", { class: "unseen", for: "question" }, this.#say("label")),
          input,
          el(
            "button",
            { class: "send", title: this.#say("send"), "aria-label": this.#say("send") },
            icon("send"),
          ),
        ),
      );
    }

    #parts(form) {
      return {
        input: form.querySelector("input"),
        list: form.querySelector("ul"),
        notice: form.querySelector(".notice"),
        send: form.querySelector(".send"),
      };
    }

    #listen() {
      const { panel, form, input, list } = this.#ui;
      panel.addEventListener("cancel", (event) => {
        event.preventDefault();
        this.close();
      });
      panel.addEventListener("close", () => this.close());
      // Typed letters are no shortcuts of the page around.
      for (const type of ["keydown", "keyup", "keypress"]) {
        panel.addEventListener(type, (event) => event.stopPropagation());
      }
      panel.addEventListener("keydown", (event) => this.#key(event));
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        this.#submit();
      });
      input.addEventListener("input", () => this.#typed());
      input.addEventListener("blur", () => this.#closeList());
      // A press on a suggestion must not blur the field before the click arrives.
      list.addEventListener("mousedown", (event) => event.preventDefault());
      if (window.visualViewport && !this.inline) {
        visualViewport.addEventListener("resize", () => this.#fitKeyboard());
        visualViewport.addEventListener("scroll", () => this.#fitKeyboard());
      }
    }

    #intro() {
      const { emergency, greeting, starters } = this.#practice;
      const call = this.#say("callEmergency", emergency);
      const [before, after] = this.#say("cannot", { call: "\n" }).split("\n");
      return el(
        "div",
        { class: "turn intro" },
        el(
          "div",
          { id: "about", class: "about" },
          el("p", null, this.#say("can")),
          el("p", null, before, el("a", { href: emergency.href }, call), after),
        ),
        greeting && el("div", { class: "bubble", dir: "auto" }, el("p", null, greeting)),
        this.#questions("starters", starters),
      );
    }

    /** Questions as buttons, under a heading. */
    #questions(word, entries) {
      if (!entries || !entries.length) return null;
      return el(
        "div",
        { class: "questions", role: "group", "aria-label": this.#say(word) },
        el("p", { class: "lead" }, this.#say(word)),
        entries.map(({ id, question }) =>
          el("button", { type: "button", "data-do": "entry", "data-arg": id, dir: "auto" }, question),
        ),
      );
    }

    #phones(phones, size) {
      return el(
        "div",
        { class: `phones ${size}` },
        (phones && phones.length ? phones : this.#practice.phones).map(({ label, number, href }) =>
          el(
            "a",
            { class: "phone", href },
            icon("phone"),
            el("span", null, `${this.#say("call", { label })} `),
            el("span", { class: "number", "aria-hidden": "true" }, number),
            el("span", { class: "unseen" }, spoken(number)),
          ),
        ),
        el("p", { class: "hours" }, this.#hours),
      );
    }

    // Opening and closing

    #show() {
      if (!this.#ui) {
        this.#build();
        this.#turns.forEach((turn) => this.#ui.log.append(this.#render(turn)));
      }
      if (!this.inline) this.#openPanel();
      this.#learnHours();
      this.#toEnd();
    }

    /** On a small screen a modal dialog, so that the focus cannot get lost behind it. */
    #openPanel() {
      const { panel } = this.#ui;
      if (this.isOpen) return;
      panel.setAttribute("data-open", SMALL.matches ? "full" : "float");
      if (SMALL.matches) panel.showModal();
      else if (panel.showPopover) panel.showPopover();
      else panel.show();
      this.toggleAttribute("open", true);
      this.#fitKeyboard();
    }

    #hide() {
      const { panel } = this.#ui;
      const how = panel.getAttribute("data-open");
      panel.removeAttribute("data-open");
      this.#closeList();
      if (how === "float" && panel.hidePopover) panel.hidePopover();
      else panel.close();
      this.toggleAttribute("open", false);
    }

    /** After the window was turned or zoomed. */
    #refit() {
      if (!this.isOpen || this.inline) return;
      const focused = this.shadowRoot.activeElement;
      this.#hide();
      this.#openPanel();
      if (focused) focused.focus();
    }

    #focusIn() {
      // On a touch screen the keyboard would cover the greeting.
      const touch = matchMedia("(pointer: coarse)").matches;
      (touch ? this.shadowRoot.getElementById("title") : this.#ui.input).focus();
    }

    #focusOut() {
      const opener = this.#opener;
      const back = opener && opener.isConnected && opener !== document.body && opener !== this;
      (back ? opener : this.shadowRoot.querySelector(".launch")).focus();
    }

    /** Keeps the box above the on-screen keyboard, which covers the page and does not resize it. */
    #fitKeyboard() {
      const { style } = this.#ui.panel;
      style.setProperty("--view-height", `${visualViewport.height}px`);
      style.setProperty("--view-top", `${visualViewport.offsetTop}px`);
    }

    #pageKey(event) {
      if (event.key === "Escape" && !event.defaultPrevented) this.close();
    }

    /** The launcher steps aside when it would lie on what has the focus. */
    #pageFocus({ target }) {
      const launcher = this.shadowRoot.querySelector(".launcher");
      if (!launcher) return;
      const a = launcher.getBoundingClientRect();
      const b = target === this ? null : target.getBoundingClientRect();
      const apart =
        !b || a.right < b.left || b.right < a.left || a.bottom < b.top || b.bottom < a.top;
      launcher.classList.toggle("aside", !apart && b.height < innerHeight / 2);
    }

    #key(event) {
      const { key } = event;
      const options = [...this.#ui.list.children];
      const open = !this.#ui.list.hidden;
      if (key === "Escape") {
        event.preventDefault();
        if (open) this.#closeList();
        else this.close();
      } else if (open && (key === "ArrowDown" || key === "ArrowUp")) {
        event.preventDefault();
        const now = options.findIndex((option) => option.ariaSelected === "true");
        const step = key === "ArrowDown" ? 1 : -1;
        // One place more than there are options: the text as typed.
        this.#select((now + 1 + step + options.length + 1) % (options.length + 1) - 1);
      }
    }

    #click(event) {
      const target = event.target.closest("[data-do]");
      if (!target) return;
      if (target.tagName === "A") event.preventDefault();
      const { do: action, arg } = target.dataset;
      const actions = {
        open: () => this.open(),
        close: () => this.close(),
        dismiss: () => this.#dismiss(),
        startOver: () => this.#startOver(),
        entry: () => this.#choose(arg, target.textContent),
        again: () => this.#again(),
        helpful: () => this.#feedback(target, arg),
        copy: () => this.#copy(target),
        print: () => this.#print(target),
      };
      actions[action]();
    }

    #dismiss() {
      this.hidden = true;
      this.#save();
    }

    // Asking

    #submit() {
      const { input, list } = this.#ui;
      const active = list.querySelector("[aria-selected=true]");
      if (active) return this.#choose(active.dataset.arg, active.textContent);
      const text = input.value.trim();
      if (!text || this.#waiting) return undefined;
      if (text.length > LIMIT) return this.#count(true);
      if (this.#isPersonal(text)) return this.#notice(this.#say("personal"), true);
      const after = this.#lastAnswer();
      return this.#send({ you: text, path: "api/ask", body: { question: text, after } });
    }

    #choose(id, question) {
      if (this.#waiting) return;
      const known = this.#knownQuestion(id) || question;
      this.#send({ you: known, path: `api/entries/${encodeURIComponent(id)}`, chosen: true });
    }

    /** A link in an answer says "overnight stay"; the question it leads to is better to read. */
    #knownQuestion(id) {
      const replies = this.#turns.flatMap(({ reply }) => (reply ? reply.related || [] : []));
      const entry = [...replies, ...this.#practice.starters].find((other) => other.id === id);
      return entry && entry.question;
    }

    #again() {
      const failed = this.#turns.find((turn) => turn.error);
      if (failed) this.#send(failed.again);
      this.#ui.input.focus();
    }

    async #send(message) {
      const turn = ++this.#turn;
      const { input } = this.#ui;
      this.#dropFailed();
      this.#closeList();
      this.#notice("");
      this.#add({ you: message.you, chosen: message.chosen });
      if (!message.chosen || input.value.trim() === message.you) input.value = "";
      this.#wait(true);
      const result = await this.#fetch(message.path, message.body).then(
        (reply) => this.#judged(reply, message),
        (error) => ({ error: this.#reason(error), again: message }),
      );
      // The visitor started over meanwhile.
      if (turn !== this.#turn) return;
      this.#wait(false);
      this.#add(result);
      if (result.error && !message.chosen && !input.value) input.value = message.you;
    }

    async #fetch(path, body, signal) {
      const server = this.getAttribute("server") || (SCRIPT && SCRIPT.src) || location.href;
      const response = await fetch(new URL(path, server), {
        method: body ? "POST" : "GET",
        body: body && JSON.stringify(body),
        credentials: "omit",
        signal: signal || AbortSignal.timeout(TIMEOUT),
      });
      if (!response.ok) throw Object.assign(new Error(path), { status: response.status });
      return response.status === 204 ? null : response.json();
    }

    #reason(error) {
      if (navigator.onLine === false) return "errorOffline";
      return error.status === 429 || error.status === 503 ? "errorBusy" : "errorDown";
    }

    /** Counts misses: after the second in a row the phones come before the words. */
    #judged(reply, message) {
      const miss = reply.kind === "choices" || (reply.kind === "office" && !reply.small_talk);
      if (reply.kind === "answer" || reply.kind === "emergency") this.#misses = 0;
      else if (miss && !message.chosen) this.#misses += 1;
      return { reply, person: miss && this.#misses >= 2 };
    }

    #lastAnswer() {
      const last = this.#turns[this.#turns.length - 1];
      const entry = last && last.reply && last.reply.kind === "answer" && last.reply.entries[0];
      return entry ? entry.id : undefined;
    }

    #isPersonal(text) {
      const own = this.#practice.phones.map(({ number }) => number.replace(/\D/g, ""));
      const numbers = (text.match(NUMBER) || []).map((number) => number.replace(/\D/g, ""));
      const strange = numbers.some((digits) => !own.some((phone) => digits.endsWith(phone)));
      return strange || PERSONAL.some((rule) => rule.test(text));
    }

    // The conversation

    #add(turn) {
      this.#turns.push(turn);
      const { log } = this.#ui;
      const node = this.#render(turn);
      log.append(node);
      this.#save();
      if (turn.you) {
        this.#toEnd();
      } else {
        this.#toStart(node.previousElementSibling || node);
        this.#announce(turn);
      }
    }

    #dropFailed() {
      const { log } = this.#ui;
      const at = this.#turns.findIndex((turn) => turn.error);
      if (at < 1) return;
      this.#turns.splice(at - 1, 2);
      const node = log.querySelector(".failed");
      node.previousElementSibling.remove();
      node.remove();
    }

    #render(turn) {
      if (turn.you) {
        const mark = el("span", { class: "unseen" }, `${this.#say("you")}: `);
        return el("div", { class: "turn you" }, el("p", { class: "bubble", dir: "auto" }, mark, turn.you));
      }
      if (turn.error) return this.#renderError(turn);
      const { kind, lang } = turn.reply;
      const parts = {
        emergency: () => this.#renderEmergency(turn.reply),
        answer: () => this.#renderAnswer(turn.reply),
        choices: () => this.#renderChoices(turn),
        office: () => this.#renderOffice(turn),
      };
      const node = el("div", { class: `turn ${kind}`, lang: lang || null });
      node.append(...parts[kind in parts ? kind : "office"]().filter(Boolean));
      return node;
    }

    #renderError({ error }) {
      return el(
        "div",
        { class: "turn failed" },
        el("p", { class: "bubble" }, el("strong", null, this.#say("notSent")), " ", this.#say(error)),
        el("button", { type: "button", class: "again", "data-do": "again" }, this.#say("again")),
        this.#phones(null, "large"),
      );
    }

    #renderEmergency({ message, emergency, emergency_numbers: numbers, phones }) {
      const first = emergency || this.#practice.emergency;
      const others = (numbers || []).filter(({ href }) => href !== first.href);
      const call = (number, href, word) =>
        el("a", { class: "call", href }, icon("phone"), word || this.#say("emergencyCall", { number }));
      return [
        el(
          "div",
          { class: "card", role: "group", "aria-label": this.#say("emergency") },
          el("h3", null, icon("alert"), this.#say("emergency")),
          el("p", { class: "message", dir: "auto" }, message),
          call(first.number, first.href),
          others.map(({ label, number, href }) => call(number, href, label)),
        ),
        el("p", { class: "lead" }, this.#say("notEmergency")),
        this.#phones(phones, "small"),
      ];
    }

    #renderAnswer({ message, entries, related, phones }) {
      return [
        message && el("p", { class: "bubble" }, message),
        ...entries.map((entry) => this.#renderEntry(entry, entries.length > 1)),
        this.#questions("related", related),
        this.#phones(phones, "small"),
      ];
    }

    #renderEntry(entry, titled) {
      const { id, question, html, quotes } = entry;
      return el(
        "article",
        { class: "bubble", "data-question": question },
        titled && el("h3", null, question),
        el("div", { class: "answer", dir: "auto" }, rich(html)),
        quotes && quotes.length > 0 && this.#source(entry),
        el(
          "div",
          { class: "tools" },
          el(
            "span",
            { class: "helpful", role: "group", "aria-label": this.#say("helpful") },
            el("span", null, this.#say("helpful")),
            this.#tool("helpful", "yes", id),
            this.#tool("helpful", "no", id),
          ),
          navigator.clipboard && this.#tool("copy", "copy"),
          this.#tool("print", "print"),
        ),
      );
    }

    #tool(action, word, id) {
      const attributes = { type: "button", "data-do": action, "data-id": id, "data-arg": word };
      return el("button", attributes, this.#say(word));
    }

    #source({ id, quotes, page }) {
      const server = this.getAttribute("server") || (SCRIPT && SCRIPT.src) || location.href;
      const href = page || new URL(`faq#${encodeURIComponent(id)}`, server).href;
      return el(
        "details",
        null,
        el("summary", null, this.#say("source")),
        quotes.map((quote) => el("blockquote", { dir: "auto" }, quote)),
        el("a", { href, target: "_blank", rel: "noopener" }, this.#say("sourceLink")),
      );
    }

    #renderChoices({ reply: { message, entries, phones }, person }) {
      const phone = this.#phones(phones, person ? "large" : "small");
      const list = this.#questions("choices", entries);
      const text = message && el("p", { class: "bubble" }, message);
      return person ? [this.#person(phone), list] : [text, list, phone];
    }

    #renderOffice({ reply: { message, related, phones, small_talk: smallTalk }, person }) {
      const phone = this.#phones(phones, smallTalk ? "small" : "large");
      const text = el("p", { class: "bubble", dir: "auto" }, message);
      const more = this.#questions("related", related);
      return person ? [this.#person(phone), more] : [text, phone, more];
    }

    #person(phone) {
      return el("div", { class: "bubble person" }, el("h3", null, this.#say("person")), phone);
    }

    /** Says once what is new, without the buttons around it. */
    #announce({ reply, error }) {
      const { polite, assertive } = this.#ui;
      const region = reply && reply.kind === "emergency" ? assertive : polite;
      region.textContent = error ? this.#say(error) : this.#gist(reply);
      clearTimeout(this.#timers.quiet);
      // Left in place, it would be read a second time by whoever walks through the box.
      this.#timers.quiet = setTimeout(() => (region.textContent = ""), 8000);
    }

    #gist({ kind, message, entries }) {
      const texts = kind === "choices" ? entries.map(({ question }) => question) : [];
      if (kind === "choices" && !message) texts.unshift(this.#say("choices"));
      if (kind === "answer") texts.push(...entries.map(({ text }) => text));
      return [message, ...texts].filter(Boolean).join(" ");
    }

    /** The dots show only when the answer takes long enough to be waited for. */
    #wait(on) {
      const { log, send, polite } = this.#ui;
      this.#waiting = on;
      send.setAttribute("aria-disabled", on);
      clearTimeout(this.#timers.dots);
      const dots = log.querySelector(".dots");
      if (dots) dots.remove();
      if (!on) return;
      this.#timers.dots = setTimeout(() => {
        const bubble = el("div", { class: "turn dots" }, el("p", { class: "bubble" }, el("i"), el("i"), el("i")));
        bubble.append(el("span", { class: "unseen" }, this.#say("thinking")));
        log.append(bubble);
        polite.textContent = this.#say("thinking");
        this.#toEnd();
      }, 300);
    }

    get #scroller() {
      const { log, inner } = this.#ui;
      return getComputedStyle(log).overflowY === "visible" ? inner : log;
    }

    #toEnd() {
      const scroller = this.#scroller;
      scroller.scrollTop = this.#turns.length ? scroller.scrollHeight : 0;
    }

    /** A long answer is read from its start, so the question goes to the top. */
    #toStart(node) {
      const scroller = this.#scroller;
      const top = node.getBoundingClientRect().top - scroller.getBoundingClientRect().top - 12;
      scroller.scrollTop += top;
    }

    #startOver() {
      this.#turn += 1;
      this.#turns = [];
      this.#misses = 0;
      this.#wait(false);
      this.#notice("");
      this.#ui.input.value = "";
      this.#ui.log.replaceChildren(this.#intro());
      this.#save();
      this.#focusIn();
    }

    async #feedback(button, word) {
      const { id } = button.dataset;
      const group = button.parentElement;
      const text = this.#say(word === "yes" ? "thanks" : "sorry");
      group.replaceChildren(el("span", { tabindex: "-1" }, text));
      group.firstChild.focus();
      this.#ui.polite.textContent = text;
      // Lost feedback is not worth a word to the visitor.
      await this.#fetch("api/helpful", { id, helpful: word === "yes" }).catch(() => null);
    }

    async #copy(button) {
      const bubble = button.closest(".bubble");
      const answer = bubble.querySelector(".answer").innerText.trim();
      const { name, phones } = this.#practice;
      const from = `${name}, ${phones[0].number}`;
      await navigator.clipboard.writeText([bubble.dataset.question, answer, from].join("\n\n"));
      button.textContent = this.#say("copied");
      this.#ui.polite.textContent = this.#say("copied");
    }

    /** Prints the answer alone: the page around is hidden for as long as it takes. */
    #print(button) {
      const bubble = button.closest(".bubble");
      const page = el("faq-chat-print");
      const hide = new CSSStyleSheet();
      hide.replaceSync(
        "@media print{body>*{display:none!important}body>faq-chat-print{display:block!important}}@media screen{faq-chat-print{display:none!important}}",
      );
      const { name, phones } = this.#practice;
      const quotes = [...bubble.querySelectorAll("blockquote")].map((quote) => quote.cloneNode(true));
      page.attachShadow({ mode: "open" }).append(
        el("h1", null, bubble.dataset.question),
        bubble.querySelector(".answer").cloneNode(true),
        ...quotes,
        el("p", null, [name, ...phones.map(({ number }) => number)].join(" · ")),
      );
      document.body.append(page);
      document.adoptedStyleSheets = [...document.adoptedStyleSheets, hide];
      addEventListener(
        "afterprint",
        () => {
          page.remove();
          document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== hide);
        },
        { once: true },
      );
      print();
    }

    // While typing

    #typed() {
      this.#count();
      clearTimeout(this.#timers.suggest);
      if (this.#timers.stale) this.#timers.stale.abort();
      const text = this.#ui.input.value.trim();
      if (text.length < 3 || text.length > 80 || this.#isPersonal(text)) return this.#closeList();
      this.#timers.suggest = setTimeout(() => this.#suggest(text), 150);
      return undefined;
    }

    async #suggest(text) {
      const stale = new AbortController();
      this.#timers.stale = stale;
      // By POST: an address with the visitor's words in it would end up in logs.
      const found = await this.#fetch("api/suggest", { q: text }, stale.signal).catch(() => null);
      if (stale.signal.aborted || !found || this.#ui.input.value.trim() !== text) return;
      this.#list(found.suggestions.slice(0, 4));
    }

    #list(suggestions) {
      const { list, input, polite } = this.#ui;
      if (!suggestions.length || this.shadowRoot.activeElement !== input) return this.#closeList();
      list.replaceChildren(
        ...suggestions.map(({ id, question }, at) =>
          el(
            "li",
            { id: `option${at}`, role: "option", "data-do": "entry", "data-arg": id, "aria-selected": "false" },
            question,
          ),
        ),
      );
      list.hidden = false;
      input.setAttribute("aria-expanded", "true");
      polite.textContent = this.#say("suggestionCount", { n: suggestions.length });
      return undefined;
    }

    #select(at) {
      const { list, input } = this.#ui;
      [...list.children].forEach((option, n) => option.setAttribute("aria-selected", n === at));
      if (at < 0) return input.removeAttribute("aria-activedescendant");
      list.children[at].scrollIntoView({ block: "nearest" });
      return input.setAttribute("aria-activedescendant", `option${at}`);
    }

    #closeList() {
      const { list, input } = this.#ui;
      clearTimeout(this.#timers.suggest);
      if (this.#timers.stale) this.#timers.stale.abort();
      list.hidden = true;
      list.replaceChildren();
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    }

    #count(loud) {
      const left = LIMIT - this.#ui.input.value.trim().length;
      if (left < 0) this.#notice(this.#say("tooLong", { n: -left }), loud);
      else this.#notice(left <= 100 ? this.#say("left", { n: left }) : "");
    }

    #notice(text, loud) {
      const { notice, input, polite } = this.#ui;
      notice.textContent = text;
      notice.hidden = !text;
      notice.classList.toggle("wrong", Boolean(loud));
      input.setAttribute("aria-invalid", Boolean(loud));
      if (!loud) return;
      polite.textContent = text;
      input.focus();
    }

    // What stays while the visitor walks through the site, until the tab closes

    get #key_() {
      return "faq-chat";
    }

    #save() {
      try {
        if (!this.#turns.length && !this.hidden) sessionStorage.removeItem(this.#key_);
        else sessionStorage.setItem(this.#key_, JSON.stringify(this.#state()));
      } catch {
        // Storage may be full or forbidden; the conversation then ends with the page.
      }
    }

    #state() {
      const turns = this.#turns.slice(-40);
      return { turns, misses: this.#misses, open: this.isOpen, dismissed: this.hidden };
    }

    #resume() {
      let state = null;
      try {
        state = JSON.parse(sessionStorage.getItem(this.#key_));
      } catch {
        // As above.
      }
      if (!state) return;
      this.#turns = state.turns;
      this.#misses = state.misses;
      this.hidden = state.dismissed;
      // A full screen that opens by itself would hide the page that was asked for.
      if (state.open && !SMALL.matches) this.#show();
    }

    /** The office's hours, where the practice gives them; asked for again once they are over. */
    async #learnHours() {
      if (Date.now() < this.#hoursEnd) return;
      const practice = await this.#fetch("api/practice").catch(() => null);
      const hours = practice && practice.hours;
      if (!hours) return;
      this.#hoursEnd = Date.parse(hours.until);
      this.#hours = this.#sayHours(hours);
      this.shadowRoot.querySelectorAll(".hours").forEach((node) => (node.textContent = this.#hours));
    }

    #sayHours({ open, until, zone }) {
      const at = new Date(until);
      const format = (options) =>
        new Intl.DateTimeFormat(this.#words.lang, { timeZone: zone, ...options }).format(at);
      const time = format({ hour: "numeric", minute: "2-digit" });
      return this.#say(open ? "openNow" : "closedNow", { time, day: format({ weekday: "long" }) });
    }
  }

  /** Where a page holds no <faq-chat>, one comes by itself: the one line is enough. */
  function place() {
    if (document.querySelector("faq-chat")) return;
    const chat = el("faq-chat");
    for (const { name, value } of SCRIPT ? SCRIPT.attributes : []) {
      if (name.startsWith("data-")) chat.setAttribute(name.slice(5), value);
    }
    document.body.append(chat);
  }

  if (customElements.get("faq-chat")) return;
  customElements.define("faq-chat", FaqChat);
  window.FaqChat = FaqChat;
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", place);
  else place();
})(/*bundle*/ { css: "", words: {}, practice: { name: "", phones: [], starters: [] } } /*end*/);
