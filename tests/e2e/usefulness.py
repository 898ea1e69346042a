"""usefulness.py: whether what came out is of the same use as what went in, by pydicom and arithmetic of its own.

usage: usefulness.py suv IN OUT         SUVbw of each pixel of each PET image
       usefulness.py radiotherapy OUT   RTSTRUCT resolves to its images, RTPLAN to its structure set and dose
       usefulness.py nifti IN OUT       folders of dcm2niix: geometry, order and pixels
       usefulness.py losses IN OUT PAGE NAME   what is gone is what the page says below "What `NAME` loses"
       usefulness.py kept IN OUT KEYWORD…   attributes that are the same in every object
Shares no code with dcmchain. Objects of IN and OUT are paired by modality, series and instance number.
"""
import json
import re
import struct
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pydicom

DUMMY = r"19000101(000000(\.0+)?)?|000000(\.0+)?|REMOVED|ANONYMIZED"  # where a value must stand
PHILIPS = "Philips PET Private Group"


def objects(folder):
    found = {}
    for path in Path(folder).rglob("*.dcm"):
        ds = pydicom.dcmread(path)
        key = (ds.Modality, int(ds.SeriesNumber), int(ds.InstanceNumber))
        assert key not in found, f"two objects are {key}"
        found[key] = ds
    return found


def pairs(before, after):
    old, new = objects(before), objects(after)
    assert old.keys() == new.keys() and old, f"not the same objects: {old.keys() ^ new.keys()}"
    return [(key, old[key], new[key]) for key in sorted(old)]


def when(date, time):
    whole, _, fraction = str(time).partition(".")
    return datetime.strptime(str(date) + whole, "%Y%m%d%H%M%S") + timedelta(microseconds=int((fraction or "0").ljust(6, "0")))


def suv(ds):
    """SUVbw by the algorithm of QIBA (Vendor-Neutral Pseudo-Code for SUV Calculation)."""
    tracer = ds.RadiopharmaceuticalInformationSequence[0]
    assert ds.DecayCorrection == "START" and {"ATTN", "DECY"} <= set(ds.CorrectedImage)
    stored = [value[0] for value in struct.iter_unpack("<h", ds.PixelData)]
    assert len(stored) == ds.Rows * ds.Columns
    values = [value * float(ds.RescaleSlope) + float(ds.RescaleIntercept) for value in stored]
    if ds.Units == "CNTS":
        block = ds.private_block(0x7053, PHILIPS)
        if 0x00 in block and float(block[0x00].value) != 0:
            return [value * float(block[0x00].value) for value in values]
        values = [value * float(block[0x09].value) for value in values]
    else:
        assert ds.Units == "BQML"
    scanned = when(ds.SeriesDate, ds.SeriesTime)
    assert scanned <= when(ds.AcquisitionDate, ds.AcquisitionTime)
    if "RadiopharmaceuticalStartDateTime" in tracer:
        started = str(tracer.RadiopharmaceuticalStartDateTime)[:21]
        injected = when(started[:8], started[8:])
    else:
        injected = when(ds.SeriesDate, tracer.RadiopharmaceuticalStartTime)
        injected -= timedelta(days=1 if injected > scanned else 0)
    seconds = (scanned - injected).total_seconds()
    assert 0 < seconds < 6 * 3600, "the scan is not after the injection"
    dose = float(tracer.RadionuclideTotalDose) * 2 ** (-seconds / float(tracer.RadionuclideHalfLife))
    return [value * float(ds.PatientWeight) * 1000 / dose for value in values]


def check_suv(before, after):
    images = ways = 0
    for key, old, new in pairs(before, after):
        if key[0] != "PT":
            continue
        images += 1
        assert suv(old) == suv(new), f"{key}: SUVbw differs"
        assert max(suv(old)) > 0
        if old.Units == "CNTS":  # the other factor, as if the first were not filled
            for ds in (old, new):
                del ds.private_block(0x7053, PHILIPS)[0x00]
            assert suv(old) == suv(new), f"{key}: SUVbw by counts differs"
            ways += 1
    assert images and ways, "there are no PET images of both kinds"
    print(f"{images} PET images, {ways} of them in counts: SUVbw is equal")


def check_radiotherapy(folder):
    found = {ds.SOPInstanceUID: ds for ds in objects(folder).values()}
    kinds = {}
    for ds in found.values():
        kinds.setdefault(ds.Modality, []).append(ds)
    (structures,), (plan,), (dose,) = (kinds[name] for name in ("RTSTRUCT", "RTPLAN", "RTDOSE"))
    frame = structures.ReferencedFrameOfReferenceSequence[0]
    study = frame.RTReferencedStudySequence[0]
    series = study.RTReferencedSeriesSequence[0]
    images = [found[item.ReferencedSOPInstanceUID] for item in series.ContourImageSequence]
    assert len(images) == 5 and all(ds.SeriesInstanceUID == series.SeriesInstanceUID for ds in images)
    assert study.ReferencedSOPInstanceUID == images[0].StudyInstanceUID
    assert all(ds.FrameOfReferenceUID == frame.FrameOfReferenceUID for ds in images + [dose])
    assert all(roi.ReferencedFrameOfReferenceUID == frame.FrameOfReferenceUID for roi in structures.StructureSetROISequence)
    assert [roi.ROIName for roi in structures.StructureSetROISequence] == ["Liver", "PTV 50"]
    for contour in structures.ROIContourSequence[0].ContourSequence:
        image = found[contour.ContourImageSequence[0].ReferencedSOPInstanceUID]
        assert float(contour.ContourData[0]) == float(image.ImagePositionPatient[0]) + 1, "a contour lies on another image"
    assert found[plan.ReferencedStructureSetSequence[0].ReferencedSOPInstanceUID] is structures
    assert found[plan.ReferencedDoseSequence[0].ReferencedSOPInstanceUID] is dose
    assert found[dose.ReferencedRTPlanSequence[0].ReferencedSOPInstanceUID] is plan
    assert found[dose.ReferencedStructureSetSequence[0].ReferencedSOPInstanceUID] is structures
    print(f"{len(images)} images, structure set, plan and dose refer to each other")


def nifti(path):
    """The fields of a NIfTI-1 header that say where a voxel lies and what it means, and the voxels."""
    data = path.read_bytes()
    assert struct.unpack_from("<i", data)[0] == 348 and data[344:348] == b"n+1\0"
    offset = int(struct.unpack_from("<f", data, 108)[0])
    fields = {"dim": data[40:56], "intent": data[56:70], "datatype": data[70:76], "pixdim": data[76:108],
              "scale": data[112:120], "slices": data[120:124], "display": data[124:132], "slice times": data[132:140],
              "codes": data[252:256], "quaternion and offset": data[256:280], "affine": data[280:328]}
    return fields, data[offset:]


def check_nifti(before, after):
    names = sorted(path.name for path in Path(before).iterdir())
    assert names == sorted(path.name for path in Path(after).iterdir()) and names
    stacks = 0
    for name in names:
        old, new = Path(before) / name, Path(after) / name
        if name.endswith(".nii"):
            (fields, voxels), (new_fields, new_voxels) = nifti(old), nifti(new)
            for field, value in fields.items():
                assert value == new_fields[field], f"{name}: {field} differs"
            assert len(set(voxels)) > 10 and voxels == new_voxels, f"{name}: the voxels differ"
            stacks += 1
        elif name.endswith(".json"):
            sides = [json.loads(path.read_text()) for path in (old, new)]
            for key in ("ImageOrientationPatientDICOM", "SliceThickness", "EchoTime", "RepetitionTime", "FlipAngle",
                        "SeriesNumber", "AcquisitionTime", "ConvolutionKernel", "Modality"):
                assert sides[0].get(key) == sides[1].get(key), f"{name}: {key} differs"
        else:  # diffusion weights and directions
            assert old.read_text().strip() and old.read_text() == new.read_text(), f"{name} differs"
    print(f"{stacks} stacks of dcm2niix, {sum(name.endswith('.bval') for name in names)} with diffusion weights, are equal")


def elements(ds):
    """The keywords of what has a value at any depth, and each one's values in order."""
    found = {}
    for element in ds.iterall():
        if element.VR != "SQ" and element.keyword and element.value not in (None, "", b""):
            found.setdefault(element.keyword, []).append(str(element.value))
    return found


def check_losses(before, after, page, name):
    """A keyword is gone where an object has fewer values of it, or a date or time that says nothing any more."""
    told = Path(page).read_text(encoding="utf-8").split(f"## What `{name}` loses")[1].split("\n## ")[0]
    listed = set(re.findall(r"`([A-Z][A-Za-z]+)`", told))
    lost, seen = set(), set()
    for _, old, new in pairs(before, after):
        left = elements(new)
        for keyword, values in elements(old).items():
            seen.add(keyword)
            remaining = [value for value in left.get(keyword, []) if not re.fullmatch(DUMMY, value)]
            if len(remaining) < len(values):
                lost.add(keyword)
    assert lost and not lost - listed, f"{name} loses what the page does not tell: {sorted(lost - listed)}"
    assert not (listed & seen) - lost, f"{name} keeps what the page calls lost: {sorted((listed & seen) - lost)}"
    assert listed <= seen, f"the page names what is not tried: {sorted(listed - seen)}"
    print(f"{name}: {len(lost)} attributes are lost, all of them told")


def check_kept(before, after, *keywords):
    for key, old, new in pairs(before, after):
        assert old.get("PixelData") == new.get("PixelData"), f"{key}: stored pixels differ"
        for keyword in keywords:
            if keyword in old:
                assert keyword in new and old[keyword].value == new[keyword].value, f"{key}: {keyword} differs"


if __name__ == "__main__":
    {"suv": check_suv, "radiotherapy": check_radiotherapy, "nifti": check_nifti, "losses": check_losses,
     "kept": check_kept}[sys.argv[1]](*sys.argv[2:])
