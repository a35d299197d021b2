// New class: exercises are filtered and put in order at once; without this file the buttons of the form do it.
"use strict";

for (const part of document.querySelectorAll("[data-exercises]")) {
  const list = part.querySelector("[data-chosen]"), blank = part.querySelector("template");
  const boxes = [...part.querySelectorAll("input[name=exercise]")];
  const title = (inside) => inside.querySelector("[data-title]");

  // Buttons that send the form would be pressed by Enter in a field.
  const calm = (inside) => { for (const button of inside.querySelectorAll("button")) button.type = "button"; };
  for (const button of part.querySelectorAll("[data-plain]")) button.hidden = true;
  calm(part);

  const count = () => {
    const minutes = boxes.filter((box) => box.checked).map((box) => Number(box.parentElement.querySelector("[data-minutes]")?.dataset.minutes ?? 0));
    part.querySelector("[data-total]").textContent = minutes.reduce((sum, each) => sum + each, 0);
    part.querySelector("[data-empty]").hidden = list.children.length > 0;
  };
  const add = (box) => {
    const item = blank.content.firstElementChild.cloneNode(true);
    item.dataset.id = box.value;
    item.querySelector("input").value = box.value;
    title(item).parentElement.replaceChildren(...box.labels[0].cloneNode(true).childNodes);
    for (const button of item.querySelectorAll("button")) {
      button.value += box.value;
      button.lastElementChild.textContent += title(item).textContent;
    }
    calm(item);
    list.append(item);
  };
  const place = (box) => [...list.children].find((item) => item.dataset.id === box.value);
  part.addEventListener("change", (event) => {
    if (!boxes.includes(event.target)) return;
    if (event.target.checked) add(event.target);
    else place(event.target)?.remove();
    count();
  });
  list.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const item = button.closest("li"), what = button.value.split(":")[0];
    if (what === "remove") {
      const next = item.nextElementSibling ?? item.previousElementSibling;
      boxes.find((box) => box.value === item.dataset.id).checked = false;
      item.remove();
      (next?.querySelector("[value^=remove]") ?? part.querySelector("[type=search]")).focus();
      return count();
    }
    if (what === "up") item.previousElementSibling?.before(item);
    else item.nextElementSibling?.after(item);
    button.focus();
    part.querySelector("[data-moved]").textContent = `${title(item).textContent}: ${[...list.children].indexOf(item) + 1} / ${list.children.length}`;
  });

  const filter = part.querySelector("[type=search]");
  const status = part.querySelector("[data-none]");
  filter.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  filter.addEventListener("input", () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    let all = 0;
    for (const group of part.querySelectorAll("[data-group]")) {
      const name = group.querySelector("summary").firstChild.textContent;
      let some = 0;
      for (const item of group.querySelectorAll("li")) {
        const text = `${name} ${title(item).textContent}`.toLowerCase();
        item.hidden = !words.every((word) => text.includes(word));
        some += !item.hidden;
      }
      group.hidden = !some;
      group.open = some > 0 && (words.length > 0 || group.querySelector(":checked") !== null);
      group.querySelector("[data-count]").textContent = some;
      all += some;
    }
    status.textContent = !all ? status.dataset.none : words.length ? `${status.dataset.some}: ${all}` : "";
  });
}
