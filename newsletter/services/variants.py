"""Variants: an issue as each set of readers gets it, rendered once and kept byte for byte.

items -> core.variants.plan -> for each set and language: IssueView -> render -> mime.compile -> Variant
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import groupby

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from newsletter.core import headers
from newsletter.core.audiences import Audience
from newsletter.core.messages import MessageTemplate
from newsletter.core.variants import Placed, Planned, plan, visible
from newsletter.errors import IssueError
from newsletter.language import LANGUAGES, _, using
from newsletter.models import Issue, IssueStatus, Item, ItemForm, Variant, VariantRegion
from newsletter.rendering import embedding, links, mime
from newsletter.rendering.issues import render
from newsletter.rendering.values import Frame, IssueView, ItemView, Rendered, SectionView
from newsletter.services import issue_states, letterheads, web_versions, zones
from newsletter.services.article_records import to_text
from subscribers.models import Archive, ListPurpose, Subscriber
from subscribers.services import regions


def planned(session: Session, issue: Issue) -> Sequence[Planned]:
    """Return the variants that the issue would have as it stands now; nothing is rendered."""
    return plan(_placed(issue), regions=_names(session), reach=issue.audience)


def visible_items(issue: Issue, region: str) -> Sequence[Item]:
    """Return the items that a person of this region (a slug, "" for none) sees in the issue, in order."""
    if not issue.audience.sees(region or None):
        return []
    seen = set(visible(_placed(issue), region))
    return [item for item in issue.items if item.id in seen]


def preview(
    session: Session,
    issue: Issue,
    *,
    region: str,
    language: str,
    frame: Frame,
    dated: date | None = None,
) -> Rendered:
    """Render the issue as a person of this region (a slug, "" for none) would get it now; stores nothing.

    ``dated`` is the day in its head, where the issue has no sending time yet. Raises ``IssueError`` when
    that person would get nothing, and ``TemplateError``.
    """
    return render(_seen_from(session, issue, region, language, frame, dated))


def preview_message(
    session: Session,
    issue: Issue,
    *,
    region: str,
    language: str,
    frame: Frame,
    dated: date | None = None,
) -> MessageTemplate:
    """Return the message that ``freeze`` would keep for this region now; the rest is as for ``preview``."""
    today = dated or _day(issue) or issue.updated_at.date()
    frame = letterheads.framed(session, issue, frame, today=today)
    view = _seen_from(session, issue, region, language, frame, dated)
    return _compiled(render(view), issue, view)


def gains(session: Session, issue: Issue, *, region: str, language: str, frame: Frame) -> Mapping[int, int]:
    """Return how many bytes the HTML that this region gets would lose, by the article that became a teaser.

    Each is measured by rendering: only for an issue that is too large. Raises as ``preview`` does.
    """
    view = _seen_from(session, issue, region, language, frame, None)
    whole = len(render(view).html.encode())
    gained = {
        item.article_id: whole - len(render(_as_teaser(view, item)).html.encode())
        for item in view.items
        if not item.teaser
    }
    return {article_id: lost for article_id, lost in gained.items() if lost > 0}


def _as_teaser(view: IssueView, which: ItemView) -> IssueView:
    sections = (
        replace(
            section,
            items=tuple(replace(item, teaser=True) if item is which else item for item in section.items),
        )
        for section in view.sections
    )
    return replace(view, sections=tuple(sections))


def freeze(
    session: Session,
    issue: Issue,
    *,
    frame: Frame,
    now: datetime,
    languages: Iterable[str] | None = None,
) -> Sequence[Variant]:
    """Render every variant in each language once, and keep them; earlier ones are thrown away.

    ``languages`` are those of the frame; unless given, Swedish, and English when somebody reads it.
    A region in which nobody would see an item is in no variant and has no ``VariantRegion``: whoever
    releases the issue leaves its people out (``LeftOutReason.NO_CONTENT``). Sets ``frozen_at``.
    Raises ``IssueError`` for an issue that has gone out or has nothing in it, ``TemplateError`` and
    ``HeaderRefused`` for what cannot be rendered.
    """
    _check_can_freeze(issue)
    issue.variants.clear()  # the regions that got them go with them
    session.flush()
    for one, variant, view in _drawn(session, issue, frame=frame, now=now, languages=languages):
        _keep(session, issue, one, variant)
        web_versions.keep(session, variant, view, now=now)
    issue.frozen_at = now
    session.flush()
    return issue.variants


def drawn(
    session: Session,
    issue: Issue,
    *,
    frame: Frame,
    now: datetime,
    languages: Iterable[str] | None = None,
) -> Iterator[tuple[Planned, Variant]]:
    """Yield every variant as ``freeze`` would keep it, with its plan; nothing is kept. Raises as it does."""
    for one, variant, _view in _drawn(session, issue, frame=frame, now=now, languages=languages):
        yield one, variant


def _drawn(
    session: Session, issue: Issue, *, frame: Frame, now: datetime, languages: Iterable[str] | None
) -> Iterator[tuple[Planned, Variant, IssueView]]:
    names, dated = _names(session), _day(issue) or now.date()
    frame = letterheads.framed(session, issue, frame, today=dated)
    planning = plan(_placed(issue), regions=names, reach=issue.audience)
    if not planning:
        raise IssueError("{issue} har inget innehåll som någon skulle se.", issue=_name_of(issue))
    by_id = {item.id: item for item in issue.items}
    for language in languages_read(session) if languages is None else languages:
        for one in planning:
            items = [by_id[item_id] for item_id in one.item_ids]
            view = _view(issue, items, language, frame, dated, names)
            variant = _set(issue, one.name, view, now)
            variant.item_ids = list(one.item_ids)
            yield one, variant, view


def refreeze(
    session: Session, issue: Issue, *, variant_ids: Iterable[int], frame: Frame, now: datetime
) -> dict[int, int]:
    """Render variants of a released issue anew from its articles as they are now; return new ids by old.

    The old ones stay, for those who got them; each says what replaced it. Raises ``IssueError`` for a variant
    that is not this issue's newest, and ``TemplateError``.
    """
    wanted = set(variant_ids)
    chosen = [variant for variant in newest(issue) if variant.id in wanted]
    if not wanted or {variant.id for variant in chosen} != wanted:
        raise IssueError("Välj minst en regionversion av {issue}, som den ser ut nu.", issue=_name_of(issue))
    replaced = {}
    for old, new, view in _redrawn(session, issue, chosen, frame=frame, now=now):
        issue.variants.append(new)
        session.flush()
        web_versions.keep(session, new, view, now=now)
        _take_over(session, old, new)
        replaced[old.id] = new.id
    return replaced


def newest(issue: Issue) -> Sequence[Variant]:
    """Return the variants that are still handed out: those that nothing has replaced."""
    return [variant for variant in issue.variants if variant.replaced_by_id is None]


def redrawn(
    session: Session, issue: Issue, chosen: Sequence[Variant], *, frame: Frame, now: datetime
) -> Sequence[tuple[Variant, Variant]]:
    """Return each variant with what it would be from its articles as they are now; nothing is kept.

    Raises ``TemplateError``.
    """
    return [(old, new) for old, new, _view in _redrawn(session, issue, chosen, frame=frame, now=now)]


def _redrawn(
    session: Session, issue: Issue, chosen: Sequence[Variant], *, frame: Frame, now: datetime
) -> Sequence[tuple[Variant, Variant, IssueView]]:
    names, dated = _names(session), _day(issue) or now.date()
    by_id = {item.id: item for item in issue.items}
    frame, done = letterheads.framed(session, issue, frame, today=dated), []
    for old in chosen:
        items = [by_id[item_id] for item_id in old.item_ids if item_id in by_id]
        view = _view(issue, items, old.language, frame, dated, names)
        new = _set(issue, old.name, view, now)
        new.version, new.item_ids = old.version + 1, list(old.item_ids)
        done.append((old, new, view))
    return done


def _take_over(session: Session, old: Variant, new: Variant) -> None:
    """Let a new variant stand for an old one, and for what that one had replaced."""
    session.execute(update(VariantRegion).where(VariantRegion.variant_id == old.id).values(variant_id=new.id))
    earlier = or_(Variant.id == old.id, Variant.replaced_by_id == old.id)
    session.execute(update(Variant).where(earlier).values(replaced_by_id=new.id))


def languages_read(session: Session) -> Sequence[str]:
    """Return the languages that variants are made in: Swedish, and English when somebody reads it."""
    read = set(session.scalars(select(Subscriber.language).distinct()))
    return [language for language in LANGUAGES if language == "sv" or language in read]


def _check_can_freeze(issue: Issue) -> None:
    if issue.status is IssueStatus.RELEASED:
        raise IssueError(
            "{issue} har redan börjat gå ut och kan inte göras om. Skriv en rättelse i ett nytt nummer.",
            issue=_name_of(issue),
        )


def _keep(session: Session, issue: Issue, one: Planned, variant: Variant) -> None:
    issue.variants.append(variant)
    session.flush()
    session.add_all(
        VariantRegion(issue_id=issue.id, region=slug, language=variant.language, variant_id=variant.id)
        for slug in one.regions
    )


def _set(issue: Issue, name: str, view: IssueView, now: datetime) -> Variant:
    """Render a variant once, byte for byte as it will go."""
    rendered = render(view)
    template = _compiled(rendered, issue, view).dump()
    return Variant(
        language=view.language,
        name=name,
        item_ids=[],
        html=rendered.html,
        text=rendered.text,
        template=template,
        sha256=hashlib.sha256(template).hexdigest(),
        created_at=now,
    )


def _compiled(rendered: Rendered, issue: Issue, view: IssueView) -> MessageTemplate:
    """Return the message of a rendered variant. What is kept to be read shows hosted pictures, always."""
    html, pictures = embedding.embedded(rendered.html, view.frame)
    files = (*pictures, *rendered.enclosed)
    return mime.compile(replace(rendered, html=html), _headers(issue, view), files=files)


def _headers(issue: Issue, view: IssueView) -> mime.FrozenHeaders:
    frame, label, name = view.frame, issue.mailing_list.slug, view.list_name
    reached = sorted(issue_states.meant_for(issue).regions or ())
    if issue.mailing_list.purpose is ListPurpose.REGIONAL_LETTERS and len(reached) == 1:
        label = f"{reached[0]}.{label}"  # a List-Id of its own for each region (RFC 2919; rule U9)
    return mime.FrozenHeaders(
        sender_name=frame.association,
        sender_address=frame.from_address,
        list_id=headers.list_id(f"{name}, {frame.association}", label, frame.from_address.rpartition("@")[2]),
        can_unsubscribe=view.can_unsubscribe,
        owner_url=links.allowed(f"mailto:{frame.contact}"),
        archive_url=view.archive_url or None,
    )


def _seen_from(
    session: Session, issue: Issue, region: str, language: str, frame: Frame, dated: date | None
) -> IssueView:
    items = visible_items(issue, region)
    if not items:
        raise IssueError(
            "Den som hör till {region} får inget av {issue}: inget inslag är till för den regionen.",
            region=dict(_names(session)).get(region, region) or _("ingen region"),
            issue=_name_of(issue),
        )
    return _view(issue, items, language, frame, dated or _day(issue), _names(session))


def _view(
    issue: Issue,
    items: Sequence[Item],
    language: str,
    frame: Frame,
    dated: date | None,
    names: Sequence[tuple[str, str]],
) -> IssueView:
    mailing_list = issue.mailing_list
    list_name = mailing_list.name_en if language == "en" else mailing_list.name
    is_notice = mailing_list.purpose is ListPurpose.MEMBER_NOTICES
    return IssueView(
        frame=frame,
        language=language if language in LANGUAGES else "sv",
        list_name=list_name,
        number=0 if issue_states.is_of_one_region(issue) else issue.number,
        year=issue.year,
        title=issue.title,
        subject=issue.subject,
        preheader=issue.preheader,
        why=_why(list_name, frame, language, is_notice=is_notice),
        dated=dated,
        can_unsubscribe=not is_notice,
        on_web=mailing_list.archive is not Archive.CLOSED,
        archive_url=f"{frame.base_url}/arkiv" if mailing_list.is_public else "",
        sections=tuple(
            SectionView(section, tuple(_item_view(item, issue, names) for item in group))
            for section, group in groupby(items, lambda item: item.section)
        ),
    )


def _why(list_name: str, frame: Frame, language: str, *, is_notice: bool) -> str:
    with using(language):
        if is_notice:
            return _("Du får det här brevet för att du är medlem i {association}.").format(
                association=frame.association
            )
        return _("Du får det här brevet för att du prenumererar på {list} från {association}.").format(
            list=list_name[:1].lower() + list_name[1:], association=frame.association
        )


def _item_view(item: Item, issue: Issue, names: Sequence[tuple[str, str]]) -> ItemView:
    audience = _audience(item)
    limited = audience and audience.regions and audience.within(issue.audience)
    if limited == issue.audience:
        limited = None  # the whole letter is for them
    return ItemView(
        article_id=item.article_id,
        article=to_text(item.article),
        teaser=item.form is ItemForm.TEASER,
        regions=tuple(name for slug, name in names if limited and limited.sees(slug)),
        revision=item.article.revision,
        revised=item.article.updated_at,
    )


def _placed(issue: Issue) -> list[Placed]:
    return [Placed(item.id, _audience(item)) for item in issue.items]


def _audience(item: Item) -> Audience | None:
    return item.audience.within(item.article.audience)


def _names(session: Session) -> Sequence[tuple[str, str]]:
    return [(region.slug, region.name) for region in regions.all_regions(session)]


def _day(issue: Issue) -> date | None:
    """Return the day the issue goes, where its officer lives."""
    if issue.send_at is None:
        return None
    return issue.send_at.astimezone(zones.of_issue(issue)).date()


def _name_of(issue: Issue) -> str:
    return f"{issue.mailing_list.name} {issue.number}/{issue.year}"
