/* charset_sets.c: see charset_sets.h. Numbers, terms and escape sequences are those of PS3.3 tables C.12-2 to
 * C.12-5. */
#include "charset_sets.h"

#include <string.h>
#include <strings.h>

const struct charset_set charset_sets[] = {
    {"6", CHARSET_ASCII, NULL, "(B", NULL},
    {"100", CHARSET_SINGLE, "ISO-8859-1", "(B", "-A"},
    {"101", CHARSET_SINGLE, "ISO-8859-2", "(B", "-B"},
    {"109", CHARSET_SINGLE, "ISO-8859-3", "(B", "-C"},
    {"110", CHARSET_SINGLE, "ISO-8859-4", "(B", "-D"},
    {"144", CHARSET_SINGLE, "ISO-8859-5", "(B", "-L"},
    {"127", CHARSET_SINGLE, "ISO-8859-6", "(B", "-G"},
    {"126", CHARSET_SINGLE, "ISO-8859-7", "(B", "-F"},
    {"138", CHARSET_SINGLE, "ISO-8859-8", "(B", "-H"},
    {"148", CHARSET_SINGLE, "ISO-8859-9", "(B", "-M"},
    {"203", CHARSET_SINGLE, "ISO-8859-15", "(B", "-b"},
    {"166", CHARSET_SINGLE, "TIS-620", "(B", "-T"},
    {"13", CHARSET_KATAKANA, NULL, "(J", ")I"},
    {"87", CHARSET_DOUBLE_G0, "ISO-2022-JP", "$B", NULL},
    {"159", CHARSET_DOUBLE_G0, "ISO-2022-JP-2", "$(D", NULL},
    {"149", CHARSET_DOUBLE_G1, "EUC-KR", "(B", "$)C"},
    {"58", CHARSET_DOUBLE_G1, "GB2312", "(B", "$)A"},
    {"192", CHARSET_WHOLE, NULL, NULL, NULL}, /* UTF-8 */
    {"GB18030", CHARSET_WHOLE, "GB18030", NULL, NULL},
    {"GBK", CHARSET_WHOLE, "GBK", NULL, NULL},
};
const size_t charset_set_count = sizeof charset_sets / sizeof charset_sets[0];

static bool begins(const char *bytes, size_t length, const char *with, size_t *ret_length)
{
    size_t wanted = with == NULL ? 0 : strlen(with);
    if (wanted == 0 || length < wanted || memcmp(bytes, with, wanted) != 0) {
        return false;
    }
    *ret_length = wanted;
    return true;
}

const struct charset_set *charset_find_escape(const char *bytes, size_t length, bool *ret_g1,
                                              size_t *ret_length)
{
    for (size_t i = 0; i < charset_set_count; i++) {
        *ret_g1 = begins(bytes, length, charset_sets[i].g1, ret_length);
        if (*ret_g1 || begins(bytes, length, charset_sets[i].g0, ret_length)) {
            return &charset_sets[i];
        }
    }
    return NULL;
}

/* "ISO_IR 100", "ISO 2022 IR 100", and what devices make of them ("ISO-IR 100", "ISO 2022_IR_100", "iso_ir
 * 100", "ISO IR 100"): the number after the last "IR". */
const struct charset_set *charset_find_term(const char *term, size_t length)
{
    char name[32];
    size_t used = 0;
    for (size_t i = 0; i < length && used + 1 < sizeof name; i++) {
        if (strchr(" _-.", term[i]) == NULL) {
            name[used++] = term[i];
        }
    }
    name[used] = '\0';
    const char *number = name;
    if (strncasecmp(name, "ISOIR", 5) == 0) {
        number = name + 5;
    } else if (strncasecmp(name, "ISO2022IR", 9) == 0) {
        number = name + 9;
    } else if (strncasecmp(name, "GB", 2) != 0) {
        return NULL;
    }
    for (size_t i = 0; i < charset_set_count; i++) {
        if (strcasecmp(charset_sets[i].number, number) == 0) {
            return &charset_sets[i];
        }
    }
    return NULL;
}
