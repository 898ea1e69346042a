"""doc_tables.py: the tables of docs/deidentification.md, for test_deidentification.sh, which runs what they say.

usage: doc_tables.py source FILE                 an image with all values of the tables
       doc_tables.py blocks PAGE FOLDER          each block of commands or JSON in a file: 01.sh, 02.json …
       doc_tables.py rules PAGE                  number, rule
       doc_tables.py dates PAGE                  the modes
       doc_tables.py check-rule PAGE NUMBER OUT  the output is what the row says
       doc_tables.py check-dates PAGE MODE OUT
       doc_tables.py check-claims PAGE PIPELINE OUT
It reads outputs with pydicom alone.
"""
import json
import re
import sys
from datetime import datetime
from pathlib import Path

import pydicom
from pydicom.uid import UID

import write_dicom

EXTRA = {0x00080015: ("DT", b"20240229101112"), 0x00080021: ("DA", b"20240301"), 0x00080022: ("DA", b"20240229"),
         0x00080031: ("TM", b"001112"), 0x00080032: ("TM", b"101500"), 0x00080080: ("LO", b"Synthetic Hospital"),
         0x00081010: ("SH", b"ROOM-2-CT"), 0x0008103E: ("LO", b"T2 axial"), 0x00083010: ("UI", b"1.2.826.0.1.99999.7.77"),
         0x00100010: ("PN", b"Zyxwell^Synthetica"), 0x00100020: ("LO", b"SYN-4711-Z"), 0x00100030: ("DA", b"19610217"),
         0x00181020: ("LO", b"VB20A"), 0x00181030: ("LO", b"Knee routine"), 0x00204000: ("LT", b"motion, Zyxwell")}


def section(page, title):
    return Path(page).read_text(encoding="utf-8").split(f"## {title}\n")[1].split("\n## ")[0]


def rows(text):
    found = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in text.splitlines() if line.startswith("|")]
    return [[cell.replace("\\|", "|") for cell in row] for row in found if not re.fullmatch("-+", row[0])]


def rule_rows(page):
    return [[cell.strip("`") for cell in row] for row in rows(section(page, "Write a rule"))[1:]]


def blocks(page, folder):
    found = re.findall(r"^```(sh|json)\n(.*?)^```$", Path(page).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    for at, (kind, text) in enumerate(found, 1):
        (Path(folder) / f"{at:02}.{kind}").write_text(text, encoding="utf-8")


def output(folder):
    (path,) = Path(folder).rglob("*.dcm")
    return pydicom.dcmread(path)


def is_as_told(ds, keyword, told, before):
    if told == "(gone)":
        return keyword not in ds
    value = str(ds[keyword].value or "") if keyword in ds else None
    if told == "(empty)":
        return value == ""
    if told == "n days earlier":
        return value and 1 <= (datetime.strptime(before, "%Y%m%d") - datetime.strptime(value, "%Y%m%d")).days <= 365
    return value is not None and re.fullmatch(told, value) is not None


def check_rule(page, number, folder):
    rule, before, told = rule_rows(page)[int(number)]
    keyword = json.loads(rule)["match"]["attribute"]
    tag = pydicom.datadict.tag_for_keyword(keyword)
    assert EXTRA[tag][1].decode() == before, f"{keyword} had another value than the page says"
    ds = output(folder)
    assert is_as_told(ds, keyword, told, before), f"{rule}: {ds.get(keyword)!r}, not {told}"


def check_dates(page, mode, folder):
    head, *table = rows(section(page, "Dates"))
    (row,) = [row for row in table if row[0] == f"`{mode}`"]
    ds = output(folder)
    for name, told in zip(head[1:5], row[1:5]):
        keyword, before = re.fullmatch(r"(\w+) `(\d+)`", name).groups()
        assert is_as_told(ds, keyword, told.strip("`"), before), f"{mode}: {keyword} is {ds.get(keyword)!r}, not {told}"
    assert ds.LongitudinalTemporalInformationModified == row[5]


def check_claims(page, pipeline, folder):
    head, *table = rows(section(page, "What is claimed"))
    (column,) = [at for at, name in enumerate(head) if name.startswith(f"`{pipeline}`")]
    told = {row[0]: row[column] for row in table}
    ds = output(folder)
    codes = sorted(item.CodeValue for item in ds.DeidentificationMethodCodeSequence)
    assert ", ".join(codes) == told["De-identification Method Code Sequence (0012,0064)"], codes
    assert ds.LongitudinalTemporalInformationModified == told["Longitudinal Temporal Information Modified (0028,0303)"]
    weaker = [value for value in ds.DeidentificationMethod if value.startswith("weaker")]
    expected = {"nothing": []}.get(told["weaker than the table"], ["weaker than the profile: birth year kept"])
    assert weaker == expected, weaker
    assert "BurnedInAnnotation" not in ds and all(len(value) <= 64 for value in ds.DeidentificationMethod)


def main(command, *arguments):
    if command == "source":
        Path(arguments[0]).write_bytes(write_dicom.file(write_dicom.image("1.2.826.0.1.99999.9", 1, 1, EXTRA)))
    elif command == "blocks":
        blocks(*arguments)
    elif command == "rules":
        for at, row in enumerate(rule_rows(*arguments)):
            print(f"{at}\t{row[0]}")
    elif command == "dates":
        print(*(row[0].strip("`") for row in rows(section(*arguments, "Dates"))[1:]), sep="\n")
    else:
        {"check-rule": check_rule, "check-dates": check_dates, "check-claims": check_claims}[command](*arguments)


if __name__ == "__main__":
    main(*sys.argv[1:])
