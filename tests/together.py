"""How tests are dealt out to processes: one by one, but for files that make something large once.

A browser or a whole association takes seconds to make. Dealt out one by one, the tests of such a file would
have each process make its own.
"""

import re
from functools import cache

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from tests.project import ROOT

#: What tests share for the length of their file.
_SHARED = re.compile(r'scope="module"|\bbrowser: Browser\b|\bhouse: House\b|\bran: tuple\b')


class Together(LoadScopeScheduling):
    """Deals out a file where its tests share something, and else a test; in the order of the collection."""

    def __init__(self, config: pytest.Config, log: Producer | None = None) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False  # the long journeys stand first, and are to begin first

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return file if _shares(file) else nodeid


@cache
def _shares(file: str) -> bool:
    return _SHARED.search((ROOT / file).read_text(encoding="utf-8")) is not None
