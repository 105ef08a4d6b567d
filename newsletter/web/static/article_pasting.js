// Text pasted from Word and web pages comes in as Markdown; Ctrl+Shift+V pastes just the words.

const form = document.getElementById("article");
const told = document.getElementById("paste-told");
let plainly = false;
addEventListener("keydown", (event) => { plainly = event.shiftKey; });
addEventListener("keyup", () => { plainly = false; });

// insertText keeps what can be undone with Ctrl+Z; the other way is for browsers without it.
const put = (field, text) => {
  field.focus();
  if (!document.execCommand("insertText", false, text)) {
    field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
};

const cleaned = async (html) => {
  const body = new FormData();
  body.set("csrf", form.elements.csrf.value);
  body.set("html", html);
  const answer = await fetch(form.dataset.pasting, { method: "POST", body, signal: AbortSignal.timeout(8000) });
  const said = await answer.json();
  return { markdown: said.markdown ?? "", told: said.told ?? "" };
};

const hasWords = (html) => {
  const page = new DOMParser().parseFromString(html, "text/html");
  for (const each of page.querySelectorAll("style, script")) each.remove();
  return page.body.textContent.trim() !== "";
};

for (const field of form.querySelectorAll("textarea")) {
  field.addEventListener("paste", async (event) => {
    const html = event.clipboardData.getData("text/html");
    const text = event.clipboardData.getData("text/plain");
    const files = event.clipboardData.files;
    told.textContent = "";
    if (html && hasWords(html)) {
      if (plainly) return;
      event.preventDefault();
      let found = { markdown: "", told: "" };
      try {
        found = await cleaned(html);
      } catch {
        found.told = told.dataset.failed;
      }
      put(field, found.markdown || text);
      told.textContent = found.told;
    } else if (files.length) {
      event.preventDefault();
      field.form.elements.body.dispatchEvent(new CustomEvent("pictures", { detail: files }));
    }
  });
}
