"""Pictures that say in text what they show, for where none can be shown: a terminal, a group that forbids them."""

from aiogram.types import BufferedInputFile


class Picture(BufferedInputFile):
    """To be sent as a photo; `in_text` stands in its place, a line or more of characters of one width."""

    def __init__(self, content: bytes, filename: str, *, in_text: str) -> None:
        super().__init__(content, filename)
        self.in_text = in_text
