/* dcmchain/base.h: what all public headers share: visibility, versions, result codes.
 * It declares no behaviour; stage.h, dataset.h and chain.h include it for you.
 *
 * Ownership, for the whole API: a pointer that a function returns is borrowed, and says how long it
 * lives; a pointer that arrives in a ret_* parameter is owned by the caller, who frees it with the
 * function named there (text and bytes: dcmchain_free()). A ret_* parameter is untouched on failure.
 * Every free function accepts NULL. Text is UTF-8 with a terminating NUL.
 */
#ifndef DCMCHAIN_BASE_H
#define DCMCHAIN_BASE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define DCMCHAIN_BEGIN_DECLS extern "C" {
#define DCMCHAIN_END_DECLS }
#define DCMCHAIN_NOEXCEPT noexcept
#else
#define DCMCHAIN_BEGIN_DECLS
#define DCMCHAIN_END_DECLS
#define DCMCHAIN_NOEXCEPT
#endif

#if defined(__GNUC__)
#define DCMCHAIN_API __attribute__((visibility("default")))
#define DCMCHAIN_PRINTF(format_at, first_at) __attribute__((__format__(__printf__, format_at, first_at)))
#define DCMCHAIN_MUST_CHECK __attribute__((warn_unused_result))
#else
#define DCMCHAIN_API
#define DCMCHAIN_PRINTF(format_at, first_at)
#define DCMCHAIN_MUST_CHECK
#endif

/* Version of the headers that you compile against. dcmchain_version() tells that of the library. */
#define DCMCHAIN_VERSION_MAJOR 0
#define DCMCHAIN_VERSION_MINOR 1
#define DCMCHAIN_VERSION_PATCH 0
#define DCMCHAIN_VERSION "0.1.0"

/* Results. Functions return DCMCHAIN_OK or one of the negative codes; stage callbacks return
 * DCMCHAIN_OK, DCMCHAIN_DROP, or the value of dcmchain_error() or dcmchain_residual(). Since 0.1. */
#define DCMCHAIN_OK 0
#define DCMCHAIN_DROP 1           /* instance(), study_open(): leave it out, on purpose; it is counted */
#define DCMCHAIN_FAIL (-1)        /* failed; a text says why */
#define DCMCHAIN_E_ABSENT (-2)    /* no such element, item, value or counterpart */
#define DCMCHAIN_E_TYPE (-3)      /* the VR does not hold this kind of value */
#define DCMCHAIN_E_INVALID (-4)   /* the value or argument is not valid */
#define DCMCHAIN_E_RANGE (-5)     /* outside a stated limit, or an index past the end */
#define DCMCHAIN_E_MEMORY (-6)    /* out of memory */
#define DCMCHAIN_E_CHARSET (-7)   /* not decodable, or not encodable, in the character set in force */
#define DCMCHAIN_E_TAKEN (-8)     /* a name is in use already, or was */
#define DCMCHAIN_E_CONFIG (-9)    /* the pipeline description or settings are wrong */
#define DCMCHAIN_E_USAGE (-10)    /* the call does not fit the options given */
#define DCMCHAIN_E_IO (-11)       /* the operating system refused; errno tells */
#define DCMCHAIN_E_RESIDUAL (-12) /* an identifier is in what would be published: dcmchain_residual() */

DCMCHAIN_BEGIN_DECLS

/* Version of the library in use, as "MAJOR.MINOR.PATCH". Borrowed, static. Any thread. Since 0.1. */
DCMCHAIN_API const char *dcmchain_version(void) DCMCHAIN_NOEXCEPT;

/* Frees text or bytes that a ret_* parameter of this API gave. NULL is fine. Any thread. Since 0.1. */
DCMCHAIN_API void dcmchain_free(void *memory) DCMCHAIN_NOEXCEPT;

/* A short English text for a result code, lower case. Borrowed, static. Any thread. Since 0.1. */
DCMCHAIN_API const char *dcmchain_result_text(int result) DCMCHAIN_NOEXCEPT;

DCMCHAIN_END_DECLS

#endif
