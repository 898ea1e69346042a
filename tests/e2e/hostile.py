"""hostile.py: makes DICOM files that are meant to harm a reader, each with what must become of it. It must not read any.

usage: hostile.py OUT                  OUT/<case>/ with the case's files; one line a case: NAME OUTCOME
                                       OUTCOME: done COUNT, or failed WORDS that the error must hold
"""
import os
import struct
import sys
import zlib
from pathlib import Path

from write_dicom import BIG, DEFLATED, EXPLICIT, IMPLICIT, dataset, element, file, image

PLANTED = b"Zzyx^Hostile"
JPEG = "1.2.840.10008.1.2.4.50"
SQ_TAG, PRIVATE = 0x0040A730, 0x00091010
UNDEFINED = 0xFFFFFFFF
ITEM, ITEM_END, SQ_END = (struct.pack("<HHL", 0xFFFE, element_, length) for element_, length in
                          ((0xE000, UNDEFINED), (0xE00D, 0), (0xE0DD, 0)))


def head(tag, vr, length, syntax=EXPLICIT):
    """Tag, VR and length alone: what follows is whatever the caller writes."""
    start = struct.pack("<HH", tag >> 16, tag & 0xFFFF)
    if syntax == IMPLICIT:
        return start + struct.pack("<L", length)
    if vr in (b"SQ", b"UN", b"OB", b"OW"):
        return start + vr + b"\0\0" + struct.pack("<L", length)
    return start + vr + struct.pack("<H", length)


def common():
    return image("1.2.826.0.1.99999.66", 1, 1, {0x00100010: ("PN", PLANTED), 0x00100020: ("LO", b"HOSTILE-4711")})


def front(syntax=EXPLICIT):
    """Preamble and file meta alone."""
    whole = file(common(), syntax)
    return whole[:144 + struct.unpack("<L", whole[140:144])[0]]


def around(middle, syntax=EXPLICIT, tag=SQ_TAG):
    """A file with bytes of the caller's in the place of one element."""
    elements = common()
    return (front(syntax) + dataset({key: value for key, value in elements.items() if key < tag}, syntax) + middle
            + dataset({key: value for key, value in elements.items() if key > tag}, syntax))


def nested(levels, syntax, defined):
    """Sequences in sequences; lengths that are known, or delimiters."""
    if not defined:
        return (head(SQ_TAG, b"SQ", UNDEFINED, syntax) + ITEM) * levels + (ITEM_END + SQ_END) * levels
    heads, inner = [], 0
    tag = struct.pack("<HH", SQ_TAG >> 16, SQ_TAG & 0xFFFF) + (b"" if syntax == IMPLICIT else b"SQ\0\0")
    item = struct.pack("<HH", 0xFFFE, 0xE000)
    for _ in range(levels):
        heads.append(item + struct.pack("<L", inner))
        inner += 8
        heads.append(tag + struct.pack("<L", inner))
        inner += len(tag) + 4
    return b"".join(reversed(heads))


def sparse(path, front, hole, back):
    with open(path, "wb") as out:
        out.write(front)
        out.truncate(len(front) + hole)
        out.seek(0, os.SEEK_END)
        out.write(back)


def split(tag, vr, length):
    """The bytes of a file before and after the value of one element, which has length bytes."""
    mark = b"\1MARK-OF-THE-MIDDLE\1"
    return around(head(tag, vr, length) + mark, tag=tag).split(mark)


def pixels(path, byte, count):
    """An image of one byte."""
    elements = common()
    elements[0x00280008] = ("IS", b"%d" % (count // 8))
    elements[0x7FE00010] = ("OW", byte * count)
    Path(path).write_bytes(file(elements))


CASES = []


def case(outcome, name=None):
    def add(function):
        CASES.append((name or function.__name__.replace("_", "-"), outcome, function))
        return function
    return add


def nesting(levels):
    for syntax, spelled in ((EXPLICIT, "explicit"), (IMPLICIT, "implicit")):
        for defined in (False, True):
            outcome = "done 1" if levels < 64 else "failed limit"
            CASES.append((f"nest-{levels}-{spelled}-{'defined' if defined else 'undefined'}", outcome,
                          lambda folder, l=levels, s=syntax, d=defined: put(folder, around(nested(l, s, d), s))))


def put(folder, content, name="a.dcm"):
    (folder / name).write_bytes(content)


@case("failed the file ends inside its value")
def length_beyond_the_file(folder):
    put(folder, around(head(PRIVATE + 0x310000, b"UN", 0x7FFFFFFE)))


@case("failed the file ends inside its value")
def length_of_pixels_beyond_the_file(folder):
    put(folder, file(common())[:-8] + b"\1\0")


@case("failed past the end")
def length_of_an_item_beyond_its_sequence(folder):
    put(folder, around(head(SQ_TAG, b"SQ", 16) + struct.pack("<HHL", 0xFFFE, 0xE000, 4000) + b"\0" * 8))


@case("failed past the end")
def length_that_wraps(folder):
    put(folder, around(head(SQ_TAG, b"SQ", 0xFFFFFFF0) + struct.pack("<HHL", 0xFFFE, 0xE000, 0xFFFFFFF0)))


@case("failed the file ends inside")
def sequence_never_closed(folder):
    put(folder, around(head(SQ_TAG, b"SQ", UNDEFINED) + ITEM))


@case("failed an item or delimiter stands")
def item_never_closed(folder):
    put(folder, around(head(SQ_TAG, b"SQ", UNDEFINED) + ITEM + SQ_END))


@case("failed the file ends")
def pixels_never_closed(folder):
    elements = common()
    del elements[0x7FE00010]
    put(folder, front(JPEG) + dataset(elements) + head(0x7FE00010, b"OB", UNDEFINED) + struct.pack("<HHL", 0xFFFE, 0xE000, 0)
        + struct.pack("<HHL", 0xFFFE, 0xE000, 4) + b"\xff\xd8\xff\xd9")


@case("failed the file ends inside its value")
def text_of_undefined_length(folder):
    put(folder, around(head(0x00400254, b"LO", 0xFFFF)))


@case("failed no Transfer Syntax UID")
def everything_empty(folder):
    put(folder, file(common())[:132] + b"".join(struct.pack("<HH", 2, number) + b"UI\0\0" for number in (2, 3, 16))
        + b"".join(struct.pack("<HH", tag >> 16, tag & 0xFFFF) + vr.encode() + b"\0\0" for tag, (vr, _) in sorted(common().items())
                   if tag < 0x7FE00010))


@case("done 1")
def everything_empty_but_uids(folder):
    kept = {0x00080016, 0x00080018, 0x0020000D, 0x0020000E, 0x7FE00010}
    put(folder, file({tag: (vr, value if tag in kept else b"") for tag, (vr, value) in common().items()}))


@case("failed not DICOM")
def nothing_but_a_prefix(folder):
    put(folder, b"\0" * 128 + b"DICN")


@case("failed no file meta information")
def prefix_alone(folder):
    put(folder, b"\0" * 128 + b"DICM")


def many_items(count):
    body = b"".join(struct.pack("<HHL", 0xFFFE, 0xE000, 10) + b"\x40\0\x0a\0CS\2\0AB" for _ in range(count))
    return head(SQ_TAG, b"SQ", len(body)) + body


@case("done 1")
def a_million_elements(folder):
    put(folder, around(many_items(500000)))


@case("failed elements")
def three_million_elements(folder):
    put(folder, around(many_items(1500000)))


@case("failed larger than the limit")
def private_gigabyte(folder):
    front, back = split(PRIVATE, b"UN", 1 << 30)
    sparse(folder / "a.dcm", front, 1 << 30, back)


@case("done 1")
def private_megabytes(folder):
    front, back = split(PRIVATE, b"UN", 32 << 20)
    sparse(folder / "a.dcm", front, 32 << 20, back)


@case("failed twice")
def duplicate_tag(folder):
    put(folder, around(element(0x00400254, "LO", b"one") + element(0x00400254, "LO", PLANTED)))


@case("done 1")
def unsorted_tags(folder):
    put(folder, around(element(0x00400255, "LO", b"one") + element(0x00400254, "LO", PLANTED)))


@case("failed twice")
def patient_behind_the_pixels(folder):
    put(folder, file(common()) + element(0x00100010, "PN", PLANTED))


def deflated(content):
    packer = zlib.compressobj(wbits=-15)
    return front(DEFLATED) + packer.compress(content) + packer.flush()


@case("failed inflates beyond the limit")
def deflate_bomb(folder):
    """200 MB of zeros in a private element, in 200 kB."""
    put(folder, deflated(around(head(PRIVATE, b"UN", 200 << 20) + bytes(200 << 20), tag=PRIVATE)[len(front()):]))


@case("failed deflated")
def deflate_cut(folder):
    put(folder, file(common(), DEFLATED)[:-20])


@case("failed deflated")
def deflate_noise(folder):
    whole = bytearray(file(common(), DEFLATED))
    whole[-200:-100] = bytes(range(100))
    put(folder, bytes(whole))


for real_, said_, names_ in ((EXPLICIT, IMPLICIT, "explicit-as-implicit"), (IMPLICIT, EXPLICIT, "implicit-as-explicit"),
                             (EXPLICIT, BIG, "explicit-as-big"), (BIG, EXPLICIT, "big-as-explicit"),
                             (EXPLICIT, DEFLATED, "explicit-as-deflated")):
    CASES.append((f"syntax-{names_}", "failed failed file 1", lambda folder, r=real_, s=said_: put(folder, front(s) + dataset(common(), r))))


if __name__ == "__main__":
    out = Path(sys.argv[1])
    for levels_ in (10, 63, 100, 10000, 1000000):
        nesting(levels_)
    for name_, outcome_, make in CASES:
        target = out / name_
        target.mkdir(parents=True)
        make(target)
        print(name_, outcome_)
