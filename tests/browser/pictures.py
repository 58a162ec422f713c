"""Pictures of pages for the docs, a third of the size that browsers write them in."""

from __future__ import annotations

import base64
import struct
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Page

COLOURS = 256  # all that a PNG with a palette can have; the edges of letters have more
PIXELS = """async png => {
    const bytes = Uint8Array.from(atob(png), letter => letter.charCodeAt(0))
    const image = await createImageBitmap(new Blob([bytes]))
    const canvas = new OffscreenCanvas(image.width, image.height)
    const context = canvas.getContext('2d')
    context.drawImage(image, 0, 0)
    const { data } = context.getImageData(0, 0, image.width, image.height)
    let text = ''
    for (let at = 0; at < data.length; at += 32768)
        text += String.fromCharCode(...data.subarray(at, at + 32768))
    return [image.width, image.height, btoa(text)]
}"""


def take(page: Page, file: Path) -> None:
    """Write what the window shows."""
    file.write_bytes(small(page, page.screenshot()))


def small(page: Page, png: bytes) -> bytes:
    """The same picture with the commonest colours only; the others become the nearest of them."""
    width, height, data = page.evaluate(PIXELS, base64.b64encode(png).decode())
    pixels = np.frombuffer(base64.b64decode(data), np.uint8).reshape(height, width, 4)[..., :3]
    palette, places = _palette(pixels.reshape(-1, 3))
    rows = np.zeros((height, width + 1), np.uint8)  # each begins with its filter: none
    rows[:, 1:] = places.reshape(height, width)
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"PLTE", palette.tobytes()))
    data = zlib.compress(rows.tobytes(), 9)
    parts = [_chunk(*chunk) for chunk in (*chunks, (b"IDAT", data), (b"IEND", b""))]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _palette(pixels: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.intp]]:
    """The colours that stay, and for each pixel which of them it gets."""
    colours, places, counts = np.unique(pixels, axis=0, return_inverse=True, return_counts=True)
    kept = colours[np.argsort(-counts)[:COLOURS]]
    apart = colours[:, None, :].astype(int) - kept[None, :, :]
    return kept, (apart**2).sum(axis=2).argmin(axis=1)[places.reshape(-1)]


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
