"""The proof of the mails: every one that Rundbrev sends, tried in a real browser and with real tools.

    gallery | edges | issues -> mails.gather -> Mail (HTML, text, the whole message)
    Mail -> axe, validator, rules, spam, mime, colours, layout -> faults -> table (docs/mail-checks.md)

``make test`` tries some of each kind; ``make proof`` tries them all.
"""
