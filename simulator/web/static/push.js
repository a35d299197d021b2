// The page that waits for an answer on the phone goes on by itself; without this file its button does.
"use strict";

for (const form of document.querySelectorAll("form[data-push]")) {
  const timer = setInterval(async () => {
    if (document.hidden) return;
    const answer = await fetch(form.dataset.push).catch(() => null);
    if (!answer || !answer.ok || answer.redirected) return;
    const { state } = await answer.json();
    if (state === "waiting") return;
    clearInterval(timer);
    if (state === "approved") form.submit();
    else location.reload();
  }, 1000);
}
