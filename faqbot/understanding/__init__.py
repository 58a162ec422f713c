"""A question in somebody's own words, and the entries that it may mean, each with a probability.

`spelling` corrects its words, `features` and `sparse` make a sparse vector of them, `vectors` a
dense one of what they mean. `topics` says what is asked, and which entries claim that; `voting`
how all phrasings vote. `evidence` collects what speaks for and against the likeliest entries,
`calibration` turns it into probabilities, `matching` ranks by these, over the pages that
`reference` leaves. `caching` bounds what is remembered by all practices together.
"""
