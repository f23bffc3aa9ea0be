"""Everything that `storage` raises on purpose.

StorageError
├── QueryError       a query that cannot be read; says what is wrong and where
├── ExpansionsError  a table of expansions that cannot be read; names its line
└── DatabaseError    the store cannot be used as it is
    ├── DatabaseUrlError   the address is not one of a SQLite file
    ├── NewerDatabaseError made by a newer version of the program
    ├── BusyError          another process holds what this one needs
    ├── FullError          the disk takes nothing more: there is no room, or it fails
    ├── CorruptError       the file is damaged, or no database at all
    └── BackupError        a copy that could not be made, or does not hold
"""


class StorageError(Exception):
    """The root of what this package raises on purpose."""


class QueryError(StorageError):
    """A query that cannot be read.

    `code` names the mistake (the keys of `QUERY_MISTAKES`); `at` and `end` bound the trouble in characters of `text`
    from 0; `fragment` is what stands there.
    """

    def __init__(self, code: str, *, text: str, at: int, end: int | None = None) -> None:
        self.code = code
        self.text = text
        self.at = at
        self.end = len(text) if end is None else end
        super().__init__(f"{QUERY_MISTAKES[code]} (at character {at})")

    @property
    def fragment(self) -> str:
        return self.text[self.at : self.end]


# What a developer and the command line read; the conversation has its own sentences for the same codes.
QUERY_MISTAKES = {
    "empty": "the query has no word to look for",
    "too-long": "the query is too long",
    "unclosed-quote": "a quotation mark is never closed",
    "empty-quotes": "there is no word between the quotation marks",
    "unclosed-bracket": "a bracket is never closed",
    "stray-bracket": "a closing bracket has no opening one",
    "empty-brackets": "there is nothing in the brackets",
    "only-exclusions": "there are only exclusions: nothing is left to look for",
    "only-function-words": "every text has these words: add one that says what it is about",
    "missing-operand": "an operator lacks the words that belong to it",
    "missing-value": "a field lacks its value",
    "bad-date": "this is not a date such as 2025-12-31",
    "bad-period": "this is not a period such as 7d",
    "bad-language": "this is not a language code such as ru",
    "bad-source": "this is not the name or the host of a source",
    "many-prefixes": "more words with an asterisk than a query may have",
    "short-prefix": "at least two letters must stand before the asterisk",
    "stray-asterisk": "the asterisk may only stand at the end of a word",
    "bad-exact": "after the equals sign a word must follow",
}


class ExpansionsError(StorageError):
    """A table of expansions that cannot be read."""


class DatabaseError(StorageError):
    """The store cannot be used as it is."""


class DatabaseUrlError(DatabaseError):
    """The address of the store is not one of a SQLite file."""


class NewerDatabaseError(DatabaseError):
    """The store was made by a newer version of the program."""


class BusyError(DatabaseError):
    """Another process holds what this one needs."""


class FullError(DatabaseError):
    """The disk takes nothing more: there is no room, or it fails. What is stored can be read, as far as it can be."""


class CorruptError(DatabaseError):
    """The file is damaged, or is no database at all."""


class BackupError(DatabaseError):
    """A copy of the store that could not be made, or that does not hold."""
