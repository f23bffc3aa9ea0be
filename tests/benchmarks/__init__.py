"""Measurements as tables, each run by `python -m tests.benchmarks.NAME`; they prove nothing and fail nothing.

Over real articles:

start        start to the first answer, and memory, above what importing the dependencies costs
import_news  a day's real articles: how fast they come in, cold and known, and how much room they take
search_news  how long queries of every kind take among them, beside plain full text and LIKE
words        how well the forms of words are found, beside the usual stemmers
stories      which articles are told to be the same story, beside Jaccard, MinHash and TF-IDF, and what that costs
sentences    where sentences end, beside libraries that part them
summaries    what is told of an article: whole sentences, with the words looked for, without boilerplate
digest_week  a week of posts for ten readers, digest by digest

Over synthetic ones, as many as are wanted, beside peers (`make bench`):

growth          the following one by one, and their curves
percolate       an article against up to a million standing queries
search_growth   queries of every kind among up to a million articles
ingest_growth   articles from draft to matched, with up to a million standing queries
planning        digests that are due at once
trends          counts of mentions a day, pictures of them, and what both leave in memory
pace            how near sending comes to the rate that Telegram permits, and what waiting costs
delivery        how fast the outbox is sent, beside a bare loop of aiogram's, and what a backlog of 100,000 costs
responsiveness  how long a command waits while articles are imported
"""
