"""validity.py SET OUT: what dciodvfy reports of outputs that it did not report of their inputs. It must not score."""
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "e2e"))
import pydicom  # noqa: E402
from conformance import errors  # noqa: E402  (that of tests/e2e)


DEFLATED = "1.2.840.10008.1.2.1.99"  # which dciodvfy does not read


def compare(pair):
    source, output = pair
    old = errors(source)
    return [f"{source.name}: {error}" for error in errors(output) if error not in old]


def main(folder, out):
    instances = {truth["instance"]: Path(folder) / "in" / truth["file"]
                 for truth in json.loads((Path(folder) / "truth.json").read_text())}
    pairs = []
    for path in sorted(Path(out).rglob("*.dcm")):
        ds = pydicom.dcmread(path, specific_tags=["InstanceNumber"])
        if ds.file_meta.TransferSyntaxUID != DEFLATED:
            pairs.append((instances[int(ds.InstanceNumber)], path))
    with ThreadPoolExecutor(2) as pool:
        new = [line for lines in pool.map(compare, pairs) for line in lines]
    print("\n".join(new))
    print(f"{len(pairs)} files: {len(new)} errors that the input did not have")
    return 1 if new or not pairs else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
