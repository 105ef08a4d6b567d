// What every page for people who work here does beyond plain HTML. Each page works without it.

// After a form comes back with mistakes, begin at the list of them.
document.querySelector(".mistakes")?.focus();

// Leaving a page with changes that are not saved asks first: <form data-guard>.
for (const form of document.querySelectorAll("form[data-guard]")) {
  let changed = false;
  form.addEventListener("input", () => { changed = true; });
  form.addEventListener("submit", (event) => { if (!event.submitter?.formTarget) changed = false; });
  form.addEventListener("saved", () => { changed = false; });
  addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
}
