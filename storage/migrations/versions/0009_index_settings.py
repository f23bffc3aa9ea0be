"""An index that holds a batch in memory before it writes it, and merges what it wrote less often."""

from alembic import op

revision = "0009"
down_revision = "0008"

STATEMENTS = (
    # A hundred articles take some megabytes of it; with SQLite's own one they are written in three pieces.
    "INSERT INTO article_index(article_index, rank) VALUES ('hashsize', 8388608)",
    # Pieces of a size before they are merged; once a day all are.
    "INSERT INTO article_index(article_index, rank) VALUES ('automerge', 8)",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
