#!/usr/bin/python3
"""Compares what a pipeline made with the goldens of the original module, element by element at top level.

goldens.py GOLDEN SAMPLES RUNNER DOCUMENT: RUNNER IN OUT runs the pipeline. Prints each difference that DOCUMENT does
not list, and each line of its list that stands for no difference; exits 1 where there is either.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import warnings

import pydicom

warnings.simplefilter("ignore")
TEXT_EMPTY = {"AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "LT", "PN", "SH", "ST", "TM", "UC", "UI", "UR", "UT"}
BINARY = {"OB", "OW", "OF", "OD", "OL", "OV", "UN"}


def one(value):
    """A value as the goldens write it."""
    if isinstance(value, pydicom.valuerep.DSfloat):
        return getattr(value, "original_string", None) or str(value)
    if isinstance(value, pydicom.valuerep.IS):
        return getattr(value, "original_string", None) or str(int(value))
    if isinstance(value, (int, float)):
        return value
    return str(value)


def record(element):
    if element.VR == "SQ":
        return {"vr": "SQ", "items": len(element.value)}
    if element.VR in BINARY or element.VR.startswith("OB or"):
        data = element.value or b""
        if isinstance(data, str):
            data = data.encode("latin-1")
        if not data:
            return {"vr": element.VR, "value": None}
        return {"vr": element.VR, "value": {"sha256": hashlib.sha256(data).hexdigest(), "len": len(data)}}
    if element.VM == 0 or element.value is None or element.value == "":
        return {"vr": element.VR, "value": "" if element.VR in TEXT_EMPTY else None}
    if element.VM > 1:
        return {"vr": element.VR, "value": [one(v) for v in element.value]}
    return {"vr": element.VR, "value": one(element.value)}


def elements(dataset):
    """Top-level elements by tag, 8 hex digits; file meta too."""
    found = {}
    for part in (dataset.file_meta, dataset):
        for tag in part.keys():
            try:
                found["%08X" % tag] = record(part[tag])
            except Exception as error:  # pylint: disable=broad-except
                found["%08X" % tag] = {"vr": "??", "value": repr(error)}
    return found


def same(golden, ours, names):
    """Whether two records say the same. Placeholders must stand for one value each."""
    if golden is None or ours is None:
        return golden == ours
    mine, theirs = ours.get("value"), golden.get("value")
    if "items" in golden or "items" in ours:
        return golden.get("items") == ours.get("items")
    if not isinstance(theirs, list):
        theirs, mine = [theirs], [mine]
    if not isinstance(mine, list) or len(mine) != len(theirs):
        return False
    for left, right in zip(theirs, mine):
        if isinstance(left, str) and re.fullmatch(r"(UID|NAME)#\d+", left):
            if names.setdefault(left, right) != right or not right:
                return False
            if left.startswith("UID") and not re.fullmatch(r"2\.25\.\d+", str(right)):
                return False
        elif left is None or right is None or left == "" or right == "":
            if (left or "") != (right or ""):
                return False
        elif isinstance(left, str) != isinstance(right, str):
            if str(left) != str(right):
                return False
        elif left != right:
            return False
    return True


def shown(value):
    return "absent" if value is None else json.dumps(value.get("value", "%s items" % value.get("items")))[:60]


def key_of(found):
    """What tells two images of a case apart in both outputs."""
    pixels = found.get("7FE00010", {}).get("value")
    numbers = [found.get(tag, {}).get("value") for tag in ("00200011", "00200013", "00080060")]
    return json.dumps([pixels, numbers], sort_keys=True)


def compare(case, golden, ours, names, report):
    for tag in sorted(set(golden) | set(ours)):
        if not same(golden.get(tag), ours.get(tag), names):
            report(case, tag, golden.get(tag), ours.get(tag))


def load(path):
    with open(path, encoding="utf-8") as file:
        return {tag: value for tag, value in json.load(file)["elements"].items() if "/" not in tag}


def outputs(folder):
    found = []
    for base, _, files in os.walk(folder):
        found += [os.path.join(base, name) for name in files if name.endswith(".dcm")]
    return sorted(found)


def run(runner, source, report, case):
    out = tempfile.mkdtemp(dir=".")
    result = subprocess.run([runner, source, out], capture_output=True, text=True, check=False)
    if result.returncode != 0:
        report(case, None, None, {"value": "exit %d: %s" % (result.returncode, result.stderr.strip()[-300:])})
    return out


def module_case(golden, samples, case, runner, report):
    """The module on a whole study."""
    out = run(runner, os.path.join(samples, case, "in"), report, case)
    images = {}
    for path in outputs(out):
        found = elements(pydicom.dcmread(path, force=True))
        images.setdefault(key_of(found), []).append(found)
    count, names = 0, {}
    for base, _, files in sorted(os.walk(os.path.join(golden, case))):
        for name in sorted(files):
            if not name.endswith(".dcm.json"):
                continue
            theirs = load(os.path.join(base, name))
            mine = images.get(key_of(theirs), [])
            if not mine:
                report(case, None, None, {"value": "no image like the golden's %s" % name})
                continue
            compare(case, theirs, mine.pop(0), names, report)
            count += 1
    shutil.rmtree(out)
    return count


def various_case(golden, samples, name, runner, report):
    """The library's function with the module's rules on one file."""
    source = os.path.join(samples, "various", name[: -len(".json")])
    with open(os.path.join(golden, "various", "module-rules", name), encoding="utf-8") as file:
        text = json.load(file)
    if "elements" not in text:
        return 0
    folder = tempfile.mkdtemp(dir=".")
    shutil.copy(source, folder)
    out = run(runner, folder, lambda *_: None, name)
    images = outputs(out)
    count = 0
    if len(images) == 1:
        compare(name, load(os.path.join(golden, "various", "module-rules", name)),
                elements(pydicom.dcmread(images[0], force=True)), {}, report)
        count = 1
    else:
        report(name, None, None, {"value": "it does not come out"})
    shutil.rmtree(folder)
    shutil.rmtree(out)
    return count


def state(record_):
    """What stands there, in the words of the document."""
    if record_ is None:
        return "absent"
    return "empty" if "items" not in record_ and record_["value"] in ("", None) else "value"


def listed(document):
    """The rows between the marks: element, original, here."""
    with open(document, encoding="utf-8") as file:
        text = file.read()
    text = text[text.index("<!-- differences -->"): text.index("<!-- end -->")]
    rows = [[cell.strip() for cell in line.strip("| \n").split("|")] for line in text.splitlines() if line[:1] == "|"]
    rows = rows[2:]
    for row in rows:
        if len(row) != 4 or not row[3]:
            sys.exit("a row of %s has not four cells: %s" % (document, row))
    return rows


def is_row(row, case, tag, theirs, mine):
    element, original, here = row[:3]
    if tag is None:
        return element == "file " + case.replace(".json", "")
    if (original, here) != (state(theirs), state(mine)):
        return False
    if element == "private":
        return int(tag[:4], 16) % 2 == 1
    return re.fullmatch(element.replace("x", "[0-9A-F]"), tag) is not None


def main():
    golden, samples, runner, document = sys.argv[1:5]
    differences = []

    def report(*difference):
        differences.append(difference)

    images = 0
    for case in ["mercure-study", "mercure-study-phi"] + sorted(
            os.path.join("mercure-edge", name) for name in os.listdir(os.path.join(golden, "mercure-edge"))):
        images += module_case(golden, samples, case, runner, report)
    for name in sorted(os.listdir(os.path.join(golden, "various", "module-rules"))):
        images += various_case(golden, samples, name, runner, report)
    rows, used, bad = listed(document), set(), 0
    for difference in differences:
        found = [at for at, row in enumerate(rows) if is_row(row, *difference)]
        used.update(found[:1])
        if not found:
            case, tag, theirs, mine = difference
            print("not listed:", case, tag, shown(theirs), "->", shown(mine))
            bad += 1
    for at, row in enumerate(rows):
        if at not in used:
            print("stands for no difference:", " | ".join(row))
            bad += 1
    print("%d images compared with their goldens; %d differences, all of %d kinds listed" %
          (images, len(differences), len(rows)) if bad == 0 else "%d problems" % bad)
    sys.exit(1 if bad > 0 or images < 60 else 0)


main()
