"""Texts that are translated later than they are written down."""


def N_(text: str) -> str:
    """Marks a text for the catalogues where it is defined; it is translated where it is used."""
    return text
