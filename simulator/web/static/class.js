// The board follows the class; without this file the page is loaded anew by hand.
"use strict";

for (const board of document.querySelectorAll("[data-rows]")) {
  const follower = new Follower(board.dataset.rows, document.querySelector("[data-cut-off]"));

  // Tokens of forms differ each time.
  const content = (part) => part.innerHTML.replaceAll(/ name="csrf_token" value="[^"]*"/g, "");
  const isTyped = (part) =>
    [...part.querySelectorAll("input")].some((field) => (field.type === "text" ? field.value : field.value !== field.defaultValue));
  const targets = (part) => [...part.querySelectorAll("a, button, input, select")];

  const replace = (old, fresh) => {
    if (content(old) === content(fresh)) return;
    // What the trainer is writing stays, unless it can no longer be sent.
    if (fresh.childElementCount && isTyped(old)) {
      follower.tag = null;
      return;
    }
    const at = targets(old).indexOf(document.activeElement);
    const href = document.activeElement.getAttribute("href");
    old.replaceChildren(...fresh.childNodes);
    if (at >= 0) ((href && targets(old).find((link) => link.getAttribute("href") === href)) ?? targets(old)[at])?.focus();
  };

  const follow = async () => {
    if (document.hidden) return;
    const page = await follower.ask();
    for (const fresh of page?.querySelectorAll("[data-part]") ?? []) {
      replace(board.querySelector(`[data-part="${fresh.dataset.part}"]`), fresh);
    }
  };
  setInterval(follow, 1500);
}
