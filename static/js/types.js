// What the inputs of composite types need of a script: uploads with progress, watermarks, signatures, trees, places, rich
// text, and looking at files. One listener a kind on the document, so that swapped cells need no care.
"use strict";
(function () {
  const $ = (selector, root) => (root || document).querySelector(selector);
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const near = (event, selector) => (event.target.closest ? event.target.closest(selector) : null);
  const changed = (input) => input.dispatchEvent(new Event("change", { bubbles: true }));

  // ---- parts of one value, and formatted text, are told when they are left, never while they are typed: an answer to
  // something else must not take them for finished. This script stands before the one that posts, so nothing else hears.
  document.addEventListener("input", (event) => {
    if (!event.target.matches || !event.target.matches("[data-whole], .rich-e")) return;
    event.stopImmediatePropagation();
    const box = boxOf(event.target);
    if (box) box.dataset.touched = "1";
    (box || event.target).setAttribute("hx-morph-skip", ""); // answers to something else leave it as it is
  }, true);
  document.addEventListener("htmx:after:request", (event) => {
    const body = event.detail.ctx.request.body;
    for (const each of all("[hx-morph-skip]")) {
      const name = each.name || ($("textarea", each) || {}).name;
      const here = each.contains(document.activeElement);
      if (!here && name && body && body.has && body.has(name)) each.removeAttribute("hx-morph-skip");
    }
  });
  document.addEventListener("focusout", (event) => {
    const part = event.target.matches && event.target.matches("[data-whole][hx-morph-skip]") ? event.target : null;
    if (part && part.value === part.defaultValue) part.removeAttribute("hx-morph-skip"); // typed and taken back: nothing is told
  });
  addEventListener("beforeunload", (event) => { if ($(".rich-x[data-touched]")) event.preventDefault(); });

  // ---- uploads: one file after the other; what came is a ticked box beside the others, and the sheet hears of it
  const LONGEST_SIDE = 2560; // pixels; enough to read a plan, small enough for a site's mobile network
  document.addEventListener("change", async (event) => {
    const input = event.target;
    if (!input.matches || !input.matches("input[data-upload]")) return;
    event.stopPropagation();
    const files = Array.from(input.files || []);
    const box = input.closest("[data-files]");
    const id = box.closest("[id$='-c']") ? box.closest("[id$='-c']").id : "";
    const home = () => (id && document.getElementById(id) ? $("[data-files]", document.getElementById(id)) : box);
    hush(home());
    for (const file of room(files, input, home())) {
      const ready = await prepared(file, input).catch(() => file);
      if (ready) await upload(ready, input, home);
    }
    input.value = "";
  }, true);
  const ticked = (box) => all("input[type=checkbox]", box).filter((each) => each.checked);

  // those for which there is room; what does not fit is said, and what stands stays
  function room(files, input, box) {
    const most = Number(input.dataset.most) || Infinity;
    const free = most === 1 ? 1 : Math.max(0, most - ticked(box).length);
    const names = files.slice(free).map((each) => each.name).join("、");
    if (names) note(said(input.dataset.full, { most, names }), "", box);
    return files.slice(0, free);
  }

  async function prepared(file, input) {
    const marked = input.hasAttribute("data-watermark");
    if (!/^image\/(jpeg|png|webp)$/.test(file.type)) return file;
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
    if (scale === 1 && !marked) return file;
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    const drawing = canvas.getContext("2d");
    drawing.drawImage(picture, 0, 0, canvas.width, canvas.height);
    if (marked) mark(drawing, canvas, await stamp());
    const type = file.type === "image/png" && !marked ? "image/png" : "image/jpeg";
    const blob = await new Promise((give) => canvas.toBlob(give, type, 0.88));
    return blob ? new File([blob], type === "image/jpeg" ? file.name.replace(/\.[^.]*$/, "") + ".jpg" : file.name, { type }) : file;
  }

  // time and person by the server, whose clock nobody turns back; the place where the browser tells it
  async function stamp() {
    const answer = await fetch("/files/stamp", { headers: { Accept: "application/json" } }).catch(() => null);
    const said = answer && answer.ok ? await answer.json() : { time: new Date().toLocaleString(), person: "" };
    const at = await where().catch(() => null);
    return [said.time, said.person, at ? at.lat + ", " + at.lng : ""].filter(Boolean);
  }
  function mark(drawing, canvas, lines) {
    const size = Math.max(14, Math.round(Math.min(canvas.width, canvas.height) / 26));
    const high = size * 1.5;
    drawing.font = size + "px system-ui, sans-serif";
    const wide = Math.max(...lines.map((line) => drawing.measureText(line).width)) + size * 1.4;
    const top = canvas.height - high * lines.length - size;
    drawing.fillStyle = "rgba(0,0,0,.55)";
    drawing.fillRect(0, top, wide, canvas.height - top);
    drawing.fillStyle = "#fff";
    drawing.textBaseline = "middle";
    lines.forEach((line, index) => drawing.fillText(line, size * 0.7, top + size / 2 + high * (index + 0.5)));
  }

  const said = (words, values) => words.replace(/%\((\w+)\)s/g, (_, name) => values[name]);
  const megabytes = (bytes) => (bytes / 1048576).toFixed(bytes % 1048576 ? 1 : 0) + " MB";
  // beside the field it speaks of, one below the other; on pages without a field at the head
  const placeOf = (home) => (home && home.closest("[id$='-c']") && $(".up-said", home)) || $("#notice");
  const hush = (home) => placeOf(home).replaceChildren();
  function note(text, html, home, kind) {
    const place = placeOf(home);
    if (html) place.insertAdjacentHTML("beforeend", html);
    else {
      const box = document.createElement("div");
      box.className = kind ? "note" : "note bad";
      box.setAttribute("role", kind || "alert");
      box.textContent = text;
      place.append(box);
    }
    place.scrollIntoView({ block: "nearest" });
    return place.lastElementChild;
  }
  function token() {
    const headers = document.body.getAttribute("hx-headers:inherited");
    return headers ? JSON.parse(headers)["X-CSRFToken"] : "";
  }

  function upload(file, input, home) {
    const own = Number(input.dataset.size || 0) * 1048576;
    const limit = Math.min(own || Infinity, Number(input.dataset.limit) || Infinity);
    if (file.size > limit) {
      note(said(input.dataset.tooLarge, { name: file.name, limit: megabytes(limit) }), "", home());
      return Promise.resolve();
    }
    const progress = $("[data-progress]", home());
    const show = (part) => {
      if (!progress) return;
      progress.hidden = part === null;
      $("span", progress).textContent = said(input.dataset.busy, { name: file.name });
      $("progress", progress).value = part === null ? 0 : part;
    };
    const body = new FormData();
    body.append("$file", file, file.name);
    return new Promise((done) => {
      const request = new XMLHttpRequest();
      request.open("POST", input.dataset.to || "/files");
      request.setRequestHeader("X-CSRFToken", token());
      request.setRequestHeader("HX-Request", "true"); // a refusal comes as a note for this page
      request.upload.onprogress = (event) => show(event.lengthComputable ? (100 * event.loaded) / event.total : 50);
      request.onloadend = () => {
        show(null);
        if (request.status === 201) return put(JSON.parse(request.responseText), input, home).then(done);
        if (request.status) note("", request.responseText, home());
        else note(said(input.dataset.failed, { name: file.name }), "", home());
        return done();
      };
      show(0);
      request.send(body);
    });
  }
  // the only file there is room for takes the place of what stood there, which can be put back
  async function put(file, input, home) {
    const box = input.dataset.most === "1" ? ticked(home())[0] : null;
    const old = box && { id: box.value, name: box.dataset.name };
    if (box) box.checked = false;
    await hold(file.id, input.dataset.upload, home());
    if (!old || !home()) return;
    const told = note(said(input.dataset.replaced, { name: old.name }), "", home(), "status");
    const undo = document.createElement("button");
    undo.type = "button";
    undo.className = "btn s";
    undo.textContent = input.dataset.undo;
    undo.addEventListener("click", () => {
      hush(home());
      for (const each of ticked(home())) each.checked = false;
      hold(old.id, input.dataset.upload, home());
    });
    told.append(undo);
  }
  // done when the sheet has answered: another box put in meanwhile would go with the answer that does not know of it
  function hold(id, name, box) {
    const made = document.createElement("input");
    made.type = "checkbox";
    made.name = name;
    made.value = id;
    made.checked = true;
    made.hidden = true;
    box.append(made);
    const answered = new Promise((done) => {
      const heard = (event) => {
        const body = event.detail.ctx.request.body;
        if (!body || !body.getAll || !body.getAll(name).includes(id)) return;
        document.removeEventListener("htmx:finally:request", heard);
        done();
      };
      document.addEventListener("htmx:finally:request", heard);
      setTimeout(done, 15000);
    });
    changed(made);
    return answered;
  }
  document.addEventListener("change", (event) => {
    if (event.target.matches && event.target.matches("[data-files] .up-off input")) hush(event.target.closest("[data-files]"));
  });

  // ---- a list of records: what is chosen joins what is there
  document.addEventListener("click", (event) => {
    const chosen = near(event, ".many-x [role=option][hx-vals]");
    if (!chosen) return;
    event.stopPropagation();
    const box = chosen.closest(".many-x");
    const [[name, id]] = Object.entries(JSON.parse(chosen.getAttribute("hx-vals")));
    const there = all("input[type=checkbox]", box).some((each) => each.value === id && each.checked);
    const search = $("[role=combobox]", box);
    search.value = "";
    search.focus();
    if (!there) hold(id, name, box);
  }, true);

  // ---- looking at a file over the page
  document.addEventListener("click", (event) => {
    const link = near(event, "a[data-view]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const box = $("#view-d");
    if (!box) return;
    event.preventDefault();
    const shown = document.createElement(link.dataset.view === "pdf" ? "iframe" : "img");
    const name = link.dataset.name || link.textContent.trim() || ($("img", link) || {}).alt || "";
    shown.src = link.getAttribute("href") + "/view";
    shown[link.dataset.view === "pdf" ? "title" : "alt"] = name;
    $("#view-t").textContent = name;
    $("[data-get]", box).href = link.getAttribute("href");
    $(".over-b", box).replaceChildren(shown);
    box.showModal();
  });
  document.addEventListener("click", (event) => {
    const box = near(event, "[data-shut]") ? event.target.closest("dialog") : event.target.matches && event.target.matches("dialog.over-x") ? event.target : null;
    if (box) box.close();
  });
  document.addEventListener("close", (event) => {
    if (event.target.id === "view-d") $(".over-b", event.target).replaceChildren();
  }, true);

  // ---- signing
  let pad = null;
  let signing = null;
  function script(address) {
    return new Promise((done, fail) => {
      if (window.SignaturePad) return done();
      const made = document.createElement("script");
      made.src = address;
      made.onload = done;
      made.onerror = fail;
      document.head.append(made);
    });
  }
  document.addEventListener("click", async (event) => {
    const button = near(event, "[data-sign]");
    if (!button) return;
    await script(button.dataset.sign);
    const box = $("#sign-d");
    const canvas = $("canvas", box);
    signing = button.closest("[data-files]").closest("[id$='-c']").id;
    $("#sign-t").textContent = button.closest("[data-files]").dataset.label;
    box.showModal();
    const sharp = Math.max(window.devicePixelRatio || 1, 1);
    canvas.width = canvas.offsetWidth * sharp;
    canvas.height = canvas.offsetHeight * sharp;
    canvas.getContext("2d").scale(sharp, sharp);
    if (pad) pad.off();
    pad = new SignaturePad(canvas, { penColor: "#111", backgroundColor: "rgb(255,255,255)", minWidth: 0.8, maxWidth: 2.6 });
    pad.clear();
  });
  document.addEventListener("click", (event) => {
    if (near(event, "[data-wipe]") && pad) pad.clear();
    if (!near(event, "[data-done]") || !pad) return;
    const box = $("#sign-d");
    const cell = document.getElementById(signing);
    const input = cell && $("input[data-upload]", cell);
    if (pad.isEmpty() || !input) return box.close();
    $("canvas", box).toBlob((blob) => {
      box.close();
      upload(new File([blob], $("#sign-t").textContent.replace(/[\\/:*?"<>|]/g, " ") + ".png", { type: "image/png" }), input, () => $("[data-files]", document.getElementById(signing)));
    }, "image/png");
  });

  // ---- trees: search through all of it, or go down level by level
  const MOST = 40;
  let regions = null;
  function treeOf(box) {
    if (box.dataset.tree) return Promise.resolve(JSON.parse(box.dataset.tree));
    regions = regions || fetch(box.dataset.src).then((answer) => answer.json()).catch(() => (regions = null));
    return regions;
  }
  const codeOf = (node) => String(typeof node === "object" ? (node.value === undefined ? node.code : node.value) : node);
  const nameOf = (node) => String(typeof node === "object" ? node.title || node.name || codeOf(node) : node);
  const below = (nodes, path) => path.reduce((here, code) => ((here.find((node) => codeOf(node) === code) || {}).children || []), nodes);

  function option(list, text, act, more) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "opt-x";
    made.setAttribute("role", "option");
    made.tabIndex = -1;
    made.setAttribute("aria-selected", "false");
    const word = document.createElement("span");
    word.className = "cut grow";
    word.textContent = text;
    made.append(word);
    if (more) {
      const arrow = document.createElement("span");
      arrow.textContent = "›";
      arrow.className = "dim";
      arrow.setAttribute("aria-hidden", "true");
      made.append(arrow);
    }
    made.addEventListener("click", act);
    list.append(made);
  }
  function choose(box, path) {
    const input = $("input[type=hidden]", box);
    $("[role=combobox]", box).dataset.shown = "";
    input.value = path.some((code) => code.includes("/")) ? JSON.stringify(path) : path.join("/");
    box.classList.add("shut");
    $("[role=combobox]", box).setAttribute("aria-expanded", "false");
    changed(input);
  }
  function browse(box, tree, path) {
    const list = $(".pick-l", box);
    const field = $("[role=combobox]", box);
    const focused = list.contains(document.activeElement);
    const names = path.map((_, index) => nameOf(below(tree, path.slice(0, index)).find((node) => codeOf(node) === path[index])));
    list.replaceChildren();
    if (path.length) {
      option(list, "‹ " + box.dataset.back, () => browse(box, tree, path.slice(0, -1)));
      if (!box.hasAttribute("data-leaf")) option(list, said(box.dataset.stop, { name: names.join("/") }), () => choose(box, path));
    }
    for (const node of below(tree, path)) {
      const here = [...path, codeOf(node)];
      const more = (node.children || []).length > 0;
      option(list, nameOf(node), () => (more ? browse(box, tree, here) : choose(box, here)), more);
    }
    if (focused) ($(".opt-x:nth-child(3)", list) || $(".opt-x", list) || field).focus();
    list.scrollTop = 0;
    hung(box);
  }
  // inside a box that scrolls the list is hung on the window (fields.js does so whenever something scrolls)
  const hung = (box) => box.dispatchEvent(new Event("scroll"));
  function find(box, tree, words) {
    const wanted = words.toLowerCase().split(/[\s/]+/).filter(Boolean);
    const found = [];
    const leaf = box.hasAttribute("data-leaf");
    (function walk(nodes, path, label) {
      for (const node of nodes) {
        if (found.length > MOST) return;
        const here = [...path, codeOf(node)];
        const text = label ? label + "/" + nameOf(node) : nameOf(node);
        const end = !(node.children || []).length;
        if ((end || !leaf) && wanted.every((word) => text.toLowerCase().includes(word))) found.push([here, text]);
        walk(node.children || [], here, text);
      }
    })(tree, [], "");
    const list = $(".pick-l", box);
    list.replaceChildren();
    for (const [path, text] of found.slice(0, MOST)) option(list, text, () => choose(box, path));
    if (!found.length) {
      const none = document.createElement("p");
      none.className = "hint opt-none";
      none.setAttribute("role", "option");
      none.setAttribute("aria-disabled", "true");
      none.setAttribute("aria-selected", "false");
      none.textContent = box.dataset.none;
      list.append(none);
    }
    hung(box);
  }
  async function opened(event) {
    const box = near(event, ".tree-x");
    if (!box || !event.target.matches("[role=combobox]")) return;
    if (event.type === "input") event.stopPropagation();
    const tree = await treeOf(box);
    if (!tree) return;
    if (event.type === "input" && event.target.value.trim()) return find(box, tree, event.target.value);
    if (event.type !== "input" && $(".pick-l", box).firstChild && box.contains(document.activeElement) && event.type === "focusin") return;
    const codes = $("input[type=hidden]", box).value;
    const path = codes.startsWith("[") ? JSON.parse(codes) : codes ? codes.split("/") : [];
    browse(box, tree, path.slice(0, -1));
  }
  for (const kind of ["input", "focusin", "click"]) document.addEventListener(kind, opened, true);
  document.addEventListener("click", (event) => {
    const clear = near(event, ".tree-x [data-place]");
    if (clear) choose(clear.closest(".tree-x"), []);
  });

  // ---- places
  function where() {
    return new Promise((give, fail) => {
      if (!window.isSecureContext || !navigator.geolocation) return fail(new Error("insecure"));
      const told = ({ coords }) => give({ lat: coords.latitude.toFixed(6), lng: coords.longitude.toFixed(6) });
      navigator.geolocation.getCurrentPosition(told, fail, { enableHighAccuracy: true, timeout: 8000, maximumAge: 60000 });
    });
  }
  function locators() {
    const able = window.isSecureContext && navigator.geolocation;
    for (const button of all("[data-locate]")) {
      const why = $("[data-why]", button.closest(".place-x"));
      button.hidden = !able;
      if (!able) {
        why.textContent = why.dataset.insecure;
        why.hidden = false;
      }
    }
  }
  document.addEventListener("DOMContentLoaded", locators);
  document.addEventListener("htmx:after:swap", locators);
  document.addEventListener("click", async (event) => {
    const button = near(event, "[data-locate]");
    if (!button) return;
    const box = button.closest(".place-x");
    const why = $("[data-why]", box);
    why.textContent = why.dataset.busy;
    why.hidden = false;
    const at = await where().catch(() => null);
    why.textContent = at ? "" : why.dataset.denied;
    why.hidden = Boolean(at);
    if (!at) return;
    $("[data-lat]", box).value = at.lat;
    $("[data-lng]", box).value = at.lng;
    changed($("[data-lat]", box));
    changed($("[data-lng]", box));
  });

  // ---- rich text: the box is written into, the textarea behind it is posted when the box is left
  const boxOf = (element) => element && element.closest && element.closest(".rich-x");
  function keep(box) {
    const text = $("textarea", box);
    const html = $(".rich-e", box).innerHTML;
    const now = $(".rich-e", box).textContent.trim() || /<li/.test(html) ? html : "";
    if (text.value.trim() !== now.trim()) text.value = now;
  }
  document.addEventListener("focusout", (event) => {
    const box = boxOf(event.target);
    if (!box || box.contains(event.relatedTarget)) return;
    keep(box);
    if (box.dataset.touched) changed($("textarea", box));
    delete box.dataset.touched;
  });
  document.addEventListener("mousedown", (event) => {
    if (near(event, "[data-format]")) event.preventDefault(); // the selection stays
  });
  document.addEventListener("click", (event) => {
    const button = near(event, "[data-format]");
    if (!button) return;
    const box = boxOf(button);
    const editor = $(".rich-e", box);
    const act = button.dataset.format;
    if (document.activeElement !== editor) editor.focus();
    if (act === "link") return ask(box);
    box.dataset.touched = "1";
    box.setAttribute("hx-morph-skip", "");
    document.execCommand("styleWithCSS", false, "false");
    if (act === "h3" || act === "blockquote") {
      const on = (document.queryCommandValue("formatBlock") || "").toLowerCase() === act;
      document.execCommand("formatBlock", false, on ? "div" : act);
    } else document.execCommand(act, false);
  });
  let range = null;
  function ask(box) {
    const chosen = getSelection();
    range = chosen.rangeCount ? chosen.getRangeAt(0).cloneRange() : null;
    const place = $("[data-ask]", box);
    place.hidden = false;
    $("input", place).focus();
  }
  document.addEventListener("keydown", (event) => {
    const place = near(event, "[data-ask]");
    if (!place || (event.key !== "Enter" && event.key !== "Escape")) return;
    event.preventDefault();
    event.stopPropagation();
    const address = $("input", place).value.trim();
    const box = boxOf(place);
    $(".rich-e", box).focus();
    if (range) {
      const chosen = getSelection();
      chosen.removeAllRanges();
      chosen.addRange(range);
    }
    if (event.key === "Enter" && /^(https?:\/\/|mailto:)/i.test(address)) {
      if (range && range.collapsed) document.execCommand("insertText", false, address);
      if (range && range.collapsed) return close(place);
      document.execCommand("createLink", false, address);
    }
    close(place);
  }, true);
  function close(place) {
    $("input", place).value = "";
    place.hidden = true;
  }
  document.addEventListener("paste", (event) => {
    if (!near(event, ".rich-e")) return;
    event.preventDefault();
    document.execCommand("insertText", false, event.clipboardData.getData("text/plain"));
  });
})();
