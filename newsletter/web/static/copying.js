// What to tell somebody is copied by a button. Where there is no clipboard, as over plain http, none is shown.

if (navigator.clipboard) document.documentElement.classList.add("can-copy");

addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-text]");
  if (!button) return;
  const word = button.textContent;
  try {
    await navigator.clipboard.writeText(button.dataset.text);
  } catch {
    return;
  }
  button.textContent = button.dataset.done;
  setTimeout(() => { button.textContent = word; }, 3000);
});
