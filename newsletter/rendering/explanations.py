"""An explanation in words: what happened to a letter, and what to give the member's IT department."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime

from newsletter.core.explanations import Answer, Blocked, Explanation, OutOfReach, Paused, Said
from newsletter.language import _, current, mark

_ANSWERS = {
    Answer.ACCEPTED: mark(
        "{issue} till {person} ({address}) överlämnades {at}. Servern svarade: {reply}. Syns brevet inte i "
        "inkorgen, se efter i skräpposten; annars är ett filter hos mottagaren det troliga."
    ),
    Answer.QUEUED: mark("{issue} till {person} ({address}) ligger i kön och går så snart turen kommer."),
    Answer.SENDING: mark("{issue} till {person} ({address}) sänds just nu."),
    Answer.WAITING: mark(
        "{issue} till {person} ({address}) väntar: servern tog inte emot det än ({reply}). Försök hittills: "
        "{attempts}. Nästa försök görs {due}."
    ),
    Answer.UNKNOWN: mark(
        "Det är ovisst om {issue} gick fram till {person} ({address}): förbindelsen bröts {at} innan servern "
        "hade svarat ({reply}). Det skickas inte igen av sig självt."
    ),
}

_REFUSED = {
    "refused-for-good": mark(
        "{issue} till {person} ({address}) avvisades {at}. Servern svarade: {reply}. Kontrollera adressen "
        "med medlemmen."
    ),
    "bounced": mark(
        "{issue} till {person} ({address}) överlämnades, men kom tillbaka {at}. Mottagarens server svarade: "
        "{reply}. Kontrollera adressen med medlemmen."
    ),
    "refused-too-long": mark(
        "{issue} till {person} ({address}) gavs upp {at} efter {attempts} försök. "
        "Servern svarade sist: {reply}."
    ),
    "unfit": mark(
        "{issue} kunde inte skrivas till {person} ({address}): {reply} "
        "Rätta namnet eller adressen i registret."
    ),
}

_NOT_SENT = {
    "no-address": mark("{person} fick inte {issue}: registret har ingen e-postadress."),
    "not-subscribed": mark("{person} fick inte {issue}: har aldrig bett om listan."),
    "no-content": mark("{person} fick inte {issue}: inget inslag är till för personens region."),
    "deceased": mark("{person} fick inte {issue}: är antecknad som avliden, och då skickas inget."),
    "unsubscribed": mark("{person} fick inte {issue}: har tackat nej till listan."),
    "suppressed": mark("{person} fick inte {issue}: adressen är spärrad."),
    "paused": mark("{person} fick inte {issue}: har pausat listan."),
}

_OUT_OF_REACH = {
    OutOfReach.OTHER_REGION.value: mark("{issue} var inte till för {person}: det gick till andra regioner."),
    OutOfReach.NOT_A_MEMBER.value: mark(
        "{issue} var inte till för {person}, som inte var medlem på avstämningsdagen."
    ),
    OutOfReach.REGISTERED_LATER.value: mark("{person} kom in i registret {at}, efter att {issue} hade gått."),
    OutOfReach.NOT_SELECTED.value: mark(
        "{person} hörde inte till mottagarna av {issue} när det gick: varken medlem eller prenumerant då, "
        "eller utanför urvalet."
    ),
}

_NOT_RELEASED = {
    "draft": mark("{issue} är ett utkast och har inte gått till någon än."),
    "scheduled": mark("{issue} har inte gått än. Det går {at}."),
    "missed": mark("{issue} missade sin tid {at} och har inte gått till någon."),
    "cancelled": mark("{issue} är inställt och har inte gått till någon."),
}

_HOW = {
    "one-click": mark("med ett klick i sitt e-postprogram"),
    "mailto": mark("med ett mejl till avregistreringsadressen"),
    "reply": mark("genom att svara på brevet"),
    "page": mark("via länken"),
    "preferences": mark("på sidan för inställningar"),
    "own page": mark("på sin egen sida"),
    "complaint": mark("genom att anmäla brevet som skräppost"),
    "command": mark("genom att någon i föreningen skrev in det"),
    "file": mark("enligt en inläst fil"),
}

_BLOCKED = {
    "bounced": mark("den studsade"),
    "complained": mark("ett brev anmäldes som skräppost"),
    "by-hand": mark("någon i föreningen spärrade den"),
    "imported": mark("den stod i en inläst lista över spärrade adresser"),
    "held": mark("flera adresser på samma domän studsade, och ingen har sagt än vad som gäller"),
}


def sentence(explanation: Explanation, zone: str) -> str:
    """Return the answer in the reader's language, times as the clock of ``zone`` shows them."""
    facts = {
        "issue": explanation.issue,
        "person": explanation.person or _("Personen"),
        "address": explanation.address,
        "at": day_and_time(explanation.at, zone),
        "due": day_and_time(explanation.due_at, zone),
        "attempts": explanation.attempts,
        "reply": explanation.reply or _("inget svar"),
        "other": explanation.shared_with or _("någon annan på adressen"),
    }
    parts = (_(_what(explanation)).format(**facts), _because(explanation, zone))
    return " ".join(filter(None, parts))


def _what(explanation: Explanation) -> str:
    """Choose the sentence."""
    reason = explanation.reason
    match explanation.answer:
        case Answer.REFUSED:
            return _REFUSED.get(reason, _REFUSED["refused-for-good"])
        case Answer.LEFT_OUT:
            return _NOT_SENT.get(reason, mark("{person} fick inte {issue}."))
        case Answer.WITHDRAWN:
            return mark("{issue} till {person} togs tillbaka {at}, innan det hade gått.")
        case Answer.SHARED:
            return mark("{person} läser {issue} i samma brev som {other}: de delar adressen {address}.")
        case Answer.NOT_IN_REACH:
            return _OUT_OF_REACH[reason]
        case Answer.NOT_RELEASED:
            return _NOT_RELEASED.get(reason, _NOT_RELEASED["draft"])
        case _:
            return _ANSWERS[explanation.answer]


def _because(explanation: Explanation, zone: str) -> str:
    name = explanation.person or _("Personen")
    if explanation.said is not None:
        return _no(name, explanation.said, zone)
    if explanation.paused is not None:
        return _pause(name, explanation.paused, zone)
    if explanation.blocked is not None:
        return _block(explanation.blocked, zone)
    if explanation.shared_at is not None:
        return _("Det överlämnades {at}.").format(at=day_and_time(explanation.shared_at, zone))
    if explanation.answer is Answer.WITHDRAWN and explanation.reason == "deceased":
        return _("{person} är antecknad som avliden.").format(person=name)
    return ""


def _pause(name: str, paused: Paused, zone: str) -> str:
    how = _(_HOW[paused.how]) if paused.how in _HOW else _("({how})").format(how=paused.how)
    return _("{person} har pausat {list} till {until}: det sades {at} {how}.").format(
        person=name,
        list=paused.list_name[:1].lower() + paused.list_name[1:],
        until=format_date(paused.until, "d MMMM y", locale=current()),
        at=day_and_time(paused.at, zone),
        how=how,
    )


def _no(name: str, said: Said, zone: str) -> str:
    how = _(_HOW[said.how]) if said.how in _HOW else _("({how})").format(how=said.how)
    if said.letter:
        how = _("{how} i {letter}").format(how=how, letter=said.letter)
    told = _("{person} tackade nej till {list} {at} {how}.").format(
        person=name,
        list=said.list_name[:1].lower() + said.list_name[1:],
        at=day_and_time(said.at, zone),
        how=how,
    )
    if said.again_at is None:
        return told
    again = _("Sedan {at} är svaret ja igen.").format(at=day_and_time(said.again_at, zone))
    return f"{told} {again}"


def _block(blocked: Blocked, zone: str) -> str:
    return _("Adressen {address} är spärrad sedan {at}, eftersom {why}.").format(
        address=blocked.address,
        at=day_and_time(blocked.at, zone),
        why=_(_BLOCKED.get(blocked.reason, blocked.reason)),
    )


def day_and_time(at: datetime | None, zone: str) -> str:
    """Return a moment as it is said: ``den 3 maj 2027 kl. 09.02``; empty for none."""
    if at is None:
        return ""
    there = at.astimezone(ZoneInfo(zone))
    if current() == "en":
        return format_datetime(there, "d MMMM y 'at' HH:mm", locale="en")
    return format_datetime(there, "'den' d MMMM y 'kl.' HH.mm", locale="sv")


def for_the_it_department(explanation: Explanation, *, message_id: str, sender: str, envelope: str) -> str:
    """Return a text that a member can send to whoever runs their mail, for a letter that was taken.

    ``message_id`` with its angle brackets; ``sender`` is our From address and ``envelope`` the return path.
    Empty for a letter that no server took. Times stand in UTC and in Swedish time, to the second.
    """
    if explanation.answer is not Answer.ACCEPTED or explanation.at is None:
        return ""
    lines = (
        _("Hej! Ett e-postbrev till mig överlämnades men syns inte i min inkorg."),
        _("Kan ni söka efter det i era loggar, filter och karantäner, och släppa igenom avsändaren?"),
        "",
        f"Message-ID: {message_id}",
        _("Från: {sender}").format(sender=sender),
        _("Returadress (MAIL FROM): {envelope}").format(envelope=envelope),
        _("Till: {address}").format(address=explanation.address),
        _("Ämne: {subject}").format(subject=explanation.subject),
        _("Överlämnat (UTC): {at}").format(at=f"{explanation.at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"),
        _("Överlämnat (svensk tid): {at}").format(
            at=f"{explanation.at.astimezone(ZoneInfo('Europe/Stockholm')):%Y-%m-%d %H:%M:%S}"
        ),
        _("Svar från servern som tog emot det: {reply}").format(reply=explanation.reply),
        *([_("Köid: {queue}").format(queue=explanation.queue_id)] if explanation.queue_id else ()),
    )
    return "\n".join(lines)
