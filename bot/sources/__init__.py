"""Where news comes from → drafts, as the store takes them in.

    paths, stdin ─ files ─┬─ JSON Lines ─ rows ──────────┐
                          ├─ plain text ─ plain ─────────┤
    a feed's bytes ───────┴─ parse ─┬─ feedparser ───────┼─ drafts ──▶ Draft | Refused
                                    ├─ jsonfeed, sitemap ┤
                                    └─ telegram ─────────┘

    an address ─ addresses ─▶ fetch, behind guard ─▶ worker: parse, discover, extract, opml in processes of their own

Nothing here stores anything; `fetch` and `robots` alone ask the network, `clean` and `encoding` are what all that reads
stands on. What goes wrong with an address has a word in `trouble`.
"""
