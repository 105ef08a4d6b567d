"""What the pieces of an issue are called, wherever somebody is told of them."""

from newsletter.core.approvals import LOOK, REACH, Piece
from newsletter.language import _


def piece_name(piece: Piece) -> str:
    """Return what a piece is called, in the current language."""
    if piece.is_order:
        return _("Ordningen i {version}").format(version=_(piece.title))
    if piece.key == LOOK:
        return _("Brevets utseende")
    if piece.key == REACH:
        return _("Vem som får det")
    return piece.title or _("Titel, ämnesrad och förhandstext")
