// The network and the sign-in, where pages are told that they are gone: a button pressed in vain says so beside itself, and
// whoever has signed in again in another window is heard of here. What was typed meanwhile is dougong.js's.
"use strict";
(function () {
  const SHOWN = 8000; // milliseconds
  let turn = 0;
  const box = () => document.getElementById("unsent");

  function say(pressed) {
    const place = box();
    const seen = pressed.offsetParent ? pressed : document.activeElement; // a menu that shut since
    if (!place || !seen || seen === document.body) return;
    const offline = !navigator.onLine;
    (seen.closest("dialog") || document.body).append(place); // nothing else lies above a dialog
    place.textContent = (offline && pressed.dataset.offline) || (offline ? place.dataset.offline : place.dataset.down);
    const at = seen.getBoundingClientRect();
    const above = at.top - place.offsetHeight - 6;
    place.style.setProperty("top", (above > 60 ? above : at.bottom + 6) + "px");
    place.style.setProperty("left", Math.max(8, Math.min(at.left, innerWidth - place.offsetWidth - 8)) + "px");
    const mine = ++turn;
    setTimeout(() => { if (mine === turn) hush(); }, SHOWN);
  }
  function hush() {
    if (box()) box().textContent = "";
  }
  document.addEventListener("htmx:error", (event) => {
    const ctx = event.detail.ctx;
    const pressed = ctx && ctx.sourceElement;
    const sent = ctx && ctx.response && ctx.response.status;
    if (pressed && !sent && pressed.matches && pressed.matches("button, form:not(#sheet)")) say((ctx.request && ctx.request.submitter) || pressed);
  });
  document.addEventListener("htmx:after:request", hush);
  document.addEventListener("scroll", hush, true);
  addEventListener("online", hush);

  // ---- the window one has signed in again in tells those that wait
  const channel = window.BroadcastChannel ? new BroadcastChannel("signed-in") : null;
  if (channel) channel.onmessage = () => document.dispatchEvent(new CustomEvent("signed-in"));
  document.addEventListener("DOMContentLoaded", () => {
    if (channel && document.querySelector("[data-signed-in]")) channel.postMessage("");
  });
})();
