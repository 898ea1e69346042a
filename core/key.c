/* key.c: see key.h. The key is in one block that is locked into memory where the system allows it, and wiped.
 */
#include "key.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>

#include "cleanup.h"
#include "dcmchain/base.h"
#include "digest.h"
#include "text.h"
#include "watch.h"

#define KEY_BYTES ((size_t)32)
#define KEY_DIGITS (2 * KEY_BYTES)
#define FILE_BYTES 128U /* digits and white space after them */

struct key {
    uint8_t bytes[KEY_BYTES];
    struct hmac hmac; /* prepared; never changed after */
    char id[17];
    bool lasting;
};

/* Prepares the HMAC once; each use works on a copy. */
static void prepare(struct key *key)
{
    uint8_t id[32];
    hmac_prepare(&key->hmac, key->bytes);
    key_hmac(key, "", "dcmchain key id", "", 0, id);
    digest_hex(id, 8, key->id);
}

static struct key *make_key(void)
{
    struct key *key = calloc(1, sizeof *key);
    if (key != NULL) {
        (void)mlock(key, sizeof *key); /* may be refused: then it can reach the swap */
        (void)madvise(key, sizeof *key, MADV_DONTDUMP);
    }
    return key;
}

void key_free(struct key *key)
{
    if (key != NULL) {
        OPENSSL_cleanse(key, sizeof *key);
        (void)munlock(key, sizeof *key);
        free(key);
    }
}

int key_open_random(dcmchain_watch *watch, struct key **ret_key)
{
    struct key *key = make_key();
    if (key == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    if (!watch_key(watch, key->bytes) && getrandom(key->bytes, KEY_BYTES, 0) != (ssize_t)KEY_BYTES) {
        key_free(key);
        return DCMCHAIN_E_IO;
    }
    watch_keep_key(watch, key->bytes);
    prepare(key);
    *ret_key = key;
    return DCMCHAIN_OK;
}

int key_make_text(char ret_text[KEY_TEXT_BYTES])
{
    uint8_t bytes[KEY_BYTES];
    if (getrandom(bytes, KEY_BYTES, 0) != (ssize_t)KEY_BYTES) {
        return DCMCHAIN_E_IO;
    }
    digest_hex(bytes, KEY_BYTES, ret_text);
    OPENSSL_cleanse(bytes, sizeof bytes);
    memcpy(ret_text + KEY_DIGITS, "\n", 2);
    return DCMCHAIN_OK;
}

/* ---- the file ---- */

static int refuse(char **ret_problem, const char *text)
{
    *ret_problem = text_format("key file: %s", text);
    return DCMCHAIN_E_USAGE;
}

static const char *status_problem(const struct stat *status)
{
    if (!S_ISREG(status->st_mode)) {
        return "it is not a regular file";
    }
    if ((status->st_mode & 077) != 0) {
        return "others than its owner can read it: chmod 600 it";
    }
    if (status->st_uid != geteuid() && status->st_uid != 0) {
        return "it belongs to another user: it must be the caller's or root's";
    }
    return NULL;
}

static int digit_of(char character)
{
    if (character >= '0' && character <= '9') {
        return character - '0';
    }
    if (character >= 'a' && character <= 'f') {
        return character - 'a' + 10;
    }
    return character >= 'A' && character <= 'F' ? character - 'A' + 10 : -1;
}

static bool parse_digits(const char *text, size_t length, uint8_t ret_bytes[KEY_BYTES])
{
    if (length < KEY_DIGITS) {
        return false;
    }
    for (size_t i = KEY_DIGITS; i < length; i++) {
        if (text[i] == '\0' || strchr(" \t\r\n", text[i]) == NULL) {
            return false;
        }
    }
    for (size_t i = 0; i < KEY_BYTES; i++) {
        int high = digit_of(text[2 * i]);
        int low = digit_of(text[2 * i + 1]);
        if (high < 0 || low < 0) {
            return false;
        }
        ret_bytes[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

static bool all_equal(const uint8_t *bytes)
{
    return memcmp(bytes, bytes + 1, KEY_BYTES - 1) == 0;
}

static int read_key(int fd, struct key *key, char **ret_problem)
{
    char text[FILE_BYTES + 1];
    size_t length = 0;
    ssize_t got = 1;
    while (got > 0 && length < sizeof text) {
        got = read(fd, text + length, sizeof text - length);
        length += got > 0 ? (size_t)got : 0;
    }
    bool well = got >= 0 && length <= FILE_BYTES && parse_digits(text, length, key->bytes);
    OPENSSL_cleanse(text, sizeof text);
    if (!well) {
        return refuse(ret_problem,
                      "it must hold 64 hexadecimal digits and nothing else; 'dcmchain key new --key-file "
                      "FILE' makes one");
    }
    if (all_equal(key->bytes)) {
        return refuse(ret_problem, "all its digits are alike, anybody can guess it; 'dcmchain key new "
                                   "--key-file FILE' makes another");
    }
    return DCMCHAIN_OK;
}

int key_open_file(const char *path, struct key **ret_key, char **ret_problem)
{
    AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat status;
    if (fd < 0 || fstat(fd, &status) != 0) {
        return refuse(ret_problem, strerror(errno));
    }
    const char *problem = status_problem(&status);
    if (problem != NULL) {
        return refuse(ret_problem, problem);
    }
    struct key *key = make_key();
    if (key == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    int result = read_key(fd, key, ret_problem);
    if (result != DCMCHAIN_OK) {
        key_free(key);
        return result;
    }
    prepare(key);
    key->lasting = true;
    *ret_key = key;
    return DCMCHAIN_OK;
}

/* ---- its use ---- */

bool key_is_lasting(const struct key *key)
{
    return key->lasting;
}

const char *key_id(const struct key *key)
{
    return key->id;
}

static void add_field(struct hmac *hmac, const void *bytes, size_t length)
{
    uint8_t prefix[8];
    for (size_t i = 0; i < sizeof prefix; i++) {
        prefix[i] = (uint8_t)((uint64_t)length >> (8 * (7 - i)));
    }
    hmac_add(hmac, prefix, sizeof prefix);
    hmac_add(hmac, bytes, length);
}

void key_hmac(const struct key *key, const char *project, const char *domain, const void *bytes,
              size_t length, uint8_t ret_digest[32])
{
    struct hmac hmac = key->hmac;
    add_field(&hmac, project, strlen(project));
    add_field(&hmac, domain, strlen(domain));
    add_field(&hmac, bytes, length);
    hmac_finish(&hmac, ret_digest);
}
