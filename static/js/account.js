// Copying what is shown once, how strong a new password is, shortcuts turned off. Words come from the page.
"use strict";
(function () {
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const from = document.querySelector(button.dataset.copy);
    from.select();
    if (navigator.clipboard) await navigator.clipboard.writeText(from.value).catch(() => document.execCommand("copy"));
    else document.execCommand("copy"); // plain http outside this machine
    button.querySelector("span").textContent = button.dataset.done;
  });

  // who has turned single-key shortcuts off is heard before any page that offers them (WCAG 2.1.4)
  addEventListener("keydown", (event) => {
    const off = document.body && document.body.dataset.shortcuts === "off";
    const plain = event.key && event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey;
    const typing = event.target.closest && event.target.closest("input, textarea, select, [contenteditable]");
    if (off && plain && !typing) event.stopImmediatePropagation();
  }, true);

  // on a phone the tabs are wider than the screen: the one we are on is in sight
  document.addEventListener("DOMContentLoaded", () => {
    const on = document.querySelector(".atabs .on");
    if (on) on.scrollIntoView({ inline: "center", block: "nearest" });
  });

  // kinds of characters, length and repetition; a hint, the server decides
  function strength(text) {
    if (text.length < 8) return 0;
    const kinds = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^a-zA-Z0-9]/].filter((kind) => kind.test(text)).length;
    const different = new Set(text).size;
    if (different < 5 || /^(.+?)\1+$/.test(text) || /^(01234567|12345678|abcdefgh|qwertyui|password)/i.test(text)) return 1;
    const points = (text.length >= 12) + (text.length >= 16) + (kinds >= 2) + (kinds >= 3);
    return points >= 3 ? 3 : points >= 1 ? 2 : 1;
  }
  document.addEventListener("input", (event) => {
    const said = event.target.dataset && event.target.dataset.strength;
    if (!said) return;
    const place = document.querySelector(said);
    const words = JSON.parse(place.dataset.words);
    place.textContent = event.target.value ? words[strength(event.target.value)] : place.dataset.empty;
    place.dataset.level = event.target.value ? String(strength(event.target.value)) : "";
  });
})();
