"""Take the README's picture: the sample issue on a wide screen, and a region's part of it on a phone.

    demo --no-send in a folder of its own -> issues preview -> Chromium -> docs/pictures/issue.png

Run it with ``make pictures`` when the look of the mails has changed.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

PICTURE = Path(__file__).with_name("issue.png")

#: Two frames on a desk. What stands in them is the mail itself, at its own width.
DESK = """
<!doctype html>
<style>
  body { margin: 0; padding: 32px; background: #e4dfd5; display: flex; gap: 32px; align-items: flex-start }
  iframe { border: 0; border-radius: 6px; box-shadow: 0 1px 2px #0002, 0 12px 32px #0002 }
</style>
<iframe src="{mail}" width="720" height="836"></iframe>
<iframe src="{mail}" width="375" height="836"></iframe>
"""


def main() -> None:
    """Make the issue, and photograph it."""
    with tempfile.TemporaryDirectory() as folder:
        _rundbrev("demo", "--no-send", "--json", "--dir", folder)
        _rundbrev("issues", "preview", "1", "--variant", "skane", "--out", folder, "--dir", folder)
        (mail,) = Path(folder).glob("*.html")
        desk = Path(folder) / "desk.htm"
        desk.write_text(DESK.replace("{mail}", mail.name), encoding="utf-8")
        _photograph(desk.as_uri())
    print(f"{PICTURE} ({PICTURE.stat().st_size // 1024} kB)")


def _rundbrev(*arguments: str) -> None:
    command = [sys.executable, "-m", "newsletter", *arguments]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own module, no shell


def _photograph(address: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        page = browser.new_page(
            viewport={"width": 1191, "height": 900}, device_scale_factor=1.5, color_scheme="light"
        )
        page.goto(address)
        title = page.frames[2].get_by_role("heading", name="Gravensteiner")
        # The region's name stands above the title.
        title.evaluate("title => scrollTo(0, title.getBoundingClientRect().top - 176)")
        page.screenshot(path=PICTURE)
        browser.close()


if __name__ == "__main__":
    main()
