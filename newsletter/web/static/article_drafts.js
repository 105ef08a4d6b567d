// What is written is kept on the server a moment after each pause, and when the page is left. Where that
// fails it is kept in this browser until it can be; it is taken out again as soon as it is on the server.

const form = document.getElementById("article");
const told = document.getElementById("draft-told");
const said = document.getElementById("draft-said");
const left = document.getElementById("left-here");
const PAUSE = 2000;
const AGAIN = 10000;
const place = `rundbrev-${form.elements.article?.value ?? "ny"}`;
let waiting;
let changed = false;
let busy = false;
let trouble = "";

// Files go with the buttons alone: they are no words, and too heavy to send again and again.
const words = () => {
  const data = new FormData(form);
  for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
  return data;
};
const fields = () => [...words()].filter(([name]) => !["csrf", "draft", "draft_version", "revision", "article"].includes(name));
const began = JSON.stringify(fields());

// Seen each time; said aloud only when something else is the case than before.
const tell = (sentence, kind) => {
  told.textContent = sentence;
  told.classList.toggle("wrong", kind !== "");
  if (said.textContent === "" || kind !== trouble) said.textContent = sentence;
  trouble = kind;
};
const remember = () => { try { localStorage.setItem(place, JSON.stringify(fields())); } catch { /* full, or not allowed */ } };
const forget = () => { try { localStorage.removeItem(place); } catch { /* not allowed */ } };

const send = (body, more) => fetch(form.dataset.keeping, { method: "POST", body, ...more });

// After signing in again, in another tab, forms carry another token.
const freshToken = async () => {
  const page = await fetch(location.href, { redirect: "error" }).then((answer) => answer.text());
  const token = new DOMParser().parseFromString(page, "text/html").querySelector("input[name=csrf]")?.value;
  for (const each of token ? document.querySelectorAll("input[name=csrf]") : []) each.value = token;
  return Boolean(token);
};

const keep = async () => {
  clearTimeout(waiting);
  if (busy || !changed) return;
  busy = true;
  changed = false;
  let failed = "";
  try {
    let answer = await send(words(), { signal: AbortSignal.timeout(AGAIN) });
    if ((answer.status === 401 || answer.status === 403) && await freshToken().catch(() => false)) answer = await send(words());
    if (answer.ok) {
      const { version, told: sentence } = await answer.json();
      form.elements.draft_version.value = version;
      tell(sentence, "");
      forget();
      if (!changed) form.dispatchEvent(new Event("saved"));
    } else if (answer.status === 409) {
      tell((await answer.json()).told, "elsewhere");
      remember();
    } else {
      failed = answer.status === 413 ? "large" : answer.status === 401 || answer.status === 403 ? "out" : "offline";
    }
  } catch {
    failed = "offline";
  }
  busy = false;
  if (failed) {
    changed = true;
    remember();
    tell(said.dataset[failed], failed);
  }
  if (changed) waiting = setTimeout(keep, failed ? AGAIN : PAUSE);
};

form.addEventListener("input", () => {
  changed = true;
  clearTimeout(waiting);
  waiting = setTimeout(keep, PAUSE);
});
addEventListener("online", keep);
addEventListener("focus", () => { if (trouble) keep(); });
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState !== "hidden" || !changed || busy) return;
  send(words(), { keepalive: true }).then((answer) => answer.json()).then((kept) => {
    if (kept.version) form.elements.draft_version.value = kept.version;
  }).catch(remember);
});
// The page shows the sentence if saving fails; going back then still finds the words.
form.addEventListener("submit", (event) => {
  if (event.submitter?.formTarget) return;
  clearTimeout(waiting);
  changed = false;
  remember();
});

// --- What was new a moment ago is an article now.
if (document.querySelector(".done") && document.referrer && new URL(document.referrer).pathname.endsWith("/artiklar/ny")) {
  try { localStorage.removeItem("rundbrev-ny"); } catch { /* not allowed */ }
}

// --- What this browser has kept, where it says something else than the page.
let mine = null;
try { mine = localStorage.getItem(place); } catch { /* not allowed */ }
if (mine === began || (mine && form.querySelector("[name=draft_version]").value)) forget();
else if (mine && document.querySelector(".done") === null) {
  left.hidden = false;
  left.addEventListener("click", (event) => {
    if (event.target.value === "take") {
      const regions = [];
      for (const [name, value] of JSON.parse(mine)) {
        if (name === "regions") regions.push(value);
        else if (form.elements[name]) form.elements[name].value = value;
      }
      for (const box of form.querySelectorAll("[name=regions]")) box.checked = regions.includes(box.value);
      form.dispatchEvent(new Event("input", { bubbles: true }));
    } else if (event.target.value !== "drop") return;
    left.hidden = true;
    forget();
  });
} else if (mine) forget();
