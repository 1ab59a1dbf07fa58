// Rows of subtables: the menu of a row, moving them by keys, Enter for the next row, pasting a block, full screen, cards that
// open on a phone. One listener on the document each, so swapped rows need no care.
"use strict";
(function () {
  const $ = (selector, root) => (root || document).querySelector(selector);
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const INTO = "input:not([type=hidden]):not([tabindex='-1']), select, textarea";
  const sectionOf = (element) => element.closest(".sub-x");
  const rowOf = (element) => element.closest("tbody[data-row]");
  const rowsOf = (section) => all("tbody[data-row]", section);
  const indexOf = (cell) => (cell ? Array.from(cell.parentNode.children).indexOf(cell) : -1);
  const cellAt = (row, index) => (row && index > 0 && row.rows[0].children[index]) || null;
  const focusIn = (row, index) => {
    const input = $(INTO, cellAt(row, index) || row);
    if (input) input.focus();
    return input;
  };

  // ---- the menu of a row
  function openMenu(button) {
    const menu = $("[data-rowmenu-of]", sectionOf(button));
    if (!menu) return;
    const again = !menu.hidden && menu.of === button;
    shutMenus();
    if (again) return;
    const row = rowOf(button).dataset.row;
    for (const each of all("button", menu)) each.value = each.dataset.act + ":" + menu.dataset.rowmenuOf + ":" + row;
    menu.of = button;
    menu.hidden = false;
    button.setAttribute("aria-expanded", "true");
    const at = button.getBoundingClientRect();
    const below = at.bottom + 4 + menu.offsetHeight <= innerHeight;
    menu.style.setProperty("top", Math.max(4, below ? at.bottom + 4 : at.top - 4 - menu.offsetHeight) + "px");
    menu.style.setProperty("left", Math.max(4, at.right - menu.offsetWidth) + "px");
    $("button", menu).focus();
  }
  function shutMenus() {
    for (const menu of all("[data-rowmenu-of]:not([hidden])")) {
      menu.hidden = true;
      if (menu.of) menu.of.setAttribute("aria-expanded", "false");
    }
  }
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-rowmenu]");
    if (button) return openMenu(button);
    if (!event.target.closest("[data-rowmenu-of] button")) shutMenus();
  });
  document.addEventListener("scroll", (event) => { if (!event.target.closest || !event.target.closest("[data-rowmenu-of]")) shutMenus(); }, true);
  document.addEventListener("keydown", (event) => {
    const menu = event.target.closest && event.target.closest("[data-rowmenu-of]");
    if (!menu) return;
    const buttons = all("button", menu);
    const at = buttons.indexOf(event.target);
    if (event.key === "Escape" || event.key === "Tab") {
      event.preventDefault();
      event.stopPropagation();
      shutMenus();
      if (menu.of) menu.of.focus();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      buttons[(at + (event.key === "ArrowDown" ? 1 : buttons.length - 1)) % buttons.length].focus();
    }
  });

  // ---- a row act: where the focus goes afterwards is noted before, since a removed button hears of nothing
  function press(row, name, column) {
    const menu = $("[data-rowmenu-of]", sectionOf(row));
    const button = menu && $("[data-act=" + name + "]", menu);
    if (!button) return;
    button.value = name + ":" + menu.dataset.rowmenuOf + ":" + row.dataset.row;
    button.column = column;
    button.click();
  }
  document.addEventListener("htmx:config:request", (event) => {
    const pressed = event.detail.ctx.sourceElement;
    const found = pressed && pressed.name === "$row" && pressed.value.match(/^(\w+):(?:.*:([0-9a-f-]{36})$)?/);
    if (!found) return;
    const section = sectionOf(pressed);
    const row = found[2] && rowsOf(section).find((each) => each.dataset.row === found[2]);
    const near = rowOf(document.activeElement || pressed);
    const column = pressed.column !== undefined ? pressed.column : near ? indexOf(document.activeElement.closest("td")) : 0;
    event.detail.ctx.rowAct = { name: found[1], section: section.id, row: found[2], number: row ? rowsOf(section).indexOf(row) : -1, column, count: rowsOf(section).length };
    pressed.column = undefined;
    shutMenus();
  });
  function follow(event) {
    const act = event.detail.ctx && event.detail.ctx.rowAct;
    const section = act && document.getElementById(act.section);
    if (!section) return;
    const rows = rowsOf(section);
    const { name, row, number, column } = act;
    if (name === "add" && rows.length <= act.count) return;
    if (name === "add") focusIn(rows[rows.length - 1], column);
    else if (name === "copy") focusIn(rows[number + 1], column);
    else if (name === "remove") {
      const next = rows[Math.min(number, rows.length - 1)];
      const button = next ? $("[data-rowmenu]", next) : $("[name='$row']", section);
      if (button) button.focus();
    } else {
      const moved = rows.find((each) => each.dataset.row === row);
      const button = moved && (column > 0 ? $(INTO, cellAt(moved, column)) : $("[data-rowmenu]", moved));
      if (button) button.focus();
      if (moved) moved.scrollIntoView({ block: "nearest" });
    }
  }
  document.addEventListener("htmx:after:settle", follow);
  document.addEventListener("htmx:after:swap", follow);

  // ---- keys: Enter is the next row (the last one adds another), Alt and an arrow move the row
  document.addEventListener("keydown", (event) => {
    const cell = event.target.closest && event.target.closest("table.sub td");
    const row = cell && rowOf(cell);
    if (!row || event.isComposing) return;
    if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      return press(row, event.key === "ArrowUp" ? "up" : "down", indexOf(cell));
    }
    const plain = event.key === "Enter" && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (!plain || event.defaultPrevented || event.target.matches("textarea, button, summary, a, [role=combobox][aria-expanded=true], [role=option]")) return;
    event.preventDefault();
    step(row, indexOf(cell), event.shiftKey);
  });
  function step(row, column, up) {
    const rows = rowsOf(sectionOf(row));
    const next = rows[rows.indexOf(row) + (up ? -1 : 1)];
    if (next) return focusIn(next, column);
    const add = !up && $("[name='$row'][value^='add:']", sectionOf(row));
    if (!add) return null;
    add.column = column;
    return add.click();
  }

  // ---- a block from a spreadsheet
  const columnOf = (cell) => {
    const input = cell && $("input[name]:not([name='$q']), select[name], textarea[name]", cell);
    const parts = input && input.name.match(/^(.*)\.([0-9a-f-]{36})\.(.*)$/);
    return parts && { sub: parts[1], row: parts[2], column: parts[3] };
  };
  function paste(text, place) {
    const form = $("#sheet");
    htmx.ajax("POST", form.getAttribute("action") + "/paste", {
      source: form, target: "#saved", swap: "outerMorph",
      values: { text, ...place, csrf_token: $("[name=csrf_token]", form).value, $seen: ($("#sheet-seen") || {}).value || "" },
    }).then(() => {
      const said = all("[data-said]").find((each) => each.closest("[data-sub]") && sectionOf(each).dataset.sub === place.sub);
      if (said) said.scrollIntoView({ block: "nearest" });
    });
  }
  document.addEventListener("paste", (event) => {
    const cell = event.target.closest && event.target.closest("#sheet table.sub td");
    const text = event.clipboardData && event.clipboardData.getData("text/plain");
    const place = cell && text && /[\t\n]/.test(text.trim()) && columnOf(cell);
    if (!place) return;
    event.preventDefault();
    paste(text, place);
  });
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-paste]");
    if (button) {
      const read = navigator.clipboard && navigator.clipboard.readText;
      const text = read ? await navigator.clipboard.readText().catch(() => "") : "";
      if (text.trim()) return paste(text, { sub: button.dataset.paste, row: "", column: "" });
      return ask(button.dataset.paste);
    }
    const put = event.target.closest("[data-paste-in]");
    if (!put) return undefined;
    const text = $("textarea", put.closest(".dlg")).value;
    document.dispatchEvent(new CustomEvent("dialog:shut"));
    if (text.trim()) paste(text, { sub: put.dataset.pasteIn, row: "", column: "" });
    return undefined;
  });
  // where a page cannot read the clipboard (plain http, a phone) there is a box to paste into
  function ask(sub) {
    const box = $("#paste-box");
    if (!box) return;
    $("#dialog").replaceChildren(box.content.cloneNode(true));
    $("[data-paste-in]", $("#dialog")).dataset.pasteIn = sub;
    document.dispatchEvent(new CustomEvent("dialog:show"));
    $("textarea", $("#dialog")).focus();
  }

  // ---- full screen, and cards that stand open: kept here, since a swap would forget them
  let full = "";
  const open = new Set();
  function apply() {
    for (const each of all(".sub-x")) {
      const on = each.id === full;
      each.classList.toggle("full", on);
      const button = $("[data-fullscreen]", each);
      if (button) button.setAttribute("aria-pressed", String(on));
    }
    document.documentElement.classList.toggle("has-full", !!(full && document.getElementById(full)));
    for (const id of open) unfold(document.getElementById(id), true);
  }
  function unfold(row, on) {
    if (!row) return;
    row.classList.toggle("open", on);
    const button = $("[data-unfold]", row);
    if (button) button.setAttribute("aria-expanded", String(on));
  }
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-fullscreen]");
    const fold = event.target.closest("[data-unfold]");
    if (button) {
      full = full ? "" : sectionOf(button).id;
      apply();
      button.focus();
    } else if (fold) {
      const row = rowOf(fold);
      if (open.has(row.id)) open.delete(row.id);
      else open.add(row.id);
      unfold(row, open.has(row.id));
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !full || event.defaultPrevented || $("#dialog[open]")) return;
    const list = document.activeElement && document.activeElement.closest(".pick:not(.shut)");
    if (list && $(".pick-l", list).firstChild) return;
    const button = $("[data-fullscreen]", document.getElementById(full) || document);
    full = "";
    apply();
    if (button) button.focus();
  });
  document.addEventListener("htmx:after:swap", apply);
})();
