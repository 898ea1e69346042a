/* formats.c: see formats.h. */
#include "formats.h"

#include <string.h>

#include "dcmchain/dataset.h"

struct reader {
    const char *at;
    const char *end;
};

static size_t digits(struct reader *reader)
{
    const char *start = reader->at;

    while (reader->at < reader->end && *reader->at >= '0' && *reader->at <= '9') {
        reader->at++;
    }
    return (size_t)(reader->at - start);
}

static bool accept(struct reader *reader, const char *any_of)
{
    if (reader->at < reader->end && strchr(any_of, *reader->at) != NULL) {
        reader->at++;
        return true;
    }
    return false;
}

static bool is_integer(struct reader *reader)
{
    (void)accept(reader, "+-");
    return digits(reader) > 0 && reader->at == reader->end;
}

static bool is_decimal(struct reader *reader)
{
    size_t count = 0;

    (void)accept(reader, "+-");
    count = digits(reader);
    if (accept(reader, ".")) {
        count += digits(reader);
    }
    return count > 0 && (accept(reader, "eE") ? is_integer(reader) : reader->at == reader->end);
}

/* Two digits, and no more than most. */
static bool two_digits(struct reader *reader, int most)
{
    const char *at = reader->at;

    return reader->end - at >= 2 && digits(&(struct reader){at, at + 2}) == 2 &&
           (at[0] - '0') * 10 + at[1] - '0' <= most && (reader->at += 2) != NULL;
}

/* 101112.345, 1011; 10:11:12 is what ACR-NEMA wrote. */
static bool is_time(struct reader *reader)
{
    bool whole = two_digits(reader, 23);

    for (int part = 0; whole && part < 2 && reader->at < reader->end; part++) {
        (void)accept(reader, ":");
        whole = two_digits(reader, part == 0 ? 59 : 60);
        if (whole && part == 1 && accept(reader, ".")) {
            whole = digits(reader) > 0;
        }
    }
    return whole && reader->at == reader->end;
}

static bool is_age(struct reader *reader)
{
    const size_t count = digits(reader);

    return count > 0 && count <= 3 && accept(reader, "DWMY") && reader->at == reader->end;
}

bool formats_is_plain(uint16_t vr, const char *value, size_t length)
{
    struct reader reader = {value, value + length};

    if (length > 16) {
        return false;
    }
    while (reader.at < reader.end && *reader.at == ' ') {
        reader.at++;
    }
    while (reader.end > reader.at && reader.end[-1] == ' ') {
        reader.end--;
    }
    switch (vr) {
    case DCMCHAIN_VR_DS:
        return is_decimal(&reader);
    case DCMCHAIN_VR_IS:
        return is_integer(&reader);
    case DCMCHAIN_VR_TM:
        return is_time(&reader);
    case DCMCHAIN_VR_AS:
        return is_age(&reader);
    default:
        return false;
    }
}
