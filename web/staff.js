// The staff desk, a little more convenient. Every page works without it.
"use strict";

for (const first of document.querySelectorAll("[data-focus]")) {
  first.focus();
  break;
}
