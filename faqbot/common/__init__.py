"""What all practices share, by language: topics, packs, small talk, a glossary, names, words."""
