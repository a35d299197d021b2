// The board follows the class; without this file the page is loaded anew by hand.
"use strict";

for (const board of document.querySelectorAll("[data-rows]")) {
  let tag = "";
  const follow = async () => {
    if (document.hidden) return;
    const answer = await fetch(board.dataset.rows, { headers: tag ? { "If-None-Match": tag } : {} }).catch(() => null);
    if (!answer || answer.status !== 200 || answer.redirected) return;
    tag = answer.headers.get("ETag");
    const focused = board.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    board.replaceChildren(...page.body.childNodes);
    if (focused) [...board.querySelectorAll("a")].find((link) => link.getAttribute("href") === focused)?.focus();
  };
  setInterval(follow, 1500);
}
