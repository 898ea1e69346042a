"""conformance.py: what dciodvfy reports of outputs that it did not report of their inputs.

usage: conformance.py SOURCES OUT    OUT holds one folder for each file of SOURCES that was published, named as the file

dciodvfy is not ours: errors alone count, and where one is about a value, only its kind and place.
"""
import re
import struct
import subprocess
import sys
import tempfile
import zlib
from collections import Counter
from pathlib import Path


DEFLATED = b"1.2.840.10008.1.2.1.99"


def inflated(data):
    """dciodvfy does not inflate: it takes deflated bytes for elements, and finds what chance puts there."""
    start = 144 + struct.unpack_from("<L", data, 140)[0] if data[128:132] == b"DICM" else len(data)
    if DEFLATED not in data[:start]:
        return data
    meta = data[:start].replace(DEFLATED, DEFLATED[:-3] + b"\0\0\0")
    return meta + zlib.decompressobj(-15).decompress(data[start:])


def errors(path):
    with tempfile.NamedTemporaryFile(suffix=".dcm") as copy:
        copy.write(inflated(path.read_bytes()))
        copy.flush()
        output = subprocess.run(["dciodvfy", "-new", copy.name], capture_output=True, timeout=120, check=False)
    lines = (output.stderr + output.stdout).decode("latin-1").splitlines()
    return Counter(kind(line) for line in lines if line.startswith("Error"))


def kind(line):
    """Without what differs from file to file: values, UIDs, lengths."""
    line = re.sub(r"<[^>]*>", "<>", line)
    line = re.sub(r"\b[0-9]+(\.[0-9]+){3,}\b", "UID", line)
    line = re.sub(r"\b0x[0-9a-f]+ dec|\b\d+ dec\b", "N", line)
    return line.strip()


def main(sources, out):
    before = after = files = 0
    new = []
    for folder in sorted(Path(out).iterdir()):
        source = Path(sources) / folder.name
        outputs = sorted(folder.rglob("*.dcm"))
        if len(outputs) != 1:
            continue
        files += 1
        old_errors, new_errors = errors(source), errors(outputs[0])
        before += sum(old_errors.values())
        after += sum(new_errors.values())
        new += [f"{folder.name}: {error}" for error in new_errors if error not in old_errors]
    for line in new:
        print(line)
    print(f"{files} files: dciodvfy reports {before} errors of the inputs, {after} of the outputs, {len(new)} of a kind that "
          "the input did not have")
    return 1 if new or files == 0 else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
