"""Who receives the mail of a domain: some have many domains and count our letters to all of them together."""

_FAMILIES = {
    "gmail.com": ("googlemail.com",),
    "outlook.com": ("msn.com", "passport.com", "windowslive.com"),
    "yahoo.com": ("ymail.com", "rocketmail.com", "aol.com", "aol.se", "aim.com", "myyahoo.com"),
    "icloud.com": ("me.com", "mac.com"),
    "proton.me": ("protonmail.com", "pm.me", "protonmail.ch"),
}
_BY_DOMAIN = {domain: receiver for receiver, domains in _FAMILIES.items() for domain in domains}

#: Whole rows of domains with one first label and a country's end: hotmail.se, yahoo.co.uk.
_BY_LABEL = {"hotmail": "outlook.com", "outlook": "outlook.com", "live": "outlook.com", "yahoo": "yahoo.com"}
_MOST_LABELS = 3


def receiver_of(address: str) -> str:
    """Return who receives what is sent to an address or a domain: its family's first domain, or its own."""
    domain = address.rpartition("@")[2].lower()
    labels = domain.split(".")
    if len(labels) <= _MOST_LABELS and labels[0] in _BY_LABEL:
        return _BY_LABEL[labels[0]]
    return _BY_DOMAIN.get(domain, domain)
