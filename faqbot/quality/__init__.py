"""How good a practice's knowledge and its bot's replies are, for those who write the answers.

`evaluation` counts right and wrong replies to questions whose right replies are known, `regression`
compares two states of the knowledge by its own examples, `explanation` says why a reply is what it
is. `advice` is what a careful reader would remark on, and when an answer is due to be read again;
`readability` the years of school that a text asks for.
"""
