// Finds on the page what a step of a manual names: by role, name and place, by the rules of those who walk manuals in a browser.
"use strict";

const exerciseFinding = (() => {
  const OWN = ".exercise-bar, .driver-hint, .driver-popover";
  const ROLES = {
    link: ["link"], button: ["button"], menuitem: ["menuitem", "menuitemcheckbox", "menuitemradio"], tab: ["tab"],
    heading: ["heading"], textbox: ["textbox", "searchbox", "spinbutton"], checkbox: ["checkbox", "switch"], radio: ["radio"],
    combobox: ["combobox", "listbox"], option: ["option"], row: ["row", "listitem"], column: ["columnheader"],
    cell: ["cell", "gridcell", "rowheader"],
  };
  const SECTIONS = ["region", "dialog", "alertdialog", "group", "form", "tabpanel", "navigation", "table", "list"];
  const NAMED_BY_CONTENT = new Set(["button", "cell", "checkbox", "columnheader", "gridcell", "heading", "link", "menuitem",
    "menuitemcheckbox", "menuitemradio", "option", "radio", "row", "rowheader", "switch", "tab"]);
  const OF_TAG = {
    button: "button", textarea: "textbox", option: "option", tr: "row", li: "listitem", td: "cell", table: "table", ul: "list",
    ol: "list", nav: "navigation", section: "region", form: "form", fieldset: "group", details: "group", dialog: "dialog",
    h1: "heading", h2: "heading", h3: "heading", h4: "heading", h5: "heading", h6: "heading",
  };
  const OF_INPUT = {
    checkbox: "checkbox", radio: "radio", submit: "button", button: "button", reset: "button", image: "button", file: "button",
    search: "searchbox", number: "spinbutton", hidden: "", range: "slider",
  };
  const FIELDS = "input, select, textarea";
  const OPEN_MENUS = "[role=menu], [aria-expanded=true] + *, details[open] > :not(summary)";

  const plain = (text) => (text ?? "").replace(/\s+/g, " ").trim();
  const agrees = (text, label, exact) => (exact ? plain(text) === plain(label)
    : plain(text).toLowerCase().includes(plain(label).toLowerCase()));

  const role = (element) => {
    const own = element.getAttribute("role");
    if (own) return own.split(" ")[0];
    const tag = element.localName;
    if (tag === "a") return element.hasAttribute("href") ? "link" : "";
    if (tag === "input") return element.list ? "combobox" : OF_INPUT[element.type] ?? "textbox";
    if (tag === "select") return element.multiple || element.size > 1 ? "listbox" : "combobox";
    if (tag === "th") return element.scope === "row" ? "rowheader" : "columnheader";
    return OF_TAG[tag] ?? "";
  };
  const isVisible = (element) => {
    if (!element.checkVisibility({ visibilityProperty: true })) return false;
    const box = element.getBoundingClientRect();
    return box.width > 0 && box.height > 0;
  };
  const isUnread = (element) => element.closest("[aria-hidden=true]") !== null;

  const added = (element, which) => {
    const [, text, instead] = /^"((?:[^"\\]|\\.)*)"(?: \/ "((?:[^"\\]|\\.)*)")?$/s.exec(getComputedStyle(element, which).content) ?? [];
    return instead ?? text ?? "";
  };
  // What is read of an element: without what is hidden, with the names of pictures and what style sheets add.
  const read = (node, named) => {
    if (node.nodeType === Node.TEXT_NODE) return node.nodeValue;
    if (node.nodeType !== Node.ELEMENT_NODE || node.matches("script, style")) return "";
    if (node !== named && (node.getAttribute("aria-hidden") === "true" || !node.checkVisibility({ visibilityProperty: true }))) return "";
    if (node !== named && node.hasAttribute("aria-label")) return node.getAttribute("aria-label");
    if (node.localName === "br") return " ";
    if (node.localName === "img") return node.alt;
    if (node.matches(FIELDS)) return "";
    const inside = added(node, "::before") + [...node.childNodes].map((child) => read(child, named)).join("") + added(node, "::after");
    return node === named || getComputedStyle(node).display.startsWith("inline") ? inside : ` ${inside} `;
  };
  const name = (element) => {
    const by = element.getAttribute("aria-labelledby");
    if (by) return plain(by.split(/\s+/).map((id) => document.getElementById(id)).filter(Boolean).map((one) => read(one, one)).join(" "));
    if (element.getAttribute("aria-label")) return plain(element.getAttribute("aria-label"));
    const kind = role(element);
    if (element.matches(FIELDS)) {
      if (element.labels?.length) return plain([...element.labels].map((label) => read(label, label)).join(" "));
      return plain(kind === "button" ? element.value || element.title : element.title || element.placeholder);
    }
    const title = { fieldset: "legend", table: "caption" }[element.localName];
    if (title && element.querySelector(`:scope > ${title}`)) return plain(read(element.querySelector(`:scope > ${title}`), element));
    const content = NAMED_BY_CONTENT.has(kind) || element.localName === "summary" ? plain(read(element, element)) : "";
    return content || plain(element.title);
  };

  const inside = (scope, selector = "*") => [...scope.querySelectorAll(selector)].filter((element) => !element.closest(OWN));
  const byRole = (scope, wanted, label, exact = true) => inside(scope).filter((element) => role(element) === wanted
    && isVisible(element) && !isUnread(element) && (label === undefined || agrees(name(element), label, exact)));
  const written = (element) => (element.matches("input[type=submit], input[type=button]") ? element.value
    : element.matches("script, style, noscript") ? "" : element.textContent);
  // The smallest elements that say a text, whether they are seen or not.
  const saying = (scope, label, exact) => inside(scope).filter((element) => agrees(written(element), label, exact)
    && ![...element.children].some((child) => agrees(written(child), label, exact)));
  const byText = (scope, label, exact) => saying(scope, label, exact).filter(isVisible);

  const rows = (scope, label) => {
    for (const kind of ROLES.row) {
      const all = byRole(scope, kind);
      const whole = all.filter((row) => saying(row, label, true).length);
      if (whole.length) return whole;
      const parts = all.filter((row) => agrees(row.textContent, label, false));
      if (parts.length) return parts;
    }
    return [];
  };
  const sections = (label) => {
    for (const kind of SECTIONS) {
      const matches = byRole(document, kind, label);
      if (matches.length) return matches;
    }
    return byRole(document, "heading", label).map((heading) => heading.parentElement.closest("section, article, div, main")).filter(Boolean);
  };
  const inScope = (scope, spot) => {
    const { kind, label, exact } = spot;
    if (kind === "text") return byText(scope, label, exact);
    if (kind === "row") return rows(scope, label);
    const matches = ROLES[kind].flatMap((one) => byRole(scope, one, label, exact));
    if (matches.length) return matches;
    // What a person calls a menu item, a tab or a button is often a link or a summary to the browser.
    if (kind === "menuitem") {
      return inside(scope, OPEN_MENUS).flatMap((menu) => [...byRole(menu, "link", label, exact), ...byRole(menu, "button", label, exact)]);
    }
    if (kind === "tab") return byRole(scope, "navigation").flatMap((around) => byRole(around, "link", label, exact));
    if (kind === "button") return inside(scope, "summary").filter((one) => isVisible(one) && saying(one, label, exact).length + agrees(one.textContent, label, exact));
    return [];
  };

  const ofName = (label) => inside(document).filter((element) => isVisible(element)
    && ((element.matches(FIELDS) && (name(element) === plain(label) || plain(element.placeholder) === plain(label)))
      || (role(element) === "button" && name(element) === plain(label)))).concat(byText(document, label, true));
  const isAtEdge = (element, which) => {
    const middle = (one) => { const box = one.getBoundingClientRect(); return box.x + box.width / 2; };
    const others = [...(element.closest("tr, [role=row], li")?.querySelectorAll("a, button, summary, input, select, td, th, [role=cell]") ?? [])]
      .filter((one) => one !== element && !one.contains(element) && !element.contains(one) && one.checkVisibility()
        && (one.matches("a, button, summary, input, select") || plain(one.innerText)));
    return others.every((one) => (which === "first" ? middle(one) >= middle(element) : middle(one) <= middle(element)));
  };
  // Measured as the walkers of manuals do, on the page as it is wide here.
  const isAt = (element, [place, other]) => {
    if (place.endsWith("in row")) return isAtEdge(element, place.split(" ")[0]);
    const measure = (one) => {
      const box = one.getBoundingClientRect();
      return { left: box.left, right: box.right, top: box.top + scrollY, bottom: box.bottom + scrollY };
    };
    const box = measure(element);
    if (other) {
      return ofName(other).map(measure).some((beside) => {
        const sharesWidth = (box.left < beside.right && beside.left < box.right) || Math.abs(box.left - beside.left) < innerWidth * 0.1;
        const sharesHeight = box.top < beside.bottom && beside.top < box.bottom;
        return { under: box.top >= beside.bottom - 2 && sharesWidth, above: box.bottom <= beside.top + 2 && sharesWidth,
          "left of": box.right <= beside.left + 2 && sharesHeight, "right of": box.left >= beside.right - 2 && sharesHeight }[place];
      });
    }
    const x = (box.left + box.right) / 2, y = (box.top + box.bottom) / 2;
    const tall = Math.max(document.documentElement.scrollHeight, innerHeight);
    const rules = {
      left: x < innerWidth / 2, right: x > innerWidth / 2, "far left": x < innerWidth * 0.2, "far right": x > innerWidth * 0.8,
      top: y < innerHeight / 3, bottom: (y > innerHeight * 2 / 3 && y <= innerHeight) || y > tall * 2 / 3,
      "halfway down": y >= innerHeight / 4 && y <= innerHeight * 3 / 4,
    };
    return place in rules ? rules[place] : place.split(" ").every((word) => rules[word]);
  };

  // Everything visible that a spot can mean; its places choose among several.
  const all = (spot) => {
    if (!spot.label) {
      const at = document.activeElement;
      if (at?.matches("input, textarea") && !at.closest(OWN)) return [at];
      const fields = byRole(document, "textbox");
      return fields.length === 1 ? fields : [];
    }
    let scopes = spot.within ? sections(spot.within) : [document];
    if (spot.row) scopes = scopes.flatMap((scope) => rows(scope, spot.row));
    const first = scopes.map((scope) => inScope(scope, spot)).filter((matches) => matches.length);
    const matches = [...new Set(spot.row ? first.flat() : first[0] ?? [])];
    const placed = matches.length > 1 ? matches.filter((element) => spot.places.every((place) => isAt(element, place))) : matches;
    return placed.length ? placed : matches;
  };

  const valueOf = (element) => plain(element.localName === "select" ? [...element.selectedOptions].map((option) => option.label).join(", ")
    : "value" in element && !element.matches("li, button") ? element.value : element.innerText);
  const shows = (spot, element) => {
    if (spot.value !== null && valueOf(element) !== plain(spot.value)) return false;
    if (spot.state === "enabled" || spot.state === "disabled") return (element.matches(":disabled") || element.readOnly === true) === (spot.state === "disabled");
    return spot.state !== "checked" && spot.state !== "unchecked" ? true : element.checked === (spot.state === "checked");
  };
  const isSeen = (spot) => {
    const matches = all(spot);
    return spot.state === "gone" ? matches.length === 0 : matches.some((element) => shows(spot, element));
  };

  return { all, isSeen, isVisible, valueOf };
})();
