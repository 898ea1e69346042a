/* second_reader.h: DCMTK as the reader that our data set is compared with: it shares no code with the core
 * but the dictionary's source. Every difference that is allowed is named here, and counted where it is met.
 */
#ifndef TEST_SECOND_READER_H
#define TEST_SECOND_READER_H

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <memory>
#include <string>
#include <vector>

#include "dcmchain/dataset.h"

namespace second {

/* DCMTK's dictionary from the files that ours is made of, its switches, and silence. Once, at the start. */
void set_up();

struct reading {
    DcmFileFormat file;
    std::unique_ptr<DcmItem> set; /* where the bytes are no file */
    DcmItem *meta();
    DcmItem *root();
};

/* A file (PS3.10), and a data set alone; all of it, else NULL. */
std::unique_ptr<reading> read_file(const void *bytes, size_t length);
std::unique_ptr<reading> read_set(const void *bytes, size_t length, E_TransferSyntax syntax);

/* What is allowed to differ, and how often it did. */
struct counts {
    size_t unknown_decoded; /* read: UN of a known tag is decoded; DCMTK leaves it UN (PS3.5 6.2.2) */
    size_t pixel_sign; /* implicit VR: US or SS, where the standard leaves it open: DCMTK asks its own level
                          alone */
    size_t bytes_or_words; /* implicit VR: OB or OW, where the standard leaves it open */
    size_t group_lengths;  /* written: left out */
    size_t padded;         /* written: a value of odd length is made even */
    size_t too_long;       /* written, explicit VR: UN, for a value longer than its VR's 16 bits can say */
    size_t implicit_vr;    /* written, implicit VR: what DCMTK's dictionary says of the tag */
    size_t
        empty_sequences; /* written, implicit VR: nothing tells that an empty unknown element is a sequence */
    size_t elements;     /* compared, at all depths */
    size_t texts;
    size_t numbers;
};

enum way {
    READ,   /* both read the same bytes */
    WRITTEN /* DCMTK reads what ours was written as */
};

/* The first difference that is not allowed, by its path and kind, no values; "" where there is none. pixel: a
 * tag that DCMTK may have at the top level and ours has not, 0 for none. */
std::string compare(dcmchain_item *ours, DcmItem *theirs, enum way way, bool implicit, uint32_t pixel,
                    counts &counts);

/* All fragments of encapsulated Pixel Data below an item, but of the top level, offset tables included;
 * padded to even lengths. */
std::vector<std::string> nested_fragments(DcmItem *item);

bool is_sequence(DcmElement *element);
bool is_encapsulated(DcmElement *element);

/* The stored bytes, in little endian; none of sequences and fragments. */
bool raw_bytes(DcmElement *element, std::string &ret_bytes);

} // namespace second

#endif
