"""Whom we may write to: people, their addresses, regions, lists, and every no."""
