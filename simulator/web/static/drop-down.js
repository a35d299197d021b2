// A menu closes once something in it was chosen; without this file it stays open until the visitor clicks elsewhere.
"use strict";

for (const form of document.querySelectorAll(".drop-down")) {
  form.addEventListener("submit", () => form.querySelector("[popover]").hidePopover());
}
