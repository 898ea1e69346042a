"""policy.py: what must become of each element, from the standard's tables and what the pipeline's page says. It reads the
CSV files itself and shares nothing with the engine."""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "e2e"))
import profile_matrix as matrix  # noqa: E402  (the reading of the tables)
from pydicom.datadict import DicomDictionary, add_dict_entries, dictionary_VR  # noqa: E402

TABLE = matrix.rows()
add_dict_entries({int(tag, 16): (row["vr"], "1-n", row["keyword"], "", row["keyword"]) for tag, row in TABLE.items()
                  if tag != "private" and "x" not in tag and int(tag, 16) not in DicomDictionary
                  and int(tag, 16) > 0x00030000 and row["vr"]})  # newer than pydicom
OPTIONS = {"mercure": ("safe-private", "descriptors", "structured-content"),
           "research": ("safe-private", "patient-characteristics", "modified-dates", "descriptors", "structured-content"), "strict": ()}
SERIES_DESCRIPTION, BIRTH_DATE = 0x0008103E, 0x00100030
SAFE = {}
for line in (matrix.DATA / "safe-private-2026a.csv").read_text(encoding="utf-8").splitlines():
    if not line.startswith("#"):
        parts = line.split(",", 3)
        if len(parts) == 4 and len(parts[0]) == 4:
            SAFE[(parts[3], int(parts[0], 16), int(parts[1], 16))] = parts[2]
NUMBERS = {"DS", "IS", "US", "SS", "UL", "SL", "FL", "FD", "CS", "SV", "UV"}


def action(tag, vr, path, sop_class, pipeline):
    """X, Z, D, U, K, C and the pseudonyms' names, as profile_matrix has them; "year" for the birth date."""
    options = OPTIONS[pipeline]
    if tag >> 16 == 2 or tag >> 16 & 1:
        raise ValueError("file meta and private elements are others' matter")
    if f"{tag:08X}" not in TABLE and tag not in DicomDictionary and tag >> 24 not in (0x50, 0x60):
        return "X"  # known to nobody
    if tag == SERIES_DESCRIPTION and pipeline != "strict":
        return "C"
    if tag == BIRTH_DATE and not path and pipeline != "strict":
        return "year"
    return matrix.expected(TABLE, tag, vr, path, sop_class, options)


def safe(creator, tag, pipeline):
    """Whether a private element stays, and how: "K", "C" (cleaned), or "X"."""
    vr = SAFE.get((creator, tag >> 16, tag & 0xFF))
    if vr is None or pipeline == "strict":
        return "X"
    if set(vr.replace(" or ", " ").split()) <= NUMBERS and vr:
        return "K"
    return "C" if pipeline == "research" and vr not in ("", "OB", "OW", "UN") else "X"


def vr_of(tag):
    row = TABLE.get(f"{tag:08X}")
    try:
        return matrix.vr_of(dictionary_VR(tag))
    except KeyError:
        return matrix.vr_of(row["vr"]) if row else "UN"
