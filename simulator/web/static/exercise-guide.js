// Marks where the step at hand is done, by role and visible text as manuals name things, and sees when what it leads to is there.
"use strict";

for (const bar of document.querySelectorAll("[data-exercise-bar]")) {
  const KINDS = {
    link: "a[href]",
    button: "button, input[type=submit], summary, [role=button]",
    menuitem: "[role=menuitem], [role=menu] a, [role=menu] button",
    tab: "[role=tab], nav a",
    heading: "h1, h2, h3, h4, h5, h6, legend, [role=heading]",
    textbox: "input:not([type=hidden], [type=checkbox], [type=radio], [type=submit], [type=file]), textarea",
    checkbox: "input[type=checkbox]",
    radio: "input[type=radio]",
    combobox: "select, [role=combobox]",
    row: "tr, li",
    column: "th",
    cell: "td",
    text: "p, li, td, th, dd, dt, span, strong, h1, h2, h3, label, div",
  };
  const plain = (text) => (text ?? "").replace(/\s+/g, " ").trim().toLowerCase();
  const name = (element) => plain(
    element.getAttribute("aria-label") ?? ([...(element.labels ?? [])].map((label) => label.textContent).join(" ")
      || (element.matches("input[type=submit]") ? element.value : element.textContent) || element.title),
  );
  const isThere = (element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest(".exercise-bar, .driver-popover");
  const isWithin = (element, label) => {
    for (let around = element.parentElement; around; around = around.parentElement) {
      const title = around.getAttribute("aria-label") ?? around.querySelector(":scope > :is(h1, h2, h3, legend, caption)")?.textContent;
      if (plain(title) === label) return true;
    }
    return false;
  };
  const find = (spot) => {
    const label = plain(spot.label);
    const agrees = (element) => {
      const own = name(element).replace(/ \*$/, "");
      if (spot.exact && spot.kind !== "row" && spot.kind !== "text" ? own !== label : !own.includes(label)) return false;
      if (spot.row && !plain(element.closest("tr, li")?.textContent).includes(plain(spot.row))) return false;
      return !spot.within || isWithin(element, plain(spot.within));
    };
    return [...document.querySelectorAll(KINDS[spot.kind] ?? KINDS.text)].find((element) => isThere(element) && agrees(element));
  };

  // What is filled in, ticked or open already is passed over.
  const isDone = (element) => {
    if (element.matches("input[type=checkbox], input[type=radio]")) return element.checked;
    if (element.matches("input, textarea")) return element.value !== "" && element !== document.activeElement;
    const menu = element.getAttribute("popovertarget");
    return Boolean(menu && document.getElementById(menu)?.matches(":popover-open"));
  };

  let marks = null;
  let marked = null;
  const mark = (element, text) => {
    if (element === marked) return;
    marks?.hide();
    marked?.classList.remove("exercise-spot");
    marked = element ?? null;
    if (!marked) return;
    marked.classList.add("exercise-spot");
    const popover = { title: bar.querySelector("[data-step]").dataset.name, description: text, showButton: false };
    marks = driverHints.hints({ hints: [{ element: marked, beacon: { side: "left", className: "exercise-beacon" }, popover }] });
    marks.show();
  };

  let isPassing = false;
  const look = () => {
    const step = bar.querySelector("[data-step]");
    if (!step) return mark(null);
    const spots = JSON.parse(step.dataset.spots).map(find).filter(Boolean);
    mark(spots.find((element) => !isDone(element)) ?? spots.at(-1), step.querySelector("[data-tell]").innerHTML);
    const seen = step.dataset.seen ? JSON.parse(step.dataset.seen) : [];
    if (isPassing || !seen.length || !seen.every((spot) => Boolean(find(spot)) !== spot.gone)) return;
    // By the form of the button "Done": the next answer of the bar has the next step.
    isPassing = true;
    const form = step.querySelector("form");
    fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" })
      .then(() => bar.dispatchEvent(new Event("look")))
      .catch(() => {})
      .finally(() => { isPassing = false; });
  };

  let waits = 0;
  const soon = () => {
    clearTimeout(waits);
    waits = setTimeout(look, 60);
  };
  look();
  bar.addEventListener("change", soon);
  for (const happening of ["input", "click", "toggle", "focusin"]) document.addEventListener(happening, soon, true);
}
