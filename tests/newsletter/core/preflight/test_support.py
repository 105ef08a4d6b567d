"""Nothing is lost where a client drops what a mail is built with: X15."""

import pytest

from newsletter.core.preflight import support
from newsletter.core.preflight.findings import Finding, Place, Severity
from tests.mailproof import gallery
from tests.newsletter.core.preflight.mails import HEAD, article, page, version


def found(body: str = "", css: str = "") -> list[Finding]:
    head = f"{HEAD}<style>{css}</style>" if css else HEAD
    return list(support.check(version(html=page(body, head=head))))


def features(body: str = "", css: str = "") -> list[str]:
    return [str(one.facts["feature"]) for one in found(body, css)]


def test_a_finding_names_the_feature_the_clients_the_article_and_what_to_do() -> None:
    (one,) = found(article(3, '<p style="display:flex">Två spalter</p>'))

    assert (one.rule, one.severity, one.article_id, one.place) == ("X15", Severity.WARNING, 3, Place.BODY)
    assert one.facts == {"feature": "display: flex", "clients": "Outlook Windows, Gmail (app)"}
    assert one.sentence.format(**one.facts).endswith("placera med en tabell.")


def test_the_same_feature_is_told_once() -> None:
    assert features('<p style="display:grid">a</p><p style="display:grid">b</p>') == ["display: grid"]


#: What has nothing beside it, and what has.
PAIRS = {
    "nothing helps positions": ('<p style="position:absolute">x</p>', '<p style="position:static">x</p>'),
    "a unit has another before it": (
        '<p style="font-size:1.1rem">x</p>',
        '<p style="font-size:18px;font-size:1.1rem">x</p>',
    ),
    "a colour has another before it": (
        '<p style="color:rgba(0,0,0,.8)">x</p>',
        '<p style="color:#333333;color:rgba(0,0,0,.8)">x</p>',
    ),
    "what comes later is no help": (
        '<p style="width:100%;font-size:1.1rem;font-size:18px">x</p>',
        '<p style="font-size:18px">x</p>',
    ),
    "a variable has a value before it": (
        '<p style="color:var(--ink)">x</p>',
        '<p style="color:#111111;color:var(--ink)">x</p>',
    ),
    "a picture has a width of its own": (
        '<img src="https://a.example/x.png" alt="" style="max-width:300px">',
        '<img src="https://a.example/x.png" alt="" width="300" style="max-width:300px">',
    ),
    "a width in percent is no width": (
        '<img src="https://a.example/x.png" alt="" width="50%">',
        '<img src="https://a.example/x.png" alt="" width="300">',
    ),
    "a block has a table around it for Outlook": (
        '<div style="max-width:60px">x</div>',
        '<!--[if mso]><table width="60"><tr><td><![endif]--><div style="max-width:60px">x</div>',
    ),
    "a column has a cell around it for Outlook": (
        '<div style="display:inline-block">x</div>',
        '<!--[if mso]><td><![endif]--><div style="display:inline-block">x</div>',
    ),
    "a centred block is centred for Outlook": (
        '<div style="margin:0 auto">x</div>',
        '<div align="center" style="margin:0 auto">x</div>',
    ),
    "a ground with a picture has a colour": (
        '<p style="background-image:url(https://a.example/x.png)">x</p>',
        '<p style="background-color:#eeeeee;background-image:url(https://a.example/x.png)">x</p>',
    ),
    "a gradient's own colours are no ground": (
        '<p style="background:linear-gradient(#fff, #eee)">x</p>',
        '<p style="background:#ffffff linear-gradient(#fff, #eee)">x</p>',
    ),
    "a cell's picture has a colour": (
        '<table><tr><td background="https://a.example/x.png">x</td></tr></table>',
        '<table><tr><td background="https://a.example/x.png" bgcolor="#eeeeee">x</td></tr></table>',
    ),
    "a floating table has align": (
        '<table role="none" style="float:left"><tr><td>x</td></tr></table>',
        '<table role="none" align="left" style="float:left"><tr><td>x</td></tr></table>',
    ),
    "a button has a cell that draws it": (
        '<p><a href="https://a.example/" style="padding:12px;background-color:#246">Anmäl dig</a></p>',
        (
            '<table role="none"><tr><td bgcolor="#224466" style="mso-padding-alt:12px"><a href="https://a.example/"'
            ' style="padding:12px;background-color:#246">Anmäl dig</a></td></tr></table>'
        ),
    ),
    "a button has a cell for Outlook alone": (
        '<p><a href="https://a.example/" style="padding:12px;border:1px solid #246">Anmäl dig</a></p>',
        (
            '<div><!--[if mso]><table role="none"><tr><td style="padding:12px"><![endif]-->'
            '<a href="https://a.example/" style="padding:12px;border:1px solid #246">Anmäl dig</a></div>'
        ),
    ),
    "what is hidden is hidden from Outlook's tables too": (
        '<div style="display:none"><table role="none"><tr><td>x</td></tr></table></div>',
        '<div style="display:none;mso-hide:all"><table role="none"><tr><td>x</td></tr></table></div>',
    ),
    "the attribute hidden has its style": ("<p hidden>x</p>", '<p hidden style="display:none">x</p>'),
    "a system's typeface has another after it": (
        '<p style="font-family:system-ui">x</p>',
        '<p style="font-family:system-ui, Arial, sans-serif">x</p>',
    ),
    "a picture element has a picture": (
        '<picture><source srcset="https://a.example/x.webp"></picture>',
        '<picture><img src="https://a.example/x.png" width="1" height="1" alt=""></picture>',
    ),
    "srcset has src": (
        '<img srcset="https://a.example/x.png 2x" alt="">',
        '<img src="https://a.example/x.png" srcset="https://a.example/x.png 2x" alt="">',
    ),
    "a link in the mail leads to a name": (
        '<a href="#dit">Dit</a><p id="dit">x</p>',
        '<a href="#dit">Dit</a><a name="dit"></a><p id="dit">x</p>',
    ),
    "an old format of pictures": (
        '<img src="https://a.example/x.WEBP?v=2" alt="">',
        '<img src="https://a.example/x.jpg?v=webp" alt="">',
    ),
    "a film is a link": ("<video></video>", '<a href="https://a.example/film">Filmen</a>'),
    "a form is a link": ("<form><input></form>", '<a href="https://a.example/">Svara</a>'),
    "important in a style attribute": (
        '<p style="color:#111 !important">x</p>',
        '<p style="color:#111">x</p>',
    ),
}


@pytest.mark.parametrize(("bare", "covered"), PAIRS.values(), ids=PAIRS.keys())
def test_what_is_dropped_needs_something_beside_it(bare: str, covered: str) -> None:
    assert features(bare) != []
    assert features(covered) == []


@pytest.mark.parametrize(
    "style",
    [
        "border-radius:3px",
        "box-shadow:0 1px 2px #ccc",
        "opacity:0.9",
        "min-height:40px",
        "line-height:24px",
        "hyphens:auto",
        "padding:12px",
        "text-decoration-color:#246",
        "transition:color 1s",
    ],
)
def test_where_only_looks_are_lost_nothing_is_told(style: str) -> None:
    assert found(f'<p style="{style}">x</p>') == []


@pytest.mark.parametrize(
    ("css", "feature"),
    [
        ('@font-face { font-family: "Fin"; src: url(https://a.example/a.woff2) }', "@font-face"),
        ("@import url(https://a.example/a.css);", "@import"),
        (".a.b { color: #111 }", "chained classes"),
        (".a { gap: 4px }", "gap"),
        (".a { color: rgb(1 2 3) }", "rgb(0 0 0)"),
    ],
)
def test_rules_are_read_as_well(css: str, feature: str) -> None:
    assert features(css=css) == [feature]


def test_a_rule_that_some_do_not_read_may_change_what_all_see() -> None:
    css = "@media (max-width: 480px) { .a { display: block !important; width: auto !important } }"

    assert found('<p class="a">x</p>', css) == []


@pytest.mark.parametrize(
    "css",
    [
        "@media (max-width: 480px) { .a { display: block !important } }",
        "@media (prefers-color-scheme: dark) { .a { display: block !important } }",
        ".b:hover .a { display: block }",
        "[data-ogsc] .a { display: block }",
    ],
)
def test_nothing_is_shown_by_a_rule_alone_that_some_do_not_read(css: str) -> None:
    one, *_ = found('<div class="b"><p class="a" style="display:none;mso-hide:all">x</p></div>', css)

    assert one.sentence.startswith("Något som är gömt visas bara genom")


def test_gmail_drops_what_is_long_or_stands_in_the_body() -> None:
    longest = "p{margin:0}".ljust(support.MOST_STYLE)
    assert found(css=longest) == []

    (long,) = found(css=longest + " ")
    (low,) = found("<style>p{margin:0}</style>")

    assert long.facts == {"count": support.MOST_STYLE + 1, "most": support.MOST_STYLE}
    assert "body" in low.sentence


def test_styles_that_cannot_be_read_are_no_reason_to_fall() -> None:
    assert found('<p style=";;:;color">x</p><p style="}{">y</p>', "{{{ @media } a:::b { c } <!--") == []


def test_every_mail_that_the_service_writes_by_itself_loses_nothing() -> None:
    for kind in sorted(gallery.NOTES):
        for note in gallery.notes_of(kind, "sv"):
            assert list(support.check(version(html=note.html))) == [], kind
