"""Notes that wait to be written, where they outlive the worker that took them.

Memory that the server's processes share, without a name anywhere: it is gone with the last of
them, and never a file. Each worker has a spool of its own; the one that takes its place goes on
with what it finds there.
"""

from __future__ import annotations

import mmap
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

CELLS = 32_768  # for more notes than wait for a writer
CELL = 256  # bytes; most notes need one
HEAD = struct.Struct("<QIH")  # mark, next cell, bytes in this one
MARK = struct.Struct("<Q")
ROOM = CELL - HEAD.size
NOTHING = bytes(CELL)
END = 0xFFFF_FFFF  # there is no next cell
FREE, TAKEN = 0, 1

_shared: list[Spool] = []  # one for each place, made before the first fork
_own: list[Spool] = []  # that of this worker


class Slip:
    """Where a note lies in the spool. `mark`: of the transaction that may have written it."""

    __slots__ = ("cells", "mark", "spool")

    def __init__(self, spool: Spool, cells: list[int], mark: int = 0) -> None:
        self.spool, self.cells, self.mark = spool, cells, mark

    def set_mark(self, mark: int) -> None:
        """Say which transaction is about to write it; 0 is none."""
        self.mark = mark
        self.spool.mark(self.cells, mark)

    def free(self) -> None:
        """It needs to be kept no longer; twice changes nothing."""
        cells, self.cells = self.cells, []
        self.spool.free(cells)


class Spool:
    """Memory in cells. A note takes as many as it needs, each telling the next.

    A note counts once the state of its first cell says so, and that is written last: whoever is
    killed leaves it whole or not at all.
    """

    def __init__(self, cells: int = CELLS) -> None:
        self._cells = cells
        self._memory = mmap.mmap(-1, cells + cells * CELL)  # the states, then the cells
        self._renew()

    def _renew(self) -> None:
        self._lock = threading.Lock()  # never held for longer than this memory takes
        self._freed: list[int] = []
        self._fresh = 0  # cells from here on were never used, and cost no memory

    def put(self, note: bytes) -> Slip | None:
        """Keep a note; None where there is no room."""
        cells = self._take(max(1, -(-len(note) // ROOM)))
        if not cells:
            return None
        for number, (cell, after) in enumerate(zip(cells, [*cells[1:], END], strict=True)):
            part = note[number * ROOM : (number + 1) * ROOM]
            start = self._start(cell)
            self._memory[start : start + HEAD.size] = HEAD.pack(0, after, len(part))
            self._memory[start + HEAD.size : start + HEAD.size + len(part)] = part
        self._memory[cells[0]] = TAKEN
        return Slip(self, cells)

    def mark(self, cells: list[int], mark: int) -> None:
        """Put a mark on the note in these cells."""
        if cells:
            MARK.pack_into(self._memory, self._start(cells[0]), mark)

    def free(self, cells: list[int]) -> None:
        """Forget the note in these cells, and its words."""
        if cells:
            self._memory[cells[0]] = FREE
            for cell in cells:
                self._memory[self._start(cell) : self._start(cell + 1)] = NOTHING
            with self._lock:
                self._freed += cells

    def take_up(self) -> list[tuple[Slip, bytes]]:
        """What another worker left; in the process that goes on with it, before it adds to it."""
        self._renew()
        states = self._memory[: self._cells]
        found, used = [], set[int]()
        first = states.find(TAKEN)
        while first >= 0:
            if left := self._read(first, used):
                found.append(left)
                used.update(left[0].cells)
            else:
                self._memory[first] = FREE
            first = states.find(TAKEN, first + 1)
        self._fresh = max(used, default=-1) + 1
        self._freed = [cell for cell in range(self._fresh) if cell not in used]
        return found

    def _read(self, first: int, used: set[int]) -> tuple[Slip, bytes] | None:
        """The note that begins there; None where it is not whole."""
        cells, parts, marks = list[int](), list[bytes](), list[int]()
        cell = first
        while cell != END:
            if cell >= self._cells or cell in used or cell in cells:
                return None
            start = self._start(cell)
            mark, after, size = HEAD.unpack_from(self._memory, start)
            if size > ROOM:
                return None
            cells.append(cell)
            marks.append(mark)
            parts.append(self._memory[start + HEAD.size : start + HEAD.size + size])
            cell = after
        return Slip(self, cells, marks[0]), b"".join(parts)

    def _take(self, number: int) -> list[int]:
        with self._lock:
            if number > len(self._freed) + self._cells - self._fresh:
                return []
            taken = [self._freed.pop() for _ in range(min(number, len(self._freed)))]
            new = number - len(taken)
            taken += range(self._fresh, self._fresh + new)
            self._fresh += new
            return taken

    def _start(self, cell: int) -> int:
        return self._cells + cell * CELL


def put(note: bytes) -> Slip | None:
    """Keep a note in this worker's spool; None where it has none, or no room."""
    return _own[0].put(note) if _own else None


@contextmanager
def shared(workers: int) -> Iterator[None]:
    """Give each of the workers that are forked in the block a place to keep notes."""
    _shared.extend(Spool() for _ in range(workers))
    try:
        yield
    finally:
        _shared.clear()


def join(worker: int) -> list[tuple[Slip, bytes]]:
    """Keep notes in this place from now on; what the worker before left there.

    `worker`: a number that no other living worker has.
    """
    _own[:] = _shared[worker : worker + 1]
    return _own[0].take_up() if _own else []
