"""Warnings that ask for a reason, at the command line: listed, and in JSON for scripts."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer

from newsletter.cli.frame import emit
from newsletter.language import sentence
from newsletter.models import PassedWarnings
from newsletter.services.finding_words import said, where
from newsletter.services.passing import NotPassed


@contextmanager
def told(as_json: bool) -> Iterator[None]:
    """List the warnings that keep an issue from going on, with the sentence that says what to do; exit 1."""
    try:
        yield
    except NotPassed as error:
        found = error.waiting
        if as_json:
            rows = [
                {
                    "rule": each.rule,
                    "sentence": said(each),
                    "article_id": each.article_id,
                    "variants": list(each.variants),
                }
                for each in found.findings
            ]
            emit({"error": sentence(error), "needs_reason": rows})
            raise typer.Exit(1) from None
        for each in found.findings:
            place = where(each, found.variants)
            typer.echo(f"  [{each.rule}] {said(each)}" + (f" ({place})" if place else ""), err=True)
        raise


def passed_json(passed: PassedWarnings | None) -> dict[str, Any] | None:
    """Return what was let pass, for scripts; None where nothing was."""
    return {"reason": passed.reason, "findings": passed.findings} if passed else None
