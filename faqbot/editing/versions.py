"""Publishing: a whole new version of the folder or none of it; and going back to earlier ones.

A publish writes the complete new folder aside, then renames it to `.faqbot/publishing`. From that
rename on, it is the new version that everybody reads, while the folder's own files are replaced one
by one; a last rename makes it the newest of the kept versions. Whenever this is cut off, what is
read is wholly the old or wholly the new version, and `recover` does the rest.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from faqbot import knowledge
from faqbot.editing import disk
from faqbot.editing.workspace import Busy, DeskError, Files, Workspace, digest
from faqbot.knowledge import Problem
from faqbot.knowledge.snapshot import Snapshot, read_now, take_snapshot

MOST = 200  # versions are kept
AS_FOUND = "as found in the folder"  # the note of a version that was not published by the desk

_FACTS = "version.json"


@dataclass(frozen=True, slots=True)
class Version:
    """A state of the folder that is kept; who is empty where nobody published it at the desk."""

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


def publish(
    workspace: Workspace, files: Files, who: str, note: str, expected: str | None = None
) -> Version:
    """Make these the folder's files, all at once.

    `expected` is the digest that the folder must still have, else Outdated is raised. Raises
    Broken where the files do not load. What the folder held before is kept as a version. Files
    that equal the folder's make no new version.
    """
    with workspace.lock():
        _finish(workspace)
        found = take_snapshot(workspace.folder)
        if expected is not None and digest(found.files) != expected:
            raise Outdated
        _check(files, found)
        with _swept_after_failure(workspace):
            before = _keep_as_found(workspace, found.files)
            if files == found.files:
                return before
            _write_aside(workspace, files, found.files, who, note)
            disk.move(_part(workspace), workspace.publishing)
        return _settle_or_take_back(workspace)


def files_of(workspace: Workspace, id: str) -> Files:
    """The files of a version; raises DeskError where there is none of this id."""
    _find(workspace, id)
    return _files_in(workspace.versions / id)


def restore(workspace: Workspace, id: str, who: str) -> Version:
    """Publish an earlier version again, as a new one."""
    return publish(workspace, files_of(workspace, id), who, f"Back to version {int(id)}.")


def recover(workspace: Workspace) -> bool:
    """Finish a publish that was cut off; whether there was one to finish.

    Costs two looks at the disk where there is none. Does nothing while somebody is publishing,
    or where the room may not be looked at. Raises DeskError where the folder cannot be written:
    the new version is what is read anyway.
    """
    if not (os.path.exists(workspace.publishing) or os.path.exists(_part(workspace))):
        return False
    try:
        with workspace.lock(wait=0):
            return _finish(workspace)
    except Busy:
        return False


# the steps of a publish, all of them under the lock


def _check(files: Files, found: Snapshot) -> None:
    """Raise where the folder would not load with these files, and with what else is in it."""
    if strange := sorted(name for name in files if not knowledge.is_knowledge(name)):
        raise DeskError(f"“{strange[0]}” is not the name of a knowledge file.")
    _, problems = knowledge.read_files(files, found.folder)
    staying = (
        diagnostics.problems for name, diagnostics in found.diagnostics.items() if name not in files
    )
    if told := (*(problem for each in staying for problem in each), *problems):
        raise Broken(told)


@contextmanager
def _swept_after_failure(workspace: Workspace) -> Iterator[None]:
    try:
        yield
    except OSError:
        with suppress(OSError):
            _sweep(workspace)
        raise


def _write_aside(workspace: Workspace, files: Files, old: Files, who: str, note: str) -> None:
    """The whole new version, and each new content beside its file: room and rights are there."""
    _write_version(_part(workspace), files, who, note)
    for name, data in files.items():
        path = workspace.folder / name
        if old.get(name) != data:
            path.parent.mkdir(exist_ok=True)
            disk.prepare(path, data)


def _settle_or_take_back(workspace: Workspace) -> Version:
    try:
        disk.sync(workspace.room)
        return _settle(workspace)
    except OSError as error:
        _take_back(workspace, error)
        raise


def _settle(workspace: Workspace) -> Version:
    """Bring the version in `publishing` into the folder and among the kept ones."""
    old, new = _newest_files(workspace), _files_in(workspace.publishing)
    _keep_edits(workspace, old, new)
    _bring(workspace.folder, new, gone=old)
    version = _add(workspace, workspace.publishing)
    _forget_old(workspace)
    return version


def _keep_edits(workspace: Workspace, old: Files, new: Files) -> None:
    """Keep the folder where somebody has edited it by hand since the publish was cut off."""
    now = _files_in(workspace.folder)
    ours = ((old.get(name), new.get(name)) for name in now)
    if any(data not in pair for data, pair in zip(now.values(), ours, strict=True)):
        _keep(workspace, now)


def _bring(folder: Path, files: Files, gone: Iterable[str]) -> None:
    """Let the folder hold these files, and none of those `gone` that are not among them."""
    for name in gone:
        if name not in files:  # first, since it may differ in capitals only
            (folder / name).unlink(missing_ok=True)
    now = _files_in(folder)
    for name, data in files.items():
        if now.get(name) == data:
            disk.beside(folder / name).unlink(missing_ok=True)
        else:
            (folder / name).parent.mkdir(exist_ok=True)
            disk.put(folder / name, data)
    for path in {(folder / name).parent for name in files}:
        disk.sync(path)


def _take_back(workspace: Workspace, cause: OSError) -> None:
    """Undo the publish that the disk refused halfway; where that fails too, it stands."""
    try:
        _bring(workspace.folder, _newest_files(workspace), gone=_files_in(workspace.publishing))
        disk.move(workspace.publishing, _part(workspace))
        _sweep(workspace)
    except OSError:
        raise DeskError(
            "The new version is published, but could not be written into the folder's own files "
            f"({cause.strerror}). That is tried again by itself."
        ) from cause


def _finish(workspace: Workspace) -> bool:
    """Finish or clear away what a publish left that was cut off; whether one was finished."""
    unfinished = workspace.publishing.is_dir()
    if unfinished:
        _settle(workspace)
    _sweep(workspace)
    return unfinished


def _sweep(workspace: Workspace) -> None:
    """Remove what was written aside for a version that never came to be."""
    part = _part(workspace)
    if part.exists():
        for name in _files_in(part):
            disk.beside(workspace.folder / name).unlink(missing_ok=True)
        disk.remove(part)


# the kept versions


def _part(workspace: Workspace) -> Path:
    return workspace.publishing.with_name("publishing.part")


def _files_in(root: Path) -> Files:
    return read_now(root).files


def _ids(workspace: Workspace) -> list[str]:
    """All ids that are taken, the oldest first."""
    with suppress(OSError):
        names = [path.name for path in workspace.versions.iterdir()]
        return sorted((name for name in names if re.fullmatch("[0-9]{4,9}", name)), key=int)
    return []


def _version(path: Path) -> Version | None:
    if path.is_symlink():
        return None
    with suppress(OSError, ValueError, KeyError, TypeError):
        facts = json.loads((path / _FACTS).read_text("utf-8"))
        when = datetime.fromisoformat(facts["when"])
        return Version(path.name, when, facts["who"], facts["note"], facts["digest"])
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
    """The newest version, which is the folder as it is; made where nobody published that."""
    newest = versions(workspace)[:1]
    same = newest and newest[0].digest == digest(files)
    return newest[0] if same else _keep(workspace, files)


def _keep(workspace: Workspace, files: Files) -> Version:
    _write_version(_part(workspace), files, "", AS_FOUND)
    return _add(workspace, _part(workspace))


def _write_version(folder: Path, files: Files, who: str, note: str) -> None:
    facts = asdict(Version("", datetime.now(UTC), who, note, digest(files)))
    facts |= {"when": facts["when"].isoformat(timespec="seconds")}
    disk.make(folder, {**files, _FACTS: json.dumps(facts, indent=1).encode()})


def _add(workspace: Workspace, folder: Path) -> Version:
    """Make a folder that is written whole the newest version."""
    workspace.versions.mkdir(exist_ok=True)
    number = int(_ids(workspace)[-1]) + 1 if _ids(workspace) else 1
    disk.move(folder, workspace.versions / f"{number:04}")
    with suppress(OSError):  # it is done; after a power cut it would be done again
        disk.sync(workspace.versions)
        disk.sync(workspace.room)
    return _find(workspace, f"{number:04}")


def _forget_old(workspace: Workspace) -> None:
    """A version goes by a rename first, so that none ever lacks a file."""
    gone = workspace.versions / ".gone"
    with suppress(OSError):
        disk.remove(gone)
        for id in _ids(workspace)[:-MOST]:
            disk.move(workspace.versions / id, gone)
            disk.remove(gone)
