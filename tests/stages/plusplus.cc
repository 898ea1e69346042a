// plusplus.cc: a stage in C++: objects as state, freed by the closes; or an exception that crosses by
// mistake.
#include <dcmchain/stage.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace {

struct config {
    const char *word;
    int32_t throws;
};

const dcmchain_setting settings[] = {
    {"word", DCMCHAIN_SETTING_STRING, 0, "\"seen\"", 0, 40, nullptr, "What the document says.",
     offsetof(config, word)},
    {"throws", DCMCHAIN_SETTING_BOOL, 0, "false", 0, 0, nullptr, "Whether instance() throws.",
     offsetof(config, throws)},
};

struct series {
    std::string text;
};

int run_open(dcmchain_context *, const void *given, void **ret_run)
{
    *ret_run = new config(*static_cast<const config *>(given));
    return DCMCHAIN_OK;
}

int series_open(dcmchain_context *, const dcmchain_scope *, void **ret_series)
{
    *ret_series = new series;
    return DCMCHAIN_OK;
}

int instance(dcmchain_context *, const dcmchain_scope *scope, dcmchain_instance *given)
{
    const auto *run = static_cast<const config *>(scope->run);
    if (run->throws != 0) {
        throw std::runtime_error("a mistake");
    }
    auto *own = static_cast<series *>(scope->series);
    own->text += std::string(run->word) + " " + std::to_string(dcmchain_instance_ordinal(given)) + "\n";
    return DCMCHAIN_OK;
}

int series_close(dcmchain_context *context, const dcmchain_scope *scope, uint32_t ok)
{
    const std::unique_ptr<series> own(static_cast<series *>(scope->series));
    return ok == 0 ? DCMCHAIN_OK
                   : dcmchain_emit(context, scope, "plusplus", ".txt", own->text.data(), own->text.size());
}

void run_close(dcmchain_context *, void *run, uint32_t)
{
    delete static_cast<config *>(run);
}

} // namespace

const dcmchain_stage *dcmchain_stage_entry(void)
{
    static const dcmchain_stage stage = [] {
        dcmchain_stage made = {};
        made.struct_size = sizeof made;
        made.abi = DCMCHAIN_STAGE_ABI;
        made.name = "plusplus";
        made.version = "0.1.0";
        made.summary = "is written in C++";
        made.settings = settings;
        made.settings_count = sizeof settings / sizeof settings[0];
        made.setting_size = sizeof settings[0];
        made.config_size = sizeof(config);
        made.run_open = run_open;
        made.series_open = series_open;
        made.instance = instance;
        made.series_close = series_close;
        made.run_close = run_close;
        return made;
    }();
    return &stage;
}
