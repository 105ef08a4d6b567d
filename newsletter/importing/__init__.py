"""Texts of other origins become article values. Pure but for the parsers used."""
