/**
 * The chat box: <faq-chat>. Plain JavaScript with nothing to build.
 *
 * The server sends this file with the styles, the words and the practice in place of the bundle
 * below, and without these comments (faqbot/app/widget.py). For that, every comment has its own line
 * and no text runs over several lines.
 */
(function () {
  "use strict";

  const bundle = /*bundle*/ { css: "", words: {}, practice: {} } /*end*/;
  const SCRIPT = document.currentScript;
  const LIMIT = 2000;
  const TIMEOUT = 12000;
  // Ends at the width and the height where a floating box would leave no room for the page.
  const SMALL = matchMedia("(max-width: 32em), (max-height: 30em)");

  const SVG = "http://www.w3.org/2000/svg";
  const ICONS = {
    chat: "M4 5h16v11H9l-5 4z",
    close: "M6 6l12 12M18 6L6 18",
    yes: "M5 13l4 4L19 7",
    restart: "M5 12a7 7 0 1 0 2-5M7 3v4h4",
    send: "M12 19V5M6 11l6-6 6 6",
    phone: "M6 3h3l2 5-2 2a12 12 0 0 0 5 5l2-2 5 2v3a2 2 0 0 1-2 2A16 16 0 0 1 4 5a2 2 0 0 1 2-2z",
    alert: "M12 3l10 18H2zM12 10v5M12 18v.5",
  };

  // What an answer may hold; anything else in it is shown as its text alone.
  const TAGS = /^(p|br|strong|em|ul|ol|li|a|h3|h4|blockquote)$/;
  const ENTITIES = { amp: "&", lt: "<", gt: ">", quot: '"' };

  // The same rules as in faqbot/privacy.py; tests/cases/personal.json holds both to them.
  const MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\\.?";
  const PERSONAL = [
    /[^\s@]+@[^\s@]+\.[a-z]{2,}/gi,
    /\b\d{1,2}([-/.])\d{1,2}\1(?:19|20)?\d\d\b|\b(?:19|20)\d\d([-/.])\d{1,2}\2\d{1,2}\b/g,
    new RegExp(`\\b(?:\\d+[a-z]* (?:of )?${MONTH}|${MONTH} \\d+[a-z]*),? (?:19|20)\\d\\d\\b`, "gi"),
  ];
  const NUMBER = /(?:\d[-\s./()]{0,2}){6,}\d/g;
  const NOBODYS = /^(?:(?:(?:19|20)\d\d\D+)*(?:19|20)\d\d|(?:\d{5}[\s/]+)+\d{5})$/;

  /**
   * An element: el("p.lead", { dir: "auto" }, "text", child). What is undefined, null or false is
   * left out, of attributes and of children.
   */
  function el(name, ...children) {
    const [tag, ...classes] = name.split(".");
    const node = document.createElement(tag);
    if (classes[0]) node.className = classes.join(" ");
    const attributes = children[0]?.constructor === Object ? children.shift() : {};
    for (const key in attributes) {
      const value = attributes[key];
      if (value) node.setAttribute(key, value === true ? "" : value);
    }
    node.append(...children.flat(9).filter(Boolean));
    return node;
  }

  function on(target, types, does, options) {
    for (const type of types.split(" ")) target.addEventListener(type, does, options);
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
        here.append(piece.replace(/&(\w+);/g, (whole, name) => ENTITIES[name] || whole));
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
    // The link for appointments is the only one with a class; staff cannot write any.
    const name = /^ class/.test(attributes) ? "a.book" : "a";
    if (/^(https?:\/\/|\/)/.test(href)) return el(name, { href, target: "_blank", rel: "noopener" });
    return el("span");
  }

  /** "(646) 555-0142" as "6 4 6, 5 5 5, 0 1 4 2": screen readers say millions otherwise. */
  function spoken(number) {
    return number.match(/\d+/g).map((digits) => [...digits].join(" ")).join(", ");
  }

  class FaqChat extends HTMLElement {
    #words = { ...bundle.words };
    #practice = bundle.practice;
    // What was said: { you } | { reply, person } | { error, again }
    #turns = [];
    // Messages in a row that got no answer.
    #misses = 0;
    // Counts what was sent, so that a reply that comes too late is dropped.
    #sent = 0;
    #waiting = false;
    #opener = null;
    #listening = null;
    #suggesting = null;
    #timers = {};
    #tools;
    // What the second script works with; `hours` is a line that it writes.
    #kit = {
      el,
      on,
      box: this,
      practice: this.#practice,
      words: this.#words,
      say: (...all) => this.#say(...all),
      tell: (text) => this.#tell(text),
      fetch: (...all) => this.#fetch(...all),
    };
    // The parts of the box, from its first opening on.
    #ui = null;

    connectedCallback() {
      if (!this.shadowRoot) this.#install();
      this.#listening = new AbortController();
      const { signal } = this.#listening;
      on(this.shadowRoot, "click", (event) => this.#click(event), { signal });
      on(SMALL, "change", () => this.#refit(), { signal });
      on(document, "keydown", (event) => this.#pageKey(event), { signal });
      on(document, "focusin", (event) => this.#pageFocus(event), { signal });
      on(visualViewport, "resize scroll", () => this.#fitKeyboard(), { signal });
      this.#resume();
    }

    disconnectedCallback() {
      this.#listening.abort();
      if (this.isOpen && !this.inline) this.#hide();
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
      this.hidden = false;
      this.#opener = this.shadowRoot.activeElement || document.activeElement;
      this.#show();
      this.#focusIn();
      this.#save();
    }

    /** Closes the box; the focus returns to where it was if it was inside. */
    close() {
      if (!this.isOpen || this.inline) return;
      const inside = this.shadowRoot.activeElement || this.#ui.panel.open;
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
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(bundle.css);
      this.#readWords();
      const root = this.attachShadow({ mode: "open" });
      // A <style> element would be blocked by the content security policy of many sites.
      root.adoptedStyleSheets = [sheet];
      if (this.inline) return;
      const launch = { type: "button", "data-do": "open", "aria-haspopup": "dialog" };
      root.append(
        el(
          "div.launcher",
          { part: "launcher", lang: this.#words.lang, dir: this.#words.dir },
          el("button.launch", launch, icon("chat"), el("span", this.#say("launcher"))),
          this.#iconButton("close", "dismiss"),
        ),
      );
    }

    /** The words: the server's, then a JSON script of the page, then attributes `word-…`. */
    #readWords() {
      const script = this.querySelector("script") || document.getElementById("faq-chat-words");
      const page = this.closest("[lang]");
      try {
        const table = script ? JSON.parse(script.textContent) : {};
        Object.assign(this.#words, table, table[page?.lang]);
      } catch (error) {
        console.warn("faq-chat: the words are no JSON:", error.message);
      }
      for (const key in this.#words) {
        const value = this.getAttribute(`word-${key}`);
        if (value !== null) this.#words[key] = value;
      }
    }

    /** A text of the table, in the language of a reply where the table has it. */
    #say(key, values, lang) {
      const all = { name: this.#practice.name, ...values };
      const words = { ...this.#words, ...this.#words[lang] };
      return words[key].replace(/\{(\w+)\}/g, (whole, name) => all[name] ?? whole);
    }

    #iconButton(name, action) {
      const text = this.#say(action);
      const attributes = { type: "button", title: text, "aria-label": text, "data-do": action };
      return el(`button.icon.${action}`, attributes, icon(name));
    }

    #build() {
      const { lang, dir } = this.#words;
      const { inline } = this;
      const log = el("div.log", {
        role: "log",
        tabindex: "0",
        "aria-label": this.#say("title"),
        // What is new is told by the two live regions below, once each and without the buttons.
        "aria-live": "off",
      });
      const polite = el("div.unseen", { role: "status" });
      const assertive = el("div.unseen", { role: "alert" });
      const form = this.#buildForm();
      const inner = el("div.inner", this.#buildHeader(), log, form, polite, assertive);
      const panel = el(
        inline ? "section.panel" : "dialog.panel",
        {
          part: "panel",
          lang,
          dir,
          popover: !inline && "manual",
          "aria-labelledby": "title",
          "aria-describedby": !inline && "about",
        },
        inner,
      );
      const [input, list, notice, send] = ["input", "ul", ".notice", ".send"].map((part) =>
        form.querySelector(part),
      );
      this.#ui = { panel, inner, log, polite, assertive, input, list, notice, send };
      this.#kit.ui = this.#ui;
      this.#listen(form);
      this.#notice();
      log.append(this.#intro());
      try {
        log.append(...this.#turns.map((turn) => this.#render(turn)));
      } catch {
        // Stored by another version, or spoilt.
        this.#turns = [];
      }
      this.shadowRoot.append(panel);
    }

    #buildHeader() {
      return el(
        "div.head",
        el(
          "div.names",
          el("h2", { id: "title", tabindex: "-1" }, this.#say("title")),
          el("p", this.#say("subtitle")),
        ),
        this.#iconButton("restart", "startOver"),
        !this.inline && this.#iconButton("close", "close"),
      );
    }

    #buildForm() {
      const send = this.#say("send");
      const input = el("input", {
        id: "question",
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
        el("ul", {
          id: "suggestions",
          role: "listbox",
          "aria-label": this.#say("suggestions"),
          hidden: true,
        }),
        el("div.notice"),
        el(
          "div.field",
          el("label.unseen", { for: "question" }, this.#say("label")),
          input,
          el("button.send", { "aria-label": send }, icon("send")),
        ),
      );
    }

    #listen(form) {
      const { panel, input, list } = this.#ui;
      on(panel, "cancel", (event) => {
        event.preventDefault();
        this.close();
      });
      on(panel, "close", () => this.close());
      on(panel, "keydown", (event) => this.#key(event));
      // Typed letters are no shortcuts of the page around.
      on(panel, "keydown keyup keypress", (event) => event.stopPropagation());
      on(form, "submit", (event) => {
        event.preventDefault();
        this.#submit();
      });
      on(input, "input", () => this.#typed());
      on(input, "blur", () => this.#closeList());
      // A press on a suggestion must not blur the field before the click arrives.
      on(list, "mousedown", (event) => event.preventDefault());
    }

    #intro() {
      const { greeting, starters } = this.#practice;
      return el(
        "div.turn",
        el(
          "div.bubble",
          greeting && el("p", { dir: "auto" }, greeting),
          el(
            "div.about",
            { id: "about" },
            el("p", icon("yes"), el("span", this.#say("can"))),
            el("p", icon("close"), el("span", this.#calling("cannot"))),
          ),
        ),
        this.#questions(this.#say("starters"), starters),
      );
    }

    /** A text of the table, with the link to the emergency number within it. */
    #calling(key) {
      const { emergency } = this.#practice;
      const call = this.#say("callEmergency", emergency);
      const [before, after] = this.#say(key, { call }).split(call);
      return [before, el("a", { href: emergency.href }, call), after];
    }

    /** Questions as buttons, under a heading. */
    #questions(title, entries) {
      if (!entries?.length) return null;
      return el(
        "div.questions",
        { role: "group", "aria-label": title },
        el("p.lead", title),
        entries.map(({ id, question }) =>
          el("button", { type: "button", "data-do": "entry", "data-arg": id, dir: "auto" }, question),
        ),
      );
    }

    /** Where no answer is given (`urgent`), danger may stay unseen: whom to call then is said too. */
    #phones(size, phones = this.#practice.phones, urgent = size === "large") {
      const { label: book, url } = this.#practice.schedule || {};
      return el(
        `div.phones.${size}`,
        urgent && el("p.urgent", this.#calling("urgent")),
        phones.map(({ label, number, href }) =>
          el(
            "a.phone",
            { href },
            icon("phone"),
            el(
              "span",
              el("span", `${this.#say("call", { label })} `),
              el("span.number", { "aria-hidden": "true" }, number),
              el("span.unseen", spoken(number)),
            ),
          ),
        ),
        size === "large" && url && el("a.book", { href: url, target: "_blank", rel: "noopener" }, book),
        el("p.hours", this.#kit.hours),
      );
    }

    // Opening and closing

    #show() {
      if (!this.#ui) this.#build();
      if (!this.inline) this.#openPanel();
      this.#tools ??= import(this.#url("tools.js")).catch(() => null);
      this.#use("hours");
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
      panel.removeAttribute("data-open");
      this.#closeList();
      if (panel.open) panel.close();
      else panel.hidePopover();
      this.toggleAttribute("open", false);
    }

    /** After the window was turned or zoomed. */
    #refit() {
      if (!this.isOpen || this.inline) return;
      const focused = this.shadowRoot.activeElement;
      this.#hide();
      this.#openPanel();
      focused?.focus();
    }

    #focusIn() {
      // On a touch screen the keyboard would cover the greeting.
      const touch = matchMedia("(pointer: coarse)").matches;
      (touch ? this.shadowRoot.getElementById("title") : this.#ui.input).focus();
    }

    #focusOut() {
      const opener = this.#opener;
      const back = opener?.isConnected && opener !== document.body;
      (back ? opener : this.shadowRoot.querySelector(".launch")).focus();
    }

    /** Keeps the box above the on-screen keyboard, which covers the page and does not resize it. */
    #fitKeyboard() {
      if (!this.isOpen) return;
      const { height, offsetTop } = visualViewport;
      const { style } = this.#ui.panel;
      style.setProperty("--view-height", `${height}px`);
      style.setProperty("--view-top", `${offsetTop}px`);
    }

    #pageKey(event) {
      if (event.key === "Escape" && !event.defaultPrevented) this.close();
    }

    /** The launcher steps aside when it would lie on what has the focus. */
    #pageFocus({ target }) {
      const launcher = this.shadowRoot.querySelector(".launcher");
      if (!launcher) return;
      const a = launcher.getBoundingClientRect();
      const b = target.getBoundingClientRect();
      const over = a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
      launcher.classList.toggle("aside", over && target !== this && b.height < innerHeight / 2);
    }

    #key(event) {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      const { list } = this.#ui;
      if (event.key === "Escape") {
        event.preventDefault();
        if (list.hidden) this.close();
        else this.#closeList();
      } else if (step && !list.hidden) {
        event.preventDefault();
        const now = [...list.children].findIndex((option) => option.matches("[aria-selected=true]"));
        // One place more than there are suggestions: the text as typed.
        const places = list.children.length + 1;
        this.#select(((now + 1 + step + places) % places) - 1);
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
        entry: () => this.#choose(arg, target),
        again: () => this.#again(),
        calm: () => this.#calm(target),
      };
      const does = actions[action];
      if (does) does();
      else this.#use(action, target);
    }

    #dismiss() {
      this.hidden = true;
      this.#save();
    }

    // Asking

    #submit() {
      const { input, list } = this.#ui;
      const option = list.querySelector("[aria-selected=true]");
      const text = input.value.trim();
      if (option) this.#choose(option.dataset.arg, option);
      else if (this.#waiting) return;
      else if (!text) this.#notice(this.#say("nothing"), true);
      else if (text.length > LIMIT) this.#count(true);
      else this.#question(text);
    }

    /** Sends it without personal details, and with what was typed before: danger may begin there. */
    #question(text) {
      const question = this.#blank(text);
      const typed = this.#turns.filter((turn) => turn.you && !turn.entry);
      const before = typed.slice(-2).map(({ you }) => you);
      const after = this.#shown("answer").pop();
      const choices = this.#shown("choices").slice(0, 8);
      this.#send({ you: question, typed: text, body: { question, after, before, choices } });
      if (question !== text) this.#notice(this.#say("personal"));
    }

    /** The visitor says that it is no emergency: the answer to what was asked, under a caution. */
    #calm(target) {
      const asked = target.closest(".turn").previousElementSibling;
      const question = asked.textContent.slice(this.#say("you").length + 2);
      this.#send({ you: target.textContent, entry: true, body: { question, not_emergency: true } });
    }

    #choose(id, target) {
      if (this.#waiting) return;
      if (target.role === "option") this.#ui.input.value = "";
      this.#send({ you: target.dataset.question || target.textContent, entry: id });
    }

    #again() {
      this.#send(this.#turns.find((turn) => turn.error).again);
      this.#ui.input.focus();
    }

    async #send(message) {
      const sent = ++this.#sent;
      const { input } = this.#ui;
      this.#dropFailed();
      this.#closeList();
      this.#add({ you: message.you, entry: message.entry });
      // Only what is sent leaves the field: a text begun meanwhile stays.
      if (input.value.trim() === (message.typed || message.you)) input.value = "";
      this.#notice();
      this.#wait(true);
      const turn = await this.#ask(message);
      // The visitor started over meanwhile.
      if (sent !== this.#sent) return;
      this.#wait(false);
      this.#add(turn);
      if (turn.error && message.body && !message.entry && !input.value) input.value = message.you;
    }

    async #ask(message) {
      const { body, entry } = message;
      const path = body ? "ask" : `entries/${encodeURIComponent(entry)}`;
      const page = location.pathname.slice(0, 2000);
      try {
        const turn = this.#judged(await this.#fetch(path, body && { ...body, page }), message);
        // What is no reply, such as a hotel's sign-in page, fails here and not half-way on screen.
        this.#render(turn);
        return turn;
      } catch (error) {
        return { error: this.#reason(error), again: message };
      }
    }

    async #fetch(path, body, signal = AbortSignal.timeout(TIMEOUT)) {
      const response = await fetch(this.#url(`api/${path}`), {
        method: body ? "POST" : "GET",
        body: body && JSON.stringify(body),
        credentials: "omit",
        signal,
      });
      if (!response.ok) throw response;
      return response.status === 204 ? null : response.json();
    }

    /** Beside the script, unless the attribute `server` says where: some sites copy scripts. */
    #url(path) {
      return new URL(path, this.getAttribute("server") || SCRIPT?.src || location).href;
    }

    #reason({ status }) {
      if (navigator.onLine === false) return "errorOffline";
      return status === 429 || status === 503 ? "errorBusy" : "errorDown";
    }

    /** Counts misses: after the second in a row the phones come before the words. */
    #judged(reply, message) {
      const { kind } = reply;
      const miss = kind === "choices" || (kind === "office" && !reply.small_talk);
      if (kind === "answer" || kind === "emergency") this.#misses = 0;
      else if (miss && message.body) this.#misses += 1;
      return { reply, person: miss && this.#misses >= 2 };
    }

    /** The ids of what the last reply answered, or of the choices in it. */
    #shown(kind) {
      const { reply } = this.#turns.filter((turn) => turn.reply).pop() || {};
      const parts = (reply?.parts || [reply]).filter((part) => part?.kind === kind);
      return parts.flatMap(({ entries }) => entries.map(({ id }) => id));
    }

    #blank(text) {
      const digits = (number) => number.replace(/\D/g, "");
      const own = this.#practice.phones.map(({ number }) => digits(number));
      const isOwn = (number) => own.some((phone) => digits(number).endsWith(phone));
      const blanked = PERSONAL.reduce((left, rule) => left.replace(rule, "●●●"), text);
      return blanked.replace(NUMBER, (number) => (isOwn(number) || NOBODYS.test(number) ? number : "●●●"));
    }

    // The conversation

    #add(turn) {
      this.#turns.push(turn);
      this.#save();
      const node = this.#render(turn);
      this.#ui.log.append(node);
      if (turn.you) return this.#toEnd();
      this.#toStart(node.previousElementSibling);
      return this.#announce(turn);
    }

    #dropFailed() {
      const at = this.#turns.findIndex((turn) => turn.error);
      if (at < 0) return;
      this.#turns.splice(at - 1, 2);
      const node = this.#ui.log.querySelector(".failed");
      node.previousElementSibling.remove();
      node.remove();
    }

    #render(turn) {
      const { you, error, reply } = turn;
      if (you) {
        const mark = el("span.unseen", `${this.#say("you")}: `);
        return el("div.turn.you", el("p.bubble", { dir: "auto" }, mark, you));
      }
      if (error) return this.#renderError(error);
      const { kind, caution } = reply;
      return el(
        `div.turn.${kind}`,
        caution && this.#renderCaution(reply),
        kind === "emergency" ? this.#renderEmergency(reply) : this.#renderReply(turn),
      );
    }

    /** Where it may be an emergency: a calm line above the reply. */
    #renderCaution({ caution: { message, numbers }, language: lang }) {
      return el(
        "div.bubble.caution",
        { lang },
        el("p", { dir: "auto" }, icon("alert"), message),
        numbers.map(({ href, label }) => el("a", { href }, icon("phone"), label)),
      );
    }

    #renderError(error) {
      return el(
        "div.turn.failed",
        el("p.bubble", el("strong", this.#say("notSent")), " ", this.#say(error)),
        el("button.again", { type: "button", "data-do": "again" }, this.#say("again")),
        this.#phones("large"),
      );
    }

    #renderEmergency({ message, emergency_numbers: numbers, language: lang, phones, urgency }) {
      const { emergency } = this.#practice;
      // What must be seen today is no reason to call the emergency number.
      const today = urgency === "today";
      const title = this.#say(today ? "today" : "emergency", {}, lang);
      const again = { type: "button", "data-do": "calm" };
      return [
        el(
          "div.card",
          { role: "group", "aria-label": title, lang },
          el("h3", icon("alert"), el("span", title)),
          (today ? [] : numbers || [emergency]).map(({ href, number, label }) =>
            el(
              "a.call",
              { href },
              icon("phone"),
              number === emergency.number ? this.#say("emergencyCall", { number }, lang) : label,
            ),
          ),
          el("p.message", { dir: "auto" }, message),
        ),
        el("div.questions", el("button", again, this.#say("notEmergency", {}, lang))),
        this.#phones(today ? "large" : "small", phones),
      ];
    }

    /** A reply has one part, or one for each question of a message. */
    #renderReply({ reply, person }) {
      const { parts = [reply], related, phones, small_talk: talk } = reply;
      const kinds = parts.map(({ kind }) => kind);
      const small = talk || kinds.every((kind) => /^(answer|choices)$/.test(kind));
      // Asked once whether it helped, below the last answer.
      const last = kinds.lastIndexOf("answer");
      const ids = parts.flatMap(({ entries = [] }) => entries.map(({ id }) => id));
      return [
        person && this.#person(phones),
        parts.map((part, at) => this.#renderPart(part, at === last)),
        this.#questions(this.#say("related"), related?.filter(({ id }) => !ids.includes(id))),
        !person && this.#phones(small ? "small" : "large", phones),
      ];
    }

    /** Under the visitor's words, where it is one of several parts. */
    #renderPart({ text, kind, message, entries }, last) {
      return [
        text && el("h3.lead", { dir: "auto" }, text),
        kind === "choices"
          ? this.#questions(message || this.#say("choices"), entries)
          : message && el("p.bubble", { dir: "auto" }, message),
        kind === "answer" && entries.map((entry) => this.#renderEntry(entry, entries[1], last)),
      ];
    }

    #renderEntry(entry, titled, last) {
      const { id, question, html, quotes } = entry;
      const helpful = this.#say("helpful");
      return el(
        "article.bubble",
        { "data-question": question },
        titled && el("h3", question),
        el("div.answer", { dir: "auto" }, rich(html)),
        quotes?.length && this.#source(entry),
        el(
          "div.tools",
          last &&
            el(
              "span.helpful",
              { role: "group", "aria-label": helpful },
              el("span", helpful),
              this.#tool("helpful", "yes", id),
              this.#tool("helpful", "no", id),
            ),
          el("span.helpful", navigator.clipboard && this.#tool("copy", "copy"), this.#tool("print", "print")),
        ),
      );
    }

    #tool(action, word, id) {
      const attributes = { type: "button", "data-do": action, "data-id": id, "data-arg": word };
      return el("button", attributes, this.#say(word));
    }

    #source({ id, quotes, page }) {
      const href = page || this.#url(`faq#${encodeURIComponent(id)}`);
      return el(
        "details",
        el("summary", this.#say("source")),
        quotes.map((quote) => el("blockquote", { dir: "auto" }, quote)),
        el("a", { href, target: "_blank", rel: "noopener" }, this.#say("sourceLink")),
      );
    }

    #person(phones) {
      return el("div.bubble.person", el("h3", this.#say("person")), this.#phones("large", phones));
    }

    /** Says once what is new, without the buttons around it. */
    #announce({ reply, error, person }) {
      if (error) return this.#refuse(this.#say(error));
      const { kind, caution, parts = [reply] } = reply;
      const texts = [
        this.#ui.notice.textContent,
        caution?.message,
        person && this.#say("person"),
        parts.map(({ text, message, entries = [] }) => [
          text && `${text}:`,
          message,
          entries.map((entry) => entry.text || entry.question),
        ]),
      ];
      return this.#tell(texts.flat(9).filter(Boolean).join(" "), kind === "emergency");
    }

    #refuse(text) {
      this.#tell(`${text} ${el("p", this.#calling("urgent")).textContent}`);
    }

    #tell(text, loud) {
      const { polite, assertive } = this.#ui;
      const region = loud ? assertive : polite;
      region.textContent = text;
      clearTimeout(this.#timers.quiet);
      // Left in place, it would be read a second time by whoever walks through the box.
      this.#timers.quiet = setTimeout(() => region.replaceChildren(), 8000);
    }

    /** The dots show only when the answer takes long enough to be waited for. */
    #wait(on) {
      const { log, send } = this.#ui;
      const dots = log.querySelector(".dots");
      this.#waiting = on;
      send.setAttribute("aria-disabled", on);
      clearTimeout(this.#timers.dots);
      dots?.remove();
      if (!on) return;
      this.#timers.dots = setTimeout(() => {
        log.append(el("div.turn.dots", el("p.bubble", el("i"), el("i"), el("i"))));
        this.#tell(this.#say("thinking"));
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
      const [goal, now] = [node, scroller].map((box) => box.getBoundingClientRect().top);
      scroller.scrollTop += goal - now - 12;
    }

    #startOver() {
      this.#sent += 1;
      this.#turns = [];
      this.#misses = 0;
      this.#wait(false);
      this.#notice();
      this.#ui.input.value = "";
      this.#ui.log.replaceChildren(this.#intro());
      this.#save();
      this.#toEnd();
      this.#focusIn();
    }

    /** Does what is in the second script, which comes when the box first opens. */
    async #use(tool, ...given) {
      return (await this.#tools)?.[tool]?.(this.#kit, ...given);
    }

    // While typing

    #typed() {
      this.#count();
      this.#select(-1);
      this.#stopSuggesting();
      const text = this.#ui.input.value.trim();
      if (text.length < 3 || text.length > 80 || this.#blank(text) !== text) this.#closeList();
      else this.#timers.suggest = setTimeout(() => this.#suggest(text), 150);
    }

    #stopSuggesting() {
      clearTimeout(this.#timers.suggest);
      this.#suggesting?.abort();
    }

    #suggest(text) {
      this.#suggesting = new AbortController();
      this.#use("suggest", text, this.#suggesting.signal);
    }

    #select(at) {
      const { list, input } = this.#ui;
      [...list.children].forEach((option, n) => {
        option.setAttribute("aria-selected", n === at);
        if (n === at) list.scrollTop = option.offsetTop - list.clientHeight / 2;
      });
      if (at < 0) input.removeAttribute("aria-activedescendant");
      else input.setAttribute("aria-activedescendant", `option${at}`);
    }

    #closeList() {
      const { list, input } = this.#ui;
      this.#stopSuggesting();
      list.hidden = true;
      list.replaceChildren();
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    }

    #count(loud) {
      const left = LIMIT - this.#ui.input.value.trim().length;
      if (left < 0) this.#notice(this.#say("tooLong", { n: -left }), loud);
      else this.#notice(left <= 100 && this.#say("left", { n: left }));
    }

    #notice(text, loud) {
      const { notice, input } = this.#ui;
      const phones = loud && this.#phones("small", this.#practice.phones, true);
      notice.replaceChildren(el("div", el("p", { id: "notice" }, text), phones));
      notice.hidden = !text;
      notice.classList.toggle("wrong", Boolean(loud));
      input.setAttribute("aria-invalid", Boolean(loud));
      if (!loud) return;
      this.#refuse(text);
      input.focus();
    }

    // What stays while the visitor walks through the site, until the tab closes

    /** Each practice's by itself: a site may show several, on one page after the other. */
    get #store() {
      return `faq-chat ${this.#practice.name} ${this.#url(".")}`;
    }

    #save() {
      const turns = this.#turns.slice(-40);
      const state = { turns, misses: this.#misses, open: this.isOpen, hidden: this.hidden };
      try {
        if (turns.length || this.hidden) sessionStorage.setItem(this.#store, JSON.stringify(state));
        else sessionStorage.removeItem(this.#store);
      } catch {
        // Full or forbidden: the conversation then ends with the page.
      }
    }

    #resume() {
      let state = {};
      try {
        state = JSON.parse(sessionStorage.getItem(this.#store)) || {};
      } catch {
        // As above.
      }
      if (!this.#ui) {
        this.#turns = state.turns || [];
        this.#misses = state.misses || 0;
        this.hidden = Boolean(state.hidden) && !this.inline;
      }
      // A full screen that opens by itself would hide the page that was asked for.
      if (this.inline) this.#show();
      else if (state.open && !SMALL.matches) this.#reopen();
    }

    /** Shows the box again without taking the focus, which a <dialog> does unless it is inert. */
    #reopen() {
      if (!this.#ui) this.#build();
      const { panel } = this.#ui;
      panel.inert = true;
      this.#show();
      panel.inert = false;
    }
  }

  /** Where a page holds no <faq-chat>, one comes by itself: the one line is enough. */
  function place() {
    if (document.querySelector("faq-chat")) return;
    const chat = el("faq-chat");
    for (const { name, value } of SCRIPT?.attributes ?? []) {
      if (name.startsWith("data-")) chat.setAttribute(name.slice(5), value);
    }
    document.body.append(chat);
  }

  // Before Safari 16.4: the page keeps what it has within <faq-chat>.
  if (customElements.get("faq-chat") || !CSSStyleSheet.prototype.replaceSync) return;
  customElements.define("faq-chat", FaqChat);
  if (document.readyState === "loading") on(document, "DOMContentLoaded", place);
  else place();
})();
