"""Scope: whose people a caller may see. Scope is data, not a check in a page.

Every service that reads or changes subscribers takes a ``Scope``. What lies outside it does
not exist for the caller: missing and forbidden are the same answer (``errors.NotFound``).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Everything:
    """All people. Made only in ``newsletter.app`` and ``newsletter.jobs``, with a reason."""

    reason: str


@dataclass(frozen=True, slots=True)
class SomeRegions:
    """The people of the named regions (slugs), and no one else."""

    regions: frozenset[str]


@dataclass(frozen=True, slots=True)
class OnePerson:
    """A single subscriber, proved by a token in a mail we sent."""

    subscriber_id: int


Scope = Everything | SomeRegions | OnePerson
