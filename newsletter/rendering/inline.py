"""premailer: our rules go from <style> into every element, because many mail clients read nothing else.

Each setting cures something that was measured; take none away without the test beside this module.
"""

import logging
import re
from collections.abc import Callable
from functools import cache
from threading import Lock
from typing import Any

#: Begins the <style> whose rules are inlined. It is taken out afterwards: every rule in it has been used.
INLINED = "/* inlined */"

#: Pages preview in threads, and the CSS parser underneath keeps what it is parsing in a global.
_one_at_a_time = Lock()

#: The rules of a sheet by its text and its place in the document: an association has a few, by its looks.
_rules_of: dict[tuple[str, int], tuple[list[Any], list[Any]]] = {}
_MOST_SHEETS = 50

_MARK = ' data-premailer="ignore"'
_OTHERS = re.compile(r'<style type="text/css">(?!\s*' + re.escape(INLINED) + ")")
_USED_UP = re.compile(r"<style[^>]*>\s*" + re.escape(INLINED) + r".*?</style>", re.DOTALL)


def inline(html: str) -> str:
    """Put the rules of our <style> into the elements. Links, media queries and Outlook's comments stay.

    What MJML itself puts into <style> is not inlined: it is a reset that clients without <style> do not
    need, and would be repeated in every cell.
    """
    with _one_at_a_time:
        inlined = _premailed(_OTHERS.sub(f'<style type="text/css"{_MARK}>', html))
    # premailer takes its mark off again, but not inside Outlook's comments.
    return _USED_UP.sub("", inlined).replace(_MARK, "")


def _premailed(html: str) -> str:
    # The library has no types.
    inlined: str = _remembering()(
        html,
        method="html",
        keep_style_tags=True,  # dark mode, phones and :hover live there
        strip_important=False,  # and need !important to win over what is inlined
        remove_classes=False,
        include_star_selectors=False,
        exclude_pseudoclasses=True,
        disable_validation=True,
        allow_network=False,
        allow_loading_external_files=False,
        disable_basic_attributes=["width", "height"],  # width:100% in a style is not width="100%"
        align_floating_images=False,
        cssutils_logging_level=logging.CRITICAL,
    ).transform(pretty_print=False)
    return inlined


@cache
def _remembering() -> Callable[..., Any]:
    """Make a premailer that reads the rules of a sheet once.

    That is nine tenths of its work: the library remembers what its parser gave, but writes out each property
    anew for each document, and all variants of all issues have the same ones.
    """
    # Here, for it brings a CSS parser and a web client along: pages start without them.
    from premailer.premailer import Premailer

    class Remembering(Premailer):
        def _parse_style_rules(self, css_body: str, ruleset_index: int) -> tuple[list[Any], list[Any]]:
            key = (css_body, ruleset_index)
            if key not in _rules_of:
                while len(_rules_of) >= _MOST_SHEETS:
                    del _rules_of[next(iter(_rules_of))]
                _rules_of[key] = super()._parse_style_rules(*key)  # type: ignore[no-untyped-call]
            rules, leftover = _rules_of[key]
            return list(rules), list(leftover)

    return Remembering
