// The record page and the bell: whom a comment mentions, the neighbours of a list, what is only asked while somebody looks.
"use strict";
(function () {
  const $ = (selector, root) => (root || document).querySelector(selector);
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));

  let away = false;
  // ---- the bell asks only while the page is seen
  document.addEventListener("htmx:config:request", (event) => {
    const source = event.detail.ctx && event.detail.ctx.sourceElement;
    if (source && source.hasAttribute("data-when-seen") && (away || document.visibilityState !== "visible")) event.preventDefault();
  });
  // refused, it says nothing and asks no more: nobody did anything that a dialog could answer
  document.addEventListener("htmx:before:swap", (event) => {
    const ctx = event.detail.ctx;
    if (!ctx.sourceElement || !ctx.sourceElement.hasAttribute || !ctx.sourceElement.hasAttribute("data-when-seen") || ctx.response.status < 400) return;
    away = true;
    event.preventDefault();
  });
  document.addEventListener("htmx:after:request", (event) => {
    const ctx = event.detail.ctx;
    const line = ctx.sourceElement && ctx.sourceElement.dataset && ctx.sourceElement.dataset.read;
    if (!line || !ctx.response || ctx.response.status >= 400) return;
    $(line).classList.remove("new");
    ctx.sourceElement.remove();
  });

  // ---- what is being written is kept through tabs, reloads and a lost sign-in, until it is sent
  const draft = () => "say " + location.pathname;
  const saying = () => $("#say textarea");
  document.addEventListener("input", (event) => { if (event.target === saying()) sessionStorage.setItem(draft(), event.target.value); });
  document.addEventListener("htmx:before:swap", (event) => {
    const ctx = event.detail.ctx;
    if (ctx.sourceElement && ctx.sourceElement.id === "say" && ctx.response.status < 400) sessionStorage.removeItem(draft());
  });
  function restore() {
    const area = saying();
    if (area && !area.value) area.value = sessionStorage.getItem(draft()) || "";
  }
  document.addEventListener("htmx:after:swap", restore);
  document.addEventListener("DOMContentLoaded", restore);

  // ---- "@" in a comment offers those who may see the record
  let asked = 0;
  const listOf = (area) => $(".mention-l", area.parentNode);
  const typed = (area) => area.value.slice(0, area.selectionStart).match(/@([^\s@]{0,20})$/);
  document.addEventListener("input", (event) => {
    if (!event.target.matches || !event.target.matches("textarea[data-mention]")) return;
    const area = event.target, turn = ++asked;
    if (!typed(area)) return shut(area);
    setTimeout(async () => {
      const found = typed(area);
      if (turn !== asked || !found) return;
      const answer = await fetch(area.dataset.mention + "?q=" + encodeURIComponent(found[1]), { headers: { "HX-Request": "true", "HX-Request-Type": "partial" } }).catch(() => null);
      if (turn !== asked || !answer || !answer.ok) return;
      offer(area, new DOMParser().parseFromString(await answer.text(), "text/html"));
    }, 120);
  });
  function offer(area, answer) {
    const list = listOf(area);
    list.replaceChildren(...all("button, p", answer)); // the <p> says that there is nobody
    list.hidden = !list.firstChild;
    list.setAttribute("role", $("button", list) ? "listbox" : "status");
    mark(list, 0);
  }
  function mark(list, at) {
    all("button", list).forEach((each, n) => { each.setAttribute("aria-selected", String(n === at)); each.tabIndex = -1; });
    const on = list.children[at];
    if (on) on.scrollIntoView({ block: "nearest" });
  }
  function shut(area) {
    const list = listOf(area);
    list.hidden = true;
    list.replaceChildren();
  }
  function choose(area, name) {
    const found = typed(area), end = area.selectionStart;
    if (!found) return;
    const start = end - found[0].length;
    area.setRangeText("@" + name + " ", start, end, "end");
    shut(area);
    area.focus();
  }
  document.addEventListener("mousedown", (event) => {
    const button = event.target.closest && event.target.closest(".mention-l button");
    if (!button) return;
    event.preventDefault();
    choose($("textarea", button.closest(".say-x")), button.dataset.name);
  });
  document.addEventListener("keydown", (event) => {
    const area = event.target;
    if (!area.matches || !area.matches("textarea[data-mention]")) return;
    const list = listOf(area), buttons = all("button", list);
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") { event.preventDefault(); return area.form.requestSubmit(); }
    if (list.hidden || event.isComposing || !buttons.length) return;
    const at = buttons.findIndex((each) => each.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      mark(list, (at + (event.key === "ArrowDown" ? 1 : buttons.length - 1)) % buttons.length);
    } else if (event.key === "Enter" || event.key === "Tab") {
      event.preventDefault();
      choose(area, buttons[Math.max(at, 0)].dataset.name);
    } else if (event.key === "Escape") {
      event.preventDefault();
      shut(area);
    }
  });
  document.addEventListener("focusout", (event) => {
    if (event.target.matches && event.target.matches("textarea[data-mention]") && listOf(event.target)) shut(event.target);
  });

  document.addEventListener("click", (event) => { if (event.target.closest && event.target.closest("[data-print]")) print(); });

  // ---- who came for the trail keeps it in sight while what stands above it is still loading
  let kept = location.hash === "#trail";
  for (const kind of ["wheel", "touchstart", "keydown", "mousedown"]) addEventListener(kind, () => { kept = false; }, { passive: true });
  document.addEventListener("htmx:after:swap", () => { if (kept && $("#trail")) $("#trail").scrollIntoView(); });

  // ---- what points here, in tabs: each is asked for when it is first looked at, then only shown
  function look(link) {
    for (const each of all("[data-rel]", link.parentNode)) {
      const on = each === link, panel = document.getElementById(each.dataset.rel);
      each.classList.toggle("on", on);
      if (on) each.setAttribute("aria-current", "true");
      else each.removeAttribute("aria-current");
      if (panel) panel.hidden = !on;
    }
    link.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest("[data-rel]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    look(link);
  });
  document.addEventListener("keydown", (event) => {
    const link = event.target.closest && event.target.closest("[data-rel]");
    if (!link || !["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) return;
    const links = all("[data-rel]", link.parentNode), at = links.indexOf(link);
    const next = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: links.length - 1 }[event.key];
    event.preventDefault();
    links[(next + links.length) % links.length].focus();
  });

  // ---- J and K: the neighbours of the list one came from
  const RECORD = /^\/f\/[^/]+\/[0-9a-f-]{36}$/;
  const path = (address) => new URL(address, location.href).pathname;
  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest("a[href]");
    const list = link && link.closest("table, ul, ol");
    if (!list || RECORD.test(location.pathname) || !RECORD.test(path(link.href))) return;
    const found = all("a[href]", list).map((each) => path(each.href)).filter((each) => RECORD.test(each) && path(link.href).startsWith(each.slice(0, each.lastIndexOf("/"))));
    sessionStorage.setItem("neighbours", JSON.stringify({ list: location.pathname + location.search, of: Array.from(new Set(found)).slice(0, 500) }));
  }, true);
  function neighbours() {
    let kept = null;
    try { kept = JSON.parse(sessionStorage.getItem("neighbours")); } catch (_) { return null; }
    const at = kept && kept.of ? kept.of.indexOf(location.pathname) : -1;
    return at < 0 ? null : { back: kept.of[at - 1], on: kept.of[at + 1], list: kept.list };
  }
  document.addEventListener("DOMContentLoaded", () => {
    const near = neighbours();
    for (const link of all("[data-near]")) {
      const to = near && near[link.dataset.near];
      if (!to) continue;
      link.href = to;
      link.hidden = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !$("#record")) return;
    if (event.target.closest && event.target.closest("input, textarea, select, [contenteditable], dialog")) return;
    const link = $({ j: "[data-near=on]", k: "[data-near=back]" }[event.key.toLowerCase()] || "#none");
    if (link && !link.hidden) link.click();
  });
})();
