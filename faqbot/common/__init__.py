"""What every practice has in common, by language; here, the words of English and of medicine."""
