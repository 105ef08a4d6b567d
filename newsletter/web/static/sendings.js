// Follows a send: the page's parts are swapped as the server tells them. Without this, "Uppdatera" does.

const send = document.querySelector("[data-stream]");
const source = new EventSource(send.dataset.stream);

function swap(name, html) {
  const part = document.getElementById(name);
  const held = part.contains(document.activeElement);
  const unfolded = part.querySelector("details[open]") !== null;
  part.innerHTML = html;
  if (unfolded) part.querySelector("details")?.setAttribute("open", "");
  // What had the keyboard may be gone: its place on the page must not be.
  if (held) (part.querySelector("button, a, summary") ?? document.getElementById("content")).focus();
}

source.addEventListener("open", () => {
  document.querySelector("[data-following]").hidden = false;
});
source.addEventListener("live", (event) => swap("live", event.data));
source.addEventListener("course", (event) => swap("course", event.data));
source.addEventListener("lines", (event) => swap("lines", event.data));
source.addEventListener("actions", (event) => swap("actions", event.data));
source.addEventListener("over", () => {
  source.close();
  location.replace(location.pathname); // what was just done is told no more: it is over
});
