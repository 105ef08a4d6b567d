"""Numbers in addresses and forms, as strangers write them."""


def whole(text: str) -> int | None:
    """Read a whole number that a database can hold; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
