"""What is new to a chat → what of it is told in the languages that it reads. Pure.

An article whose language nobody knows stays: nothing is lost by a guess.
"""

from collections.abc import Iterable, Mapping, Set
from dataclasses import replace

from storage.language.analyser import UNKNOWN
from storage.planning import Fresh
from storage.query import Query
from storage.syntax import In, conjunction, disjunction


def narrowed(
    fresh: Iterable[Fresh],
    languages: Set[str],
    *,
    told_by: Mapping[int, Mapping[int, str]],
    faces: Mapping[int, int],
) -> tuple[Fresh, ...]:
    """A story stays if one of its articles is in these languages: the new one, or else its face, or else the last.

    `told_by`: story → article → language; `faces`: story → the article whose headline stands for it.
    """
    kept: dict[Fresh, None] = {}
    foreign: list[Fresh] = []
    for one in fresh:
        if _is_read(told_by.get(one.story_id, {}).get(one.article_id, UNKNOWN), languages):
            kept[one] = None
        elif not one.is_update:  # what is new of a story stands in its own article alone
            foreign.append(one)
    met = {(one.subscription_id, one.story_id) for one in kept}
    for one in foreign:
        own = [key for key, language in told_by[one.story_id].items() if _is_read(language, languages)]
        if own and (one.subscription_id, one.story_id) not in met:
            face = faces.get(one.story_id)
            kept[one._replace(article_id=face if face in own else own[-1])] = None
    return tuple(kept)


def within(query: Query, languages: Set[str]) -> Query:
    """The query, of articles in these languages; as it is where there are none."""
    if not languages:
        return query
    told_in = disjunction([In(language) for language in (*languages, UNKNOWN)])
    return replace(query, root=conjunction([query.root, told_in]))


def _is_read(language: str, languages: Set[str]) -> bool:
    return language in languages or language == UNKNOWN
