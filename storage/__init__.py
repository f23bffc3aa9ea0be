"""A news store that can be searched and that matches standing queries.

A subscription is a saved search: one analyser, one query language, one meaning, whether a query is asked now
(`storage.search`) or waits for articles to come (`storage.percolator`). This package knows no Telegram, no network and
no clock: the time is always an argument.
"""
