/* fuzz_dataset.c: the dataset API on any bytes: reading, every question to every element, DICOM JSON,
 * editing, and that what is written is read again. */
#include <string.h>

#include "dcmchain/dataset.h"
#include "fuzz.h"

static int ask(void *closure, const struct dcmchain_position *position, dcmchain_element *element)
{
    unsigned *count = closure;
    char *text = NULL;
    void *bytes = NULL;
    size_t length = 0;
    double number = 0;
    int64_t integer = 0;
    int results = 0; /* whichever they are */
    MUST(position->depth <= DCMCHAIN_MAX_DEPTH);
    for (size_t i = 0; i < dcmchain_element_value_count(element) && i < 4; i++) {
        if (dcmchain_element_get_value(element, i, &text) == DCMCHAIN_OK) {
            MUST(strlen(text) < SIZE_MAX);
            dcmchain_free(text);
        }
        results += dcmchain_element_get_double(element, i, &number);
        results += dcmchain_element_get_integer(element, i, &integer);
        (void)dcmchain_element_item(element, i);
    }
    if (dcmchain_element_get_bytes(element, &bytes, &length) == DCMCHAIN_OK) {
        dcmchain_free(bytes);
    }
    if (dcmchain_element_private_creator(element, &text) == DCMCHAIN_OK) {
        dcmchain_free(text);
    }
    if (dcmchain_element_get_text(element, &text) == DCMCHAIN_OK) {
        /* What was read can be written: in the same item, in the same character set. */
        results += dcmchain_element_set_text(element, text);
        dcmchain_free(text);
    }
    results += dcmchain_element_decode_items(element); /* what comes of it is asked in its turn */
    MUST(results <= 0);
    (*count)++;
    return *count % 7 == 0 ? DCMCHAIN_VISIT_REMOVE : DCMCHAIN_VISIT_NEXT;
}

static int look(void *closure, const struct dcmchain_position *position, dcmchain_element *element)
{
    (void)position;
    /* Group lengths are not written. */
    *(unsigned *)closure += DCMCHAIN_TAG_ELEMENT(dcmchain_element_tag(element)) != 0 ? 1U : 0U;
    return DCMCHAIN_VISIT_NEXT;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    dcmchain_dataset *dataset = NULL;
    dcmchain_dataset *again = NULL;
    unsigned count = 0;
    void *bytes = NULL;
    size_t length = 0;
    if (dcmchain_dataset_read(data, size, &dataset) != DCMCHAIN_OK) {
        return 0;
    }
    char *json = NULL;
    if (dcmchain_item_to_json(dcmchain_dataset_root(dataset), &json) == DCMCHAIN_OK) {
        MUST(json[0] == '{');
        dcmchain_free(json);
    }
    MUST(dcmchain_item_walk(dcmchain_dataset_root(dataset), 0, ask, &count) == DCMCHAIN_OK);
    struct dcmchain_pixel_info info;
    dcmchain_dataset_pixel_info(dataset, &info);
    unsigned left = 0;
    MUST(dcmchain_item_walk(dcmchain_dataset_root(dataset), 0, look, &left) == DCMCHAIN_OK);
    if (info.tag == 0 && left > 0 &&
        dcmchain_dataset_write(dataset, NULL, 0, &bytes, &length) == DCMCHAIN_OK) {
        MUST(dcmchain_dataset_read(bytes, length, &again) == DCMCHAIN_OK);
        unsigned read = 0;
        MUST(dcmchain_item_walk(dcmchain_dataset_root(again), 0, look, &read) == DCMCHAIN_OK);
        MUST(read == left);
        dcmchain_dataset_free(again);
        dcmchain_free(bytes);
    }
    dcmchain_dataset_free(dataset);
    return 0;
}
