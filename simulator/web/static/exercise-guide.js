// Guided mode: marks where the hand goes next in the step at hand, follows what is done, and sees when the step is over.
"use strict";

for (const bar of document.querySelectorAll("[data-exercise-bar]")) {
  const { all, isSeen, isVisible, valueOf } = exerciseFinding;
  const AFTER_A_CLICK = 800, TOO_SOON = 400;
  const root = location.pathname.split("/").slice(0, 3).join("/");
  const plain = (path) => path.replace(/\/+$/, "");
  const stepAt = () => bar.querySelector("[data-step]");
  const read = (step, what) => JSON.parse(step.dataset[what]);

  // How many actions of the step are done is in a cookie, for the next page and for the server.
  const keyOf = (step) => `${step.dataset.generation}.${step.dataset.step}.`;
  const doneOf = (step) => {
    const value = document.cookie.split("; ").find((pair) => pair.startsWith("vnsim_step="))?.slice("vnsim_step=".length) ?? "";
    return value.startsWith(keyOf(step)) ? Number(value.slice(keyOf(step).length)) : 0;
  };
  const setDone = (step, done) => {
    document.cookie = `vnsim_step=${keyOf(step)}${done}; path=${root}/; SameSite=Lax`;
  };

  const frame = () => document.querySelector("iframe.mail-body");
  const address = (step, page) => plain(new URL(step.dataset.root + page, location).pathname);
  const isHere = (step, action) => {
    const path = address(step, action.page);
    return plain(location.pathname) === path;
  };
  const first = (elements) => elements.find(isVisible);
  // The thing on the page that a action is done with; null when it is not there.
  const find = (step, actions, at) => {
    const action = actions[at];
    if (!action) return null;
    if (action.word === "go" || action.word === "outside") {
      const own = bar.querySelector(`[data-action="${at}"]`) ?? (action.word === "go" ? bar.querySelector("a[data-action]") : null);
      if (action.word === "outside") return own;
      const links = [...document.querySelectorAll("a[href]")].filter((link) => !bar.contains(link));
      const to = (page) => first(links.filter((link) => plain(link.pathname) === address(step, page)));
      return to(action.page) ?? to(action.page.split("/")[0]) ?? own;
    }
    if (action.word === "follow_link") return frame() ?? all(action.spot)[0] ?? null;
    if (!action.spot) return null;
    return all(action.spot)[0] ?? null;
  };
  const isSo = (action, element) => {
    if (action.word === "check" || action.word === "uncheck") return element.checked === (action.word === "check");
    if (action.word === "select") return action.values.length > 0 && valueOf(element) === action.values.join(", ");
    // Codes come from elsewhere: any will do.
    if (action.word === "fill") return action.values.length ? valueOf(element) === action.values[0].trim() : element.value !== "";
    return false;
  };
  const isFilling = (action) => ["fill", "scan", "select", "check", "uncheck", "upload"].includes(action.word);

  // How many actions are done as the page is now: what is filled in as it should be needs no hand.
  const doneHere = (step, actions) => {
    for (let done = Math.min(doneOf(step), actions.length); done < actions.length; done += 1) {
      const action = actions[done], element = find(step, actions, done);
      if (action.word === "go") {
        const following = actions[done + 1]?.word === "go" ? null : find(step, actions, done + 1);
        if (!isHere(step, action) && !following) return done;
      } else if (action.is_skipped_if_absent ? element : !element || !isSo(action, element)) return done;
    }
    return actions.length;
  };
  // Which action is next: the first that is not done, as far as the page allows; -1 when none of the rest can be done here.
  const next = (step, actions, done) => {
    const isThere = (at) => { const element = find(step, actions, at); return element && !isSo(actions[at], element); };
    if (done < actions.length && isThere(done)) return done;
    if (done > 0 && done < actions.length && isThere(done - 1)) return done - 1;
    for (let at = done + 1; at < actions.length; at += 1) if (actions[at].word !== "go" && isThere(at)) return at;
    // Somebody who has gone back, or whose form was refused, is at the last run of actions that can be done here.
    let start = -1;
    for (let at = Math.min(done, actions.length) - 1; at >= 0; at -= 1) {
      if (isThere(at)) start = at;
      else if (start >= 0 && !find(step, actions, at)) break;
    }
    return start;
  };

  const bringIntoView = () => {
    const box = marked?.getBoundingClientRect();
    // A line that stays at the bottom of the window lies over what is there.
    const below = document.querySelector(".status-line, .window-status")?.offsetHeight ?? 0;
    if (!box || (box.top >= 0 && box.bottom <= innerHeight - below && box.left >= 0 && box.right <= innerWidth)) return;
    // With what is to be done still in sight, as far as both have room.
    const step = stepAt()?.getBoundingClientRect();
    if (step && step.top < box.top && box.bottom - step.top + 24 <= innerHeight - below) {
      scrollBy({ top: step.top - 8, behavior: "instant" });
      return;
    }
    marked.scrollIntoView({ block: box.height < innerHeight ? "center" : "start", inline: "nearest", behavior: "instant" });
  };
  // Where beside the spot the point lies over nothing that can be pressed or is written in.
  const SIDES = [["left", "center"], ["top", "end"], ["right", "center"], ["bottom", "end"], ["top", "start"], ["bottom", "start"]];
  const freeSide = () => {
    const box = marked.getBoundingClientRect(), away = 15;
    return SIDES.find(([side, align]) => {
      const x = { left: box.left - away, right: box.right + away }[side] ?? (align === "end" ? box.right : box.left);
      const y = { top: box.top - away, bottom: box.bottom + away }[side] ?? (box.top + box.bottom) / 2;
      const there = document.elementFromPoint(x, y);
      return x > 8 && x < innerWidth - 8 && there && !there.closest("a, button, input, select, textarea, label, summary");
    }) ?? SIDES[0];
  };
  let hints = null, marked = null, markedText = "";
  const mark = (element, text) => {
    if (element === marked && text === markedText) return;
    const isSame = element === marked, left = marked;
    // Who is at the point, or reads its sentence, goes on there when the mark moves: leaving a field moves it, too.
    const isHeld = Boolean(document.activeElement?.closest(".driver-hint, .driver-popover"));
    const isOpen = isHeld && Boolean(hints?.getActive());
    hints?.hide();
    marked?.classList.remove("exercise-spot");
    [marked, markedText] = [element ?? null, text];
    if (!marked) {
      if (isHeld) left.focus({ preventScroll: true });
      return;
    }
    marked.classList.add("exercise-spot");
    if (!isSame) bringIntoView();
    const [side, align] = freeSide();
    const popover = { title: stepAt().dataset.name, description: text, showButton: false, side: "bottom", align: "start" };
    // The sentence opens below the whole spot.
    const popoverOffset = Math.round(marked.getBoundingClientRect().height / 2) + 6;
    hints = driverHints.hints({ popoverOffset, hints: [{ element: marked, beacon: { side, align, className: `exercise-beacon exercise-beacon-${side}` }, popover }] });
    hints.show();
    // Above what a menu or a dialog is above.
    marked.closest("dialog, [popover]")?.append(document.querySelector(".driver-hint"));
    hints.refresh();
    if (isOpen) hints.open(0);
    if (isHeld) document.querySelector(".driver-hint").focus({ preventScroll: true });
  };

  // Where the step was seen last, for those who have left that page.
  const KEY = "vnsim-step-page";
  const showWay = (step, isThere) => {
    const away = step.querySelector("[data-away]");
    if (isThere) sessionStorage.setItem(KEY, JSON.stringify([keyOf(step), location.href]));
    const [key, page] = JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
    away.hidden = isThere || key !== keyOf(step) || page === location.href;
    if (!away.hidden) away.querySelector("a").href = page;
  };

  let isPassing = false, isClicked = false;
  const pass = async (step) => {
    // By the form of the button "Done": the next answer of the bar has the next step.
    isPassing = true;
    const form = step.querySelector("form[data-pass]");
    await fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual", keepalive: true }).catch(() => {});
    isPassing = false;
    bar.dispatchEvent(new Event("look"));
  };
  // A second press in a row is not for the step that has just appeared.
  let stepDisplayed = "", displayedAt = 0;
  bar.addEventListener("submit", (event) => {
    if (event.target.matches("form[data-pass]") && performance.now() - displayedAt < TOO_SOON) event.preventDefault();
  });

  let stepBegun = "", wasSeen = false;
  const isOver = (step, actions, done) => {
    // What is only read is over when the reader says so; what the sandbox knows, when it says so.
    if (!actions.length || step.dataset.fact === "open") return false;
    const isDone = done >= actions.length;
    if (step.dataset.fact === "holds") return isDone;
    // Who went back to a step says when it is over: its page may still be there.
    if ("again" in step.dataset) return false;
    const seen = read(step, "seen");
    // What a mail says cannot be seen from here.
    const isAllSeen = seen.length > 0 && seen.every((spot) => isSeen(spot) || (isDone && frame() !== null));
    if (keyOf(step) !== stepBegun) [stepBegun, wasSeen] = [keyOf(step), isAllSeen && done === 0];
    if (!seen.length) {
      return isDone && !document.querySelector("[aria-invalid=true]") && (isFilling(actions.at(-1)) || !isClicked);
    }
    if (!isAllSeen || isDone) return isAllSeen;
    // Another way was taken: what the step leads to is there, and was not when it began.
    const isLeft = (at) => find(step, actions, at) !== null && (isFilling(actions[at]) || (done > 0 && [done, actions.length - 1].includes(at)));
    return !wasSeen && !actions.some((_, at) => at >= done && isLeft(at));
  };

  const look = () => {
    const step = stepAt();
    if (!step) return mark(null, "");
    if (keyOf(step) !== stepDisplayed) [stepDisplayed, displayedAt] = [keyOf(step), performance.now()];
    const actions = read(step, "actions");
    const done = doneHere(step, actions), at = next(step, actions, done);
    if (done === actions.length && done > doneOf(step)) setDone(step, done);
    let element = at < 0 ? null : find(step, actions, at);
    if (!actions.length) element = read(step, "seen").map((spot) => all(spot)[0]).find(Boolean) ?? null;
    if (element && bar.contains(element) && !isVisible(element)) element = bar.querySelector("summary");
    mark(element, step.querySelector("[data-tell]").innerHTML);
    showWay(step, at >= 0 || actions.length === 0);
    bar.dataset.at = at;
    if (!isPassing && isOver(step, actions, done)) pass(step);
  };

  let waits = 0, later = 0;
  const soon = () => {
    clearTimeout(waits);
    waits = setTimeout(look, 60);
  };
  // What is done: with the action at hand, a later one, or an earlier one again.
  const note = (event, words, isAny = true) => {
    const step = stepAt();
    if (!step) return;
    const actions = read(step, "actions"), done = doneOf(step);
    const isWith = (at) => words.includes(actions[at].word) && find(step, actions, at)?.contains(event.target);
    const ahead = actions.findIndex((_, at) => at >= done && isWith(at));
    const again = isAny ? actions.findLastIndex((_, at) => at < done && isWith(at)) : -1;
    const at = ahead >= 0 ? ahead : again;
    if (at < 0) return;
    setDone(step, at + 1);
    isClicked = true;
    clearTimeout(later);
    later = setTimeout(() => { isClicked = false; look(); bar.dispatchEvent(new Event("look")); }, AFTER_A_CLICK + 100);
  };
  document.addEventListener("click", (event) => note(event, ["click", "follow_link", "go", "outside"]), true);
  document.addEventListener("change", (event) => note(event, event.target.value ? ["fill", "select", "check", "uncheck", "upload"] : ["check", "uncheck"], false), true);
  document.addEventListener("keydown", (event) => {
    const step = stepAt();
    if (!step) return;
    const actions = read(step, "actions");
    const done = doneHere(step, actions);
    if (actions[done]?.word === "press" && actions[done].values[0] === event.key) setDone(step, done + 1);
  }, true);
  // A key is scanned with the phone, which is another page: whoever comes back has done it.
  addEventListener("focus", () => {
    const step = stepAt();
    if (step && read(step, "actions")[doneOf(step)]?.word === "scan") setDone(step, doneOf(step) + 1);
    soon();
  });
  // What is clicked inside a mail is not seen from here, only that it is left from there.
  addEventListener("pagehide", () => {
    const step = stepAt(), inside = frame();
    if (!step || !inside || document.activeElement !== inside) return;
    const actions = read(step, "actions"), done = doneOf(step);
    const at = actions.findIndex((action, index) => index >= done && action.word === "follow_link");
    if (at >= 0) setDone(step, at + 1);
  });
  addEventListener("pageshow", (event) => { if (event.persisted) bar.dispatchEvent(new Event("look")); });

  // Turned screens and a bar that was opened move what is marked.
  addEventListener("resize", () => { look(); bringIntoView(); });
  bar.querySelector("details").addEventListener("toggle", bringIntoView);
  const sizes = new ResizeObserver(() => hints?.refresh());
  for (const moving of [bar, document.body]) sizes.observe(moving);

  look();
  bar.addEventListener("change", soon);
  for (const happening of ["input", "click", "toggle", "focusin", "keyup"]) document.addEventListener(happening, soon, true);
  new MutationObserver(soon).observe(document.body, { childList: true, subtree: true, attributes: true,
    attributeFilter: ["open", "hidden", "disabled", "checked", "aria-expanded"] });
}
