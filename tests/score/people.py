"""people.py: the invented people, places and texts of the set. It knows nothing of files."""
from dataclasses import dataclass, field


@dataclass
class Person:
    family: str
    given: str
    middle: str
    id: str
    birth: str
    accession: str
    study_id: str
    phone: str
    street: str
    city: str
    hospital: str
    doctor_family: str
    doctor_given: str
    operator: str
    other_id: str
    charset: str = "ISO_IR 100"
    groups: tuple = field(default=())  # the ideographic and phonetic groups of the name

    @property
    def pn(self):
        return "=".join(("^".join(part for part in (self.family, self.given, self.middle) if part), *self.groups))

    @property
    def doctor(self):
        return f"{self.doctor_family}^{self.doctor_given}"

    @property
    def hidden(self):
        """What must be in no byte of the output: words that nothing else says."""
        found = [self.family, self.given, self.id, self.accession, self.study_id, self.phone, self.street, self.city, self.hospital,
                 self.doctor_family, self.operator, self.other_id, *(word for group in self.groups for word in group.split("^"))]
        return [word for word in found if len(word) > (1 if ord(word[0]) > 0x2E80 else 4) and word.lower() not in COMMON]


COMMON = {"rose", "young", "head", "brown", "march", "baker", "foster", "long", "robert", "grace"}
PEOPLE = [
    Person("Zzyxwell", "Marlowe", "Quill", "PHI-448120", "19610512", "ACC-900417", "STX-55121", "(555) 014-4477", "17 Quibble Terrace",
           "Plantagenville", "Saint Quorn Memorial Hospital", "Vanderplonk", "Ottoline", "Krzwick", "ALT-77-2291"),
    Person("O'Bryndale", "Tamsinette", "", "88412907", "19450228", "A4471182", "S77120", "+44 20 7946 0958", "4 Fernquist Road",
           "Lower Thrupwick", "Thrupwick General Infirmary", "Quackenbosh", "Ignatius", "Jandlovic", "X0912-7781"),
    Person("Müllerhausen", "Jürgen-Zoltan", "", "M-2210-K", "19800101", "2019.44712", "RIS-4471", "+49 761 4421907", "Lindqweg 44b",
           "Freiwaldburg", "Universitätsklinikum Freiwaldburg", "Schröderbeck", "Anngret", "Weißkopp", "PVS 00981122"),
    Person("Baker", "Rose", "M", "MRN0044718", "19720930", "ACX0012277", "ST-0044", "555-201-8841", "8 Hollowmere Lane", "Eastmarrow",
           "Hollowmere Clinic", "Foster", "Grace", "Pettibonne", "BX-22-901"),
    Person("Head", "Robert", "", "P000712233", "19330704", "K-0071-22", "7712-A", "020 7123 4567", "22 Wexcombe Avenue", "Norhampstow",
           "Norhampstow Royal Infirmary", "Young", "Zebediah", "Quillfeather", "ID/771/22"),
    Person("Yamadazuka", "Tarohiko", "", "JP-55120", "19880817", "JA-220144", "JS-1209", "+81 3 5550 1299", "3 Kasumizawa", "Minatoyama",
           "Minatoyama Central Hospital", "Suzukihara", "Ichirota", "Tanakabe", "JX-00192", "ISO_IR 192", ("山田塚^太郎彦", "やまだづか^たろひこ")),
    Person("Ковалёвский", "Дмитрийко", "", "RU-11-8812", "19570321", "RA-778812", "RS-2211", "+7 495 555 0188", "Лесновая 12", "Верхнеборск",
           "Верхнеборская больница", "Соколовцев", "Фёдорик", "Ольгинская", "RX-2201-9", "ISO_IR 144"),
    Person("Nguyen-Strandqvist", "Åsalinde", "Bo", "SE0098812", "20010615", "SA009123", "SS-0091", "+46 8 555 01 220", "Björkallén 9",
           "Västerskog", "Västerskogs lasarett", "Lindstrømsen", "Kjerstine", "Østerbygaard", "SX-0091-2", "ISO_IR 192"),
]

# Text that stays: what describes images, acquisitions and findings, however it looks.
CLEAN = [
    "CHEST PA AND LATERAL", "CT ABD/PELVIS W CONTRAST", "t1_mprage_sag_p2_iso", "AX T2 FLAIR 5MM", "HEAD^ROUTINE BRAIN", "XR HAND 3V LT",
    "MRI BRAIN W/O & W/ CONTRAST", "*tfl3d1_16ns", "ep2d_diff_3scan_trace_p2_ADC", "Thorax^01_ThoraxRoutine (Adult)", "ISOVUE 370 100 ml IV",
    "Recon 2: 0.625 mm SOFT", "Delay 70 sec", "L4-L5 disc", "C5/6 foramen", "Hodgkin's lymphoma follow-up", "Baker cyst, right knee",
    "120kV 200mAs B30f", "FFE 3D 10/4.6", "1.5T HEAD COIL", "BONE PLUS", "PET WB AC 3D", "SCREENING MAMMOGRAM BILATERAL", "R MLO", "LCC",
    "OSEM 4i16s 5.0mm gauss", "lung 1/2 of apex", "Dx: pneumonia, r/o PE", "portal venous phase", "Monitor: fetal heart 2nd trimester",
    "DERIVED\\PRIMARY", "No priors.", "Version VB17A 4.2.1", "Series 4/12", "6 x 10 mm nodule in segment VIII", "PFOB 90% v/v", "T2* GRE 3.0 thk",
    "SUV 2.5 g/ml", "Scout AP", "3D Saved State - ACR phantom", "Volume rendering 512x512x300", "May-Thurner syndrome", "Parkinson disease",
    "knee (left) 4 views", "Cushing response after 20 mg", "ROUTINE CHEST 1.25MM LUNG", "Omnipaque 350mg/ml", "DynaVIEWS", "SAG CUBE FLAIR",
    "WB PET/CT FDG 60 min p.i.", "Neck soft tissue", "Portable AP upright 0430", "8 ch HRBRAIN", "GE 3D TOF 4 slab", "AAA protocol",
    "Lt. breast US, 2 o'clock", "Series 3, image 12", "tumor bed boost 6 MeV", "64x0.6", "DFOV 36.0cm STND", "I40s\\3", "t = 2.5 s", "pH 7.4",
    "FINDINGS: normal. IMPRESSION: no acute disease", "Mr. contrast", "IMRT 7 field", "v1.2.3", "Software 5.1.7.3", "MPR Range[1]",
    "Wilms tumour, stage III", "Turner syndrome 45,X", "3/4 view", "T1 SE 500/15", "Philips Ingenia 1.5T dStream", "SIEMENS SOMATOM Force",
    "CAP W 3.0 B31f", "Localizer 3-plane", "Sag T1 TSE", "AP CHEST PORT", "1 mm slices", "High res", "LUNG 1.0 I70f 3", "non-con", "PICC line placement",
    "Bolus tracking 100 HU", "Cor oblique", "TR 2000 TE 30", "ACR 4", "BI-RADS 2", "Gleason 3+4=7", "pT2 N0 M0", "0028,0010", "DTI 64 dir b=1000",
    "Fast 2 min", "5 of 12", "10:20 delay", "1-2-3 check", "in-phase/out-of-phase", "D10W 250 mL", "H&E", "Ki-67 20x", "PAS stain block A3",
]

# Text about somebody: in braces what must go, the rest stays.
DIRTY = [
    "MRI BRAIN {family}", "{family}, {given} chest follow-up", "{given} {family} knee left", "Abdomen of {family} {given} portal phase",
    "thorax {id} helical", "Pelvis accession {accession} axial", "spine requested by Dr. {doctor_family} sagittal",
    "liver seen {date_iso} arterial", "Neck {date_plain} contrast", "ankle, scanned {date_us} lateral", "shoulder {date_words} oblique",
    "elbow born {birth_iso} lateral", "Hip born {birth_us} axial", "{hospital} CT protocol 12", "call {phone} before contrast",
    "wrist; mail: tech.{low_family}@example.org; PA", "see https://pacs.example.org/{id} sagittal", "kidney UID {uid} venous",
    "{upper_family}_T1_SAG", "{family}{given} coronal", "{family}^{given} dynamic", "{given_initial}. {family} cervical", "brain {family}'s flair",
    "orbits operator {operator} thin", "sinus {other_id} bone", "heart ({family}/{given}) gated", "colon {family};{given} prone",
    "breast {upper_family} {upper_given} MLO", "aorta study {study_id} delayed", "femur {street} lateral", "humerus {city} AP",
    "foot 'MRN: {id}' oblique", "lung {low_family} {low_given} low dose", "tibia pat. {family} lateral",
]
