// The desk: items move by pointer and by keyboard. Each move is the form that the page has anyway.
//
//   grip: press and drag, or space to lift, arrows to move, space to drop, Escape to put back

const told = document.getElementById("told");
const words = JSON.parse(told.dataset.words);

let lifted = null; // { item, parent, after, byKey }

document.documentElement.classList.add("scripted");

const work = () => document.getElementById("work");
const all = () => [...work().querySelectorAll(".item")];
const lists = () => [...work().querySelectorAll(".items")];

function say(sentence, item) {
  const list = item.closest(".part");
  told.textContent = sentence
    .replace("{title}", item.dataset.title)
    .replace("{place}", all().indexOf(item) + 1)
    .replace("{all}", all().length)
    .replace("{section}", list.dataset.section || words.none);
}

function lift(item, byKey) {
  lifted = { item, parent: item.parentNode, after: item.nextSibling, byKey };
  item.classList.add("lifted");
  if (byKey) {
    item.querySelector(".grip").setAttribute("aria-pressed", "true");
    say(words.lifted, item);
  }
}

function release() {
  const item = lifted.item;
  item.classList.remove("lifted", "dragged");
  item.querySelector(".grip").removeAttribute("aria-pressed");
  lifted = null;
  return item;
}

function putBack() {
  lifted.parent.insertBefore(lifted.item, lifted.after);
  const item = release();
  item.querySelector(".grip").focus();
  say(words.back, item);
}

function drop() {
  const moved = lifted.item.parentNode !== lifted.parent || lifted.item.nextSibling !== lifted.after;
  const item = release();
  say(words.dropped, item);
  if (!moved) return;
  const form = item.querySelector(".steps");
  const values = Object.fromEntries(new FormData(form));
  values.position = all().indexOf(item) + 1;
  values.section = item.closest(".part").dataset.section;
  htmx.ajax("POST", form.action, { source: form, target: "#work", select: "#work", swap: "outerHTML show:none", values })
    .then(() => document.getElementById(`grip-${values.article}`)?.focus());
}

function step(item, down) {
  const beside = down ? item.nextElementSibling : item.previousElementSibling;
  if (beside) {
    beside[down ? "after" : "before"](item);
  } else {
    const next = lists()[lists().indexOf(item.parentNode) + (down ? 1 : -1)];
    if (!next) return;
    next[down ? "prepend" : "append"](item);
  }
  item.querySelector(".grip").focus();
  say(words.at, item);
}

document.addEventListener("keydown", (event) => {
  const grip = event.target.closest?.(".grip");
  if (!grip) return;
  const item = grip.closest(".item");
  if (event.key === " " || event.key === "Enter") {
    event.preventDefault();
    if (lifted) drop(); else lift(item, true);
  } else if (lifted?.byKey && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    step(item, event.key === "ArrowDown");
  } else if (lifted && event.key === "Escape") {
    event.preventDefault();
    putBack();
  } else if (lifted?.byKey && event.key === "Tab") {
    putBack();
  }
});

document.addEventListener("pointerdown", (event) => {
  const grip = event.target.closest?.(".grip");
  if (!grip || event.button !== 0 || lifted) return;
  event.preventDefault();
  grip.focus();
  grip.setPointerCapture(event.pointerId);
  lift(grip.closest(".item"), false);
  lifted.item.classList.add("dragged");
});

document.addEventListener("pointermove", (event) => {
  if (!lifted || lifted.byKey) return;
  const list = lists().find((each) => {
    const box = each.closest(".part").getBoundingClientRect();
    return event.clientY >= box.top && event.clientY < box.bottom;
  });
  if (!list) return;
  const others = [...list.children].filter((each) => each !== lifted.item);
  const before = others.find((each) => {
    const box = each.getBoundingClientRect();
    return event.clientY < box.top + box.height / 2;
  });
  if (before !== lifted.item.nextElementSibling || lifted.item.parentNode !== list) list.insertBefore(lifted.item, before || null);
});

document.addEventListener("pointerup", () => { if (lifted && !lifted.byKey) drop(); });
document.addEventListener("pointercancel", () => { if (lifted && !lifted.byKey) putBack(); });

function begin() {
  for (const grip of work().querySelectorAll(".grip")) grip.hidden = false;
}

// What a form could not do comes back as a page that says why: it is shown like any other.
document.body.addEventListener("htmx:beforeSwap", (event) => {
  if ([409, 422].includes(event.detail.xhr.status)) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});
document.body.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.elt.id !== "work" && event.detail.target?.id !== "work") return;
  begin();
  const said = work().dataset.said;
  const mistakes = work().querySelector(".mistakes");
  if (mistakes) mistakes.focus();
  else if (said) told.textContent = said;
});

begin();
