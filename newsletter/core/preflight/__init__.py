"""Checks of an issue before it goes out: pure, from values to findings.

matter     what is looked at: the issue's words, its articles, its variants as rendered
findings   what was found, where, how bad it is, and what to do
"""
