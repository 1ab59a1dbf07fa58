// Choosing rows of a list: boxes, Shift for a range, `x` for the row one is at, Ctrl A for the page, Esc for none.
"use strict";
(function () {
  const $ = (selector, root) => (root || document).querySelector(selector);
  const boxes = () => Array.from(document.querySelectorAll("#list .choose-x"));
  const bar = () => $("#bulk");
  let last = null;

  function show() {
    const form = bar();
    if (!form) return;
    const every = boxes();
    const chosen = every.filter((each) => each.checked);
    const all = form.elements.all;
    if (!all.disabled && chosen.length < every.length) all.disabled = true;
    form.hidden = !chosen.length;
    $("#list").classList.toggle("choosing", Boolean(chosen.length));
    for (const each of every) each.closest("tr").classList.toggle("sel", each.checked);
    const count = all.disabled ? chosen.length : Number(all.value);
    $("[data-said]", form).textContent = $("[data-said]", form).dataset.said.replace("{n}", count);
    const rest = $("[data-all]", form);
    if (rest) rest.hidden = !all.disabled || chosen.length < every.length || Number(all.value) <= every.length;
  }
  function choose(some, on) {
    for (const each of some) each.checked = on;
    show();
  }
  function none() {
    if (bar()) bar().elements.all.disabled = true;
    choose(boxes(), false);
  }

  document.addEventListener("click", (event) => {
    const box = event.target.closest && event.target.closest(".choose-x");
    if (box) {
      const every = boxes();
      if (event.shiftKey && last && last.isConnected) {
        const [from, to] = [every.indexOf(last), every.indexOf(box)].sort((a, b) => a - b);
        choose(every.slice(from, to + 1), box.checked);
      }
      last = box;
      return;
    }
    if (!event.target.closest) return;
    if (event.target.closest("[data-none]")) none();
    if (event.target.closest("[data-choose]")) $("#list").classList.toggle("selecting");
    if (event.target.closest("#bulk [data-all]")) { bar().elements.all.disabled = false; show(); }
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches(".choose-x")) show();
    if (event.target.matches(".choose-all")) choose(boxes(), event.target.checked);
  });
  document.addEventListener("htmx:after:swap", show);
  document.addEventListener("DOMContentLoaded", show);

  document.addEventListener("keydown", (event) => {
    const list = $("#list");
    const typing = event.target.matches && event.target.matches("input:not([type=checkbox]), select, textarea, [contenteditable]");
    if (!list || typing || document.querySelector("dialog[open]")) return;
    if (event.key === "Escape" && bar() && !bar().hidden) none();
    if (list.dataset.keys === "off" || !boxes().length) return;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "a") {
      event.preventDefault();
      choose(boxes(), true);
    } else if (event.key === "x" && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const row = (document.activeElement && document.activeElement.closest("#list tr[data-id]")) || $("#list tr.cur");
      const box = row && $(".choose-x", row);
      if (box) { box.checked = !box.checked; last = box; show(); }
    }
  });
})();
