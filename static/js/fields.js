// Comfort for the inputs of forms; everything works without it. One listener on the document, so swapped cells need no care.
"use strict";
(function () {
  const boxOf = (element) => element.closest(".pick");
  const options = (box) => Array.from(box.querySelectorAll("[role=option]:not([aria-disabled])"));
  function show(box, open) {
    box.classList.toggle("shut", !open);
    box.querySelector("[role=combobox]").setAttribute("aria-expanded", String(open));
  }

  // Picker: arrows walk the list, Escape shuts it, Tab leaves it, leaving puts the chosen label back.
  document.addEventListener("keydown", (event) => {
    const box = event.target.closest && boxOf(event.target);
    if (box) walk(event, box);
  });

  function walk(event, box) {
    const input = box.querySelector("[role=combobox]");
    const list = options(box);
    const at = list.indexOf(document.activeElement);
    if (event.key === "Escape") {
      input.focus();
      show(box, false); // after the focus, which opens it
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      show(box, true);
      const to = event.key === "ArrowDown" ? at + 1 : at - 1;
      (to < 0 ? input : list[Math.min(to, list.length - 1)] || input).focus();
    } else if (event.key === "Enter" && event.target === input) {
      event.preventDefault();
      if (list.length && !list[0].matches("a")) list[0].click(); // to make another record is chosen on purpose only
    }
  }

  document.addEventListener("focusin", (event) => {
    const box = event.target.matches && event.target.matches("[role=combobox]") && boxOf(event.target);
    if (!box) return;
    show(box, true);
    event.target.select();
  });
  // a list that was shut, by Escape or because a refusal brought the focus here, opens again for whoever types or clicks
  for (const kind of ["input", "click"]) {
    document.addEventListener(kind, (event) => {
      const box = event.target.matches && event.target.matches("[role=combobox]") && boxOf(event.target);
      if (box) show(box, true);
    }, true);
  }

  // What was searched by gives way to what was chosen; a swap alone leaves the box that has the focus as it is.
  document.addEventListener("htmx:config:request", (event) => {
    const ctx = event.detail.ctx;
    const box = ctx.sourceElement.matches && ctx.sourceElement.matches("[role=option]") && boxOf(ctx.sourceElement);
    if (box) ctx.picked = { id: box.id, words: box.querySelector("[role=combobox]").value };
  });
  document.addEventListener("htmx:finally:request", (event) => {
    const { picked, status } = event.detail.ctx;
    const box = picked && status === "swapped" && document.getElementById(picked.id);
    const input = box && box.querySelector("[role=combobox]");
    if (input && input.value === picked.words) input.value = input.dataset.shown || "";
  });

  document.addEventListener("focusout", (event) => {
    const box = event.target.closest && boxOf(event.target);
    if (!box || box.contains(event.relatedTarget)) return;
    const input = box.querySelector("[role=combobox]");
    input.setAttribute("aria-expanded", "false");
    const clear = !input.value.trim() && input.dataset.shown && box.querySelector(".pick-x");
    if (clear) clear.click(); // emptied by hand: nothing is chosen any more
    else input.value = input.dataset.shown || "";
  });

  // Inside a box that scrolls, a list is hung on the window, so that nothing cuts it off and nothing grows wider.
  function hang(list, from) {
    if (!from.closest(".scroll") || !list.firstChild) return;
    list.classList.add("hung");
    const at = from.getBoundingClientRect();
    const below = at.bottom + 4 + list.offsetHeight <= innerHeight;
    list.style.setProperty("min-width", list.matches(".pick-l") ? at.width + "px" : "132px");
    list.style.setProperty("top", (below ? at.bottom + 4 : Math.max(4, at.top - 4 - list.offsetHeight)) + "px");
    const left = list.matches(".menu-l") ? at.right - list.offsetWidth : at.left;
    list.style.setProperty("left", Math.max(4, Math.min(left, innerWidth - list.offsetWidth - 4)) + "px");
  }
  document.addEventListener("toggle", (event) => {
    if (event.target.matches("details.menu[open]")) hang(event.target.querySelector(".menu-l"), event.target);
  }, true);
  document.addEventListener("htmx:after:swap", () => {
    const box = document.activeElement && boxOf(document.activeElement);
    if (box) hang(box.querySelector(".pick-l"), box);
  });
  document.addEventListener("scroll", (event) => {
    if (event.target.matches && event.target.matches(".pick-l")) return;
    const box = document.activeElement && boxOf(document.activeElement);
    if (box) hang(box.querySelector(".pick-l"), box);
    for (const menu of document.querySelectorAll("details.menu[open]")) hang(menu.querySelector(".menu-l"), menu);
  }, true);

  // A date is typed or chosen: the browser's own calendar opens behind the button, what is chosen is as if typed.
  document.addEventListener("click", (event) => {
    const button = event.target.closest && event.target.closest("[data-calendar]");
    const calendar = button && button.previousElementSibling;
    if (calendar && calendar.showPicker) calendar.showPicker();
  });
  document.addEventListener("change", (event) => {
    if (!event.target.matches || !event.target.matches("input.cal")) return;
    const typed = event.target.parentNode.querySelector("input[name]");
    typed.value = event.target.value;
    typed.dispatchEvent(new Event("input", { bubbles: true }));
    typed.dispatchEvent(new Event("change", { bubbles: true }));
  });

  // A menu shuts when the focus or a click goes elsewhere.
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
})();
