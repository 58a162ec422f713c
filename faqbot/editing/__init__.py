"""What the staff desk does, without any web framework.

`place` knows the hidden room of a knowledge folder, `disk` writes whole files or none. `versions`
publishes and goes back. `draft` changes what is not published yet: `stored_draft` is how it lies on
disk, `joining` takes in what changed in the folder meanwhile, `editing` changes one entry within a
file's text, `merging` joins two people's texts, `texts` turns a file's bytes into text and back.

What the desk cannot do is a `DeskError`, whose text speaks to the person at the desk.
"""
