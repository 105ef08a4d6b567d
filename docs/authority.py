"""Write authority.md from the code: ``python docs/authority.py``. A test compares the two."""

from pathlib import Path

from subscribers.core.authority import as_markdown

TEXT = """\
# Who may do what

A role says what somebody may do in Rundbrev, and where. Roles add up. A regional lead holds the role once per
region, and "own regions" means those. A role past its last day counts as none.

{table}
What lies outside a person's reach does not exist for them: missing and forbidden are the same answer
([decision 4](decisions/0004-scope-is-data.md)). A region without a lead is the officer's.

Written by `docs/authority.py` from `subscribers/core/authority.py`; change the table there.
"""


def text() -> str:
    """Return the document as it should stand."""
    return TEXT.format(table=as_markdown())


if __name__ == "__main__":
    Path(__file__).with_suffix(".md").write_text(text(), encoding="utf-8")
