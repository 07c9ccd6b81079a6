// Small comforts of the page: Enter to send, suggestions, modals, confirmations, scrolling to the newest.
(() => {
  const $ = (selector, from = document) => from.querySelector(selector);

  // -- scrolling: stay at the newest message unless the reader has scrolled up ----------------------
  const atEnd = new WeakMap();
  const watchScroll = (box) => {
    const toEnd = () => { box.scrollTop = box.scrollHeight; };
    atEnd.set(box, true);
    box.addEventListener("scroll", () => atEnd.set(box, box.scrollHeight - box.scrollTop - box.clientHeight < 90));
    new MutationObserver(() => { if (atEnd.get(box)) toEnd(); }).observe(box, { childList: true, subtree: true, characterData: true });
    new ResizeObserver(() => { if (atEnd.get(box)) toEnd(); }).observe(box);
    box.addEventListener("load", () => { if (atEnd.get(box)) toEnd(); }, true);
    toEnd();
  };

  // -- composer -------------------------------------------------------------------------------------
  const suggestions = (composer) => {
    const area = $("textarea", composer), list = $(".suggest", composer);
    const before = area.value.slice(0, area.selectionStart);
    const at = /(^|\s)@([\w-]*)$/.exec(before), slash = /^\/([\w-]*)$/.exec(before);
    const kind = slash ? "commands" : at ? "people" : "";
    const wanted = (slash ? slash[1] : at ? at[2] : "").toLowerCase();
    const all = kind ? JSON.parse(composer.dataset[kind]) : [];
    const fits = ([name, about]) => `${name.replace("/", "")} ${about}`.toLowerCase().split(/[\s·,]+/).findIndex((word) => word.startsWith(wanted)) + 1;
    const found = all.filter(fits).sort((a, b) => (fits(a) > 1) - (fits(b) > 1)).slice(0, 7);
    list.replaceChildren(...found.map(([name, about], index) => {
      const item = document.createElement("li"), label = document.createElement("b"), small = document.createElement("small");
      label.textContent = kind === "people" ? `@${name}` : name;
      small.textContent = about;
      item.append(label, small);
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", String(index === 0));
      item.dataset.insert = `${label.textContent} `;
      return item;
    }));
    list.hidden = found.length === 0;
    composer.dataset.replace = String(kind === "people" ? wanted.length + 1 : before.length);
  };
  const choose = (composer, item) => {
    const area = $("textarea", composer), end = area.selectionStart, start = end - Number(composer.dataset.replace);
    area.setRangeText(item.dataset.insert, start, end, "end");
    $(".suggest", composer).hidden = true;
    area.focus();
  };
  const picked = (composer) => $('[aria-selected="true"]', $(".suggest", composer));

  document.addEventListener("input", (event) => {
    const composer = event.target.closest?.(".composer");
    if (composer && event.target.matches("textarea")) suggestions(composer);
  });
  document.addEventListener("change", (event) => {
    if (!event.target.matches?.('.composer input[type="file"]')) return;
    $(".files-picked", event.target.closest(".composer")).textContent = [...event.target.files].map((f) => f.name).join(", ");
  });
  document.addEventListener("keydown", (event) => {
    const area = event.target;
    if (!area.matches?.(".composer textarea, .editing textarea")) return;
    const composer = area.closest(".composer"), list = composer && $(".suggest", composer);
    if (list && !list.hidden) {
      const items = [...list.children], index = items.indexOf(picked(composer));
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        const next = (index + (event.key === "ArrowDown" ? 1 : items.length - 1)) % items.length;
        items.forEach((item, i) => item.setAttribute("aria-selected", String(i === next)));
        return;
      }
      const exact = picked(composer)?.dataset.insert.trim() === area.value.trim();
      if (event.key === "Tab" || (event.key === "Enter" && !exact)) { event.preventDefault(); choose(composer, picked(composer)); return; }
      if (event.key === "Escape") { list.hidden = true; return; }
    }
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      const files = composer && $('input[type="file"]', composer).files.length;
      if (area.value.trim() || files) area.form.requestSubmit();
    }
  });
  document.addEventListener("dragover", (event) => { const c = event.target.closest?.(".composer"); if (c) { event.preventDefault(); c.classList.add("dragging"); } });
  document.addEventListener("dragleave", (event) => event.target.closest?.(".composer")?.classList.remove("dragging"));
  document.addEventListener("drop", (event) => {
    const composer = event.target.closest?.(".composer");
    if (!composer || !event.dataTransfer.files.length) return;
    event.preventDefault();
    composer.classList.remove("dragging");
    const input = $('input[type="file"]', composer);
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });

  // -- clicks ---------------------------------------------------------------------------------------
  document.addEventListener("click", (event) => {
    const target = event.target;
    const item = target.closest(".suggest li");
    if (item) return choose(item.closest(".composer"), item);
    const insert = target.closest("[data-insert].insert");
    if (insert) {
      const area = $("textarea", insert.closest(".composer"));
      area.setRangeText(insert.dataset.insert, area.selectionStart, area.selectionEnd, "end");
      area.focus();
      return suggestions(insert.closest(".composer"));
    }
    if (target.closest("[data-new-conversation]")) {
      const composer = target.closest(".composer");
      $('[name="thread_ts"]', composer).value = "";
      $(".following", composer).remove();
      return $("textarea", composer).focus();
    }
    if (target.closest("[data-toggle]")) return document.getElementById("sidebar").classList.toggle("open");
    if (target.closest("[data-reload]")) return location.reload();
    if (target.closest("[data-close-modal]")) return closeModal(target.closest("dialog"));
    document.querySelectorAll("details.overflow[open]").forEach((menu) => { if (!menu.contains(target) || target.closest(".menu")) menu.open = false; });
  });

  // -- modals ---------------------------------------------------------------------------------------
  const closeModal = (dialog) => htmx.ajax("POST", dialog.dataset.close, { swap: "none" });
  const openModal = () => {
    const dialog = $("#modals dialog");
    if (!dialog || dialog.open) return;
    dialog.addEventListener("cancel", (event) => { event.preventDefault(); closeModal(dialog); });
    dialog.showModal();
    (dialog.querySelector("[autofocus]") || dialog.querySelector(".wrong :is(input, select, textarea)") || dialog.querySelector(".modal-body :is(input, select, textarea)"))?.focus();
  };
  // What someone typed survives a redraw of the same modal.
  let kept = null;
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    const old = $("#modals dialog");
    if (event.detail.target.id === "modals") kept = old && { id: old.dataset.modal, form: new FormData($("form", old)) };
    guardDoubles(event);
  });
  document.addEventListener("htmx:oobAfterSwap", (event) => {
    if (event.detail.target.id !== "modals") return;
    const dialog = $("#modals dialog");
    if (dialog && kept && kept.id === dialog.dataset.modal) {
      for (const field of dialog.querySelectorAll('input.text:not([type="file"]), textarea.text')) if (kept.form.has(field.name)) field.value = kept.form.get(field.name);
    }
    openModal();
  });
  // A message that is here already is moved, not doubled (after a reconnect the server starts over).
  const guardDoubles = (event) => {
    for (const child of event.detail.fragment?.querySelectorAll?.("[id]") ?? []) {
      const twin = document.getElementById(child.id);
      if (twin && !event.detail.fragment.contains(twin) && /^(g|m|t)-/.test(child.id) && event.detail.target.id !== child.id) twin.remove();
    }
  };

  // -- confirmations --------------------------------------------------------------------------------
  document.addEventListener("htmx:confirm", (event) => {
    const asked = event.detail.elt.dataset?.confirm;
    if (!asked) return;
    event.preventDefault();
    const words = JSON.parse(asked), dialog = document.getElementById("confirm");
    $("h2", dialog).textContent = words.title;
    $("p", dialog).textContent = words.text;
    const [no, yes] = dialog.querySelectorAll("button");
    no.textContent = words.no;
    yes.textContent = words.yes;
    yes.className = words.style === "danger" ? "btn danger solid" : "btn primary";
    dialog.addEventListener("close", () => { if (dialog.returnValue === "yes") event.detail.issueRequest(true); }, { once: true });
    dialog.returnValue = "no";
    dialog.showModal();
  });

  // -- keys and start -------------------------------------------------------------------------------
  document.addEventListener("keydown", (event) => {
    if (event.key === "k" && (event.metaKey || event.ctrlKey)) { event.preventDefault(); $(".you summary").click(); }
  });
  let lost = false;
  document.addEventListener("htmx:sseError", () => { lost = true; });
  document.addEventListener("htmx:sseOpen", () => { if (lost) location.reload(); });
  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("#scroll, #thread-scroll").forEach(watchScroll);
    openModal();
    ($(".thread .composer textarea") ?? $(".room .composer textarea"))?.focus();
  });
})();
