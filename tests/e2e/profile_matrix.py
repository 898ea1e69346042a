"""profile_matrix.py: what PS3.15 asks of every row, option column and VR, against what dcmchain does.

Reads the tables itself (CSV) and the output with pydicom; it must share nothing with the engine.

usage: profile_matrix.py tables FOLDER SHARED       the tables that the stage carries are those of SHARED
       profile_matrix.py make FOLDER [classes]      clean files with every row and every attribute in no row, at the top and
                                                    three sequences deep, in three encodings and with VR UN;
                                                    classes: one of each SOP class with what depends on it
       profile_matrix.py judge FOLDER OUT OPTION…   each element of OUT is what the table says of that of FOLDER
"""
import csv
import datetime
import hashlib
import struct
import sys
import warnings
from collections import Counter
from pathlib import Path

import pydicom
import write_dicom as write
from pydicom.datadict import DicomDictionary, add_dict_entries

warnings.simplefilter("ignore")  # attributes that are newer than pydicom
DATA = Path(__file__).parents[2] / "plugins/anonymise/data"
ROOT = "1.2.276.0.99999.7"
PREFIX = "1.2.840.10008.5.1.4."
DEEP = (0x52009229, 0x00189112, 0x00400260)  # sequences that are in no row
OPTIONS = {"safe-private": "safe_private", "uids": "uids", "device-identity": "device",
           "institution-identity": "institution", "patient-characteristics": "patient", "full-dates": "full_dates",
           "modified-dates": "modified_dates", "descriptors": "descriptors", "structured-content": "structured",
           "graphics": "graphics"}
RETAINED = ("uids", "device-identity", "institution-identity", "patient-characteristics")
CLASS_LIKE = {  # UIDs that name a class, a syntax, a scheme: they stay
    0x00041510, 0x00041512, 0x0004151A, 0x00080016, 0x0008001A, 0x0008001B, 0x00080062, 0x0008010C, 0x0008010D,
    0x00080117, 0x00080118, 0x00081150, 0x0008115A, 0x00083002, 0x00340003, 0x04000010, 0x04000510, 0x30100052,
    0x30100053}
# The rows of "clean descriptors" that are about a person, or bytes: removed unless a setting names them.
PERSONAL = {0x00084000, 0x00100016, 0x00100042, 0x00100045, 0x00102000, 0x00102110, 0x00102180, 0x001021B0, 0x00104000,
            0x0016002B, 0x0016004B, 0x00184000, 0x00204000, 0x00209158, 0x00321066, 0x00321067, 0x00324000, 0x00380062,
            0x00380500, 0x00384000, 0x00400280, 0x00400310, 0x00401400, 0x00402400, 0x4008010B, 0x40080115, 0x40080300,
            0x40084000}
OURS = {0x00080016, 0x00080018, 0x0020000D, 0x0020000E, 0x00080005, 0x00080060}
CLAIMS = {0x00100020, 0x00120062, 0x00120063, 0x00120064, 0x00280303}  # written at the top whatever stands there
# In no row, yet they identify: the text cleaner takes their own values out (the core's classes of identity).
IDENTIFYING = {
    0x00081190, 0x00140102, 0x00140104, 0x00141020, 0x00142006, 0x00143076, 0x00144076, 0x00144078, 0x0014407A, 0x00181003,
    0x00181006, 0x00287FE0, 0x00400031, 0x00400032, 0x00402006, 0x00402007, 0x00404073, 0x0040A067, 0x0040E010, 0x00687005, 0x0074100A, 0x40101025, 0x40101026, 0x4010102B, 0x40101041}
OBSERVED = {0x0040A730, 0x0040B020, 0x00400555, 0x00400610}  # structured content: a matter of its own tests


def rows():
    with open(DATA / "ps3.15-2025b.csv", encoding="utf-8") as file:
        return {row["tag"]: row for row in csv.DictReader(line for line in file if not line.startswith("#"))}


def row_of(table, tag):
    return table.get(f"{tag:08X}")


def types():
    """{SOP class: whole}, {(tag, path): [(need, classes)]} with need 3 (Type 1), 2 or 0."""
    classes, found = {}, {}
    for line in (DATA / "types-2024b.csv").read_text(encoding="utf-8").splitlines():
        fields = line.split(",")
        if fields[0] == "class":
            classes[PREFIX + fields[1]] = fields[2] == "whole"
        elif fields[0] == "type":
            _, tag, path, kind, names = fields
            listed = {PREFIX + name for name in names.lstrip("!").split()}
            all_but = set(classes) - listed
            key = (int(tag, 16), tuple(int(step, 16) for step in path.split("/") if step))
            need = 3 if "1" in kind else 2 if "2" in kind else 0
            found.setdefault(key, []).append((need, set(classes) if names == "*" else
                                              all_but if names.startswith("!") else listed))
    return classes, found


CLASSES, TYPES = types()
TYPED = {tag for tag, _ in TYPES}


def basic(row, tag, path, sop_class):
    """The letter that the object leaves: X, Z, D or U."""
    letters = set(row["basic"].replace("*", "").split("/"))
    if "U" in letters:
        return "U"
    if letters in ({"D"}, {"Z"}):
        return letters.pop()
    known = [need for need, names in TYPES.get((tag, path), []) if sop_class in names]
    unknown = sop_class not in CLASSES or tag not in TYPED or (not known and not CLASSES[sop_class])
    need = max(known, default=0)
    if unknown and len(letters) > 1:
        return "D"
    return "D" if need == 3 else "Z" if need == 2 else "X" if "X" in letters else "Z"


def expected(table, tag, vr, path, sop_class, options):
    """X, Z, D, U, K (stays), shift, or a pseudonym's name."""
    row = row_of(table, tag)
    group = tag >> 16
    if group & 1 or group & 0xFF00 in (0x5000, 0x6000) or tag in (0x00080300, 0x4FFE0001, 0xFFFCFFFC):
        return "X"
    if tag in (0x00100010, 0x00100020, 0x00200010):
        return {0x00100010: "name", 0x00100020: "id", 0x00200010: "study" if not path else "Z"}[tag]
    if tag == 0x00080005:
        return "K"
    if row is None:
        if vr == "UI":
            return "K" if tag in CLASS_LIKE or "uids" in options else "U"
        if "modified-dates" in options and vr in ("DA", "DT"):
            return "shift"
        dates = vr in ("DA", "DT") and "full-dates" in options
        if tag == 0x0040E001 and not path:
            return "hit"  # the identifier of the document, which becomes a dummy
        return "length" if tag == 0x00420015 else "hit" if tag in IDENTIFYING and not dates else "K"
    if tag == 0x00700006 and "graphics" in options:
        return "C"  # the text of what the option cleans
    has = {name for name in options if row[OPTIONS[name]]}
    dated = bool(row["full_dates"])
    if "modified-dates" in options and dated and vr in ("DA", "DT", "TM", "SH"):
        return "shift" if vr in ("DA", "DT") else "K"
    if any(row[OPTIONS[name]] == "K" for name in has & {*RETAINED, "full-dates"}):
        return "K"
    cleaned = {name for name in has if row[OPTIONS[name]] == "C"} - {"modified-dates", "safe-private"}
    if cleaned == {"descriptors"} and tag in PERSONAL:
        cleaned = set()
    return "C" if cleaned else basic(row, tag, path, sop_class)


# ---- making ----

def word(tag, size=9):
    digest = hashlib.sha256(f"word {tag:08x}".encode()).digest()
    return "".join("bcdfghjklmnpqrstvwxz"[byte % 20] for byte in digest[:size]).capitalize()


def number_bytes(vr, tag, order):
    kinds = {"US": "H", "SS": "h", "UL": "L", "SL": "l", "FL": "f", "FD": "d", "SV": "q", "UV": "Q", "OF": "f", "OD": "d",
             "OL": "L", "OV": "Q", "OW": "H"}
    if vr == "AT":
        return struct.pack(order + "HH", 0x0028, 0x0010)
    return struct.pack(order + kinds[vr], 3 + tag % 50)


def value_of(tag, vr, count, order):
    """One that no shape and no dictionary of words takes for somebody's."""
    day = datetime.date(1990, 1, 1) + datetime.timedelta(days=count)
    texts = {"DA": day.strftime("%Y%m%d"), "DT": day.strftime("%Y%m%d") + "101112.25+0100", "TM": "101112.500",
             "UI": f"{ROOT}.{count}.77", "AS": "045Y", "DS": "+1.50E+0", "IS": "007", "CS": word(tag).upper(),
             "AE": word(tag).upper(), "UR": word(tag).lower()}
    if vr in ("OB", "UN"):
        return b"\1\2\3\4"
    if vr in texts or vr in ("LO", "SH", "LT", "ST", "UT", "UC", "PN"):
        return texts.get(vr, word(tag)).encode()
    return number_bytes(vr, tag, order)


def vr_of(name):
    return name.split(" or ")[0]


def neutral(order):
    return {0x00280010: ("US", struct.pack(order + "H", 9))}


def attributes(table):
    """Every attribute of a data set: those of the rows, and those of PS3.6 that are in none."""
    known = {int(tag, 16): row["vr"] for tag, row in table.items() if tag != "private" and "x" not in tag}
    for tag, (vr, _, _, _, keyword) in DicomDictionary.items():
        if keyword and tag not in known:
            known[tag] = vr_of(vr)
    return {tag: vr for tag, vr in sorted(known.items())
            if vr not in ("", "NONE") and tag >> 16 not in (0, 2, 0xFFFE, 0x7FE0) and tag not in OURS
            and tag not in OBSERVED and not tag >> 16 & 1 and tag & 0xFFFF and tag not in DEEP}


def level(all_attributes, order, as_unknown=False, base=0):
    elements = {}
    for count, (tag, vr) in enumerate(all_attributes.items(), base):
        if vr == "SQ":
            elements[tag] = ("SQ", [neutral(order)])
        else:
            text = vr not in ("US", "SS", "UL", "SL", "FL", "FD", "SV", "UV", "OF", "OD", "OL", "OV", "OW", "AT")
            short = as_unknown and (text or order == "<")
            elements[tag] = ("UN" if short else vr, value_of(tag, vr, count, order))
    return elements


def head(number, sop_class, order):
    return {0x00080016: ("UI", sop_class.encode()), 0x00080018: ("UI", f"{ROOT}.1.1.{number}".encode()),
            0x00080060: ("CS", b"OT"), 0x0020000D: ("UI", f"{ROOT}.1".encode()),
            0x0020000E: ("UI", f"{ROOT}.1.1".encode())}


def make(folder, table):
    everything = attributes(table)
    for number, syntax in enumerate((write.IMPLICIT, write.EXPLICIT, write.BIG, write.EXPLICIT), 1):
        order = ">" if syntax == write.BIG else "<"
        elements = level(everything, order, number == 4)
        inner = level(everything, order, number == 4)
        for step in reversed(DEEP):
            inner = {step: ("SQ", [inner])}
        elements.update(inner)
        elements.update(head(number, PREFIX + "1.1.4", order))
        elements[0x00091001] = ("LO", b"private")
        elements[0x00090010] = ("LO", b"A CREATOR")
        for group in (0x50020000, 0x60020000):
            elements[group | 0x10] = ("US", struct.pack(order + "H", 2))
            elements[group | 0x3000] = ("OW", b"\1\2")
        elements[0x00080099] = ("LO", b"in no dictionary")
        (folder / f"{number}.dcm").write_bytes(write.file(elements, syntax))


def make_classes(folder, table):
    """The attributes whose letters the object decides, and those that X must not take, at every path that is known."""
    for number, sop_class in enumerate([*CLASSES, "1.2.276.0.99999.8"], 1):
        root = {}
        for count, (tag, path) in enumerate(sorted(TYPES)):
            item = root
            for step in path:
                item = item.setdefault(step, ("SQ", [{}]))[1][0]
            vr = table[f"{tag:08X}"]["vr"]
            if tag not in item:
                item[tag] = ("SQ", [neutral("<")]) if vr == "SQ" else (vr, value_of(tag, vr, count, "<"))
        root.update(head(number, sop_class, "<"))
        (folder / f"{number:03}.dcm").write_bytes(write.file(root))


# ---- judging ----

def raw(dataset, tag):
    element = dataset.get_item(tag)
    return element.value if isinstance(element.value, bytes) else str(element.value).encode()  # seen before


def text(value, vr):
    return value.rstrip(b"\0 " if vr == "UI" else b" ").decode("latin-1")


class Judge:
    def __init__(self, table, options):
        self.table, self.options, self.problems, self.checked, self.shifts = table, options, [], 0, set()

    def problem(self, path, tag, what):
        row = row_of(self.table, tag)
        place = "/".join(f"{step:08X}" for step in (*path, tag))
        self.problems.append(f"{place} {row['basic'] if row else 'no row'}: {what}")

    def shifted(self, before, after):
        if after[8:] != before[8:] or len(after) < 8:
            return False
        one, two = (datetime.datetime.strptime(value[:8], "%Y%m%d") for value in (before, after))
        self.shifts.add((two - one).days)
        return True

    def element(self, before, after, tag, vr, path, sop_class):
        want = expected(self.table, tag, vr, path, sop_class, self.options)
        self.checked += 1
        if want == "X":
            return tag not in after
        if tag not in after:
            return False
        if vr == "SQ":
            items = after[tag].value
            return len(items) == 0 if want == "Z" else len(items) == 1
        old, new = raw(before, tag), raw(after, tag)
        old_text, new_text = text(old, vr), text(new or b"", vr)
        if want in ("Z", "K"):
            return not new if want == "Z" else new == old
        if want == "hit":
            return old_text not in new_text
        if want == "length":  # of the dummy document
            return len(after[0x00420011].value) in (int.from_bytes(new, order) for order in ("little", "big"))
        if want == "C":  # nothing in a clean file is a hit, but what the attribute itself says of the site
            return new == old or (vr == "AE" and old_text not in new_text)
        if want == "shift":
            return self.shifted(old_text, new_text)
        if want == "U" or (want == "D" and vr == "UI"):
            return new_text.startswith("2.25.") and len(new_text) <= 64
        if want == "name":
            return len(new_text) == 8 and new_text.isalpha() and new_text != old_text
        if want in ("id", "study"):
            return len(new_text) == 16 and set(new_text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
        return bool(new) and new != old

    def level(self, before, after, path, sop_class, vrs):
        for tag in before.keys():
            tag = int(tag)
            vr = vrs.get(tag) or before.get_item(tag).VR
            if tag in CLAIMS and not path and tag != 0x00100020:
                continue
            if tag == 0x00080099:
                if tag in after:
                    self.problem(path, tag, "stays though nothing knows it")
                continue
            if not self.element(before, after, tag, vr, path, sop_class):
                want = expected(self.table, tag, vr, path, sop_class, self.options)
                self.problem(path, tag, f"{vr}: {want} is wanted, it {'stays' if tag in after else 'is gone'}")
            elif tag in OBSERVED:
                continue  # one dummy item
            elif vr == "SQ" and tag in after and len(after[tag].value) == 1:
                self.level(before[tag].value[0], after[tag].value[0], (*path, tag), sop_class, vrs)
        for tag in after.keys():
            if tag not in before and not (not path and int(tag) in CLAIMS):
                self.problem(path, int(tag), "was added")


def read(path):
    return pydicom.dcmread(path, force=False)


def judge(folder, out, table, options):
    found = [read(path) for path in sorted(Path(out).rglob("*.dcm"))]
    sources = [read(path) for path in sorted(Path(folder).rglob("*.dcm"))]
    if len(found) != len(sources):
        sys.exit(f"{len(sources)} files went in, {len(found)} came out")
    judge_one = Judge(table, options)
    vrs = {**attributes(table), **dict.fromkeys(DEEP, "SQ")}
    by_key = {}
    for dataset in found:
        by_key.setdefault((dataset.file_meta.TransferSyntaxUID, str(dataset.SOPClassUID)), []).append(dataset)
    for source in sources:
        twins = by_key[(source.file_meta.TransferSyntaxUID, str(source.SOPClassUID))]
        best = None
        for twin in twins:  # two of one class and syntax: the one that fits better
            attempt = Judge(table, options)
            attempt.level(source, twin, (), str(source.SOPClassUID), vrs)
            if best is None or len(attempt.problems) < len(best.problems):
                best = attempt
        judge_one.problems += [f"{Path(source.filename).name}: {problem}" for problem in best.problems]
        judge_one.checked += best.checked
        judge_one.shifts |= best.shifts
    if "modified-dates" in options and (len(judge_one.shifts) != 1 or not -365 <= min(judge_one.shifts) <= -1):
        judge_one.problems.append(f"dates moved by {sorted(judge_one.shifts)[:5]} days")
    for problem, count in Counter(one.split(": ", 1)[1] for one in judge_one.problems).most_common(60):
        print(f"{problem} ({count} times)")
    print(f"{judge_one.checked} elements, {len(judge_one.problems)} not as the table says: {' '.join(options) or 'basic'}")
    return 1 if judge_one.problems else 0


# ---- the tables ----

def tables(folder, shared):
    ours, theirs = rows(), {}
    names = dict(zip(("safe_private", "uids", "device", "institution", "patient", "full_dates", "modified_dates",
                      "descriptors", "structured", "graphics"),
                     ("retain_safe_private", "retain_uids", "retain_device_identity", "retain_institution_identity",
                      "retain_patient_characteristics", "retain_long_full_dates", "retain_long_modified_dates",
                      "clean_descriptors", "clean_structured_content", "clean_graphics")))
    for name in ("profile.csv", "profile-additions-2025b.csv"):
        with open(Path(shared) / name, encoding="utf-8") as file:
            for row in csv.DictReader(file):
                tag = row["tag"].replace(",", "")
                theirs["private" if tag == "ggggeeee" else tag if "x" in tag else tag.upper()] = row
    if set(ours) != set(theirs):
        sys.exit(f"rows differ: {sorted(set(ours) ^ set(theirs))[:5]}")
    for tag, row in ours.items():
        if row["basic"] != theirs[tag]["basic"] or any(row[a] != theirs[tag][b] for a, b in names.items()):
            sys.exit(f"row {tag} differs")
    lines = 0
    for name in ("conditional.csv", "x-required.csv"):
        with open(Path(shared) / name, encoding="utf-8") as file:
            for row in csv.DictReader(file):
                key = (int(row["tag"].replace(",", ""), 16), tuple(int(s, 16) for s in row["path"].split("/") if s))
                count = {len(names) for _, names in TYPES[key]}
                if int(row["n_sop"]) not in count:
                    sys.exit(f"types of {row['tag']} {row['path']} differ")
                lines += 1
    print(f"{len(ours)} rows and {lines} lines of Types agree with {Path(shared).name}")


def main(arguments):
    table = rows()
    add_dict_entries({int(tag, 16): (row["vr"], "1-n", row["keyword"], "", row["keyword"]) for tag, row in table.items()
                      if tag != "private" and "x" not in tag and int(tag, 16) not in DicomDictionary
                      and int(tag, 16) > 0x00030000})  # newer than pydicom
    command, folder = arguments[0], Path(arguments[1])
    if command == "tables":
        return tables(folder, arguments[2])
    if command == "make":
        folder.mkdir(parents=True, exist_ok=True)
        return make_classes(folder, table) if arguments[2:] == ["classes"] else make(folder, table)
    return judge(folder, arguments[2], table, tuple(arguments[3:]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
