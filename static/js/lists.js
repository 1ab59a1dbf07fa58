// Comfort for lists: keys, pickers of the filter, groups and trees that fold, cards that are dragged. Everything else is htmx.
"use strict";
(function () {
  const $ = (selector, root) => (root || document).querySelector(selector);
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const list = () => $("#list");
  const seen = (element) => element.offsetParent !== null;

  // ---- keys: J and K walk the rows, Enter opens, N new, F filter, / search; never while somebody types
  const busy = (target) => target.closest("input, select, textarea, button, summary, [contenteditable], [role=option], dialog");
  const rows = () => all("#list-rows tbody tr[data-id], #list-board .card-x, #list-calendar .entry").filter(seen);
  function walk(by) {
    const every = rows();
    const at = every.findIndex((each) => each.classList.contains("cur"));
    const to = every[at < 0 ? (by > 0 ? 0 : every.length - 1) : Math.max(0, Math.min(every.length - 1, at + by))];
    if (!to) return;
    for (const each of every) each.classList.toggle("cur", each === to);
    const link = to.matches("a") ? to : $("a.tl-a", to);
    if (link) link.focus({ preventScroll: true });
    to.scrollIntoView({ block: "nearest" });
  }
  const press = (selector) => { const found = $(selector); if (found) found.click(); return Boolean(found); };
  const KEYS = {
    j: () => walk(1), k: () => walk(-1), n: () => press("#list-new"), f: () => press("#open-filter"),
    "/": () => { const box = $("#list-q"); if (box) { box.focus(); box.select(); } },
  };
  document.addEventListener("keydown", (event) => {
    const here = list();
    if (!here || $("dialog[open]")) return;
    if (event.key === "Escape") return leave(event);
    if (here.dataset.keys !== "on" || event.ctrlKey || event.metaKey || event.altKey || busy(event.target)) return;
    const act = KEYS[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act();
  });
  function leave(event) {
    const target = event.target;
    if (target.closest(".pick")) return;
    const shut = $("#list-panel [data-shut]");
    if (shut) { const opener = $("#open-" + $(".panel-x").dataset.open); shut.click(); if (opener) opener.focus(); }
    else if (target.matches("#list-q")) target.blur();
    else for (const each of all("#list .cur")) each.classList.remove("cur");
  }

  // ---- an open panel takes the focus, in a narrow window it lies over the list
  let open = "";
  document.addEventListener("htmx:after:swap", () => {
    const panel = $("#list-panel .panel-x:not(.auto)");
    const now = panel ? panel.dataset.open : "";
    if (now && now !== open && !panel.contains(document.activeElement)) {
      const first = $(".bd select, .bd input:not([type=hidden]), .bd button", panel);
      if (first) first.focus();
    }
    open = now;
  });

  // ---- on a phone the views are wider than the screen: the one we are on is in sight
  document.addEventListener("DOMContentLoaded", () => {
    const on = $("#list-tabs .on");
    if (on) on.scrollIntoView({ inline: "center", block: "nearest" });
  });

  // ---- heads: with Shift one more sort
  document.addEventListener("click", (event) => {
    const also = event.shiftKey && event.target.closest("#list th a[data-also]");
    if (!also) return;
    event.stopPropagation();
    event.preventDefault();
    location.assign(also.dataset.also);
  }, true);

  // ---- table or cards in a narrow window
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-rows]");
    if (!button) return;
    document.cookie = "rows=" + button.dataset.rows + ";path=/;max-age=31536000;samesite=lax";
    location.reload();
  });

  // ---- groups and trees: the first opening asks, the others only show and hide
  document.addEventListener("click", (event) => {
    const twist = event.target.closest("#list button.twist");
    if (!twist) return;
    const opening = twist.getAttribute("aria-expanded") !== "true";
    twist.setAttribute("aria-expanded", String(opening));
    const asks = twist.hasAttribute("hx-get") && !twist.dataset.asked;
    if (opening && asks) { twist.dataset.asked = "1"; htmx.trigger(twist, "unfold"); }
    if (twist.hasAttribute("data-rows-of")) twist.closest("tbody").nextElementSibling.hidden = !opening;
    else if (!asks) below(twist.closest("tr"), opening);
  });
  function below(row, opening) {
    const level = Number(row.getAttribute("aria-level"));
    let hidden = 0; // rows below a row that stays folded stay hidden
    for (let each = row.nextElementSibling; each; each = each.nextElementSibling) {
      const deep = Number(each.getAttribute("aria-level") || level + 1);
      if (deep <= level) break;
      if (hidden && deep > hidden) continue;
      hidden = 0;
      each.hidden = !opening;
      const twist = $("button.twist", each);
      if (twist && twist.getAttribute("aria-expanded") !== "true") hidden = deep;
    }
  }

  // ---- pickers of the filter: what is picked is as if typed
  function told(form) { form.dispatchEvent(new Event("change", { bubbles: true })); }
  document.addEventListener("click", (event) => {
    const option = event.target.closest("[data-pick]");
    const off = event.target.closest("[data-unpick]");
    if (!option && !off) return;
    const field = (option || off).closest(".pickf");
    const form = field.closest("form");
    if (off) off.closest(".tagf").remove();
    else {
      const value = document.createElement("input");
      Object.assign(value, { type: "hidden", name: field.dataset.name, value: option.dataset.pick });
      field.append(value);
      $("[role=combobox]", field).value = "";
    }
    told(form);
  });
  // words typed into a picker are not yet a change of the filter
  for (const kind of ["input", "change"]) {
    document.addEventListener(kind, (event) => {
      if (event.target.matches && event.target.matches(".pickf [role=combobox]") && kind === "change") event.stopPropagation();
    }, true);
  }
  document.addEventListener("htmx:config:request", (event) => {
    const ctx = event.detail.ctx;
    const cause = ctx.sourceEvent && ctx.sourceEvent.target;
    const typed = cause && cause.matches && cause.matches(".pickf [role=combobox]");
    if (typed && ctx.sourceElement.id === "list-filter") event.preventDefault();
  });

  // ---- cards: dragged to another lane, they are moved as by their menu; a refusal puts them back
  let dragged = null;
  document.addEventListener("dragstart", (event) => {
    dragged = event.target.closest && event.target.closest(".card-x[draggable=true]");
    if (!dragged) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.dataset.id);
    dragged.classList.add("drag");
  });
  document.addEventListener("dragover", (event) => {
    const lane = dragged && event.target.closest(".lane");
    for (const each of all(".lane.over")) if (each !== lane) each.classList.remove("over");
    if (!lane) return;
    event.preventDefault();
    lane.classList.add("over");
  });
  document.addEventListener("dragend", () => {
    for (const each of all(".over, .drag")) each.classList.remove("over", "drag");
    dragged = null;
  });
  document.addEventListener("drop", (event) => {
    const lane = dragged && event.target.closest(".lane");
    if (!lane) return;
    event.preventDefault();
    if (!lane.contains(dragged)) move(dragged, lane.dataset.to);
  });
  function move(card, to) {
    const form = $("#move-card");
    const values = Object.fromEntries(new FormData(form).entries());
    htmx.ajax("POST", "/f/" + list().dataset.form + "/cards/" + card.dataset.id, {
      source: form, target: "#list", swap: "outerMorph", values: Object.assign(values, { to, version: card.dataset.version }),
    });
  }
})();
