"""The application around the store: it talks, fetches, composes and delivers."""
