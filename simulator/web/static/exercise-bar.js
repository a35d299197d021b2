// The bar of an exercise keeps up: it asks every two seconds what has changed, and replaces only that.
"use strict";

for (const bar of document.querySelectorAll("[data-exercise-bar]")) {
  const details = bar.querySelector("details");
  const say = bar.querySelector("[data-say]");
  const follower = new Follower(bar.dataset.exerciseBar, bar.querySelector("[data-cut-off]"));

  // The next page has it as it is left here; beside a bar that is put away stand only messages that came since.
  details.addEventListener("toggle", () => {
    const path = location.pathname.split("/").slice(0, 3).join("/");
    const messages = [...bar.querySelectorAll("[data-message]")];
    if (!details.open) for (const message of messages) message.classList.add("exercise-read");
    const state = details.open ? "open" : `closed.${messages.at(-1)?.dataset.message ?? 0}`;
    document.cookie = `vnsim_bar=${state}; path=${path}/; SameSite=Lax`;
  });

  const reached = (root) => [...root.querySelectorAll(".reached [data-goal]")].map((goal) => goal.textContent);

  // Tokens of forms differ each time; what is read, and what the script of guided mode reads, does not.
  const content = (part) => JSON.stringify([part.textContent.trim(), { ...part.querySelector("[data-step]")?.dataset }]);

  const replace = (fresh) => {
    const before = reached(bar);
    for (const part of fresh.querySelectorAll("[data-part]")) {
      const old = bar.querySelector(`[data-part="${part.dataset.part}"]`);
      if (content(old) === content(part)) continue;
      if (old.contains(document.activeElement) && part.dataset.part !== "summary") {
        follower.tag = null;
        continue;
      }
      old.innerHTML = part.innerHTML;
    }
    const news = reached(bar).filter((goal) => !before.includes(goal));
    if (news.length) say.textContent = `${say.dataset.say}: ${news.join(", ")}`;
    bar.dispatchEvent(new Event("change"));
  };

  const look = async () => {
    if (document.hidden) return;
    const page = await follower.ask();
    if (page) replace(page);
  };
  setInterval(look, 2000);
  document.addEventListener("visibilitychange", look);
  bar.addEventListener("look", look);
}
