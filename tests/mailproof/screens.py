"""A mail in Chromium: shown without any network but for its pictures, and measured."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page, Route

from tests.mailproof.mails import Mail

Scheme = Literal["light", "dark"]

#: WCAG's own rules, and the best practices; the landmarks are those of the page around a mail.
AXE = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"region": {"enabled": False}, "landmark-one-main": {"enabled": False}},
    "resultTypes": ["violations"],
}
#: What else can be wrong when a mail is shown in other colours.
AXE_COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations"]}

#: Every text that is seen: its words, colour, ground (the nearest one above it), size in pixels and weight.
_TEXTS = r"""() => {
  const two = (number) => Math.round(+number).toString(16).padStart(2, '0');
  const hex = (rgb) => '#' + rgb.match(/[\d.]+/g).slice(0, 3).map(two).join('');
  const ground = (e) => {
    for (; e; e = e.parentElement) {
      const colour = getComputedStyle(e).backgroundColor;
      if (!/, 0\)$/.test(colour)) return hex(colour);
    }
    return '#ffffff';
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement;
    const words = walker.currentNode.data.replace(/[\s\u00a0\u200b]+/g, ' ').trim();
    if (!words || !e.checkVisibility() || ['STYLE', 'SCRIPT'].includes(e.tagName)) continue;
    const style = getComputedStyle(e);
    const size = parseFloat(style.fontSize);
    if (size <= 1) continue;
    found.push([words, hex(style.color), ground(e), size, +style.fontWeight >= 700]);
  }
  return found;
}"""

#: What reaches outside the screen, is cut off, or stands on something else. Letters reach a little above and
#: below their line, so what overlaps is looked for in the middle of each line.
_MISPLACED = r"""() => {
  const width = document.documentElement.clientWidth;
  const faults = [];
  if (document.documentElement.scrollWidth > width)
    faults.push(`scrolls sideways: ${document.documentElement.scrollWidth} > ${width}`);
  const boxes = [];
  const add = (rect, words, node) => {
    if (rect.width < 1 || rect.height < 2) return;
    if (rect.left < -0.5 || rect.right > width + 0.5)
      faults.push(`outside: ${words} (${Math.round(rect.left)}-${Math.round(rect.right)})`);
    const trim = rect.height * 0.2;
    boxes.push([rect.left + 1, rect.top + trim, rect.right - 1, rect.bottom - trim, words, node]);
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode, e = node.parentElement;
    const words = node.data.replace(/[\s\u00a0]+/g, ' ').trim();
    if (!words || !e.checkVisibility() || ['STYLE', 'SCRIPT'].includes(e.tagName)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const rect of range.getClientRects()) add(rect, words.slice(0, 40), node);
  }
  for (const img of document.images) add(img.getBoundingClientRect(), `picture ${img.alt}`.slice(0, 40), img);
  for (const e of document.body.querySelectorAll('*')) {
    const style = getComputedStyle(e);
    if (!e.checkVisibility() || style.overflowX === 'visible' || !e.textContent.trim()) continue;
    if (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1)
      faults.push(`cut off: <${e.tagName.toLowerCase()}> ${e.textContent.trim().slice(0, 40)}`);
  }
  boxes.sort((a, b) => a[1] - b[1]);
  for (let i = 0; i < boxes.length && faults.length < 20; i++)
    for (let j = i + 1; j < boxes.length && boxes[j][1] < boxes[i][3]; j++)
      if (boxes[j][0] < boxes[i][2] && boxes[i][0] < boxes[j][2])
        faults.push(`on top of each other: ${boxes[i][4]} / ${boxes[j][4]}`);
  return faults;
}"""

#: As a reader does who makes the text alone twice as large: letters grow, boxes of pixels do not.
_TWICE = """() => {
  const all = [...document.body.querySelectorAll('*')];
  const sizes = all.map((e) => parseFloat(getComputedStyle(e).fontSize));
  all.forEach((e, i) => {
    if (sizes[i] > 1) e.style.setProperty('font-size', `${sizes[i] * 2}px`, 'important');
  });
}"""


@dataclass(frozen=True, slots=True)
class Text:
    """A text as it is painted: colours as ``#rrggbb``, its size in CSS pixels."""

    words: str
    ink: str
    ground: str
    size: float
    bold: bool


class Screen:
    """A window that mails are shown in, one after the other."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._axe = Axe()

    def show(self, mail: Mail) -> None:
        """Show a mail, and wait for its pictures."""
        # What travels inside the mail is fetched like the rest, so that it can be there or not.
        html = mail.html.replace('src="cid:', 'src="https://inside.example/')
        self._page.set_content(html, wait_until="load")

    def axe(self, *, colours_only: bool = False) -> list[str]:
        """Return what axe-core finds, a line each."""
        found = self._axe.run(self._page, options=AXE_COLOURS if colours_only else AXE)
        return [f"{fault['id']}: {fault['nodes'][0]['html'][:150]}" for fault in found.response["violations"]]

    def texts(self) -> list[Text]:
        """Return every text that is seen, in order."""
        return [Text(*each) for each in self._page.evaluate(_TEXTS)]

    def misplaced(self, width: int) -> list[str]:
        """Return what is outside, cut or covered in a window of this width, a line each."""
        self._page.set_viewport_size({"width": width, "height": 800})
        return [str(fault) for fault in self._page.evaluate(_MISPLACED)]

    def enlarge(self) -> None:
        """Make all text twice as large."""
        self._page.evaluate(_TWICE)

    def missing_descriptions(self) -> list[str]:
        """Return the pictures that leave nothing to read when they are not there."""
        pictures = self._page.evaluate("[...document.images].map(e => [e.src, e.alt, e.offsetHeight])")
        return [f"{src} says nothing" for src, alt, height in pictures if not alt.strip() or height < 10]

    def picture(self, file: str) -> None:
        """Take a picture of the whole mail."""
        self._page.screenshot(path=file, full_page=True)


@contextmanager
def screen(browser: Browser, *, scheme: Scheme = "light", pictures: bool = True) -> Iterator[Screen]:
    """Open a window of 1,000 pixels that shows mails by day or by night, with pictures or without."""

    def answer(route: Route) -> None:
        if pictures and route.request.resource_type == "image":
            route.fulfill(body=_picture(), content_type="image/png")
        else:
            route.abort()

    with browser.new_context(color_scheme=scheme, viewport={"width": 1000, "height": 800}) as context:
        context.route("**/*", answer)
        page = context.new_page()
        yield Screen(page)


@cache
def _picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (1104, 736), "#8899aa").save(out, "PNG")
    return out.getvalue()
