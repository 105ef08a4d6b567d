"""A block as its own members get it: alone in the letter's frame, under its region's name.

The rest of the issue is left out on purpose: it is not ready, and not this region's to see.
"""

from dataclasses import replace
from datetime import date

from newsletter.core.articles import ArticleText
from newsletter.core.greetings import greeting
from newsletter.language import using
from newsletter.models import Block, Issue
from newsletter.rendering import issues as rendering
from newsletter.rendering import slots
from newsletter.rendering.values import Frame, IssueView, ItemView, SectionView
from newsletter.services import block_words, plans


def html_of(block: Block, text: ArticleText, *, frame: Frame, today: date) -> str:
    """Return the HTML of a letter that holds this text alone, as the block. Raises ``TemplateError``.

    Where a person's own links go there is nothing to press.
    """
    with using("sv"):
        html = rendering.render(_view(block.issue, block.named.name, text, frame, today)).html
    return slots.shown(html, greeting=greeting([""], "sv"))


def _view(issue: Issue, region: str, text: ArticleText, frame: Frame, today: date) -> IssueView:
    called = block_words.issue_called(issue)
    title = called[:1].upper() + called[1:]
    shown = replace(text, title=text.title or "–")
    return IssueView(
        frame=frame,
        language="sv",
        list_name=issue.mailing_list.name,
        number=issue.number,
        year=issue.year,
        title=title,
        subject=title,
        why="",
        dated=plans.day_of(issue) or issue.deadline or today,
        sections=(SectionView("", (ItemView(article_id=1, article=shown, regions=(region,)),)),),
    )
