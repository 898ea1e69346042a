"""charsets.py: a study in each character set: what stays is byte-right, what goes is gone in that encoding.

usage: charsets.py make FOLDER     one study a set below it
       charsets.py judge OUT       the published studies, read byte by byte with pydicom's raw values
"""
import sys
import warnings
from pathlib import Path

import pydicom

sys.path.insert(0, str(Path(__file__).parent))
import write_dicom as dicom  # noqa: E402

warnings.simplefilter("ignore")  # it does not know ISO 8859-15


def korean(text):
    return b"\x1b$)C" + text.encode("euc_kr")


def japanese(text):
    return text.encode("iso2022_jp")


def katakana(text):
    return text.encode("shift_jis")


# key: (Specific Character Set, encoder, family name, given name, a word that stays, further groups of the name)
SETS = {
    "latin-1": (b"ISO_IR 100", "latin-1", "Müßlerqx", "Jörgenqx", "Schädel", None),
    "latin-2": (b"ISO_IR 101", "iso8859_2", "Dvořákqx", "Jiříqx", "Břicho", None),
    "latin-3": (b"ISO_IR 109", "iso8859_3", "Ĵaŭdoqx", "Ĉielaqx", "Brusto ĝi", None),
    "latin-4": (b"ISO_IR 110", "iso8859_4", "Bērziņšqx", "Jānisqx", "Vēders", None),
    "latin-5": (b"ISO_IR 148", "iso8859_9", "Yıldızqx", "Şükrüqx", "Göğüs", None),
    "latin-9": (b"ISO_IR 203", "iso8859_15", "Œuvrardqx", "Žofiaqx", "Tête", None),
    "cyrillic": (b"ISO_IR 144", "iso8859_5", "Груздевский", "Пётрович", "брюшная полость", None),
    "greek": (b"ISO_IR 126", "iso8859_7", "Παπαδάκης", "Γιώργος", "κοιλιά", None),
    "arabic": (b"ISO_IR 127", "iso8859_6", "الحمداني", "قباني", "بطن", None),
    "hebrew": (b"ISO_IR 138", "iso8859_8", "לוינסון", "דודיאל", "בטן", None),
    "thai": (b"ISO_IR 166", "tis_620", "สมชายวงศ์", "ใจดีมาก", "ช่องท้อง", None),
    "utf-8": (b"ISO_IR 192", "utf-8", "Zażółćqx", "Ğülşenqx", "брюшная 腹部", None),
    "gb18030": (b"GB18030", "gb18030", "王小东", "欧阳修", "腹部平扫", None),
    "gbk": (b"GBK", "gbk", "诸葛亮", "司马懿", "头颅", None),
    "japanese": (b"\\ISO 2022 IR 87", japanese, "山田島", "太郎丸", "腹部", ("Yamadajima", "Taroumaru")),
    "japanese-13": (b"ISO 2022 IR 13\\ISO 2022 IR 87", katakana, "ﾔﾏﾀﾞｼﾞ", "ﾀﾛｳﾏﾙ", "ﾌｸﾌﾞ", None),
    "korean": (b"\\ISO 2022 IR 149", korean, "김희중선", "홍길동자", "복부", ("Kimheejung", "Honggildong")),
    "undeclared-latin-1": (None, "latin-1", "Grünwäldqx", "Bärbelqx", "Schädel", None),
    "undeclared-cyrillic": (None, "cp1251", "Кузнецовский", "Аркадиевич", "голова", None),
    "undeclared-utf-8": (None, "utf-8", "Łukasiewqx", "Kąkolqx", "głowa", None),
    "undeclared-shift-jis": (None, "shift_jis", "鈴木田", "次郎吉", "頭部", None),
}


def encode(key, text):
    encoder = SETS[key][1]
    return encoder(text) if callable(encoder) else text.encode(encoder)


def decode(key, raw):
    encoder = SETS[key][1]
    codec = {japanese: "iso2022_jp", katakana: "shift_jis"}.get(encoder, encoder)
    return raw.replace(b"\x1b$)C", b"").decode("euc_kr") if encoder is korean else raw.decode(codec)


def name_of(key):
    _, _, family, given, _, latin = SETS[key]
    native = encode(key, family) + b"^" + encode(key, given)
    return "^".join(latin).encode() + b"=" + native if latin else native


def study_of(key):
    return f"1.2.826.0.1.99999.9.{list(SETS).index(key) + 1}"


def make(folder):
    for key, (terms, _, family, given, stays, _) in SETS.items():
        more = {0x00100010: ("PN", name_of(key)), 0x00100020: ("LO", b"QXID-" + key.upper().encode()),
                0x0008103E: ("LO", encode(key, f"{stays} T1")), 0x00181030: ("LO", encode(key, f"{stays} {family} SAG")),
                0x00081030: ("LO", encode(key, f"{given}, {family}")),
                0x52009229: ("SQ", [{0x00180024: ("SH", encode(key, stays)),
                                     0x00209056: ("SH", encode(key, f"{family}"[:6]))}])}
        if terms is not None:
            more[0x00080005] = ("CS", terms)
        for number, syntax in enumerate((dicom.EXPLICIT, dicom.IMPLICIT), 1):
            target = Path(folder) / key
            target.mkdir(parents=True, exist_ok=True)
            (target / f"{number}.dcm").write_bytes(dicom.file(dicom.image(study_of(key), 1, number, more), syntax))


def raw(item, tag):
    value = item.get_item(tag).value
    return value.rstrip(b" \0") if isinstance(value, bytes) else value


def judge_file(key, path):
    _, _, family, given, stays, latin = SETS[key]
    dataset = pydicom.dcmread(path)
    content = path.read_bytes()
    wanted = encode(key, f"{stays} T1")
    assert raw(dataset, 0x0008103E) == wanted, f"{key}: what stays has other bytes: {raw(dataset, 0x0008103E)!r}"
    text = decode(key, raw(dataset, 0x00181030))
    assert text == f"{stays} SAG", f"{key}: cleaned to {text!r}"
    assert raw(dataset, 0x00081030) == b"REMOVED", f"{key}: a name became {raw(dataset, 0x00081030)!r}"
    inner = pydicom.dcmread(path)[0x52009229].value[0]
    assert raw(inner, 0x00180024) == encode(key, stays), f"{key}: what stays in an item has other bytes"
    for word in (family, given, *(latin or ())):
        for codec in ("utf-8", "latin-1", "cp1251", "shift_jis", "euc_jp", "gb18030", "utf-16-le"):
            try:
                assert word.encode(codec) not in content, f"{key}: a name is still there in {codec}"
            except UnicodeEncodeError:
                pass
        native = word.encode() if latin and word in latin else encode(key, word)
        assert native.lstrip(b"\x1b$)C") not in content, f"{key}: a name is still there"


def judge(out):
    judged = 0
    for path in sorted(Path(out).rglob("*.dcm")):
        key = path.relative_to(out).parts[0]
        judge_file(key, path)
        judged += 1
    assert judged == 2 * len(SETS), f"{judged} files of {2 * len(SETS)}"
    print(f"{len(SETS)} character sets")


if __name__ == "__main__":
    {"make": make, "judge": judge}[sys.argv[1]](sys.argv[2])
