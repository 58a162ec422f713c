"""What the staff desk does, without any web framework.

`place` knows the rooms of a knowledge folder, `versions` publishes and goes back, `draft` holds what
is being changed, `editing` changes one entry within a file's text. Everything that can go wrong in
front of a person is a `DeskError`, whose text speaks to that person.
"""
