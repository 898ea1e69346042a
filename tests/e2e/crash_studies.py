"""crash_studies.py: makes studies from one, of which the second holds what a test's stage crashes at.

usage: crash_studies.py FOLDER OUT     OUT/1 to OUT/3
"""
import sys
from pathlib import Path

import pydicom

source, out = Path(sys.argv[1]), Path(sys.argv[2])
for number in (1, 2, 3):
    folder = out / str(number)
    folder.mkdir(parents=True)
    for index, path in enumerate(sorted(source.glob("*.dcm"))):
        dataset = pydicom.dcmread(path)
        for keyword in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"):
            setattr(dataset, keyword, f"{getattr(dataset, keyword)}.{number}")
        dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
        dataset.StudyDescription = "CRASH" if number == 2 else "FINE"
        dataset.ImageComments = "CRASH" if number == 2 and index == 4 else "FINE"
        dataset.save_as(folder / f"{index}.dcm")
