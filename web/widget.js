/**
 * The chat box: <faq-chat>. Plain JavaScript without a build step.
 *
 * The server sends this file with the styles, the words and the practice in place of the bundle
 * below, and makes it smaller (faqbot/app/widget.py). The minifier, rjsmin, cannot read a template
 * literal within another.
 */
(function () {
  "use strict";

  const bundle = /*bundle*/ { css: "", words: {}, practice: {}, server: "", tools: "" } /*end*/;
  // A server that does not know of its HTTPS says http.
  const secure = location.protocol === "https:";
  const SERVER = secure ? bundle.server.replace("http:", "https:") : bundle.server;
  // For a module, or where a site combines scripts, there is none, or it is not this one.
  const SCRIPT = document.currentScript ?? document.querySelector(`script[src^="${SERVER}"]`);
  const HOME = /\/widget(-\w+)?\.js/.test(SCRIPT?.src) ? SCRIPT.src : SERVER;
  const LIMIT = 2000;
  const TIMEOUT = 12000;
  // Screens on which a floating box would leave no room for the page.
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

  // The same rules as in faqbot/privacy; tests/cases/personal.json checks both.
  const MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\\.?";
  const PERSONAL = [
    /[^\s@]+@[^\s@]+\.[a-z]{2,}/gi,
    /\b\d{1,2}([-/.])\d{1,2}\1(?:19|20)?\d\d\b|\b(?:19|20)\d\d([-/.])\d{1,2}\2\d{1,2}\b/g,
    new RegExp(`\\b(?:\\d+[a-z]* (?:of )?${MONTH}|${MONTH} \\d+[a-z]*),? (?:19|20)\\d\\d\\b`, "gi"),
  ];
  const NUMBER = /(?:\d[-\s./()]{0,2}){6,}\d/g;
  const IMPERSONAL = /^(?:(?:(?:19|20)\d\d\D+)*(?:19|20)\d\d|(?:\d{5}[\s/]+)+\d{5})$/;

  // Links lead to the web, to a page of ours, to a phone or to mail, whoever sent the reply.
  const SAFE = /^(https?:\/\/|\/|#|(tel|sms|mailto):)/i;

  /**
   * An element: el("p.lead", { dir: "auto" }, "text", child). Attributes and children that are
   * undefined, null or false are left out.
   */
  function el(name, ...children) {
    const [tag, ...classes] = name.split(".");
    const node = document.createElement(tag);
    if (classes[0]) node.className = classes.join(" ");
    const attributes = children[0]?.constructor === Object ? children.shift() : {};
    for (const key in attributes) {
      const value = attributes[key];
      if (value && (key !== "href" || SAFE.test(value))) node.setAttribute(key, value === true ? "" : value);
    }
    node.append(...children.flat(9).filter(Boolean));
    return node;
  }

  function on(target, types, listener, options) {
    for (const type of types.split(" ")) target.addEventListener(type, listener, options);
  }

  function top(node) {
    return node.getBoundingClientRect().top;
  }

  function icon(name) {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    svg.append(document.createElementNS(SVG, "path"));
    svg.firstChild.setAttribute("d", ICONS[name]);
    return svg;
  }

  /** "(646) 555-0142" as "6 4 6, 5 5 5, 0 1 4 2", or screen readers would read out millions. */
  function spoken(number) {
    return number.match(/\d+/g).map((digits) => [...digits].join(" ")).join(", ");
  }

  class FaqChat extends HTMLElement {
    #words = { ...bundle.words };
    #practice = bundle.practice;
    // The conversation: { you, again } | { reply, person } | { error, again }
    #turns = [];
    // What is typed and not sent.
    #draft = "";
    // How many messages in a row got no answer.
    #misses = 0;
    // The number of the last request, so that late replies to earlier ones are dropped.
    #sent = 0;
    #waiting = false;
    #opener = null;
    #listeners = null;
    #suggestRequest = null;
    #timers = {};
    // Where the page keeps the launcher from its corner, which a filter or transform on the body
    // does, it is shown in the top layer. Not elsewhere: there it would cover all notices.
    #watch = new IntersectionObserver(([{ target, isIntersecting, boundingClientRect }]) => {
      if (isIntersecting || !boundingClientRect.width || !target.showPopover) return;
      target.popover = "manual";
      target.showPopover();
    });
    // The part of the conversation that is being read, and how far below the header it stands.
    #reading = {};
    // The size of the box when that was so.
    #size;
    // The promise of tools.js, and what it gave.
    #tools;
    #loadedTools;
    // What tools.js is given; it adds `hours`, a line of text.
    #context = {
      el,
      on,
      box: this,
      practice: this.#practice,
      words: this.#words,
      phrase: (...all) => this.#phrase(...all),
      announce: (text) => this.#announce(text),
      fetch: (...all) => this.#fetch(...all),
      save: () => this.#save(),
      asked: (node) => this.#asked(node),
      addReply: (reply) => this.#addTurn(this.#countMisses(reply, { body: reply })),
      clear: () => this.#restore({}),
      turns: () => this.#turns,
      send: (message) => this.#send(message),
      url: (path) => this.#url(path),
      renderPhones: (...all) => this.#renderPhones(...all),
      renderQuestions: (...all) => this.#renderQuestions(...all),
    };
    // The elements of the box, once it has been opened.
    #ui = null;

    connectedCallback() {
      if (!this.shadowRoot) this.#install();
      this.#listeners = new AbortController();
      const { signal } = this.#listeners;
      const first = { signal, capture: true };
      // Caught at the window, before a page's focus trap can take the click or the focus away.
      on(window, "click", (event) => this.#click(event), first);
      on(window, "focusin focusout keydown", (event) => this.#keepFocus(event), first);
      on(SMALL, "change", () => this.#refit(), { signal });
      on(document, "keydown", (event) => this.#pageKeydown(event), { signal });
      // A click may take away what had the focus, which no event tells.
      on(document, "focusin focusout click", () => this.#pageFocus(), { signal });
      on(visualViewport, "resize scroll", () => this.#fitKeyboard(), { signal });
      // By Back, a page comes as it was left, though the conversation went on elsewhere.
      on(window, "pageshow", (event) => event.persisted && this.#resume(true), { signal });
      if (this.#launcher) this.#watch.observe(this.#launcher);
      this.#resume();
    }

    disconnectedCallback() {
      this.#listeners.abort();
      this.#watch.disconnect();
      queueMicrotask(restoreBox);
      if (this.isOpen && !this.inline) this.#hide();
      Object.values(this.#timers).forEach(clearTimeout);
    }

    get #launcher() {
      return this.shadowRoot.querySelector(".launcher");
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
      if (!this.isOpen) this.#emit("open");
      // Under a dialog of the page it would be open and out of reach.
      else if (document.querySelector("dialog:modal")) this.#refit();
      this.#opener = this.shadowRoot.activeElement || document.activeElement;
      this.#show();
      this.#focusIn();
      this.#save();
    }

    /** Closes the box; if the focus is inside, it returns to where it was before. */
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
      this.#setText(text);
      this.#submit();
    }

    /** Tells the page, never anything that the visitor typed. */
    #emit(name, detail) {
      this.dispatchEvent(new CustomEvent(`faq-${name}`, { bubbles: true, detail }));
    }

    // Building

    #install() {
      // Left in a copy that the site kept of its page.
      this.toggleAttribute("open", false);
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(bundle.css);
      this.#readWords();
      const root = this.attachShadow({ mode: "open" });
      // Many sites' content security policies would block a <style> element.
      root.adoptedStyleSheets = [sheet];
      if (this.inline) return;
      const launch = { type: "button", "data-do": "open", "aria-haspopup": "dialog" };
      root.append(
        el(
          "div.launcher",
          { part: "launcher", lang: this.#phrase("lang"), dir: this.#phrase("dir") },
          el("button.launch", launch, icon("chat"), el("span", this.#phrase("launcher"))),
          this.#iconButton("close", "dismiss"),
        ),
      );
    }

    /** The server's words, overridden by the page's JSON script. */
    #readWords() {
      const script = this.querySelector("script") || document.querySelector("script#faq-chat-words");
      const page = this.closest("[lang]");
      try {
        const table = script ? JSON.parse(script.textContent) : {};
        Object.assign(this.#words, table, table[page?.lang]);
      } catch (error) {
        console.warn("faq-chat: the words are not valid JSON:", error.message);
      }
    }

    /** A text from the `word-…` attributes or the words, in the language `lang` if they have it. */
    #phrase(key, values, lang) {
      const all = { name: this.#practice.name, ...values };
      const words = this.#words;
      const text = words[lang]?.[key] ?? this.getAttribute(`word-${key}`) ?? words[key];
      return text.replace(/\{(\w+)\}/g, (whole, name) => all[name] ?? whole);
    }

    #iconButton(name, action) {
      const text = this.#phrase(action);
      const attributes = { type: "button", title: text, "aria-label": text, "data-do": action };
      return el(`button.icon.${action}`, attributes, icon(name));
    }

    #build() {
      const { inline } = this;
      const log = el("div.log", {
        role: "log",
        tabindex: "0",
        "aria-label": this.#phrase("conversation"),
        // The two live regions below announce what is new, once and without the buttons.
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
          lang: this.#phrase("lang"),
          dir: this.#phrase("dir"),
          popover: !inline && "manual",
          "aria-label": this.#phrase("box"),
          "aria-describedby": !inline && "about",
        },
        inner,
      );
      const [input, list, notice, send] = ["textarea", "ul", ".notice", ".send"].map((part) =>
        form.querySelector(part),
      );
      this.#ui = { panel, log, polite, assertive, input, list, notice, send };
      this.#context.ui = this.#ui;
      this.#listen(form);
      this.#setNotice();
      this.#renderAll();
      input.value = this.#draft;
      this.shadowRoot.append(panel);
    }

    #renderAll() {
      const { log } = this.#ui;
      log.replaceChildren(this.#renderIntro());
      this.#useTool("complete");
      this.#turns = this.#turns.filter((turn) => {
        try {
          log.append(this.#render(turn));
          return true;
        } catch {
          // What is stored is damaged or from another version.
        }
      });
    }

    #buildHeader() {
      return el(
        "div.head",
        el(
          "div.names",
          el("h2", { id: "title", tabindex: "-1" }, this.#phrase("title")),
          el("p", this.#phrase("subtitle")),
        ),
        this.#iconButton("restart", "startOver"),
        !this.inline && this.#iconButton("close", "close"),
      );
    }

    #buildForm() {
      const send = this.#phrase("send");
      const input = el("textarea", {
        id: "question",
        rows: 1,
        autocomplete: "off",
        enterkeyhint: "send",
        placeholder: this.#phrase("placeholder"),
        "aria-autocomplete": "list",
        // A field of several lines may not be a combobox.
        "aria-haspopup": "listbox",
        "aria-controls": "suggestions",
        "aria-describedby": "notice",
        dir: "auto",
      });
      return el(
        "form",
        el("ul", {
          id: "suggestions",
          role: "listbox",
          "aria-label": this.#phrase("suggestions"),
          hidden: true,
        }),
        el("div.notice"),
        el(
          "div.field",
          el("label.unseen", { for: "question" }, this.#phrase("label")),
          input,
          el("button.send", { type: "button", "aria-label": send, "data-do": "send" }, icon("send")),
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
      on(panel, "keydown", (event) => this.#keydown(event));
      // What is typed must not trigger the page's keyboard shortcuts.
      on(panel, "keydown keyup keypress", (event) => event.stopPropagation());
      on(form, "submit", (event) => {
        event.preventDefault();
        this.#submit();
      });
      // The keyboard came up, or the phone was turned.
      new ResizeObserver(() => this.#keepReading()).observe(panel);
      // Scrolling does not bubble.
      on(panel, "scroll", () => this.#noteReading(), true);
      // Enter sends; of a keydown, on-screen keyboards do not always say which key it is.
      on(input, "beforeinput", (event) => {
        if (event.inputType !== "insertLineBreak") return;
        event.preventDefault();
        this.#submit();
      });
      on(input, "input", () => this.#inputChanged());
      on(input, "blur", () => this.#closeList());
      // A press on a suggestion must not blur the field before the click arrives.
      on(list, "mousedown", (event) => event.preventDefault());
    }

    #renderIntro() {
      const { greeting, starters } = this.#practice;
      return el(
        "div.turn",
        el(
          "div.bubble",
          greeting && el("p", { dir: "auto" }, greeting),
          el(
            "div.about",
            { id: "about" },
            el("p", icon("yes"), el("span", this.#phrase("can"))),
            el("p", icon("close"), el("span", this.#withEmergencyLink("cannot"))),
          ),
        ),
        this.#renderQuestions(this.#phrase("starters"), starters),
      );
    }

    /** A text from the words, with a link to the emergency number in it. */
    #withEmergencyLink(key) {
      const { emergency } = this.#practice;
      const call = this.#phrase("callEmergency", emergency);
      const [before, after] = this.#phrase(key, { call }).split(call);
      return [before, el("a", { href: emergency.href }, call), after];
    }

    /** Questions as buttons, under a heading. */
    #renderQuestions(title, entries) {
      if (!entries?.length) return null;
      return el(
        "div.questions",
        { role: "group", "aria-label": title },
        // Screen readers read out the group's name, and would read this as well.
        el("p.lead", { "aria-hidden": "true" }, title),
        entries.map(({ id, question, by_phone: byPhone }) =>
          el(
            "button",
            {
              type: "button",
              "data-do": "entry",
              "data-arg": id,
              "data-question": question,
              dir: "auto",
            },
            question,
            byPhone && el("span.lead", ` ${this.#phrase("byPhone")}`),
          ),
        ),
      );
    }

    /** `urgent`: without an answer danger may go unnoticed, so the emergency number is shown too. */
    #renderPhones(size, phones = this.#practice.phones, urgent = size === "large") {
      const { label: book, url } = this.#practice.schedule || {};
      return el(
        `div.phones.${size}`,
        urgent && el("p.urgent", this.#withEmergencyLink("urgent")),
        phones.map(({ label, number, href }) =>
          el(
            "a.phone",
            { href },
            icon("phone"),
            el(
              "span",
              el("span", `${this.#phrase("call", { label })} `),
              el("span.number", { "aria-hidden": "true" }, number),
              el("span.unseen", spoken(number)),
            ),
          ),
        ),
        size === "large" && url && el("a.book", { href: url, target: "_blank", rel: "noopener" }, book),
        el("p.hours", this.#context.hours),
      );
    }

    // Opening and closing

    #show() {
      if (!this.#ui) this.#build();
      if (!this.inline) this.#openPanel();
      this.#useTool("hours");
      this.#scrollToLast();
    }

    /** Null if they cannot be had: then answers are plain, and nothing is suggested. */
    async #loadTools() {
      try {
        const tools = await import(this.#url(`tools.js?${bundle.tools}`));
        tools.install(this.#context);
        this.#loadedTools = tools;
      } catch {
        // The next use tries again; of the same address, Firefox remembers the failure.
        bundle.tools += "&";
        return (this.#tools = null);
      }
      if (this.#ui && this.#turns.length) {
        this.#renderAll();
        this.#scrollToLast();
      }
      return this.#loadedTools;
    }

    /**
     * A modal dialog on a small screen, so that the focus cannot get lost behind it, and where the
     * page has one open, which would let nobody into anything else.
     */
    #openPanel() {
      const { panel } = this.#ui;
      if (this.isOpen) return;
      panel.setAttribute("data-open", SMALL.matches ? "full" : "float");
      if (SMALL.matches || document.querySelector("dialog:modal")) panel.showModal();
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

    /** After the screen was turned or zoomed. */
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

    #pageKeydown(event) {
      if (event.key === "Escape" && !event.defaultPrevented) this.close();
    }

    /** Hides the launcher while it would cover what has the focus. */
    #pageFocus() {
      const target = document.activeElement;
      const launcher = this.#launcher;
      if (!launcher) return;
      const a = launcher.getBoundingClientRect();
      const b = target.getBoundingClientRect();
      const over = a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
      launcher.classList.toggle("aside", over && target !== this && b.height < innerHeight / 2);
    }

    #keydown(event) {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      const { list, input } = this.#ui;
      if (event.key === "Enter" && event.target === input && !event.isComposing) {
        // Not left to the form: a frame's sandbox may forbid to submit any.
        event.preventDefault();
        this.#submit();
      } else if (event.key === "Escape") {
        event.preventDefault();
        if (list.hidden) this.close();
        else this.#closeList();
      } else if (step && !list.hidden) {
        event.preventDefault();
        const now = [...list.children].findIndex((option) => option.matches("[aria-selected=true]"));
        // One position more than there are suggestions: the text as typed.
        const positions = list.children.length + 1;
        this.#select(((now + 1 + step + positions) % positions) - 1);
      }
    }

    #click(event) {
      if (event.target !== this) return;
      event.stopPropagation();
      const [clicked] = event.composedPath();
      if (clicked.closest("a[href^='tel:']")) this.#emit("call");
      const target = clicked.closest("[data-do]");
      if (!target) return;
      if (target.tagName === "A") event.preventDefault();
      const { do: action, arg } = target.dataset;
      const actions = {
        open: () => this.open(),
        send: () => this.#submit(),
        close: () => this.close(),
        dismiss: () => this.#dismiss(),
        startOver: () => this.#startOver(),
        entry: () => this.#choose(arg, target),
        again: () => this.#retry(),
        calm: () => this.#denyEmergency(target),
      };
      const act = actions[action];
      if (act) act();
      else this.#useTool(action, target);
    }

    /**
     * A focus trap acts on the focus entering the box, or leaving a dialog of the page for it, and
     * on Tab.
     */
    #keepFocus(event) {
      const { target, relatedTarget, key = "Tab" } = event;
      if (key !== "Tab") return;
      const leaving = relatedTarget === this && document.querySelector("[role=dialog]");
      if (target === this || leaving) event.stopPropagation();
    }

    #dismiss() {
      this.hidden = true;
      this.#save();
      this.#useTool("offerLauncher");
    }

    // Asking

    #submit() {
      const { input, list } = this.#ui;
      const option = list.querySelector("[aria-selected=true]");
      const text = input.value.trim();
      if (option) this.#choose(option.dataset.arg, option);
      else if (this.#waiting) return;
      else if (!text) this.#setNotice(this.#phrase("nothing"), true);
      else if (text.length > LIMIT) this.#countCharacters(true);
      else this.#askQuestion(text);
    }

    /** Asks without personal details, with earlier messages, as danger may have begun there. */
    #askQuestion(text) {
      const question = this.#redact(text);
      const typed = this.#turns.filter((turn) => turn.you && !turn.entry);
      const before = typed.slice(-2).map(({ you }) => you);
      const after = this.#lastIds("answer").pop();
      const choices = this.#lastIds("choices").slice(0, 8);
      this.#send({ you: question, body: { question, after, before, choices } });
      if (question !== text) this.#setNotice(this.#phrase("personal"));
    }

    /** The visitor says that it is no emergency: asks again, for the answer under a caution. */
    #denyEmergency(target) {
      if (this.#waiting) return;
      const body = { question: this.#asked(target), not_emergency: true };
      this.#send({ you: target.dataset.question, entry: true, body }, target);
    }

    /** What the visitor asked before this; a browser that translates changes only what is shown. */
    #asked(node) {
      let turn = node.closest(".turn");
      while (turn && !turn.dataset.question) turn = turn.previousElementSibling;
      return turn?.dataset.question;
    }

    #choose(id, target) {
      if (this.#waiting) return;
      if (target.tagName === "LI") this.#setText("");
      this.#send({ you: target.dataset.question, entry: id }, target);
    }

    #retry() {
      this.#send(this.#turns.find((turn) => turn.error).again);
      this.#ui.input.focus();
    }

    /** The focus moves on to the reply if it still is at `pressed`, what was chosen. */
    async #send(message, pressed) {
      const sent = ++this.#sent;
      const { input } = this.#ui;
      this.#removeFailed();
      this.#closeList();
      this.#addTurn({ you: message.you, entry: message.entry, again: message });
      // Clears only what was sent: anything typed meanwhile stays.
      if (this.#redact(input.value.trim()) === message.you) this.#setText("");
      this.#setNotice();
      this.#setWaiting(true);
      const turn = await this.#ask(message);
      // Meanwhile the visitor started over.
      if (sent !== this.#sent) return;
      this.#setWaiting(false);
      const node = this.#addTurn(turn.error ? turn : this.#countMisses(turn.reply, message));
      this.#emitAnswers(turn);
      if (pressed && pressed === this.shadowRoot.activeElement) this.#focusReply(node);
      if (turn.error && message.body && !message.entry && !input.value) this.#setText(message.you);
    }

    /** With a short name: its text is announced anyway. */
    #focusReply(node) {
      node.setAttribute("role", "group");
      node.setAttribute("aria-label", this.#phrase("reply"));
      node.tabIndex = -1;
      node.focus({ preventScroll: true });
    }

    #emitAnswers({ reply }) {
      for (const { kind, entries } of reply?.parts || [reply].filter(Boolean)) {
        this.#emit("answer", { kind, id: kind === "answer" ? entries[0].id : "" });
      }
    }

    async #ask(message) {
      const { body, entry } = message;
      const path = body ? "ask" : `entries/${encodeURIComponent(entry)}`;
      const page = location.pathname.slice(0, 2000);
      try {
        const turn = { reply: await this.#fetch(path, body && { ...body, page }) };
        // What is not a reply, like a hotel's sign-in page, fails here, before any of it is shown.
        this.#render(turn);
        return turn;
      } catch (error) {
        return { error: this.#errorKey(error), again: message };
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

    /** At the attribute `server`, for sites that keep a copy of the script, or next to the script. */
    #url(path) {
      return new URL(path, this.getAttribute("server") || HOME).href;
    }

    #errorKey({ status }) {
      if (navigator.onLine === false) return "errorOffline";
      // In a sandbox without allow-same-origin, whose requests no server may answer.
      if (self.origin === "null") return "errorFrame";
      return status === 429 || status === 503 ? "errorBusy" : "errorDown";
    }

    /** The turn; from the second miss in a row on, the phones come first. */
    #countMisses(reply, message) {
      const { kind } = reply;
      const miss = kind === "choices" || (kind === "office" && !reply.small_talk);
      if (kind === "answer" || kind === "emergency") this.#misses = 0;
      else if (miss && message.body) this.#misses += 1;
      return { reply, person: miss && this.#misses >= 2 };
    }

    /** The ids of the answers, or of the choices, in the last reply. */
    #lastIds(kind) {
      const { reply } = this.#turns.filter((turn) => turn.reply).pop() || {};
      const parts = (reply?.parts || [reply]).filter((part) => part?.kind === kind);
      return parts.flatMap(({ entries }) => entries.map(({ id }) => id));
    }

    #redact(text) {
      const digits = (number) => number.replace(/\D/g, "");
      const own = this.#practice.phones.map(({ number }) => digits(number));
      const isOwn = (number) => own.some((phone) => digits(number).endsWith(phone));
      const isFine = (number) => isOwn(number) || IMPERSONAL.test(number);
      const redacted = PERSONAL.reduce((left, rule) => left.replace(rule, "●●●"), text);
      return redacted.replace(NUMBER, (number) => (isFine(number) ? number : "●●●"));
    }

    // The conversation

    #addTurn(turn) {
      this.#turns.push(turn);
      this.#save();
      const node = this.#render(turn);
      this.#ui.log.append(node);
      if (turn.you) {
        this.#scrollToEnd();
      } else {
        this.#scrollToLast();
        this.#announceTurn(turn);
      }
      return node;
    }

    #removeFailed() {
      const at = this.#turns.findIndex((turn) => turn.error);
      if (at < 0) return;
      this.#turns.splice(at - 1, 2);
      const node = this.#ui.log.querySelector(".failed");
      node.previousElementSibling.remove();
      node.remove();
    }

    #render(turn) {
      const { you, again, error, reply } = turn;
      if (you) {
        const mark = el("span.unseen", `${this.#phrase("you")}: `);
        return el(
          "div.turn.you",
          // "Not an emergency?" asks what was asked before.
          { "data-question": again?.body?.question || you },
          el("p.bubble", { dir: "auto" }, mark, you),
        );
      }
      if (error) return this.#renderError(error);
      const { kind, caution } = reply;
      return el(
        `div.turn.${kind}`,
        caution && this.#renderCaution(reply),
        kind === "emergency" ? this.#renderEmergency(reply) : this.#renderReply(turn),
      );
    }

    /** A calm line above the reply where it may be an emergency. */
    #renderCaution({ caution: { message, numbers }, language: lang }) {
      return el(
        "div.bubble.caution",
        { lang },
        el("p", { dir: "auto" }, icon("alert"), message),
        numbers.map(({ href, label }) => el("a", { href }, icon("phone"), label)),
      );
    }

    #renderReply(turn) {
      try {
        return this.#loadedTools.renderReply(this.#context, turn);
      } catch {
        return this.#renderPlain(turn);
      }
    }

    #renderError(error) {
      return el(
        "div.turn.failed",
        el("p.bubble", el("strong", this.#phrase("notSent")), " ", this.#phrase(error)),
        el("button.again", { type: "button", "data-do": "again" }, this.#phrase("again")),
        this.#renderPhones("large"),
      );
    }

    #renderEmergency({ message, emergency_numbers: numbers, language: lang, phones, urgency }) {
      const { emergency } = this.#practice;
      // Needing to be seen today is no reason to call the emergency number.
      const today = urgency === "today";
      const title = this.#phrase(today ? "today" : "emergency", {}, lang);
      const calm = this.#phrase("notEmergency", {}, lang);
      const again = { type: "button", "data-do": "calm", "data-question": calm };
      return [
        el(
          "div.card",
          { lang },
          el("h3", icon("alert"), el("span", title)),
          (today ? [] : numbers || [emergency]).map(({ href, number, label }) =>
            el(
              "a.call",
              { href },
              icon("phone"),
              number === emergency.number ? this.#phrase("emergencyCall", { number }, lang) : label,
            ),
          ),
          el("p.message", { dir: "auto" }, message),
        ),
        el("div.questions", el("button", again, calm)),
        this.#renderPhones(today ? "large" : "small", phones),
      ];
    }

    /** Until tools.js is there, and for good where it does not come: the words and the phones. */
    #renderPlain({ reply }) {
      return [
        (reply.parts || [reply]).map((part) =>
          part.kind === "choices"
            ? this.#renderQuestions(part.message, part.entries)
            : this.#texts(part).map((text) => el("p.bubble", { dir: "auto" }, text)),
        ),
        this.#renderPhones("large", reply.phones),
      ];
    }

    /** What a reply says, without its buttons. */
    #texts(reply) {
      const texts = (reply.parts || [reply]).map((part) => [
        part.text && `${part.text}:`,
        part.message,
        // An answer without entries is no reply of ours, and must fail.
        (part.kind === "answer" ? part.entries : part.entries || []).map(
          (entry) => [entry.question, entry.text],
        ),
      ]);
      return texts.flat(9).filter(Boolean);
    }

    /** Announces what is new, once and without the buttons around it. */
    #announceTurn({ reply, error, person }) {
      if (error) return this.#announceRefusal(this.#phrase(error));
      const texts = [
        this.#ui.notice.textContent,
        reply.caution?.message,
        person && this.#phrase("person"),
        ...this.#texts(reply),
      ];
      return this.#announce(texts.filter(Boolean).join(" "), reply.kind === "emergency");
    }

    #announceRefusal(text) {
      this.#announce(`${text} ${el("p", this.#withEmergencyLink("urgent")).textContent}`);
    }

    #announce(text, urgent) {
      const { polite, assertive } = this.#ui;
      const region = urgent ? assertive : polite;
      region.textContent = text;
      clearTimeout(this.#timers.quiet);
      // Left in place, it would be read out again to anyone who walks through the box.
      this.#timers.quiet = setTimeout(() => region.replaceChildren(), 8000);
    }

    /** The dots appear only if the reply takes a noticeable time. */
    #setWaiting(on) {
      const { log, send } = this.#ui;
      const dots = log.querySelector(".dots");
      this.#waiting = on;
      send.setAttribute("aria-disabled", on);
      clearTimeout(this.#timers.dots);
      dots?.remove();
      if (!on) return;
      this.#timers.dots = setTimeout(() => {
        log.append(el("div.turn.dots", el("p.bubble", el("i"), el("i"), el("i"))));
        this.#announce(this.#phrase("thinking"));
        this.#scrollToEnd();
      }, 300);
    }

    #scrollToEnd() {
      this.#ui.log.scrollTop = 1e6;
    }

    /** To the beginning of the last reply; of an emergency, to the button that calls. */
    #scrollToLast() {
      const reply = this.#ui.log.lastElementChild;
      const node = reply.querySelector(".call") || reply;
      const above = (node === reply && reply.previousElementSibling) || reply;
      this.#reading = { node, below: top(node) - top(above) + 12 };
      this.#keepReading();
    }

    #keepReading() {
      const { log } = this.#ui;
      const { node, below } = this.#reading;
      this.#size = this.#measure();
      this.#fitField();
      if (!node?.isConnected) return;
      const space = log.clientHeight;
      const answer = node.querySelector(".answer");
      const title = answer ? top(answer) - top(node) : 0;
      // Of a long question the end is seen above its reply, if the answer's beginning is seen too.
      const most = node.matches(".call")
        ? space - node.offsetHeight - 12
        : Math.max(0, Math.min(space * 0.3, space * 0.8 - title));
      log.scrollTop += top(node) - top(log) - Math.min(below, most);
    }

    /** The last turn where it can be seen, else the topmost. */
    #noteReading() {
      const { log } = this.#ui;
      // A new size itself scrolls; keepReading comes next.
      if (this.#size !== this.#measure()) return;
      const start = top(log);
      const seen = [...log.children].filter(
        (turn) => top(turn) < start + log.clientHeight && turn.getBoundingClientRect().bottom > start,
      );
      const turn = seen.includes(log.lastElementChild) ? log.lastElementChild : seen[0];
      if (!turn) return;
      const node = turn.querySelector(".call") || turn;
      this.#reading = { node, below: top(node) - start };
    }

    #measure() {
      const { offsetWidth, offsetHeight } = this.#ui.panel;
      return `${offsetWidth} ${offsetHeight}`;
    }

    #startOver() {
      const [turns, misses, draft] = [this.#turns, this.#misses, this.#draft];
      // A second click must not take away the Undo.
      if (turns.length) this.#restore({});
      this.#setText("");
      this.#setNotice();
      this.#focusIn();
      const undo = () => {
        this.#restore({ turns: [...turns, ...this.#turns], misses, draft: this.#draft || draft });
        this.#focusIn();
      };
      if (turns.length) this.#useTool("offerUndo", undo);
    }

    #restore({ turns = [], misses = 0, draft = "" }) {
      this.#sent += 1;
      this.#turns = [].concat(turns);
      this.#misses = misses;
      this.#draft = draft;
      if (!this.#ui) return;
      this.#setWaiting(false);
      this.#setNotice();
      this.#setText(draft);
      this.#renderAll();
      this.#scrollToLast();
    }

    /** Calls a function of tools.js, which is loaded when the box first opens. */
    async #useTool(tool, ...given) {
      this.#tools ??= this.#loadTools();
      return (await this.#tools)?.[tool]?.(this.#context, ...given);
    }

    // While typing

    #setText(text) {
      this.#ui.input.value = text;
      this.#fitField();
      this.#saveDraft();
    }

    #saveDraft() {
      const { value } = this.#ui.input;
      // Who a visitor is, is not kept.
      this.#draft = this.#redact(value) === value ? value : "";
      this.#save();
    }

    /** As high as its text, up to the styles' four lines. */
    #fitField() {
      const { input } = this.#ui;
      input.style.height = 0;
      input.style.height = `${input.scrollHeight}px`;
    }

    #inputChanged() {
      this.#fitField();
      this.#saveDraft();
      this.#countCharacters();
      this.#select(-1);
      this.#stopSuggesting();
      const text = this.#ui.input.value.trim();
      if (text.length < 3 || text.length > 80 || this.#redact(text) !== text) this.#closeList();
      else this.#timers.suggest = setTimeout(() => this.#suggest(text), 150);
    }

    #stopSuggesting() {
      clearTimeout(this.#timers.suggest);
      this.#suggestRequest?.abort();
    }

    #suggest(text) {
      this.#suggestRequest = new AbortController();
      this.#useTool("suggest", text, this.#suggestRequest.signal);
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
      input.removeAttribute("aria-activedescendant");
    }

    #countCharacters(wrong) {
      const left = LIMIT - this.#ui.input.value.trim().length;
      if (left < 0) this.#setNotice(this.#phrase("tooLong", { n: -left }), wrong);
      else this.#setNotice(left <= 100 && this.#phrase("left", { n: left }));
    }

    #setNotice(text, wrong) {
      const { notice, input } = this.#ui;
      const phones = wrong && this.#renderPhones("small", this.#practice.phones, true);
      notice.replaceChildren(el("div", el("p", { id: "notice" }, text), phones));
      notice.hidden = !text;
      notice.classList.toggle("wrong", Boolean(wrong));
      input.setAttribute("aria-invalid", Boolean(wrong));
      if (!wrong) return;
      this.#announceRefusal(text);
      input.focus();
    }

    // What is kept while the visitor browses the site, until the tab closes

    /** One for each practice: different pages of a site may show different practices. */
    get #storageKey() {
      return `faq-chat ${this.#practice.name} ${this.#url(".")}`;
    }

    #save() {
      const turns = this.#turns.slice(-40);
      const { hidden, isOpen: open } = this;
      const state = { turns, misses: this.#misses, draft: this.#draft, open, hidden };
      try {
        const key = this.#storageKey;
        if (turns.length || hidden || this.#draft) sessionStorage.setItem(key, JSON.stringify(state));
        else sessionStorage.removeItem(key);
      } catch {
        // Storage is full or forbidden: the conversation ends with the page.
      }
    }

    /** `again`: what is kept is newer than what is shown. */
    #resume(again) {
      let state;
      try {
        state = JSON.parse(sessionStorage.getItem(this.#storageKey));
        // Nothing is kept of a personal draft, which stays; a conversation was deleted elsewhere.
        if (!again || this.#turns.length) state ||= {};
      } catch {
        // As above.
      }
      if (state && (again || !this.#ui)) {
        this.hidden = Boolean(state.hidden) && !this.inline;
        this.#restore(state);
      }
      // Opening full screen by itself would hide the page that the visitor came for.
      if (this.inline) this.#show();
      else if (state?.open && !SMALL.matches) this.#reopen();
    }

    /** Opens the box without taking the focus, as a <dialog> would unless it is inert. */
    #reopen() {
      if (!this.#ui) this.#build();
      const { panel } = this.#ui;
      panel.inert = true;
      this.#show();
      panel.inert = false;
    }
  }

  // The page's first element when the box was added.
  let beside;

  /** Adds a <faq-chat> to a page that has none: the script tag is enough. */
  function insertBox() {
    if (document.querySelector("faq-chat")) return;
    // Turbo leaves it in place where it changes a page bit by bit.
    const chat = el("faq-chat", { "data-turbo-permanent": true });
    for (const { name, value } of SCRIPT?.attributes ?? []) {
      if (name.startsWith("data-")) chat.setAttribute(name.slice(5), value);
    }
    beside = document.body.firstElementChild ?? document.body;
    document.body.append(chat);
  }

  /** After a site has put another page in this one's place; not where it took out the box alone. */
  function restoreBox() {
    if (beside?.isConnected === false) insertBox();
  }

  // Without replaceSync (before Safari 16.4) the page shows what is inside its <faq-chat>.
  if (!CSSStyleSheet.prototype.replaceSync) return;
  // A site that changes pages without loading may run the script once more.
  if (!customElements.get("faq-chat")) customElements.define("faq-chat", FaqChat);
  if (document.readyState === "loading") on(document, "DOMContentLoaded", insertBox);
  else insertBox();
})();
