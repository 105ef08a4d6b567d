"""Is everything ready for real letters? Facts about machines, domains and mails in, checks out. All pure.

checks        what a check says: green, amber or red, and what to do
names         what is asked of the DNS
machine web relays   what answers, and how
spf dmarc dkim_records domains   what the DNS says of a domain (rules P1-P4, P11)
comparing     a mail that we sent ourselves: what came against what went
"""
