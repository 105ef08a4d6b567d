"""Where a copied link leads: to the page itself, without what tells who was sent there."""

import re
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit, urlunsplit

_SCHEMES = ("http", "https", "mailto", "tel")
_LONGEST = 2000
#: Parameters that carry a visitor's trail and no page needs.
_TRAIL = re.compile(
    r"(?:utm_\w+|mtm_\w+|pk_\w+|hsa_\w+|_hs\w+|fbclid|gclid|gclsrc|gbraid|wbraid|dclid|msclkid|yclid|twclid|ttclid"
    r"|igsh|igshid|li_fat_id|mc_cid|mc_eid|mkt_tok|vero_id|oly_anon_id|oly_enc_id|ref_src|ref_url|_ga|_gl|__tn__"
    r"|__cft__.*|wickedid|s_cid|icid)",
    re.IGNORECASE,
)
#: Services that stand between a link and its page, and the parameter that names the page.
_WRAPPERS = (
    (re.compile(r"(?:www\.)?google\.[a-z.]{2,6}"), "/url", ("q", "url")),
    (re.compile(r"lm?\.(?:facebook|instagram)\.com"), "/", ("u",)),
    (re.compile(r"[\w-]+\.safelinks\.protection\.outlook\.com"), "/", ("url",)),
)


def cleaned(href: str) -> str | None:
    """Return a link's address as it may stand in an article; None for one that may not.

    Only absolute ``http``, ``https``, ``mailto`` and ``tel`` may (not ``javascript:``, ``file:`` or a place
    on the copied page).
    """
    url = re.sub(r"[\x00-\x20\x7f\u00a0]+", "", href)
    for _wrapping in range(3):
        url, inner = _judged(url)
        if not inner:
            break
        url = inner
    return url or None


def _judged(url: str) -> tuple[str, str]:
    """Return the address, empty where it may not stand, and the one that it only stands before."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:  # such as an unclosed bracket in the host
        return "", ""
    scheme = parts.scheme.lower()
    if scheme not in _SCHEMES or len(url) > _LONGEST:
        return "", ""
    if scheme in ("mailto", "tel"):
        return (url, "") if parts.path else ("", "")
    if not host:
        return "", ""
    for hosts, path, names in _WRAPPERS:
        if hosts.fullmatch(host) and parts.path.startswith(path):
            given = parse_qs(parts.query)
            inner = next((given[name][0] for name in names if name in given), "")
            if inner.startswith(("http://", "https://")):
                return url, inner
    return urlunsplit(parts._replace(query=_without_trail(parts.query))), ""


def _without_trail(query: str) -> str:
    pairs = parse_qsl(query, keep_blank_values=True)
    kept = [(name, value) for name, value in pairs if not _TRAIL.fullmatch(name)]
    return query if len(kept) == len(pairs) else urlencode(kept)


def written(url: str) -> str:
    """Return the address as the target of a Markdown link: nothing in it can end the link."""
    return re.sub(r"[()<>\\\"'`|\[\]*_~]", lambda found: _IN_TARGET.get(found[0], found[0]), url)


_IN_TARGET = {sign: f"%{ord(sign):02X}" for sign in '()<>\\"`|[]'}
