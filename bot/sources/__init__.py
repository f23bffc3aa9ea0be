"""Bytes → drafts: what files and feeds hold, as the store takes it in.

    paths, stdin ─ files ─┬─ JSON Lines ─ rows ──────────┐
                          ├─ plain text ─ plain ─────────┼─ drafts ──▶ Draft | Refused
    a feed's bytes ───────┴─ parse ─┬─ feedparser ───────┤
                                    └─ jsonfeed ─────────┘

Nothing here stores anything or asks the network; `clean` and `encoding` are what all of it stands on.
"""
