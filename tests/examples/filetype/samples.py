"""samples.py FOLDER: a small PNG, and texts of known kinds, to try filetype on."""
import pathlib
import struct
import sys
import zlib


def png(width, height):
    """A colour gradient, 8 bits RGB."""
    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))
    rows = b"".join(b"\0" + bytes(value for x in range(width) for value in (
        255 * x // width, 255 * y // height, (x ^ y) & 255)) for y in range(height))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(
        ">IIBBBBB", width, height, 8, 2, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b""))


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "gradient.png").write_bytes(png(96, 64))
    (folder / "short.txt").write_text("hi\n")
    (folder / "empty").write_bytes(b"")
