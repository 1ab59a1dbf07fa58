// What HTML alone cannot do for pages: dialogs, the keyboard, and a sheet that posts only what changed. The rest is htmx.
"use strict";
(function () {
  const $ = (selector, root) => (root || document).querySelector(selector);
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));

  // ---- dialogs: whatever is swapped into #dialog is shown; the focus goes in and comes back
  let opener = null;
  function show(box) {
    if (!box.open) {
      opener = document.activeElement;
      box.showModal();
    }
    const first = $("[autofocus], .btn.pri, .btn", box);
    if (first) first.focus();
  }
  function hide() {
    const box = $("#dialog");
    if (box.open) box.close();
    box.replaceChildren();
    const menu = opener && opener.closest("details.menu:not([open])"); // what opened it may lie in a menu that shut since
    if (opener && opener.isConnected) (menu ? $("summary", menu) : opener).focus();
    opener = null;
  }
  document.addEventListener("close", (event) => { if (event.target.id === "dialog" && event.target.firstChild) hide(); }, true);
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-close]")) { hide(); back(); }
    const clears = event.target.closest("[data-clear]");
    if (clears) (clears.closest(".up-said") || $(clears.dataset.clear)).replaceChildren();
  });
  document.addEventListener("dialog:show", () => show($("#dialog")));
  document.addEventListener("dialog:shut", hide);
  document.addEventListener("click", (event) => {
    const toggle = event.target.closest("[data-toggle]");
    if (!toggle) return;
    const part = $(toggle.dataset.toggle);
    part.hidden = !part.hidden;
    toggle.setAttribute("aria-expanded", String(!part.hidden));
  });
  document.addEventListener("htmx:after:swap", (event) => {
    const box = $("#dialog");
    const named = event.detail.ctx && event.detail.ctx.target;
    const target = typeof named === "string" ? $(named) : named; // a selector where the answer chose the place
    const source = event.detail.ctx && event.detail.ctx.sourceElement;
    if (box && target === box && box.innerHTML.trim()) show(box);
    else if (box && box.open && source && box.contains(source) && target && !box.contains(target)) hide(); // its own act is answered elsewhere
    lead();
  });

  // ---- after a refusal the focus goes to the first place to mend
  function lead() {
    for (const form of all("[data-focus]")) {
      form.removeAttribute("data-focus");
      const place = document.getElementById(form.dataset.to || "");
      const input = place && (place.matches("input, select, textarea") ? place : $("input:not([type=hidden]), select, textarea", place));
      const seen = input || place;
      if (!seen) continue;
      reveal(seen);
      seen.scrollIntoView({ block: "center" });
      seen.focus({ preventScroll: true });
      const pick = seen.closest(".pick");
      if (!pick) continue;
      pick.classList.add("shut");
      $("[role=combobox]", pick).setAttribute("aria-expanded", "false");
    }
  }
  document.addEventListener("DOMContentLoaded", lead);

  // ---- tabs of a form: the one that is open is kept here, since a swap would forget it
  let tab = "";
  function turnTo(id) {
    tab = id || tab;
    const panels = all("[data-panel]");
    if (!panels.some((each) => each.dataset.panel === tab)) tab = ($("[data-panel]:not([hidden])") || { dataset: {} }).dataset.panel || "";
    for (const each of panels) each.hidden = each.dataset.panel !== tab;
    for (const each of all("[data-tab]")) {
      const on = each.dataset.tab === tab;
      each.classList.toggle("on", on);
      if (on) each.setAttribute("aria-current", "true");
      else each.removeAttribute("aria-current");
    }
  }
  function reveal(place) {
    const panel = place.closest("[data-panel]");
    if (panel) turnTo(panel.dataset.panel);
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-tab]");
    const jump = event.target.closest(".actbar a[href^='#']");
    if (link && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      turnTo(link.dataset.tab);
    } else if (jump) {
      const place = document.getElementById(jump.getAttribute("href").slice(1));
      if (place) reveal(place);
    }
  });
  document.addEventListener("htmx:after:swap", () => turnTo(""));

  // ---- a sheet posts what changed since it was last heard, and says when it is not heard
  const changed = new Map();
  let turn = 0;
  const sheetOf = (element) => element && element.closest && element.closest("#sheet");
  // words for tags are told one by one when they are complete, never while they are typed
  const isWord = (element) => element && element.matches && element.matches(".tags-x input[type=text]");
  for (const kind of ["input", "change"]) {
    document.addEventListener(kind, (event) => {
      if (!sheetOf(event.target) || !event.target.name || event.target.name === "$q") return;
      if (kind === "change" || !isWord(event.target)) changed.set(event.target.name, ++turn);
    }, true);
  }
  document.addEventListener("htmx:config:request", (event) => {
    const ctx = event.detail.ctx;
    if (!sheetOf(ctx.sourceElement) || ctx.request.method !== "POST") return;
    const cause = ctx.sourceEvent && ctx.sourceEvent.target;
    const typing = ctx.sourceEvent && ctx.sourceEvent.type === "input";
    const early = cause && (cause.name === "$q" || (typing && isWord(cause)));
    if (early && ctx.sourceElement.id === "sheet") return event.preventDefault();
    const kept = new Set(changed.keys());
    for (const name of ["csrf_token", "act", "$row", "$file", "$input", "$seen", "text", "sub", "row", "column"]) kept.add(name);
    const extra = ctx.sourceElement.getAttribute("hx-vals");
    if (extra) for (const name of Object.keys(JSON.parse(extra))) kept.add(name);
    for (const name of Array.from(new Set(ctx.request.body.keys()))) if (!kept.has(name)) ctx.request.body.delete(name);
    if (typing) ctx.request.body.set("$live", "1");
    ctx.sheetTurn = turn;
    ctx.sheetWord = isWord(cause) ? cause : null;
  });
  document.addEventListener("htmx:after:request", (event) => {
    const ctx = event.detail.ctx;
    const status = ctx.response.status;
    if (status === 401) away = status;
    if (ctx.sheetTurn === undefined) return;
    if (status >= 400 && status !== 422) return unheard(status);
    for (const [name, at] of changed) if (at <= ctx.sheetTurn) changed.delete(name);
    if (ctx.sheetWord) ctx.sheetWord.value = "";
  });
  document.addEventListener("htmx:error", (event) => {
    const ctx = event.detail.ctx;
    if (ctx && ctx.sheetTurn !== undefined && !(ctx.response && ctx.response.status)) unheard(0);
  });
  let away = 0; // 401 or 403: the session ended, what was typed waits here until somebody signs in again
  function unheard(status) {
    away = status === 401 || status === 403 ? status : 0;
    if (status === 403) back();
    const said = $("#saved");
    if (!said || !changed.size) return;
    const more = document.createElement("span"); // there is no room for it beside a title on the phone
    more.className = "desk";
    more.textContent = said.dataset.trying;
    said.replaceChildren(said.dataset.lost, more);
    said.classList.add("warnc");
    if (status === 0 || status >= 500) setTimeout(again, 3000);
  }
  function again() {
    const form = $("#sheet");
    if (form && changed.size) form.dispatchEvent(new Event("change", { bubbles: true }));
  }
  async function back() {
    if (!away || document.visibilityState !== "visible") return;
    const answer = await fetch("/me", { headers: { Accept: "text/html" } }).catch(() => null);
    if (!away || !answer || !answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const name = "hx-headers:inherited";
    const headers = page.body.getAttribute(name);
    if (!headers || (away === 403 && headers === document.body.getAttribute(name))) return; // refused for another reason
    away = 0;
    document.body.setAttribute(name, headers);
    for (const input of all("[name=csrf_token]")) input.value = JSON.parse(headers)["X-CSRFToken"];
    $("#notice").replaceChildren();
    if ($("#dialog[open] [href$='/me/again']")) hide();
    again();
  }
  addEventListener("focus", back);
  document.addEventListener("visibilitychange", back);
  document.addEventListener("signed-in", back);
  addEventListener("beforeunload", (event) => { if (changed.size && $("#sheet")) event.preventDefault(); });

  // ---- keyboard: Ctrl S saves, Ctrl Enter submits; Enter in an input never sends a half-filled form
  document.addEventListener("keydown", (event) => {
    const form = $("#sheet");
    if (!form) return;
    const ctrl = event.ctrlKey || event.metaKey;
    const wanted = ctrl && event.key.toLowerCase() === "s" ? "save" : ctrl && event.key === "Enter" ? "submit" : "";
    if (wanted) {
      event.preventDefault();
      const button = $("[data-key=" + wanted + "]", form) || $("[data-key=save]", form);
      document.activeElement.blur();
      button.click();
    } else if (event.key === "Enter" && event.target.matches("#sheet input:not([type=submit])")) {
      event.preventDefault();
      if (isWord(event.target) && event.target.value) event.target.dispatchEvent(new Event("change", { bubbles: true }));
    }
  });
})();
