/* formats.c: see formats.h. Each format is a pattern: '9' is a digit, '*' any more of them, [...] one that
 * may be missing, all else itself. */
#include "formats.h"

#include "dcmchain/dataset.h"

/* A value is what one of the patterns of its VR says. */
static const struct {
    uint16_t vr;
    const char *pattern;
} formats[] = {
    {DCMCHAIN_VR_AS, "9[9][9]D"},
    {DCMCHAIN_VR_AS, "9[9][9]W"},
    {DCMCHAIN_VR_AS, "9[9][9]M"},
    {DCMCHAIN_VR_AS, "9[9][9]Y"},
    {DCMCHAIN_VR_IS, "[+][-]9*"},
    {DCMCHAIN_VR_DS, "[+][-]9*[.]*"},
    {DCMCHAIN_VR_DS, "[+][-].9*"},
    {DCMCHAIN_VR_DS, "[+][-]9*[.]*[e][E][+][-]9*"},
    {DCMCHAIN_VR_DS, "[+][-].9*[e][E][+][-]9*"},
    {DCMCHAIN_VR_TM, "99"},
    {DCMCHAIN_VR_TM, "99[:]99"},
    {DCMCHAIN_VR_TM, "99[:]99[:]99[.]*"},
    {DCMCHAIN_VR_DA, "99999999"},
    {DCMCHAIN_VR_DA, "9999.99.99"},
    {DCMCHAIN_VR_DA, "9999-99-99"},
    {DCMCHAIN_VR_DT, "9999*[.]*[+][-]*"},
};

static bool is_digit(char letter)
{
    return letter >= '0' && letter <= '9';
}

static bool matches(const char *pattern, const char *at, const char *end)
{
    while (*pattern != '\0') {
        if (*pattern == '*') {
            while (at < end && is_digit(*at)) {
                at++;
            }
            pattern++;
            continue;
        }
        bool optional = *pattern == '[';
        char wanted = optional ? pattern[1] : *pattern;
        bool same = at < end && (wanted == '9' ? is_digit(*at) : *at == wanted);
        if (!same && !optional) {
            return false;
        }
        at += same ? 1 : 0;
        pattern += optional ? 3 : 1;
    }
    return at == end;
}

bool formats_match(uint16_t vr, const char *value, size_t length)
{
    const char *at = value;
    const char *end = value + length;
    while (at < end && *at == ' ') {
        at++;
    }
    while (end > at && (end[-1] == ' ' || end[-1] == '\0')) {
        end--;
    }
    if (at == end) {
        return true;
    }
    if (vr == DCMCHAIN_VR_UI) {
        while (at < end && (is_digit(*at) || *at == '.')) {
            at++;
        }
        return at == end;
    }
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        if (formats[i].vr == vr && matches(formats[i].pattern, at, end)) {
            return true;
        }
    }
    return false;
}
