/* second_reader.cc: see second_reader.h. It asks nothing of the core but what dataset.h declares. */
#include "second_reader.h"

#include <dcmtk/dcmdata/dcistrmb.h>
#include <dcmtk/dcmdata/dcpixel.h>
#include <dcmtk/dcmdata/dcpixseq.h>
#include <dcmtk/dcmdata/dcpxitem.h>

#include <cstdio>
#include <cstdlib>

namespace second {

void set_up()
{
    OFLog::configure(OFLogger::OFF_LOG_LEVEL);
    dcmEnableAutomaticInputDataCorrection.set(OFFalse);
    dcmAcceptOddAttributeLength.set(OFTrue);
    dcmEnableCP246Support.set(OFTrue);
    dcmAutoDetectDatasetXfer.set(OFFalse);
    dcmEnableUnknownVRConversion.set(OFFalse);
    dcmConvertUndefinedLengthOBOWtoSQ.set(OFFalse);
    DcmDataDictionary &dictionary = dcmDataDict.wrlock();
    dictionary.clear();
    bool well = dictionary.loadDictionary(TEST_DICOM_DIC, OFTrue) &&
                dictionary.loadDictionary(TEST_NEWER_DIC, OFTrue);
    dcmDataDict.wrunlock();
    if (!well) {
        (void)fprintf(stderr, "DCMTK cannot read " TEST_DICOM_DIC " or " TEST_NEWER_DIC "\n");
        abort();
    }
}

DcmItem *reading::meta()
{
    return file.getMetaInfo();
}

DcmItem *reading::root()
{
    return set != nullptr ? set.get() : file.getDataset();
}

static bool read_all(DcmObject &object, const void *bytes, size_t length, E_TransferSyntax syntax)
{
    DcmInputBufferStream stream;
    stream.setBuffer(bytes, static_cast<offile_off_t>(length));
    stream.setEos();
    object.transferInit();
    OFCondition condition = object.read(stream, syntax, EGL_noChange, DCM_UndefinedLength - 1);
    object.transferEnd();
    return condition.good() || condition == EC_EndOfStream;
}

std::unique_ptr<reading> read_file(const void *bytes, size_t length)
{
    std::unique_ptr<reading> made(new reading());
    return read_all(made->file, bytes, length, EXS_Unknown) ? std::move(made) : nullptr;
}

std::unique_ptr<reading> read_set(const void *bytes, size_t length, E_TransferSyntax syntax)
{
    std::unique_ptr<reading> made(new reading());
    made->set.reset(new DcmItem(DcmTag(DCM_Item), static_cast<Uint32>(length)));
    return length == 0 || read_all(*made->set, bytes, length, syntax) ? std::move(made) : nullptr;
}

bool is_sequence(DcmElement *element)
{
    return element->ident() == EVR_SQ;
}

bool raw_bytes(DcmElement *element, std::string &ret_bytes)
{
    Uint32 length = element->getLengthField();
    ret_bytes.assign(length == DCM_UndefinedLength ? 0 : length, '\0');
    return ret_bytes.empty()
               ? length == 0
               : element->getPartialValue(&ret_bytes[0], 0, length, nullptr, EBO_LittleEndian).good();
}

bool is_encapsulated(DcmElement *element)
{
    return element->ident() == EVR_PixelData && element->getLengthField() == DCM_UndefinedLength;
}

namespace {

void add_fragments(DcmItem *item, unsigned depth, std::vector<std::string> &all);

void add_fragments_of(DcmPixelData *pixels, std::vector<std::string> &all)
{
    E_TransferSyntax syntax = EXS_Unknown;
    const DcmRepresentationParameter *parameter = nullptr;
    DcmPixelSequence *fragments = nullptr;
    pixels->getOriginalRepresentationKey(syntax, parameter);
    if (pixels->getEncapsulatedRepresentation(syntax, parameter, fragments).bad() || fragments == nullptr) {
        all.push_back("none");
        return;
    }
    for (DcmObject *object = fragments->nextInContainer(nullptr); object != nullptr;
         object = fragments->nextInContainer(object)) {
        std::string bytes;
        all.push_back(raw_bytes(static_cast<DcmPixelItem *>(object), bytes) ? bytes : "unread");
        all.back().append(all.back().size() % 2, '\0');
    }
}

void add_fragments(DcmItem *item, unsigned depth, std::vector<std::string> &all)
{
    for (DcmObject *object = item->nextInContainer(nullptr); object != nullptr;
         object = item->nextInContainer(object)) {
        DcmElement *element = static_cast<DcmElement *>(object);
        if (is_encapsulated(element) && depth > 0) {
            all.push_back("pixels");
            add_fragments_of(static_cast<DcmPixelData *>(element), all);
        } else if (is_sequence(element)) {
            DcmSequenceOfItems *items = static_cast<DcmSequenceOfItems *>(element);
            for (DcmObject *inner = items->nextInContainer(nullptr); inner != nullptr;
                 inner = items->nextInContainer(inner)) {
                add_fragments(static_cast<DcmItem *>(inner), depth + 1, all);
            }
        }
    }
}

} // namespace

std::vector<std::string> nested_fragments(DcmItem *item)
{
    std::vector<std::string> all;
    add_fragments(item, 0, all);
    return all;
}

} // namespace second
