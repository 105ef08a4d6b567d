// The editor beyond plain HTML: a toolbar, a preview that follows, pictures by drop and paste.

const form = document.getElementById("article");
const body = document.getElementById("body");
const show = document.getElementById("show");

// --- The preview follows half a second behind; the button does the same by hand.
if (show) {
  let waiting;
  let number = 0;
  // A fresh frame each time, which takes the old one's place when it is full: so nothing flickers, and the
  // way back leads to the page before and not to an older preview.
  const render = () => {
    const old = document.querySelector("iframe.paper");
    const fresh = old.cloneNode();
    fresh.name = `preview-${number += 1}`;
    fresh.hidden = true;
    show.formTarget = fresh.name;
    old.after(fresh);
    fresh.addEventListener("load", () => {
      fresh.hidden = false;
      old.remove();
    });
    form.requestSubmit(show);
  };
  form.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(render, 500); });
  // A form is on one way at a time: a preview that sets out after the words are being saved would stop them.
  form.addEventListener("submit", (event) => { if (!event.submitter?.formTarget) clearTimeout(waiting); });
  render();
}

// --- What belongs to another kind of article is not in the way; without this, all of it can be seen.
const kind = document.querySelector("[data-kind]");
if (kind) {
  const fit = () => document.querySelectorAll("[data-of-kind]").forEach((part) => { part.hidden = part.dataset.ofKind !== kind.value; });
  kind.addEventListener("change", fit);
  fit();
}

// --- The toolbar writes Markdown where the cursor stands, and keeps what can be undone.
const tools = document.querySelector(".tools");
if (tools) {
  tools.hidden = false;
  const put = (text, from, to) => {
    body.focus();
    body.setSelectionRange(from, to);
    if (!document.execCommand("insertText", false, text)) body.setRangeText(text, from, to, "end");
    body.dispatchEvent(new Event("input", { bubbles: true }));
  };
  tools.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const { selectionStart: from, selectionEnd: to, value } = body;
    const chosen = value.slice(from, to);
    if (button.dataset.wrap) {
      put(button.dataset.wrap + chosen + button.dataset.wrap, from, to);
      if (!chosen) body.setSelectionRange(from + button.dataset.wrap.length, from + button.dataset.wrap.length);
    } else if (button.dataset.line) {
      const start = value.lastIndexOf("\n", from - 1) + 1;
      put(value.slice(start, to).split("\n").map((line) => button.dataset.line + line).join("\n"), start, to);
    } else if ("link" in button.dataset) {
      put(`[${chosen}](https://)`, from, to);
      const inside = from + chosen.length + 3;
      body.setSelectionRange(inside, inside + 8);
    }
  });
}

// --- Files are dropped on their place or on the text, or pasted into it (article_pasting.js).
const pictures = document.getElementById("new-picture");
const attachments = document.getElementById("new-attachment");
const holdsFiles = (event) => event.dataTransfer.types.includes("Files");
const isPicture = (file) => (file.type.startsWith("image/") && !file.type.includes("svg")) || /\.hei[cf]$/i.test(file.name);
for (const place of [pictures, attachments, body]) {
  place.addEventListener("dragover", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    place.classList.add("over");
  });
  place.addEventListener("dragleave", () => place.classList.remove("over"));
  place.addEventListener("drop", (event) => {
    place.classList.remove("over");
    if (!holdsFiles(event)) return;
    event.preventDefault();
    take([...event.dataTransfer.files], place === attachments);
  });
}
body.addEventListener("pictures", (event) => take([...event.detail], false));

// What a picture shows, and what a link says, is asked for at once, while one remembers.
function take(files, asAttachments) {
  const shown = asAttachments ? [] : files.filter(isPicture);
  const linked = files.filter((file) => !shown.includes(file));
  if (linked.length) put(linked, attachments, "label");
  if (shown.length) put(shown, pictures, "alt");
  function put(chosen, place, asked) {
    const data = new DataTransfer();
    for (const file of chosen) data.items.add(file);
    place.querySelector("input[type=file]").files = data.files;
    place.querySelector(`[name=${asked}]`).focus();
  }
}
