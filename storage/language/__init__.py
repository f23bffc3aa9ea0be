"""Text → tokens → lemmas.

    text ──tokens.tokenise──▶ Token(form, parts, offsets) ──analyser──▶ forms and lemmas at positions ──▶ Document

A document offers every plausible lemma of its words beside the words themselves; a query chooses among them.
"""
