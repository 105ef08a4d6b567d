"""Domains at which anybody may have a mailbox. Data.

Three people of one such domain who are gone say nothing of the others there: it has not moved.
"""

PROVIDERS = frozenset((
    # the world's
    "gmail.com", "googlemail.com", "outlook.com", "outlook.se", "hotmail.com", "hotmail.se",
    "hotmail.co.uk", "live.com", "live.se", "msn.com", "passport.com", "icloud.com", "me.com", "mac.com",
    "yahoo.com", "yahoo.se", "yahoo.co.uk", "ymail.com", "rocketmail.com", "aol.com", "proton.me",
    "protonmail.com", "pm.me", "gmx.com", "gmx.net", "gmx.de", "web.de", "mail.com", "zoho.com",
    "fastmail.com", "hey.com", "tutanota.com", "tuta.io", "yandex.com", "yandex.ru", "mail.ru", "inbox.com",
    "qq.com", "163.com",
    # Swedish
    "telia.com", "comhem.se", "bredband.net", "bredband2.com", "bahnhof.se", "spray.se", "home.se",
    "tele2.se", "swipnet.se", "algonet.se", "brevet.se", "bostream.nu", "bolina.hsb.se", "ownit.nu",
    "tyfonmail.se", "passagen.se", "glocalnet.net", "tiscali.se", "telenor.se", "boxer.se", "netatonce.net",
    "fiberby.se",
    # of the neighbours
    "online.no", "broadpark.no", "getmail.no", "start.no", "altibox.no", "live.no", "hotmail.no", "mail.dk",
    "live.dk", "hotmail.dk", "jubii.dk", "stofanet.dk", "hotmail.fi", "live.fi", "luukku.com", "suomi24.fi",
    "kolumbus.fi", "elisanet.fi", "netti.fi", "pp.inet.fi", "welho.com",
))  # fmt: skip
