"""mutations.py: changes a study in one way at random, and judges what was published: no planted word may be in it.

usage: mutations.py plant FOLDER            a study of our own with invented identity; beside it FOLDER.words,
                                            FOLDER.stated with what a mutation states in one file of any study, and
                                            FOLDER.cut with their beginnings, which no cut value may leave
       mutations.py mutate FROM TO SEED     a copy of a study, its files changed; prints what was done
       mutations.py judge OUT WORDS...      looks for each word in every byte and name, in any case, accent and width
"""
import json
import random
import sys
import unicodedata
import warnings
import zlib
from pathlib import Path

import pydicom
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

sys.path.insert(0, str(Path(__file__).parent))
import write_dicom as dicom  # noqa: E402

warnings.simplefilter("ignore")
pydicom.config.replace_un_with_known_vr = False  # UN is what is to be written
STUDY = "1.2.826.0.1.99999.8.1"
# What the study states as identity, by attribute, and where else it is planted.
IDENTITY = {0x00080050: ("SH", "QXACC9913"), 0x00080080: ("LO", "Qxhaven Clinic"), 0x00080090: ("PN", "Refqxer^Anna"),
            0x00081010: ("SH", "QXSTATION"), 0x00081070: ("PN", "Opqxer^Bo"), 0x00100010: ("PN", "Zzyxwell^Quentinar^Ravnqx"),
            0x00100020: ("LO", "QX-471183"), 0x00100030: ("DA", "19610823"),
            0x00101000: ("LO", "QXOLD-55"), 0x00101040: ("LO", "12 Qxwood Road"),
            0x00102154: ("SH", "+49 221 5551239"), 0x00181000: ("LO", "QXSERIAL77"), 0x00200010: ("SH", "QXSTUDY-9")}
PLANTED = ["Zzyxwell", "Quentinar", "Ravnqx", "QX-471183", "QXACC9913", "Refqxer", "Opqxer", "QXSTATION", "Qxhaven",
           "QXOLD-55", "Qxwood", "5551239", "QXSERIAL77", "QXSTUDY-9", STUDY, "19610823", "23.08.1961", "08/23/1961",
           "23 Aug 1961", "August 23, 1961"]
# What one file states, at any depth, and others then hold in their texts.
STATED = [(0x00101001, "PN", "Vexqimor^Lundqxen"), (0x00102297, "PN", "Guardqxian^Evelinqx"), (0x0040A075, "PN", "Obsqxerver^Ulf"),
          (0x00080081, "ST", "9 Qxlane Alley, Qxburg"), (0x00101060, "PN", "Mothqxer^Adaqxine"), (0x00321032, "PN", "Reqxuester^Max"),
          (0x00402016, "LO", "QXPLAC-7781"), (0x00400243, "SH", "QXLOCAT 5"), (0x00080094, "SH", "0221-7770099"),
          (0x00101050, "LO", "QXINSUR/88123"), (0x00380010, "LO", "QXADM-3317"), (0x00181002, "UI", "1.2.826.0.1.99999.77.5"),
          (0x00081040, "LO", "Qxmercy West"), (0x00081048, "PN", "Docqxtoral^Ida\\Secqxond^Leo")]
STATED_WORDS = ["Vexqimor", "Lundqxen", "Guardqxian", "Evelinqx", "Obsqxerver", "Qxlane", "Mothqxer", "Adaqxine", "Reqxuester",
                "QXPLAC-7781", "QXLOCAT", "7770099", "QXINSUR/88123", "QXADM-3317", "1.2.826.0.1.99999.77.5", "Qxmercy",
                "Docqxtoral", "Secqxond"]
CUT = ["Zzyxwe", "Quenti", "Refqxe", "QXSTAT", "Qxhave", "12 Qxw", "QXSERI", "Vexqim", "Lundqx", "Guardq", "Obsqxe", "Mothqx",
       "Reqxue", "QXPLAC", "QXINSU", "Docqxt", "Secqxo"]
# Text that may stay: where values are moved to. Registered codes and names of vendors hold no free text.
TARGETS = [(0x0008103E, "LO"), (0x00081030, "LO"), (0x00181030, "LO"), (0x00180024, "SH"), (0x00181250, "SH"),
           (0x00204000, "LT"), (0x00321060, "LO"), (0x00400254, "LO"), (0x0040A160, "UT"), (0x00185100, "CS"),
           (0x00180015, "CS"), (0x00282000, "OB"), (0x00209056, "SH"), (0x00091001, "LO"), (0x00191008, "UN"),
           (0x00104000, "LT"), (0x00200011, "IS"), (0x00180050, "DS"), (0x00080023, "DA"), (0x00080060, "CS"),
           (0x00180010, "LO"), (0x00080068, "CS"), (0x00700006, "ST"), (0x30060026, "LO"), (0x300A00C3, "ST"),
           (0x0040A123, "PN"), (0x00400280, "ST"), (0x00081080, "LO"), (0x00181400, "LO"), (0x00186011, "UN")]
# Private elements that a safe private list keeps, by their creators.
SAFE = [(0x0019109E, "LO", "GEMS_ACQU_01"), (0x00431027, "SH", "GEMS_PARM_01"), (0x20011004, "CS", "Philips Imaging DD 001"),
        (0x20011050, "LO", "Philips Imaging DD 001"), (0x20011025, "SH", "Philips Imaging DD 001")]
SEQUENCES = [0x52009229, 0x52009230, 0x00081140, 0x00400275, 0x0040A730, 0x00189112, 0x00082218, 0x00091010, 0x00400555]


def plant(folder):
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    more = {tag: (vr, text.encode()) for tag, (vr, text) in IDENTITY.items()}
    more |= {0x00080005: ("CS", b"ISO_IR 100"), 0x0008103E: ("LO", b"T1 SAG of Zzyxwell"), 0x00181030: ("LO", b"KNEE QX-471183"),
             0x00204000: ("LT", b"seen by Refqxer at Qxhaven Clinic")}
    for number in range(1, 5):
        syntax = (dicom.EXPLICIT, dicom.IMPLICIT)[number % 2]
        (target / f"{number}.dcm").write_bytes(dicom.file(dicom.image(STUDY, 1 + number % 2, number, more), syntax))
    tags = {"PatientName": "Zzyxwell^Quentinar^Ravnqx", "PatientID": "QX-471183", "AccessionNumber": "QXACC9913",
            "StudyInstanceUID": STUDY}
    (target / f"{STUDY}.1#1.tags").write_text(json.dumps(tags))
    task = {"info": {"action": "both", "uid": STUDY, "uid_type": "study", "patient_name": "Zzyxwell^Quentinar^Ravnqx",
                     "mrn": "QX-471183", "acc": "QXACC9913"}, "id": "1", "process": {}, "study": {"study_uid": STUDY}}
    (target / "task.json").write_text(json.dumps(task))
    Path(f"{folder}.words").write_text("\n".join(PLANTED) + "\n")
    Path(f"{folder}.stated").write_text("\n".join(STATED_WORDS) + "\n")
    Path(f"{folder}.cut").write_text("\n".join(CUT) + "\n")


# ---- spellings of a word that anybody would recognise

SPELLINGS = [str, str.upper, str.lower, str.title, lambda w: f"{w}_T1_SAG", lambda w: f"T2-{w}-AX", lambda w: f"{w}'s knee",
             lambda w: f"({w})", lambda w: f"x {w}, y", lambda w: w.replace("^", " "), lambda w: " ".join(reversed(w.split("^"))),
             lambda w: w.replace("^", ", "), lambda w: w.replace("^", "_"), lambda w: w.split("^")[0] + ", " + w.split("^")[-1][0] + ".",
             lambda w: f"Pat {w} 2", lambda w: f"MR {w}", lambda w: w.replace("^", ""), lambda w: w.replace("-", ""),
             lambda w: w.replace("-", " "), lambda w: "/".join(w.split("^")), lambda w: f"[{w}]", lambda w: f"{w};2",
             lambda w: f"knee^{w}", lambda w: f"3.1_{w}", lambda w: f"no. {w}: left", lambda w: f"{w}\\{w}"]
DATES = [str, lambda d: f"{d[6:]}.{d[4:6]}.{d[:4]}", lambda d: f"{d[:4]}-{d[4:6]}-{d[6:]}", lambda d: f"{d[4:6]}/{d[6:]}/{d[:4]}",
         lambda d: f"{d[6:]} {MONTHS[int(d[4:6])][:3]} {d[:4]}", lambda d: f"{MONTHS[int(d[4:6])]} {d[6:]}, {d[:4]}"]
MONTHS = ["", "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
          "December"]
WIDE = {ord(letter): chr(ord(letter) + 0xFEE0) for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"}
UTF8_SPELLINGS = [lambda w: w.translate(WIDE), lambda w: w[:2] + "\u00ad" + w[2:], lambda w: w[:3] + "\u200b" + w[3:],
                  lambda w: unicodedata.normalize("NFD", w.replace("e", "é")), lambda w: w.replace("-", "\u2011"),
                  lambda w: w.replace(" ", "\u00a0"), lambda w: f"«{w}»"]


def spelled(chance, word, utf8):
    if len(word) == 8 and word.isdigit():
        return chance.choice(SPELLINGS)(chance.choice(DATES)(word))
    return chance.choice(SPELLINGS + (UTF8_SPELLINGS if utf8 else []))(word)


def put(item, tag, vr, text, chance, creator=None):
    if vr in ("OB", "UN"):
        value = text.encode()
        item.add(DataElement(tag, vr, value + b" " * (len(value) % 2)))
    elif vr in ("CS", "SH"):
        text = text.upper() if vr == "CS" else text
        item.add(DataElement(tag, vr, [value[:16].strip() for value in text.split("\\")]))
    else:
        item.add(DataElement(tag, vr, text[:64] if vr in ("LO", "PN") else text))
    if tag >> 16 & 1:
        creator = creator or chance.choice(["ACME 1", "SIEMENS MR HEADER", text[:64]])
        item.add(DataElement(tag & 0xFFFF0000 | 0x10, "LO", creator))


def words_of(dataset):
    found = []
    for element in dataset.iterall():
        if element.VR in ("PN", "LO", "SH", "ST", "LT", "DA") and isinstance(element.value, (str, pydicom.valuerep.PersonName)):
            if element.tag in IDENTITY and len(str(element.value)) > 5:
                found.append(str(element.value))
    return found


def move(chance, dataset, stated=()):
    """A value of an identifying attribute stands in another element, spelled otherwise, at some depth."""
    words = words_of(dataset) + 8 * list(stated)
    utf8 = chance.random() < 0.4
    if not words:
        return "nothing to move"
    if utf8:
        dataset.SpecificCharacterSet = "ISO_IR 192"
    item = dataset
    depth = chance.choice([0, 0, 1, 2, 5])
    for _ in range(depth):
        inner = Dataset()
        put_sequence(item, chance, inner)
        item = inner
    tag, vr, *creator = chance.choice(TARGETS + SAFE)
    text = spelled(chance, chance.choice(words), utf8)
    if vr in ("IS", "DS", "DA"):
        item.add(DataElement(tag, "UN", text.encode() + b" " * (len(text.encode()) % 2)))
    else:
        put(item, tag, vr, text, chance, *creator)
    return f"moved to {tag:08X} at depth {depth}"


def state(chance, source, target):
    """One more value that identifies, in one file alone."""
    dataset = pydicom.dcmread(source, force=True)
    tag, vr, value = chance.choice(STATED)
    item = dataset
    for _ in range(chance.choice([0, 1, 3])):
        inner = Dataset()
        put_sequence(item, chance, inner)
        item = inner
    item.add(DataElement(tag, vr, value.split("\\") if vr == "PN" else value))
    dataset.save_as(target)
    print(target.name, f"states {tag:08X}")
    return value.split("\\")


def put_sequence(item, chance, inner):
    tag = chance.choice(SEQUENCES)
    if tag >> 16 & 1:
        item.add(DataElement(tag & 0xFFFF0000 | 0x10, "LO", "ACME 1"))
    item.add(DataElement(tag, "SQ", Sequence([inner])))


def code(chance, dataset):
    """A value as the meaning of a code of the site's own."""
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator = "1", "99QX"
    item.CodeMeaning = spelled(chance, chance.choice(words_of(dataset) or ["none"]), False)[:64]
    dataset.add(DataElement(chance.choice([0x00082218, 0x00321064, 0x0040A730]), "SQ", Sequence([item])))
    return "coded"


def outside(chance, dataset):
    """A value before the data set: in the preamble or the file meta information."""
    text = spelled(chance, chance.choice(words_of(dataset) or ["none"]), False)
    if chance.random() < 0.3:
        dataset.preamble = text.encode()[:128].ljust(128, b"\0")
    elif chance.random() < 0.5:
        dataset.file_meta.SourceApplicationEntityTitle = text[:16]
    else:
        dataset.file_meta.PrivateInformationCreatorUID = "2.25.7"
        dataset.file_meta.PrivateInformation = text.encode()
    return "written before the data set"


def nest(chance, dataset):
    """Everything that identifies stands in sequences as well."""
    inner = Dataset()
    for element in list(dataset):
        if element.VR not in ("SQ", "OW", "OB") and element.tag.group not in (0x0002, 0x7FE0) and element.tag != 0x00080005:
            inner.add(element)
    for _ in range(chance.randrange(1, 6)):
        outer = Dataset()
        put_sequence(outer, chance, inner)
        inner = outer
    for element in inner:
        dataset.add(element)
    return "nested"


def re_encode(chance, dataset):
    syntax = chance.choice([ExplicitVRBigEndian, ImplicitVRLittleEndian, ExplicitVRLittleEndian, DeflatedExplicitVRLittleEndian])
    if dataset.file_meta.TransferSyntaxUID.is_compressed:
        return "compressed: not re-encoded"
    dataset.file_meta.TransferSyntaxUID = syntax
    dataset.is_little_endian = syntax != ExplicitVRBigEndian
    dataset.is_implicit_VR = syntax == ImplicitVRLittleEndian
    return f"re-encoded as {syntax.name}"


def drop(chance, dataset):
    """What states the identity is gone from this file; other files, .tags or task.json still state it."""
    for tag in chance.sample(sorted(IDENTITY), 5):
        if tag in dataset:
            del dataset[tag]
    return "lost attributes"


def truncate(chance, content):
    return content[:chance.randrange(100, len(content))], "truncated"


def flip(chance, content):
    content = bytearray(content)
    for _ in range(chance.choice([1, 3, 20])):
        at = chance.randrange(len(content))
        content[at] ^= 1 << chance.randrange(8)
    return bytes(content), "flipped"


def append(chance, content):
    return content + chance.choice([b"Zzyxwell", b"\0" * 9, b"\xFC\xFF\xFC\xFF" + b"OB\0\0\4\0\0\0Zzyx"]), "appended"


def splice(chance, content):
    at, width = chance.randrange(132, len(content)), chance.randrange(1, 40)
    other = chance.randrange(132, len(content))
    return content[:at] + content[other:other + width] + content[at:], "spliced"


def mutate_one(chance, source, target, stated):
    done = []
    content = source.read_bytes()
    if chance.random() < 0.75:
        dataset = pydicom.dcmread(source, force=True)
        for change in chance.choices([move, nest, re_encode, drop, move, code, move, outside], k=chance.choice([1, 2, 3])):
            done.append(change(chance, dataset, stated) if change is move else change(chance, dataset))
        dataset.save_as(target)
        content = target.read_bytes()
    if not done or chance.random() < 0.15:
        content, what = chance.choice([truncate, flip, append, splice])(chance, content)
        done.append(what)
    target.write_bytes(content)
    return ", ".join(done)


def mutate(source, target, seed):
    """Files but the first are changed: it goes on stating who the patient is, and may state more."""
    chance = random.Random(int(seed))
    target = Path(target)
    target.mkdir(parents=True)
    images = sorted(path for path in Path(source).iterdir() if path.suffix == ".dcm")
    for path in sorted(Path(source).iterdir()):
        (target / path.name).write_bytes(path.read_bytes())
    stated = state(chance, images[0], target / images[0].name) if chance.random() < 0.5 else []
    for path in chance.sample(images[1:], min(2, len(images) - 1)):
        try:
            print(path.name, mutate_one(chance, path, target / path.name, stated))
        except Exception as error:  # pylint: disable=broad-except
            (target / path.name).write_bytes(path.read_bytes())
            print(path.name, f"pydicom cannot write that: {type(error).__name__}")


# ---- judging

SHORT = 8  # letters below which a word must stand in one piece: pixels hold any letters with something between


def folded(text):
    """Without case, accents, widths, soft hyphens and the like."""
    text = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in text if unicodedata.category(letter) not in ("Mn", "Me", "Mc", "Cf"))


def plain(text):
    return "".join(letter for letter in folded(text) if letter.isalnum())


def without_picture(path, content):
    """A splice can put header bytes among the pixels, as text drawn into them: the picture itself is not searched, only
    as many bytes as Rows, Columns and the rest say that it has; what is behind them is."""
    if path.suffix != ".dcm":
        return content
    dataset = pydicom.dcmread(path)
    pixels = bytes(dataset.get("PixelData", b""))
    size = (dataset.get("Rows", 0) * dataset.get("Columns", 0) * dataset.get("SamplesPerPixel", 1)
            * dataset.get("BitsAllocated", 0) // 8 * int(dataset.get("NumberOfFrames", 1)))
    if dataset.file_meta.TransferSyntaxUID.is_encapsulated or not 0 < size <= len(pixels):
        return content
    return content.replace(pixels, pixels[size:])


def texts_of(path):
    """What is to be read, and not what a deflated data set is packed into, which holds any four letters by chance."""
    content = path.read_bytes()
    yield path.name.encode()
    if b"1.2.840.10008.1.2.1.99" in content[:500]:
        start = 132 + 12 + int.from_bytes(content[140:144], "little")
        unpacker = zlib.decompressobj(-15)
        yield without_picture(path, unpacker.decompress(content[start:]) + unpacker.flush())
        yield content[:start] + unpacker.unused_data
    else:
        yield without_picture(path, content)


def judge(out, *words):
    wanted = [word for file in words for word in Path(file).read_text().split("\n") if word]
    short = {word for word in wanted if len(plain(word)) < SHORT}
    found = {}
    for path in sorted(path for path in Path(out).rglob("*") if path.is_file()):
        for content in texts_of(path):
            for text in (content.decode(codec, "ignore") for codec in ("utf-8", "latin-1")):
                whole, letters = folded(text), plain(text)
                for word in wanted:
                    if folded(word) in whole if word in short else plain(word) in letters:
                        found[word] = path.relative_to(out)
    if found:
        sys.exit(f"{out}: planted words came out: {', '.join(f'{word} ({path})' for word, path in sorted(found.items()))}")


if __name__ == "__main__":
    {"plant": plant, "mutate": mutate, "judge": judge}[sys.argv[1]](*sys.argv[2:])
