"""A question in somebody's own words, and the entries that it may mean, each with a probability."""
