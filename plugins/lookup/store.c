/* store.c: see store.h. The database never sees a plain name: rows are found by HMAC of domain and value
 * under every key of the ring, so that what a retired key made is found too. */
#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "../common/cleanup.h"

#define FILE_NAME "lookup.sqlite"
#define GUARD_NAME "lookup.guard"
#define SCHEMA_VERSION 1
#define BUSY_MS 120000
#define PURPOSE "lookup record"
#define HASH_BYTES 32
#define PROBLEM_BYTES 256

struct store {
    const dcmchain_context *context;
    sqlite3 *database;
    char problem[PROBLEM_BYTES];
};

/* From version n to n + 1. */
static const char *const migrations[SCHEMA_VERSION] = {
    "CREATE TABLE record (id INTEGER PRIMARY KEY AUTOINCREMENT, confirmed INTEGER NOT NULL, "
    "sealed INTEGER NOT NULL, body BLOB NOT NULL);"
    "CREATE TABLE name (hash BLOB NOT NULL, record INTEGER NOT NULL REFERENCES record ON DELETE CASCADE);"
    "CREATE INDEX name_hash ON name (hash);"
    "CREATE INDEX name_record ON name (record);"
    "CREATE TABLE claim (hash BLOB NOT NULL, owner BLOB NOT NULL, "
    "record INTEGER NOT NULL REFERENCES record ON DELETE CASCADE);"
    "CREATE INDEX claim_hash ON claim (hash);"
    "CREATE INDEX claim_record ON claim (record);",
};

const char *store_problem(const struct store *store)
{
    return store->problem;
}

static int fail(struct store *store, const char *what, const char *why)
{
    (void)snprintf(store->problem, sizeof store->problem, "%s: %s", what, why);
    return DCMCHAIN_FAIL;
}

/* SQLite's own words hold no value of ours: every value is bound. */
static int fail_sql(struct store *store, const char *what)
{
    return fail(store, what, sqlite3_errstr(sqlite3_extended_errcode(store->database)));
}

static int execute(struct store *store, const char *sql, const char *what)
{
    return sqlite3_exec(store->database, sql, NULL, NULL, NULL) == SQLITE_OK ? DCMCHAIN_OK
                                                                             : fail_sql(store, what);
}

/* ---- opening ---- */

static void close_fd(const int *fd)
{
    if (*fd >= 0) {
        (void)close(*fd);
    }
}

/* Switching to WAL and migrating want the file alone: one process after the other. */
static int lock_guard(const char *folder)
{
    char path[4096];
    if (snprintf(path, sizeof path, "%s/" GUARD_NAME, folder) >= (int)sizeof path) {
        return -1;
    }
    int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);
    while (fd >= 0 && flock(fd, LOCK_EX) != 0) {
        if (errno != EINTR) {
            (void)close(fd);
            return -1;
        }
    }
    return fd;
}

static int read_version(struct store *store, int *ret_version)
{
    sqlite3_stmt *statement = NULL;
    int result = DCMCHAIN_OK;
    if (sqlite3_prepare_v2(store->database, "PRAGMA user_version", -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW) {
        *ret_version = sqlite3_column_int(statement, 0);
    } else {
        result = fail_sql(store, "the look-up's version could not be read");
    }
    (void)sqlite3_finalize(statement);
    return result;
}

static int migrate(struct store *store)
{
    int version = 0;
    int result = read_version(store, &version);
    if (result == DCMCHAIN_OK && (version < 0 || version > SCHEMA_VERSION)) {
        return fail(store, "the look-up", "it was written by a newer dcmchain");
    }
    for (; result == DCMCHAIN_OK && version < SCHEMA_VERSION; version++) {
        char sql[2048];
        (void)snprintf(sql, sizeof sql, "BEGIN IMMEDIATE; %s PRAGMA user_version = %d; COMMIT;",
                       migrations[version], version + 1);
        result = execute(store, sql, "the look-up could not be made");
    }
    return result;
}

/* secure_delete overwrites what is deleted; temporary files would hold rows outside our folder. */
static int set_up(struct store *store)
{
    static const char pragmas[] = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; "
                                  "PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY; "
                                  "PRAGMA foreign_keys = ON;";
    (void)sqlite3_busy_timeout(store->database, BUSY_MS);
    int result = execute(store, pragmas, "the look-up could not be set up");
    return result == DCMCHAIN_OK ? migrate(store) : result;
}

/* SQLite would make it as the umask says. Closed again before SQLite opens it: closing any descriptor of a
 * file drops all locks that the process holds on it (POSIX), and with them rows. */
static int make_file(struct store *store, const char *path, bool create)
{
    int fd = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC | (create ? O_CREAT : 0), 0600);
    if (fd >= 0) {
        (void)close(fd);
        return DCMCHAIN_OK;
    }
    int result = errno == ENOENT ? DCMCHAIN_E_ABSENT : DCMCHAIN_FAIL;
    (void)fail(store, "the look-up", errno == ENOENT ? "nothing was remembered yet" : strerror(errno));
    return result;
}

static int open_database(struct store *store, const char *folder, bool create)
{
    char path[4096];
    int length = snprintf(path, sizeof path, "%s/" FILE_NAME, folder);
    AUTO(close_fd) int guard = length < (int)sizeof path ? lock_guard(folder) : -1;
    if (guard < 0) {
        return fail(store, "the look-up could not be locked", strerror(errno));
    }
    int result = make_file(store, path, create);
    if (result != DCMCHAIN_OK) {
        return result;
    }
    if (sqlite3_open_v2(path, &store->database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) !=
        SQLITE_OK) {
        return fail(store, "the look-up", "it could not be opened");
    }
    return set_up(store);
}

int store_open(const dcmchain_context *context, bool create, struct store **ret_store, char **ret_problem)
{
    const char *folder = dcmchain_persistence(context);
    struct store *store = calloc(1, sizeof *store);
    if (store == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    store->context = context;
    int result = folder == NULL ? fail(store, "the look-up", "there is no persistence folder")
                                : open_database(store, folder, create);
    if (result != DCMCHAIN_OK) {
        *ret_problem = strdup(store->problem);
        store_close(store);
        return result;
    }
    *ret_store = store;
    return DCMCHAIN_OK;
}

void store_close(struct store *store)
{
    if (store != NULL) {
        (void)sqlite3_close(store->database);
        free(store);
    }
}

/* ---- hashes ---- */

/* UIDs are padded by some, IDs typed by people: what surrounds a value is no part of it. */
static int hash(const struct store *store, size_t key, const char *domain, const char *value,
                uint8_t ret_hash[HASH_BYTES])
{
    char name[64];
    size_t length = strlen(value);
    (void)snprintf(name, sizeof name, "lookup %s", domain);
    for (; length > 0 && (value[0] == ' ' || value[0] == '\t'); value++) {
        length--;
    }
    while (length > 0 && strchr(" \t\r\n", value[length - 1]) != NULL) {
        length--;
    }
    return dcmchain_keyring_hmac(store->context, key, name, value, length, ret_hash);
}

/* ---- adding ---- */

struct adding {
    struct store *store;
    sqlite3_stmt *statement;
    int64_t row;
};

static int run_bound(struct store *store, sqlite3_stmt *statement)
{
    int result = sqlite3_step(statement);
    (void)sqlite3_reset(statement);
    return result == SQLITE_DONE ? DCMCHAIN_OK : fail_sql(store, "the look-up could not be written");
}

static int add_name(void *closure, const char *domain, const char *value)
{
    struct adding *adding = closure;
    uint8_t digest[HASH_BYTES];
    int result = hash(adding->store, 0, domain, value, digest);
    (void)sqlite3_bind_blob(adding->statement, 1, digest, HASH_BYTES, SQLITE_TRANSIENT);
    (void)sqlite3_bind_int64(adding->statement, 2, adding->row);
    return result == DCMCHAIN_OK ? run_bound(adding->store, adding->statement) : result;
}

static int add_claim(void *closure, const char *kind, const char *final, const char *owner)
{
    struct adding *adding = closure;
    uint8_t digest[HASH_BYTES];
    uint8_t of_owner[HASH_BYTES];
    char domain[32];
    (void)snprintf(domain, sizeof domain, "claim %s", kind);
    int result = hash(adding->store, 0, domain, final, digest);
    result = result == DCMCHAIN_OK ? hash(adding->store, 0, "owner", owner, of_owner) : result;
    (void)sqlite3_bind_blob(adding->statement, 1, digest, HASH_BYTES, SQLITE_TRANSIENT);
    (void)sqlite3_bind_blob(adding->statement, 2, of_owner, HASH_BYTES, SQLITE_TRANSIENT);
    (void)sqlite3_bind_int64(adding->statement, 3, adding->row);
    return result == DCMCHAIN_OK ? run_bound(adding->store, adding->statement) : result;
}

/* Does the final value stand for another source value, under whatever key that was noted? */
static int check_claim(void *closure, const char *kind, const char *final, const char *owner)
{
    struct adding *adding = closure;
    char domain[32];
    int result = DCMCHAIN_OK;
    (void)snprintf(domain, sizeof domain, "claim %s", kind);
    for (size_t key = 0; result == DCMCHAIN_OK && dcmchain_keyring_id(adding->store->context, key) != NULL;
         key++) {
        uint8_t digest[HASH_BYTES];
        uint8_t of_owner[HASH_BYTES];
        result = hash(adding->store, key, domain, final, digest);
        result = result == DCMCHAIN_OK ? hash(adding->store, key, "owner", owner, of_owner) : result;
        (void)sqlite3_bind_blob(adding->statement, 1, digest, HASH_BYTES, SQLITE_TRANSIENT);
        (void)sqlite3_bind_blob(adding->statement, 2, of_owner, HASH_BYTES, SQLITE_TRANSIENT);
        int step = result == DCMCHAIN_OK ? sqlite3_step(adding->statement) : SQLITE_DONE;
        (void)sqlite3_reset(adding->statement);
        if (step == SQLITE_ROW) {
            (void)snprintf(adding->store->problem, sizeof adding->store->problem,
                           "the final value of a %s stands for another %s already", kind, kind);
            return DCMCHAIN_E_TAKEN;
        }
        result = step == SQLITE_DONE ? result : fail_sql(adding->store, "the look-up could not be read");
    }
    return result;
}

static int prepare(struct store *store, const char *sql, sqlite3_stmt **ret_statement)
{
    return sqlite3_prepare_v2(store->database, sql, -1, ret_statement, NULL) == SQLITE_OK
               ? DCMCHAIN_OK
               : fail_sql(store, "the look-up could not be used");
}

static int add_body(struct store *store, const cJSON *record, bool sealed, int64_t *ret_row)
{
    char *text = cJSON_PrintUnformatted(record);
    AUTO_API uint8_t *body = NULL;
    size_t length = text == NULL ? 0 : strlen(text);
    sqlite3_stmt *statement = NULL;
    int result = text == NULL ? DCMCHAIN_E_MEMORY : DCMCHAIN_OK;
    if (result == DCMCHAIN_OK && sealed) {
        result = dcmchain_seal(store->context, PURPOSE, text, length, &body, &length);
    }
    if (result == DCMCHAIN_OK) {
        result =
            prepare(store, "INSERT INTO record (confirmed, sealed, body) VALUES (0, ?1, ?2)", &statement);
    }
    if (result == DCMCHAIN_OK) {
        (void)sqlite3_bind_int(statement, 1, sealed ? 1 : 0);
        (void)sqlite3_bind_blob64(statement, 2, sealed ? (const void *)body : text, length, SQLITE_TRANSIENT);
        result = run_bound(store, statement);
        *ret_row = sqlite3_last_insert_rowid(store->database);
    }
    (void)sqlite3_finalize(statement);
    cJSON_free(text);
    return result;
}

static int add_all(struct store *store, const cJSON *record, bool sealed, int64_t *ret_row)
{
    struct adding check = {.store = store};
    struct adding names = {.store = store};
    struct adding claims = {.store = store};
    int result =
        prepare(store, "SELECT 1 FROM claim WHERE hash = ?1 AND owner <> ?2 LIMIT 1", &check.statement);
    result = result == DCMCHAIN_OK
                 ? prepare(store, "INSERT INTO name (hash, record) VALUES (?1, ?2)", &names.statement)
                 : result;
    result =
        result == DCMCHAIN_OK
            ? prepare(store, "INSERT INTO claim (hash, owner, record) VALUES (?1, ?2, ?3)", &claims.statement)
            : result;
    result = result == DCMCHAIN_OK ? record_claims(record, check_claim, &check) : result;
    result = result == DCMCHAIN_OK ? add_body(store, record, sealed, ret_row) : result;
    names.row = *ret_row;
    claims.row = *ret_row;
    result = result == DCMCHAIN_OK ? record_names(record, add_name, &names) : result;
    result = result == DCMCHAIN_OK ? record_claims(record, add_claim, &claims) : result;
    (void)sqlite3_finalize(check.statement);
    (void)sqlite3_finalize(names.statement);
    (void)sqlite3_finalize(claims.statement);
    return result;
}

int store_add(struct store *store, const cJSON *record, bool sealed, int64_t *ret_row)
{
    int64_t row = 0;
    int result = execute(store, "BEGIN IMMEDIATE", "the look-up could not be locked");
    if (result != DCMCHAIN_OK) {
        return result;
    }
    result = add_all(store, record, sealed, &row);
    if (result == DCMCHAIN_OK) {
        result = execute(store, "COMMIT", "the look-up could not be written");
    }
    if (result != DCMCHAIN_OK) {
        (void)sqlite3_exec(store->database, "ROLLBACK", NULL, NULL, NULL);
        return result;
    }
    *ret_row = row;
    return DCMCHAIN_OK;
}

static int change_row(struct store *store, const char *sql, int64_t row)
{
    sqlite3_stmt *statement = NULL;
    int result = prepare(store, sql, &statement);
    if (result == DCMCHAIN_OK) {
        (void)sqlite3_bind_int64(statement, 1, row);
        result = run_bound(store, statement);
    }
    (void)sqlite3_finalize(statement);
    return result;
}

int store_confirm(struct store *store, int64_t row)
{
    return change_row(store, "UPDATE record SET confirmed = 1 WHERE id = ?1", row);
}

int store_remove(struct store *store, int64_t row)
{
    return change_row(store, "DELETE FROM record WHERE id = ?1", row);
}

/* ---- finding ---- */

static int read_record(const struct store *store, sqlite3_stmt *statement, cJSON **ret_record)
{
    const void *body = sqlite3_column_blob(statement, 3);
    size_t length = (size_t)sqlite3_column_bytes(statement, 3);
    AUTO_API char *opened = NULL;
    if (sqlite3_column_int(statement, 2) != 0) {
        int result = dcmchain_unseal(store->context, PURPOSE, body, length, &opened, &length);
        if (result != DCMCHAIN_OK) {
            return result;
        }
        body = opened;
    }
    *ret_record = cJSON_ParseWithLength(body, length);
    return *ret_record == NULL ? DCMCHAIN_E_INVALID : DCMCHAIN_OK;
}

static int visit_rows(struct store *store, sqlite3_stmt *statement, store_visitor visit, void *closure)
{
    int step = SQLITE_DONE;
    while ((step = sqlite3_step(statement)) == SQLITE_ROW) {
        cJSON *record = NULL;
        int result = read_record(store, statement, &record);
        if (result != DCMCHAIN_OK) {
            (void)fail(store, "a record could not be opened",
                       result == DCMCHAIN_E_ABSENT ? "its key is not here" : dcmchain_result_text(result));
            return result;
        }
        const struct stored stored = {sqlite3_column_int64(statement, 0),
                                      sqlite3_column_int(statement, 1) != 0, record};
        result = visit(closure, &stored);
        cJSON_Delete(record);
        if (result != DCMCHAIN_OK) {
            return result;
        }
    }
    return step == SQLITE_DONE ? DCMCHAIN_OK : fail_sql(store, "the look-up could not be read");
}

int store_find(struct store *store, const char *domain, const char *value, store_visitor visit, void *closure)
{
    static const char all[] = "SELECT id, confirmed, sealed, body FROM record ORDER BY id";
    static const char named[] = "SELECT id, confirmed, sealed, body FROM record WHERE id IN "
                                "(SELECT record FROM name WHERE hash = ?1) ORDER BY id";
    sqlite3_stmt *statement = NULL;
    int result = prepare(store, domain == NULL ? all : named, &statement);
    if (result == DCMCHAIN_OK && domain == NULL) {
        result = visit_rows(store, statement, visit, closure);
    }
    for (size_t key = dcmchain_keyring_count(store->context);
         domain != NULL && result == DCMCHAIN_OK && key-- > 0;) {
        uint8_t digest[HASH_BYTES];
        result = hash(store, key, domain, value, digest);
        (void)sqlite3_bind_blob(statement, 1, digest, HASH_BYTES, SQLITE_TRANSIENT);
        result = result == DCMCHAIN_OK ? visit_rows(store, statement, visit, closure) : result;
        (void)sqlite3_reset(statement);
    }
    (void)sqlite3_finalize(statement);
    return result;
}

int store_scrub(struct store *store)
{
    int result = execute(store, "VACUUM", "the look-up could not be cleaned");
    int left = -1;
    if (result == DCMCHAIN_OK && sqlite3_wal_checkpoint_v2(store->database, NULL, SQLITE_CHECKPOINT_TRUNCATE,
                                                           &left, NULL) != SQLITE_OK) {
        result = fail_sql(store, "the look-up's log could not be cleaned");
    }
    return result == DCMCHAIN_OK && left != 0 ? fail(store, "the look-up's log could not be cleaned",
                                                     "another process uses it: run it again")
                                              : result;
}
