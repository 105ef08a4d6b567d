"""The contrast check reads CSS as a browser does, as far as mails go; also for templates yet unwritten."""

import pytest
from playwright.sync_api import Browser

from newsletter.core.preflight import styles
from tests.mailproof import colours
from tests.mailproof.mails import Mail
from tests.mailproof.screens import screen

pytestmark = pytest.mark.browser

#: Bodies of pages; what stands before ``|`` are the rules of a style element.
BODIES = {
    "a link": '<p><a href="x">Ett</a> <a name="y">Två</a></p>',
    "a link like its words": '<p style="color:#334455"><a href="x" style="color:inherit">Ett</a></p>',
    "short and long colours": (
        '<p style="color:#abc;background:#123">Ett</p><p style="color:#112233ff">Två</p>'
    ),
    "functions": '<p style="color:rgb(10 20 30 / 100%);background:rgb(250, 250, 250)">Ett</p>',
    "its own colour": '<p style="color:#123456"><span style="color:currentColor">Ett</span></p>',
    "the first colour": '<p style="color:#ff0000"><span style="color:initial">Ett</span></p>',
    "a ground that shows through": (
        '<div style="background:#222222"><p style="background:transparent">Ett</p></div>'
    ),
    "a ground with a picture": (
        '<div style="background:url(x.png) #224466"><p style="color:white">Ett</p></div>'
    ),
    "attributes": '<table bgcolor="navy"><tr><td><font color="yellow">Ett</font></td></tr></table>',
    "headings": "<h1>1</h1><h2>2</h2><h3>3</h3><h4>4</h4><h5>5</h5><h6>6</h6>",
    "cells": "<table><tr><th>Ett</th><td>Två</td></tr></table>",
    "words within words": "<p>0 <b>1</b> <small>2</small> <big>3</big> <sub>4</sub> <sup>5</sup></p>",
    "the short form": (
        '<p style="font:bold 30px/1.2 Arial">1</p><p style="font:italic 12px Arial"><b>2</b></p>'
    ),
    "shares": (
        '<div style="font-size:20px"><p style="font-size:1.5em">1<span style="font-size:80%">2'
        "</span></p></div>"
    ),
    "weights": '<p style="font-weight:600">1 <b>2</b></p><b style="font-weight:normal">3</b>',
    "what is important": (
        '.a{color:#ff0000 !important} p{color:#00ff00}|<p class="a" style="color:#0000ff">1</p>'
    ),
    "what is important in both": (
        '.a{color:#ff0000 !important}|<p class="a" style="color:#0000ff !important">1</p>'
    ),
    "weightier rules": (
        '#i{color:#ff0000} p.a.b{color:#00ff00} .a{color:#0000ff}|<p class="a b">1</p>'
        '<p id="i" class="a b">2</p>'
    ),
    "links unvisited": (
        'a:visited{color:#ff00ff} a:hover{color:#ff0000} a:link{color:#007700}|<a href="x">1</a>'
    ),
    "a screen": "@media screen{p{color:#770000}} @media print{p{color:#007700}}|<p>1</p>",
    "a narrow screen": "@media (max-width:480px){p{color:#007700}}|<p>1</p>",
    "the dark": "@media (prefers-color-scheme:dark){p{color:#00aa00}}|<p>1</p>",
    "the dark on a screen": "@media screen{@media (prefers-color-scheme:dark){p{color:#00aa00}}}|<p>1</p>",
    "rules for the dark alone": '<style media="(prefers-color-scheme:dark)">p{color:#00aa00}</style><p>1</p>',
    "rules for a screen": '<style media="screen">p{color:#00aa00}</style><p>1</p>',
    "what is hidden": (
        '.h{display:none}|<p class="h">0</p><p hidden>0</p><p style="display:none">0</p><p>1</p>'
    ),
    "attributes in rules": '[data-ogsc] p{color:#ff0000} p[lang="sv"]{color:#00aa00}|<p lang="sv">1</p>',
    "everything": "*{color:#123123}|<p>1 <b>2</b></p>",
    "Outlook alone": "<!--[if mso]><p>0</p><![endif]--><!--[if !mso]><!--><p>1</p><!--<![endif]-->",
    "tags that nobody closed": "<ul><li>1<li>2</ul><p>3<div>4</div>5",
    "letters by name": "<p>&lt;b&gt; &amp; &nbsp;&#8203; å</p>",
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_check_sees_what_the_browser_shows(browser: Browser, scheme: str) -> None:
    """X7, X16."""
    differ = {}
    with screen(browser, scheme="dark" if scheme == "dark" else "light") as window:
        for name, body in BODIES.items():
            mail = _page(body)
            window.show(mail)
            seen = window.texts()
            assert seen, name
            known_as = styles.DARK if scheme == "dark" else styles.ALWAYS
            if found := colours.differences(colours.told(mail.html, known_as), seen):
                differ[name] = found

    assert differ == {}


def _page(body: str) -> Mail:
    rules, _, shown = body.rpartition("|")
    head = f'<!DOCTYPE html><html lang="sv"><head><title>x</title><style>{rules}</style></head>'
    return Mail("page", "", f"Content-Type: text/html; charset=utf-8\n\n{head}<body>{shown}</body>".encode())
