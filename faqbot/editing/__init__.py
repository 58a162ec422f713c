"""What the staff desk does, without any web framework.

`workspace` is a knowledge folder with its hidden folder, its lock and its pause; `disk` writes
files whole. `versions` publishes and goes back. `draft` is what is not published yet, `entries`
one entry in its file's text, `merging` joins two people's texts, `triage` puts visitors' questions
into the draft. `draft_problems` says what is wrong with it, `changes` what it changes, `dry_run`
how it would answer, `coverage` which answers quote a page's text. `starter` is a new practice's
folder.

What the desk cannot do is a `DeskError`, whose text is for the person at the desk.
"""
