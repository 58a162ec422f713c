/**
 * Types for <faq-chat>, the chat box that widget.js defines. Copy this file into your project, or
 * have your tools read it from your faqbot: https://chat.example.org/widget.d.ts
 */

export type FaqKind = "answer" | "choices" | "office" | "emergency";

/** `id` is the answer's, as in its link on /faq; empty for other kinds. */
export interface FaqAnswer {
  readonly kind: FaqKind;
  readonly id: string;
}

/** These bubble. None holds anything that a visitor typed. */
export interface FaqChatEvents {
  "faq-open": CustomEvent<null>;
  "faq-answer": CustomEvent<FaqAnswer>;
  "faq-call": CustomEvent<null>;
}

export interface FaqChat extends HTMLElement {
  /** Whether it stands within the page. */
  readonly inline: boolean;
  readonly isOpen: boolean;
  /** Opens the box and moves the focus into it. */
  open(): void;
  /** Closes the box; a box within the page stays. */
  close(): void;
  /** Asks as if the visitor had typed it. */
  ask(text: string): void;
}

/** The attributes, for the JSX of React and others. */
export interface FaqChatAttributes {
  inline?: boolean;
  theme?: "light" | "dark";
  server?: string;
  [word: `word-${string}`]: string | undefined;
}

declare global {
  interface HTMLElementTagNameMap {
    "faq-chat": FaqChat;
  }
  interface HTMLElementEventMap extends FaqChatEvents {}
  interface DocumentEventMap extends FaqChatEvents {}
}
