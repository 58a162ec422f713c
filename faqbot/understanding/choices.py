"""What a visitor says to choices: "2", "the second one", "yes the first", "none of these"."""

from __future__ import annotations

from faqbot.text import words

NONE = -1  # of the choices
_PLACES = {
    **{name: place for place, name in enumerate(("first", "second", "third", "fourth"))},
    **{f"{place + 1}": place for place in range(9)},
    **{name: place for place, name in enumerate(("1st", "2nd", "3rd", "4th"))},
}
_NUMBERS = {name: place for place, name in enumerate(("one", "two", "three", "four"))}
_AROUND = frozenset(
    "a about answer choice i id it its like mean meant my no number numero of ok okay one option "
    "pick please question sorry that thats the these this those think want with would yeah yep yes "
    "yup".split()
)
_REFUSED = frozenset("none neither nope nothing not no any either of them these those that".split())
_REFUSING = frozenset("none neither nope no".split())
_AGREEING = frozenset("yes yeah yep yup ok okay sure correct right exactly".split())


def chosen(text: str, count: int) -> int | None:
    """The place of the one that the text picks of `count` choices, from 0, or `NONE`.

    None where it says something else.
    """
    said = words(text)
    if not said or count < 1:
        return None
    if _REFUSING.intersection(said) and _REFUSED.issuperset(said):
        return NONE
    places = {_PLACES[word] for word in said if word in _PLACES}
    places |= {count - 1} if "last" in said else set()
    if not places:
        places = {_NUMBERS[word] for word in said[-1:] if word in _NUMBERS}
        if said[-1] == "one" and len(said) > 1 and "number" not in said and "option" not in said:
            places = set()  # "that one"
    rest = {word for word in said if word not in _PLACES and word not in _NUMBERS} - {"last"}
    if len(places) == 1 and rest <= _AROUND:
        place = places.pop()
        return place if place < count else None
    agreed = _AGREEING.intersection(said) and _AROUND.union(_AGREEING).issuperset(said)
    return 0 if agreed and count == 1 else None
