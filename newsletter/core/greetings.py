"""How a letter begins: with the names of those who share its address, or with none."""

from collections.abc import Sequence

_WORDS = {
    # language: (with names, without, the word before the last name)
    "sv": ("Hej {names}!", "Hej!", "och"),
    "en": ("Hi {names},", "Hello,", "and"),
}


def called(given_name: str, family_name: str) -> str:
    """Return the name to greet a person by: the given name, else whatever name there is; may be empty."""
    return _one_line(given_name) or _one_line(family_name)


def greeting(names: Sequence[str], language: str = "sv") -> str:
    """Return "Hej Anna!", "Hej Anna och Bo!", "Hej Anna, Bo och Kim!", or "Hej!" when nobody has a name.

    ``names`` are as ``called`` gives them; blank ones are passed over. ``language`` is ``sv`` or ``en``,
    where it becomes "Hi Anna," and "Hello,"; any other is taken for ``sv``.
    """
    with_names, without, last_word = _WORDS.get(language, _WORDS["sv"])
    written = [name for name in map(_one_line, names) if name]
    if not written:
        return without
    return with_names.format(names=_listed(written, last_word))


def _listed(names: Sequence[str], last_word: str) -> str:
    *first, last = names
    return f"{', '.join(first)} {last_word} {last}" if first else last


def _one_line(name: str) -> str:
    return " ".join(name.split())
