// Small progressive touches; every page works without this file.
"use strict";

// Menus take the keyboard: the first entry has the focus when one opens, arrow keys, Home and End go through it, Tab leaves it.
// Escape closes it and gives the focus back, which the browser does.
for (const menu of document.querySelectorAll(".drop[popover]")) {
  const opener = document.querySelector(`[popovertarget="${menu.id}"]`);
  const entries = () => [...menu.querySelectorAll('a, button, input:not([type="hidden"])')].filter((entry) => entry.checkVisibility());
  menu.addEventListener("toggle", (event) => {
    if (event.newState === "open") entries()[0]?.focus();
  });
  menu.addEventListener("focusout", (event) => {
    const next = event.relatedTarget;
    if (next && next !== opener && !menu.contains(next) && menu.matches(":popover-open")) menu.hidePopover();
  });
  menu.addEventListener("keydown", (event) => {
    const all = entries();
    const at = all.indexOf(document.activeElement);
    const typing = document.activeElement instanceof HTMLInputElement;
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, ...(typing ? {} : { Home: 0, End: all.length - 1 }) }[event.key];
    if (next === undefined || all.length === 0) return;
    event.preventDefault();
    all[(next + all.length) % all.length].focus();
  });
  opener?.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown") return;
    event.preventDefault();
    menu.showPopover();
  });
}

// On a narrow screen the open entry of a menu may stand beyond the edge.
for (const menu of document.querySelectorAll(".main-menu, .sub-menu")) {
  const open = menu.querySelector("[aria-current]");
  if (open && menu.scrollWidth > menu.clientWidth) menu.scrollLeft = open.offsetLeft - (menu.clientWidth - open.offsetWidth) / 2;
}

// A field that narrows a list; it is not there without this file.
for (const field of document.querySelectorAll("[data-filter]")) {
  field.hidden = field.parentElement.hidden = false;
  field.addEventListener("input", () => {
    const wanted = field.value.toLowerCase();
    for (const item of document.querySelectorAll(`${field.dataset.filter} > li`)) {
      item.hidden = !item.textContent.toLowerCase().includes(wanted);
    }
  });
}

// The names of the files that were chosen, in the page's words when there are none.
for (const box of document.querySelectorAll("[data-file]")) {
  const names = box.querySelector(".file-names");
  const none = names.textContent;
  const input = box.querySelector("input");
  const show = () => { names.textContent = [...input.files].map((file) => file.name).join(", ") || none; };
  names.hidden = false;
  input.addEventListener("change", show);
  show();
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
  length: (text, list) => [...text].length >= Number(list.dataset.shortest),
  digit: (text) => /\p{Nd}/u.test(text),
  upper: (text) => /\p{Lu}/u.test(text),
  lower: (text) => /\p{Ll}/u.test(text),
  special: (text) => /[^\p{L}\p{N}\s]/u.test(text),
  forbidden: (text, list) => text !== "" && ![...list.dataset.forbidden].some((sign) => text.includes(sign)),
};
for (const list of document.querySelectorAll("[data-rules]")) {
  const field = document.getElementById(list.dataset.rules);
  field.addEventListener("input", () => {
    for (const item of list.querySelectorAll("[data-rule]")) {
      item.classList.toggle("kept", RULES[item.dataset.rule](field.value, list));
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
      await navigator.clipboard.writeText((shown.value ?? shown.textContent).trim());
      button.textContent = button.dataset.copied;
    } catch {
      if ("value" in shown) shown.select();
      else getSelection().selectAllChildren(shown);
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

// The bell opens its newest notices, the unread ones first, as the page of notices lists them; without this file it leads there.
const NEWEST = 6;
const listNewest = async (bell, box) => {
  const answer = await fetch(bell.href).catch(() => null);
  if (!answer?.ok || answer.redirected) return false;
  const list = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("notices");
  if (!list) return false;
  const items = [...list.querySelectorAll("li")];
  const unread = (item) => (item.matches(".unread-notice") ? 0 : 1);
  items.sort((one, other) => unread(one) - unread(other)).forEach((item, at) => (at < NEWEST ? item.parentElement.append(item) : item.remove()));
  const back = list.querySelector("[name=back]");
  if (back) back.value = location.pathname + location.search;
  if (box.textContent.trim() !== list.textContent.trim()) box.replaceChildren(...list.children);
  return true;
};
for (const panel of document.querySelectorAll("#bell-panel")) {
  const bell = document.querySelector("[data-bell]");
  const box = panel.querySelector("[data-bell-notices]");
  let wasOpen = false;
  bell.setAttribute("aria-expanded", "false");
  bell.setAttribute("aria-controls", panel.id);
  bell.addEventListener("pointerdown", () => { wasOpen = panel.matches(":popover-open"); });
  bell.addEventListener("click", async (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const closes = wasOpen;
    wasOpen = false;
    if (closes) return panel.matches(":popover-open") && panel.hidePopover();
    if (!(await listNewest(bell, box))) return location.assign(bell.href);
    if (!panel.matches(":popover-open")) panel.showPopover({ source: bell });
  });
  panel.addEventListener("toggle", (event) => bell.setAttribute("aria-expanded", String(event.newState === "open")));
  document.addEventListener("bell", () => panel.matches(":popover-open") && listNewest(bell, box));
}

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
    document.dispatchEvent(new Event("bell"));
  };
  if (CALM) continue;
  setInterval(look, 5000);
  bell.addEventListener("read", () => setTimeout(look, 1000));
}

// A notice that leads to a file leaves the page open: it is read once it was pressed.
document.addEventListener("submit", (event) => {
  const line = event.target.matches("[data-notices]") && event.submitter?.closest(".unread-notice");
  if (!line) return;
  line.classList.remove("unread-notice");
  line.querySelector("[data-unread]")?.remove();
  document.querySelector("[data-bell]")?.dispatchEvent(new Event("read"));
});

// Parts of a page that follow the platform: notices as the bell knows of them, and what waits for something, until it waits no
// longer. The focus stays where it is.
const BELL = '[data-follow="bell"]';
const WAITING = `[data-follow]:not(${BELL})`;
const follow = async (parts) => {
  const answer = document.querySelector(parts) && (await ask(location.href));
  if (!answer) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll(parts)) {
    const now = page.getElementById(part.id);
    if (now && now.textContent !== part.textContent) {
      const { tagName, value, href } = document.activeElement;
      const focused = part.contains(document.activeElement);
      part.replaceWith(now);
      if (focused) [...now.querySelectorAll(tagName)].find((item) => item.value === value && item.href === href)?.focus();
    } else if (!now?.dataset.follow) part.removeAttribute("data-follow");
  }
};
if (!CALM) {
  document.addEventListener("bell", () => follow(BELL));
  const first = document.querySelector(WAITING);
  const timer = first && setInterval(async () => {
    await follow(WAITING);
    if (!document.querySelector(WAITING)) clearInterval(timer);
  }, 1000 * first.dataset.follow);
}

// Enter twice, or a double click, sends a form once.
document.addEventListener("submit", (event) => {
  const form = event.target;
  const twice = event.timeStamp - Number(form.dataset.sentAt ?? -Infinity) < 1000;
  if (twice) event.preventDefault();
  else form.dataset.sentAt = event.timeStamp;
});
