"""What somebody should look at in an address: it is pointed out, and never changed.

An address that looks wrong may be right, and only its owner knows. So nothing here corrects anything.
"""

from subscribers.errors import mark

#: What stands before the @ of addresses that a workplace shares (some of RFC 2142, and Swedish custom).
_SHARED = frozenset((
    "info", "kansli", "kansliet", "kontakt", "contact", "post", "mail", "epost", "e-post", "reception",
    "receptionen", "expedition", "registrator", "office", "admin", "administration", "styrelse",
    "styrelsen", "ordforande", "ordförande", "kassor", "kassör", "sekreterare", "redaktion",
    "redaktionen", "support", "help", "noreply", "no-reply", "webmaster", "postmaster", "abuse",
    "hostmaster", "sales", "order", "faktura", "ekonomi", "hr", "personal", "bibliotek", "biblioteket",
    "museum", "museet",
))  # fmt: skip

#: Domains that nearly all who write them mean another by. Each is one slip from a provider of millions.
_MEANT = {
    "gmial.com": "gmail.com",
    "gmal.com": "gmail.com",
    "gmil.com": "gmail.com",
    "gamil.com": "gmail.com",
    "gnail.com": "gmail.com",
    "gmaill.com": "gmail.com",
    "gmail.se": "gmail.com",
    "gmail.co": "gmail.com",
    "gmail.om": "gmail.com",
    "hotmial.com": "hotmail.com",
    "hotmal.com": "hotmail.com",
    "hotmai.com": "hotmail.com",
    "hotnail.com": "hotmail.com",
    "homtail.com": "hotmail.com",
    "hotmail.co": "hotmail.com",
    "outlok.com": "outlook.com",
    "outllook.com": "outlook.com",
    "outloook.com": "outlook.com",
    "iclod.com": "icloud.com",
    "icould.com": "icloud.com",
    "yaho.com": "yahoo.com",
    "yahooo.com": "yahoo.com",
    "tellia.com": "telia.com",
    "bredbandet.net": "bredband.net",
}

#: Endings that are no top-level domain, or one that hardly anybody in Sweden has an address under.
_ENDINGS = {"con": "com", "cmo": "com", "vom": "com", "comm": "com", "nett": "net", "see": "se", "sr": "se"}

#: Domains that look like the slip and are somebody's: the providers themselves.
_PROVIDERS = frozenset(_MEANT.values()) | {"hotmail.se", "live.se", "outlook.se", "yahoo.se"}


def hint(canonical: str) -> tuple[str, dict[str, str]] | None:
    """Return what to look at in a canonical address: a Swedish sentence and its facts, or None.

    A likely slip of the keyboard goes before an address that several people share.
    """
    local, _, domain = canonical.rpartition("@")
    meant = likely_domain(domain)
    if meant is not None:
        return mark("Kanske ett skrivfel: {address} – menades {meant}?"), {
            "address": canonical,
            "meant": f"{local}@{meant}",
        }
    if is_shared(local):
        sentence = mark("{address} är nog en funktionsadress som flera läser: fråga efter personens egen.")
        return sentence, {"address": canonical}
    return None


def likely_domain(domain: str) -> str | None:
    """Return the domain that was probably meant, or None where nothing speaks for a slip."""
    if domain in _PROVIDERS:
        return None
    if domain in _MEANT:
        return _MEANT[domain]
    name, _, ending = domain.rpartition(".")
    if ending not in _ENDINGS:
        return None
    mended = f"{name}.{_ENDINGS[ending]}"
    return _MEANT.get(mended, mended)


def is_shared(local: str) -> bool:
    """Tell whether the part before the @ names a function and not a person."""
    return local.partition("+")[0].casefold() in _SHARED
