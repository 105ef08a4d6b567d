"""Numbers and days in addresses and forms, as strangers write them."""

from datetime import date


def whole(text: str) -> int | None:
    """Read a whole number that a database can hold; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def day(text: str) -> date | None:
    """Read a day as browsers write it (ISO 8601); None for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
