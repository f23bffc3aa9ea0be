"""`newsbot outbox …`: its options and arguments; what the commands do stands in `bot.outbox_commands`."""

from typing import Annotated

import typer

from bot.command_line import Database, Json, end, perform, settings_for

app = typer.Typer(
    help="What waits to be sent, and what was given up.",
    epilog="Each of these takes --database URL.",
    rich_markup_mode=None,
)

Ids = Annotated[list[int] | None, typer.Argument(metavar="ID…", help="Numbers from the list.", min=1)]
Every = Annotated[bool, typer.Option("--all", help="Everything that was given up.")]


@app.callback(invoke_without_command=True)
def show(
    context: typer.Context,
    limit: Annotated[int, typer.Option(metavar="N", min=1, help="How many of those that wait or were given up.")] = 50,
    json: Json = False,
    database: Database = None,
) -> None:
    """What waits to be sent, whose chats take nothing, and what was given up."""
    context.obj = database
    if context.invoked_subcommand is None:
        from bot.outbox_commands import show_outbox

        perform(show_outbox(settings_for(database, quiet=True), limit=limit, as_json=json))


@app.command()
def retry(context: typer.Context, ids: Ids = None, every: Every = False, database: Database = None) -> None:
    """Send again what was given up."""
    from bot.outbox_commands import retry_messages

    chosen = _chosen(ids, every=every)
    end(perform(retry_messages(settings_for(database or context.obj, quiet=True), chosen, every=every)))


@app.command()
def drop(context: typer.Context, ids: Ids = None, every: Every = False, database: Database = None) -> None:
    """Forget what was given up, or messages that wait."""
    from bot.outbox_commands import drop_messages

    chosen = _chosen(ids, every=every)
    end(perform(drop_messages(settings_for(database or context.obj, quiet=True), chosen, every=every)))


def _chosen(ids: list[int] | None, *, every: bool) -> list[int]:
    if bool(ids) == every:
        raise typer.BadParameter("expected numbers of messages, or --all")
    return ids or []
