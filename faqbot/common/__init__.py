"""What all practices share, by language: topics, small talk, names in medicine, the lexicon."""
