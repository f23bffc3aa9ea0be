"""English: the lemmas of simplemma's dictionary, which merges less than a stemmer (news ≠ new)."""

import simplemma

from storage.language.tokens import normalise


class English:
    """Analyser of English; the dictionary takes about 25 MB."""

    def document(self, form: str) -> tuple[str, ...]:
        bare = _bare(form)
        lemma = normalise(simplemma.lemmatize(bare, lang="en"))
        return tuple(sorted({bare, lemma} - {form}))

    def query(self, word: str) -> frozenset[str]:
        bare = _bare(word)
        lemma = normalise(simplemma.lemmatize(bare, lang="en"))
        return frozenset((lemma,)) if lemma == word else frozenset((lemma, bare, word))


def _bare(form: str) -> str:
    """Kazakhstan's → kazakhstan."""
    return form.removesuffix("'s")
