// The menu bar of a program's window takes the keyboard as the ARIA pattern of menu bars says: one stop for Tab, arrow keys, Home and
// End, first letters, Escape. The Alt key stays the browser's. Without this file each menu is a list that opens by itself.
"use strict";

const items = (menu) => [...menu.children].map((entry) => entry.querySelector(":scope > [role=menuitem]"));
const menuOf = (item) => item.closest("[role=menu], [role=menubar]");
const submenuOf = (item) => (item.hasAttribute("aria-haspopup") ? item.nextElementSibling : null);
const openerOf = (menu) => (menu.matches("[role=menu]") ? menu.previousElementSibling : null);

const toMenu = (list, role) => {
  list.setAttribute("role", role);
  for (const entry of list.children) {
    entry.setAttribute("role", "none");
    let item = entry.firstElementChild;
    if (item.matches("details")) {
      const [summary, submenu] = item.children;
      const button = document.createElement("button");
      button.type = "button";
      button.setAttribute("aria-haspopup", "menu");
      button.setAttribute("aria-expanded", "false");
      button.textContent = summary.textContent;
      submenu.setAttribute("aria-label", summary.textContent);
      submenu.hidden = true;
      toMenu(submenu, "menu");
      item.replaceWith(button, submenu);
      item = button;
    }
    item.setAttribute("role", "menuitem");
    item.tabIndex = -1;
  }
};

for (const nav of document.querySelectorAll("[data-menu-bar]")) {
  const bar = nav.querySelector("ul");
  toMenu(bar, "menubar");
  bar.setAttribute("aria-label", nav.getAttribute("aria-label"));
  items(bar)[0].tabIndex = 0;

  const close = (item) => {
    const submenu = submenuOf(item);
    if (!submenu || submenu.hidden) return;
    items(submenu).forEach(close);
    submenu.hidden = true;
    item.setAttribute("aria-expanded", "false");
  };
  const closeAll = () => items(bar).forEach(close);
  const topOf = (item) => {
    while (openerOf(menuOf(item))) item = openerOf(menuOf(item));
    return item;
  };
  const focus = (item) => {
    items(bar).forEach((top) => { top.tabIndex = top === topOf(item) ? 0 : -1; });
    item.focus();
  };
  const open = (item, at) => {
    items(menuOf(item)).forEach((other) => { if (other !== item) close(other); });
    const submenu = submenuOf(item);
    if (!submenu) return focus(item);
    submenu.hidden = false;
    item.setAttribute("aria-expanded", "true");
    focus(at === undefined ? item : items(submenu).at(at));
  };
  const step = (item, by) => {
    const all = items(menuOf(item));
    return all[(all.indexOf(item) + by + all.length) % all.length];
  };
  // Along the bar; where a menu is open, so is the next.
  const along = (item, by) => {
    const wasOpen = bar.querySelector("[aria-expanded=true]");
    const next = step(topOf(item), by);
    closeAll();
    if (wasOpen) open(next, 0);
    else focus(next);
  };
  const withLetter = (item, letter) => {
    const all = items(menuOf(item));
    const at = all.indexOf(item) + 1;
    return [...all.slice(at), ...all.slice(0, at)].find((other) => other.textContent.trim().toLowerCase().startsWith(letter));
  };
  const escape = (item) => {
    const opener = openerOf(menuOf(item));
    if (opener) close(opener);
    focus(opener ?? item);
    if (!opener) closeAll();
  };

  bar.addEventListener("keydown", (event) => {
    const item = event.target.closest("[role=menuitem]");
    if (!item || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Tab") { // goes on from the bar, not from within the menu
      focus(topOf(item));
      return closeAll();
    }
    const inBar = menuOf(item) === bar;
    const submenu = submenuOf(item);
    const actions = {
      ArrowRight: () => (inBar || !submenu ? along(item, 1) : open(item, 0)),
      ArrowLeft: () => (inBar || menuOf(openerOf(menuOf(item))) === bar ? along(item, -1) : escape(item)),
      ArrowDown: () => (inBar ? open(item, 0) : focus(step(item, 1))),
      ArrowUp: () => (inBar ? open(item, -1) : focus(step(item, -1))),
      Home: () => focus(items(menuOf(item))[0]),
      End: () => focus(items(menuOf(item)).at(-1)),
      Enter: () => (submenu ? open(item, 0) : item.click()),
      " ": () => (submenu ? open(item, 0) : item.click()),
      Escape: () => escape(item),
    };
    const letter = event.key.length === 1 && event.key !== " " && withLetter(item, event.key.toLowerCase());
    const action = Object.hasOwn(actions, event.key) ? actions[event.key] : letter && (() => focus(letter));
    if (!action) return;
    event.preventDefault();
    action();
  });
  bar.addEventListener("click", (event) => {
    const item = event.target.closest("[aria-haspopup]");
    if (!item) return;
    if (item.getAttribute("aria-expanded") === "true") close(item);
    else open(item);
  });
  bar.addEventListener("pointerover", (event) => {
    const item = event.target.closest("[role=menuitem]");
    if (event.pointerType === "mouse" && item && menuOf(item) === bar && bar.querySelector("[aria-expanded=true]")) {
      if (item.getAttribute("aria-expanded") !== "true") open(item);
    }
  });
  bar.addEventListener("focusout", (event) => {
    if (!bar.contains(event.relatedTarget)) closeAll();
  });
  document.addEventListener("pointerdown", (event) => {
    if (!bar.contains(event.target)) closeAll();
  });
}

// What the program notices of what was typed is said as soon as a field of this part is left; without this file a button asks.
for (const part of document.querySelectorAll("[data-look-up]")) {
  part.addEventListener("change", async () => {
    const typed = [...part.querySelectorAll("input, select")].map((field) => [field.name, field.value]);
    const answer = await fetch(`${part.dataset.lookUp}?${new URLSearchParams(typed)}`).catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    part.querySelector("[data-answer]").replaceChildren(...page.body.children);
  });
}

// A file that was asked for is saved at once; without this file the link saves it.
for (const link of document.querySelectorAll("a[data-download]")) {
  const address = new URL(location.href);
  address.search = "";
  history.replaceState(null, "", address);
  link.click();
}
