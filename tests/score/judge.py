"""judge.py SET OUT PIPELINE: scores an output, element by element, at every depth, by what truth.json and policy.py ask.
Reads with pydicom alone. Prints each failure, the score by category, and what has words that must not be there."""
import json
import re
import sys
import unicodedata
import warnings
from collections import Counter, defaultdict
from pathlib import Path

import policy
import pydicom
from pydicom.multival import MultiValue

warnings.simplefilter("ignore")
pydicom.config.replace_un_with_known_vr = False
CLAIMS = {0x00120062, 0x00120063, 0x00120064, 0x00280303}
# What is not as the table says, and why: (file's end, path's end, what is wanted).
EXCEPTIONS = {
    # A report form, of which each field, the institution's name too, says "Enter text": it is this study's identity.
    ("reportsi-texts-Head.dcm", "0040A160", "K"),
    # Reference of the sex parameters, kept with patient characteristics: an address in the net goes wherever it stands.
    ("", "00100047", "K"),
}


def read(path):
    return pydicom.dcmread(path, force=True)


def raw(ds, tag):
    """The bytes of a value as they stand in the file; of a sequence, its items."""
    element = ds.get_item(tag)
    return element.value


def stored(ds):
    return {int(tag): ds.get_item(tag).value for tag in list(ds.keys())}


def shown(ds, tag):
    """A value as text, decoded by pydicom."""
    try:
        value = ds[tag].value
    except (ValueError, LookupError, TypeError, AttributeError):
        return repr(raw(ds, tag))
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace").rstrip("\0 ")
    if isinstance(value, (MultiValue, list)):
        return "\\".join(str(one) for one in value)
    return "" if value is None else str(value)


def same_bytes(one, two):
    if isinstance(one, bytes) and isinstance(two, bytes):
        return one == two
    one, two = (value.decode("latin-1").rstrip("\0 ") if isinstance(value, bytes) else value for value in (one, two))
    return str(one) == str(two)  # pydicom had read one of them before


class Judge:
    def __init__(self, pipeline):
        self.pipeline, self.failures, self.done, self.uids = pipeline, [], Counter(), {}
        self.wrong = Counter()

    def score(self, what, good, place, want, found):
        kind = "kept" if want in ("K", "CK") else "removed" if want in ("X", "Z") else "cleaned" if want == "C" else \
            "uid" if want == "U" else "replaced"
        self.done[kind] += 1
        if not good:
            end = place.rsplit("/", 1)[-1]
            if any(what.endswith(name) and (place_end, action) == (end, want) for name, place_end, action in EXCEPTIONS):
                return
            self.wrong[kind] += 1
            self.failures.append(f"{what}: {place} {want}: {found}")

    def file(self, truth, before, after):
        self.truth, self.name, self.sop_class = truth, truth["file"], truth["sop_class"]
        self.level(before, after, (), "")
        pixels = [tag for tag in (0x7FE00008, 0x7FE00009, 0x7FE00010) if tag in before]
        for tag in pixels:
            good = tag in after and only_blanked(raw(before, tag), raw(after, tag))
            self.score(self.name, good, f"{tag:08X}", "K", "pixels differ")
        for tag in list(after.keys()):
            if tag not in before and int(tag) not in CLAIMS | {0x00100020, 0x00100010}:
                self.score(self.name, False, f"{int(tag):08X}", "X", "was added")
        self.score(self.name, shown(after, 0x00120062) == "YES", "00120062", "D", shown(after, 0x00120062) if 0x00120062 in after else "-")
        methods = shown(after, 0x00120063) if 0x00120063 in after else ""
        self.score(self.name, bool(methods), "00120063", "D", "no method")
        meta = after.file_meta
        self.score(self.name, str(meta.MediaStorageSOPInstanceUID) == str(after.SOPInstanceUID), "00020003", "U", "differs")
        for keyword in ("SourceApplicationEntityTitle", "PrivateInformation", "SendingApplicationEntityTitle", "PrivateInformationCreatorUID"):
            self.score(self.name, keyword not in meta, keyword, "X", "stays")
        self.score(self.name, not any(after.preamble or b""), "preamble", "X", "not zero")

    def level(self, before, after, path, place):
        olds, news = stored(before), stored(after)  # before pydicom reads them
        for tag in olds:
            if tag in (0x7FE00010, 0x7FE00008, 0x7FE00009) and not path or (tag in CLAIMS and not path) or tag & 0xFFFF == 0:
                continue
            here = f"{place}{tag:08X}"
            asked = self.truth["asked"].get(here)
            vr = before[tag].VR if tag in before else "UN"
            if asked and asked["action"] in ("claims", "skip"):
                continue
            if vr == "UN":
                vr = policy.vr_of(tag)
            want = self.wanted(before, tag, vr, path, asked, here)
            good, found = self.element(before, after, tag, vr, want, asked, olds[tag], news.get(tag))
            if want != "any":
                self.score(self.name, good, here, want, found)
            if good and tag in after and before[tag].VR == "SQ" and want not in ("X", "Z", "D"):
                for number, (old, new) in enumerate(zip(before[tag].value, after[tag].value)):
                    self.level(old, new, (*path, tag), f"{here}[{number}]/")

    def wanted(self, before, tag, vr, path, asked, here):
        kind = asked["action"] if asked else ""
        if tag >> 16 & 1 and kind in ("", "private", "creator"):
            if tag & 0xFFFF >= 0x100:
                want = policy.safe(self.creator(before, tag), tag, self.pipeline)
            else:  # a creator stays where something of its block does
                places = [other for other in before.keys() if int(other) >> 8 == tag >> 16 << 8 | tag & 0xFF]
                wants = [policy.safe(shown(before, tag).strip(), int(other), self.pipeline) for other in places]
                want = "K" if "K" in wants else "any" if "C" in wants else "X"
            return want if asked or want == "X" else "any"  # others may be of a VR that the list does not allow
        if kind not in ("", "table"):
            return kind
        want = policy.action(tag, vr, path, self.sop_class, self.pipeline)
        return "C" if want == "K" and asked and asked["gone"] else want

    def creator(self, ds, tag):
        place = tag & 0xFFFF0000 | tag >> 8 & 0xFF
        return shown(ds, place).strip() if place in ds else ""

    def element(self, before, after, tag, vr, want, asked, old, new):
        if want == "any":
            return True, ""
        if want in ("X",):
            return tag not in after, "stays: " + (shown(after, tag)[:60] if tag in after else "")
        empty = old in (b"", None, "", [])
        if tag not in after:
            return False, "is gone: " + shown(before, tag)[:60]
        text, source = shown(after, tag), shown(before, tag)
        if before[tag].VR == "SQ" or vr == "SQ":
            try:
                count, now = len(before[tag].value or []), len(after[tag].value or [])
            except TypeError:
                return False, "no sequence"
            if want == "Z":
                return now == 0, f"{now} items"
            if want == "D":
                return now > 0 or count == 0, f"{now} items"
            return count == now, f"{count} items, now {now}"
        if empty and want not in ("id", "name", "Z"):
            return not new or want == "D", f"was empty, is {text[:40]}"
        if want in ("K", "CK"):
            return same_bytes(old, new), f"'{source[:70]}' is '{text[:70]}'"
        if want == "Z":
            return not new, f"'{text[:50]}'"
        if want == "D":
            return bool(new) and text != source, f"'{text[:50]}'"
        if want == "year":
            return text in (source[:4] + "0101", "", "19000101"), f"{source} is {text}"
        if want == "U":
            good = True
            for one, two in zip(source.split("\\"), text.split("\\")):
                good &= two.startswith("2.25.") and self.uids.setdefault(one, two) == two
            return good and source.count("\\") == text.count("\\"), f"'{source}' is '{text}'"
        if want in ("id", "study"):
            return bool(re.fullmatch("[A-Z2-7]{16}", text)), text
        if want == "name":
            return bool(re.fullmatch("[A-Z]{8}", text)), text
        if want == "shift":
            return text != source, f"'{source}' is '{text}'"
        if want in ("hit", "length"):
            return True, ""
        if want == "C":
            return self.cleaned(old, new, source, text, asked)
        return False, f"unknown action {want}"

    def cleaned(self, old, new, source, text, asked):
        if not asked or not (asked["gone"] or asked["kept"]):
            return same_bytes(old, new), f"'{source[:70]}' is '{text[:70]}'"
        low = plain(text)
        left = [word for word in asked["gone"] if plain(word) in low]
        lost = [word for word in asked["kept"] if plain(word) not in low]
        return not left and not lost, f"{'LEFT ' + str(left) if left else ''}{' LOST ' + str(lost) if lost else ''} '{source[:80]}' is '{text[:80]}'"


def only_blanked(one, two):
    """Comments of a codec become zeros."""
    return one == two or (len(one) == len(two) and not any(new for old, new in zip(one, two) if old != new)
                          and sum(old != new for old, new in zip(one, two)) < 200)


def plain(text):
    return "".join(letter for letter in unicodedata.normalize("NFKD", str(text)).casefold() if not unicodedata.combining(letter))


ENCODINGS = ("utf-8", "latin-1", "iso8859-5", "utf-16-le", "shift_jis", "iso2022_jp", "gb18030", "cp1251", "koi8-r")


def leaks(path, words, ours):
    data = path.read_bytes()
    low = data.lower()
    found = set()
    for word in words:
        for encoding in ENCODINGS:
            try:
                forms = {word.encode(encoding), word.lower().encode(encoding), word.upper().encode(encoding)}
            except UnicodeEncodeError:
                continue
            if any(form in data or form.lower() in low for form in forms if len(form) > 4):
                found.add(word)
                break
    return sorted(found)


def main(folder, out, pipeline, quiet=False):
    truths = json.loads((Path(folder) / "truth.json").read_text())
    judge = Judge(pipeline)
    outputs = {}
    for path in sorted(Path(out).rglob("*")):
        if path.is_file() and path.suffix != ".json":
            ds = read(path)
            outputs.setdefault(int(ds.get("InstanceNumber") or 0), []).append((path, ds))
    missing, bad_files, people = [], defaultdict(list), {}
    for truth in truths:
        found = outputs.get(truth["instance"], [])
        if len(found) != 1:
            missing.append(f"{truth['file']}: {len(found)} outputs")
            continue
        path, after = found[0]
        people.setdefault(truth["person"], set()).add((shown(after, 0x00100010), shown(after, 0x00100020)))
        judge.file(truth, read(Path(folder) / "in" / truth["file"]), after)
        words = leaks(path, truth["hidden"], None)
        if words:
            bad_files[truth["file"]] = words
    ids = [pseudonym for found in people.values() for pseudonym in found]
    judge.score("the set", len(ids) == len(set(ids)) == len(people), "one person, one pseudonym", "D", str(people))
    every = sorted({word for truth in truths for word in truth["hidden"]})
    for path in sorted(Path(out).rglob("*")):
        named = [word for word in every if word.lower() in str(path.relative_to(out)).lower()]
        inside = leaks(path, every, None) if path.is_file() and path.suffix == ".json" else []
        if named or inside:
            bad_files[str(path.relative_to(out))] = named + inside
    for line in judge.failures:
        print("FAIL", line)
    for line in missing:
        print("MISSING", line)
    for name, words in bad_files.items():
        print("WORDS", name, words)
    total, wrong = sum(judge.done.values()), sum(judge.wrong.values())
    for kind in sorted(judge.done):
        print(f"{kind}: {judge.done[kind] - judge.wrong[kind]} of {judge.done[kind]}")
    print(f"{100 * (total - wrong) / max(total, 1):.3f} % of {total} actions; {len(missing)} of {len(truths)} files missing; "
          f"{len(bad_files)} files with planted words")
    return 1 if wrong or missing or bad_files else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
