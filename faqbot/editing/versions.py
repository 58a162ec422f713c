"""Publishing: a whole new version of the folder or none of it; and going back to earlier ones.

A publish prepares the complete new folder, then renames it to `.faqbot/publishing`. From that
rename on, everybody reads the new version, while the folder's own files are replaced one by one; a
last rename makes it the newest of the kept versions. Whenever this is cut off, what is read is
wholly the old or wholly the new version, and `recover` does the rest.
"""

from __future__ import annotations

import json
import os
import re
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from faqbot import knowledge
from faqbot.editing import disk
from faqbot.editing.workspace import Busy, DeskError, Files, Workspace, digest, text_of
from faqbot.knowledge import Problem
from faqbot.knowledge.practice import is_journal_elsewhere
from faqbot.knowledge.snapshot import Snapshot, read_now, take_snapshot
from faqbot.knowledge.tables import read_table
from faqbot.knowledge.values import Diagnostics

MAX_VERSIONS = 200  # versions are kept
# A mistake is found within a year, as last year's holiday hours are looked up after one; and what
# somebody asked to have removed is not kept for good.
AGE = timedelta(days=400)
AS_FOUND = "as found in the folder"  # the note of a version that somebody put there by hand

_METADATA = "version.json"


@dataclass(frozen=True, slots=True)
class Version:
    """A state of the folder that is kept; `who` is empty if it was not published at the desk."""

    id: str  # "0007"
    when: datetime  # UTC
    who: str
    note: str
    digest: str


class Outdated(DeskError):  # noqa: N818
    """The folder is no longer as it was when the work began."""

    def __init__(self) -> None:
        super().__init__(
            "Somebody else has published, or changed the folder, in the meantime. "
            "Nothing is lost: look at what is new, and publish again."
        )


class Broken(DeskError):  # noqa: N818
    """The files cannot be published; `problems` says all that is wrong with them."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


def versions(workspace: Workspace) -> list[Version]:
    """All that are kept, the newest first."""
    workspace.refuse_links()
    kept = (_version(workspace.versions / name) for name in reversed(_ids(workspace)))
    return [version for version in kept if version]


def files_of(workspace: Workspace, id: str) -> Files:
    """The files of a version; raises DeskError if there is none with this id."""
    _find(workspace, id)
    return _files_in(workspace.versions / id)


def publish(
    workspace: Workspace, files: Files, who: str, note: str, expected: str | None = None
) -> Version:
    """Make these the folder's files, all at once; the files before are kept as a version.

    `expected` is the digest that the folder must still have, else Outdated is raised. Raises
    Broken if the files do not load. Files that equal the folder's make no new version.
    """
    with workspace.lock():
        _finish(workspace)
        found = take_snapshot(workspace.folder)
        if expected is not None and digest(found.files) != expected:
            raise Outdated
        _check(files, found)
        try:
            before = _keep_as_found(workspace, found.files)
            if files == found.files:
                return before
            _prepare(workspace, files, found.files, who, note)
            disk.move(workspace.prepared, workspace.publishing)
        except OSError:
            with suppress(OSError):
                _clean_up(workspace)
            raise
        try:
            disk.sync(workspace.hidden)
            return _complete(workspace)
        except OSError as error:
            _roll_back(workspace, error)
            raise


def restore(workspace: Workspace, id: str, who: str) -> Version:
    """Publish an earlier version again, as a new one."""
    return publish(workspace, files_of(workspace, id), who, f"Back to version {int(id)}.")


def recover(workspace: Workspace) -> bool:
    """Finish a publish that was cut off; True if there was one to finish.

    If there is none, this only stats two paths. Does nothing while somebody is publishing, or if
    we may not look. Raises DeskError if the folder cannot be written: the new version is read
    anyway.
    """
    if not (os.path.exists(workspace.publishing) or os.path.exists(workspace.prepared)):
        return False
    try:
        with workspace.lock(wait=0):
            return _finish(workspace)
    except Busy:
        return False


def remove_old(workspace: Workspace, keep: str = "") -> None:
    """Remove versions replaced longer than `AGE` ago, or beyond `MAX_VERSIONS`, if possible now.

    The newest version always stays, and so do those that equal the folder or have the digest
    `keep`: that of the version that answers, which is an earlier one while the folder is broken.
    """
    if not _ids(workspace)[1:]:
        return
    with suppress(OSError, DeskError), workspace.lock(wait=0):
        _remove_old(workspace, keep)


# the steps of a publish, all of them under the lock


def _check(files: Files, found: Snapshot) -> None:
    """Raise unless the folder would load with these files and what else is in it."""
    if strange := sorted(name for name in files if not knowledge.is_knowledge(name)):
        raise DeskError(f"“{strange[0]}” is not the name of a knowledge file.")
    read, problems = knowledge.read_files(files, found.folder)
    problems += (*(read.warnings if read else ()), *journal_problems(files, found.files))
    others = (notes.problems for name, notes in found.diagnostics.items() if name not in files)
    if every := (*(problem for each in others for problem in each), *problems):
        raise Broken(every)


def journal_problems(files: Files, old: Files) -> tuple[Problem, ...]:
    """A journal outside the folder that the desk has chosen: it may be another's."""
    journal, line = _journal(files)
    if journal == _journal(old)[0] or not is_journal_elsewhere(journal):
        return ()
    message = "At the desk, “journal” can only be “off” or a name such as journal.sqlite."
    fix = "Change it, or ask whoever looks after the server to set another place."
    return (Problem("practice.toml", line, message, fix),)


def _journal(files: Files) -> tuple[str, int]:
    """What practice.toml says of it, and in which line."""
    text = text_of(files.get("practice.toml", b""))
    table = read_table(text, Diagnostics("practice.toml"))
    if table is None:  # which is reported with the other problems
        return "", 0
    return str(table.values.get("journal", "")).strip(), table.line("journal")


def _prepare(workspace: Workspace, files: Files, old: Files, who: str, note: str) -> None:
    """Write the new version, and beside each file its new content, to be sure that we can."""
    _write_version(workspace.prepared, files, who, note)
    for name, data in files.items():
        path = workspace.folder / name
        if old.get(name) != data:
            path.parent.mkdir(exist_ok=True)
            disk.prepare(path, data)


def _complete(workspace: Workspace) -> Version:
    """Put the version in `publishing` into the folder and among the kept ones."""
    old, new = _newest_files(workspace), _files_in(workspace.publishing)
    now = _files_in(workspace.folder)
    if any(data not in (old.get(name), new.get(name)) for name, data in now.items()):
        _keep(workspace, now)  # edited by hand since the publish was cut off
    disk.update(workspace.folder, now, new, gone=old)
    version = _add(workspace, workspace.publishing)
    _remove_old(workspace)
    return version


def _remove_old(workspace: Workspace, keep: str = "") -> None:
    oldest = datetime.now(UTC) - AGE
    with suppress(OSError):
        needed = (keep, digest(_files_in(workspace.folder)))
        known = versions(workspace)
        replaced = {old.id for newer, old in pairwise(known) if newer.when < oldest}
        old = {*_ids(workspace)[:-MAX_VERSIONS], *replaced}
        spared = {one.id for one in known if one is known[0] or one.digest in needed}
        for id in old - spared:
            disk.remove_atomically(workspace.versions / id)


def _roll_back(workspace: Workspace, cause: OSError) -> None:
    """Undo the publish that the disk refused halfway; if that fails too, it stays."""
    try:
        old, new = _newest_files(workspace), _files_in(workspace.publishing)
        disk.update(workspace.folder, _files_in(workspace.folder), old, gone=new)
        disk.move(workspace.publishing, workspace.prepared)
        _clean_up(workspace)
    except OSError:
        raise DeskError(
            "The new version is published, but could not be written into the folder's own files "
            f"({cause.strerror}). That is tried again by itself."
        ) from cause


def _finish(workspace: Workspace) -> bool:
    """Finish or clean up a publish that was cut off; whether one was finished."""
    unfinished = workspace.publishing.is_dir()
    if unfinished:
        _complete(workspace)
    _clean_up(workspace)
    return unfinished


def _clean_up(workspace: Workspace) -> None:
    """Remove what was prepared for a version that never came to be."""
    if workspace.prepared.exists():
        for name in _files_in(workspace.prepared):
            disk.staging_path(workspace.folder / name).unlink(missing_ok=True)
        disk.remove(workspace.prepared)


# the kept versions


def _files_in(folder: Path) -> Files:
    return read_now(folder).files


def _ids(workspace: Workspace) -> list[str]:
    """All ids in use, the oldest first."""
    with suppress(OSError):
        names = [path.name for path in workspace.versions.iterdir()]
        return sorted((name for name in names if re.fullmatch("[0-9]{4,9}", name)), key=int)
    return []


def _version(path: Path) -> Version | None:
    if path.is_symlink():
        return None
    with suppress(OSError, ValueError, KeyError, TypeError):
        metadata = json.loads((path / _METADATA).read_text("utf-8"))
        when = datetime.fromisoformat(metadata["when"])
        when = when if when.tzinfo else when.replace(tzinfo=UTC)
        return Version(path.name, when, metadata["who"], metadata["note"], metadata["digest"])
    return None


def _find(workspace: Workspace, id: str) -> Version:
    for version in versions(workspace):
        if version.id == id:
            return version
    raise DeskError(f"There is no version “{id[:20]}”. Choose one from the list.")


def _newest_files(workspace: Workspace) -> Files:
    newest = versions(workspace)[:1]
    return _files_in(workspace.versions / newest[0].id) if newest else {}


def _keep_as_found(workspace: Workspace, files: Files) -> Version:
    """The newest version, which is the folder as it is; a new one if nobody published that."""
    newest = versions(workspace)[:1]
    same = newest and newest[0].digest == digest(files)
    return newest[0] if same else _keep(workspace, files)


def _keep(workspace: Workspace, files: Files) -> Version:
    _write_version(workspace.prepared, files, "", AS_FOUND)
    return _add(workspace, workspace.prepared)


def _write_version(folder: Path, files: Files, who: str, note: str) -> None:
    metadata = asdict(Version("", datetime.now(UTC), who, note, digest(files)))
    metadata |= {"when": metadata["when"].isoformat(timespec="seconds")}
    disk.create_folder(folder, {**files, _METADATA: json.dumps(metadata, indent=1).encode()})


def _add(workspace: Workspace, folder: Path) -> Version:
    """Make a folder that is complete the newest version."""
    disk.make_folder(workspace.versions)
    number = int(_ids(workspace)[-1]) + 1 if _ids(workspace) else 1
    disk.move(folder, workspace.versions / f"{number:04}")
    with suppress(OSError):  # it is done; after a power cut it would be done again
        disk.sync(workspace.versions)
        disk.sync(workspace.hidden)
    return _find(workspace, f"{number:04}")
