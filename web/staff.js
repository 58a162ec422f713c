// The staff desk, a little more convenient. Every page works without it.
"use strict";

for (const first of document.querySelectorAll("[data-focus]")) {
  first.focus();
  break;
}

// A page that waits for the draft hears how far it is, and shows itself anew when it is there.
for (const waiting of document.querySelectorAll("[data-wait]")) {
  hear(waiting.dataset.wait, waiting.querySelector("progress"));
}

async function hear(address, bar) {
  for (let slips = 0; slips < 20; ) {
    try {
      const answer = await fetch(address, { redirect: "error" });
      const { over, done, of } = await answer.json();
      if (over) return location.reload();
      if (of) Object.assign(bar, { max: of, value: done });
    } catch {
      slips++; // the server may be starting again
    }
    await new Promise((go) => setTimeout(go, 500));
  }
}
