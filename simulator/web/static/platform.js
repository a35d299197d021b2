// Small progressive touches; every page works without this file.
"use strict";

// Arrow keys inside a menu.
for (const menu of document.querySelectorAll("[data-menu]")) {
  menu.addEventListener("keydown", (event) => {
    const items = [...menu.querySelectorAll('[role="menuitem"]')];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || items.length === 0) return;
    event.preventDefault();
    const next = items.indexOf(document.activeElement) + step;
    items[(next + items.length) % items.length].focus();
  });
}

// On a narrow screen the open entry of a menu may stand beyond the edge.
for (const menu of document.querySelectorAll(".main-menu, .sub-menu")) {
  const open = menu.querySelector("[aria-current]");
  if (open && menu.scrollWidth > menu.clientWidth) menu.scrollLeft = open.offsetLeft - (menu.clientWidth - open.offsetWidth) / 2;
}

// A field that narrows a list.
for (const field of document.querySelectorAll("[data-filter]")) {
  field.addEventListener("input", () => {
    const wanted = field.value.toLowerCase();
    for (const item of document.querySelectorAll(`${field.dataset.filter} > li`)) {
      item.hidden = !item.textContent.toLowerCase().includes(wanted);
    }
  });
}

// Buttons that wait for a tick; the server checks it too.
for (const form of document.querySelectorAll("form[data-needs]")) {
  const box = form.elements[form.dataset.needs];
  const buttons = form.querySelectorAll('button[type="submit"]');
  const follow = () => buttons.forEach((button) => { button.disabled = !box.checked; });
  box.addEventListener("change", follow);
  follow();
}

// Password rules that turn green as they are met.
const RULES = {
  length: (text) => text.length >= 8,
  digit: (text) => /\p{Nd}/u.test(text),
  upper: (text) => /\p{Lu}/u.test(text),
  lower: (text) => /\p{Ll}/u.test(text),
  special: (text) => /[^\p{L}\p{N}\s]/u.test(text),
};
for (const list of document.querySelectorAll("[data-rules]")) {
  const field = document.getElementById(list.dataset.rules);
  field.addEventListener("input", () => {
    for (const item of list.querySelectorAll("[data-rule]")) {
      item.classList.toggle("kept", RULES[item.dataset.rule](field.value));
    }
  });
}

// The authenticator's countdown; a sandbox whose clock stands still keeps its code.
for (const box of document.querySelectorAll("[data-code]")) {
  const digits = box.querySelector("[data-code-digits]");
  const seconds = box.querySelector("[data-code-seconds]");
  const bar = box.querySelector("[data-code-bar]");
  const look = async () => {
    const answer = await fetch(box.dataset.code);
    if (!answer.ok) return;
    const shown = await answer.json();
    digits.textContent = shown.code ? `${shown.code.slice(0, 3)} ${shown.code.slice(3)}` : "– – –";
    if (seconds) seconds.textContent = shown.valid_for ?? "–";
    if (bar) bar.max = shown.valid_for > 30 ? 60 : 30;
    if (bar) bar.value = shown.valid_for ?? 0;
  };
  setInterval(look, 1000);
}

// Copies what is shown; where the browser lets no page copy, it is marked, so that the keyboard copies it.
for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const shown = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(shown.textContent.trim());
      button.textContent = button.dataset.copied;
    } catch {
      getSelection().selectAllChildren(shown);
    }
  });
}

// A page that stays open keeps up with the platform; a reader who asked for calm gets a page that stands still.
const CALM = matchMedia("(prefers-reduced-motion: reduce)").matches;
const ask = async (address) => {
  if (document.hidden) return null;
  const answer = await fetch(address).catch(() => null);
  return answer && answer.ok && !answer.redirected ? answer : null;
};

// The number at the bell.
for (const bell of document.querySelectorAll("[data-bell]")) {
  const count = bell.querySelector("[data-bell-count]");
  const label = bell.querySelector("[data-bell-label]");
  const look = async () => {
    const answer = await ask(bell.dataset.bell);
    if (!answer) return;
    const shown = await answer.json();
    if (label.textContent === shown.label) return;
    label.textContent = bell.title = shown.label;
    count.textContent = shown.unread;
    count.hidden = shown.unread === 0;
  };
  if (CALM) continue;
  setInterval(look, 5000);
  bell.addEventListener("read", () => setTimeout(look, 1000));
}

// A notice that leads to a file leaves the page open: it is read once it was pressed.
for (const form of document.querySelectorAll("[data-notices]")) {
  form.addEventListener("submit", (event) => {
    const line = event.submitter?.closest(".unread-notice");
    if (!line) return;
    line.classList.remove("unread-notice");
    line.querySelector("[data-unread]")?.remove();
    document.querySelector("[data-bell]")?.dispatchEvent(new Event("read"));
  });
}

// What is under way, until it is through.
for (const part of CALM ? [] : document.querySelectorAll("[data-follow]")) {
  const timer = setInterval(async () => {
    const answer = await ask(location.href);
    if (!answer) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = page.getElementById(part.id);
    const here = document.getElementById(part.id);
    if (!now || !here) return clearInterval(timer);
    if (now.textContent !== here.textContent) here.replaceWith(now);
    if (!("follow" in now.dataset)) clearInterval(timer);
  }, 2000);
}

// Enter twice, or a double click, sends a form once.
document.addEventListener("submit", (event) => {
  const form = event.target;
  const twice = event.timeStamp - Number(form.dataset.sentAt ?? -Infinity) < 1000;
  if (twice) event.preventDefault();
  else form.dataset.sentAt = event.timeStamp;
});
