/* probe/nvml.c -- the NVIDIA driver's cards, through libnvidia-ml where the machine has it: nothing is linked. */
#include "probe/nvml.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

/* As docs.nvidia.com/deploy/nvml-api declares them (NVML 12, 2024): 0 is success everywhere. */
typedef int (*nvml_plain)(void);
typedef int (*nvml_count)(unsigned *count);
typedef int (*nvml_handle)(unsigned index, void **device);
typedef int (*nvml_name)(void *device, char *name, unsigned length);
typedef struct nvml_memory {
    unsigned long long total, free, used;
} nvml_memory;
typedef int (*nvml_memory_of)(void *device, nvml_memory *memory);

typedef struct nvml {
    nvml_plain init, shutdown;
    nvml_count count;
    nvml_handle handle;
    nvml_name name;
    nvml_memory_of memory;
} nvml;

/* dlsym gives an object pointer; POSIX says that it may be read as a function's. */
static int find(void *library, const char *symbol, void *function)
{
    void *const found = dlsym(library, symbol);
    memcpy(function, &found, sizeof found);
    return found != NULL;
}

static int load(void *library, nvml *n)
{
    return find(library, "nvmlInit_v2", &n->init) && find(library, "nvmlShutdown", &n->shutdown) &&
           find(library, "nvmlDeviceGetCount_v2", &n->count) &&
           find(library, "nvmlDeviceGetHandleByIndex_v2", &n->handle) &&
           find(library, "nvmlDeviceGetName", &n->name) && find(library, "nvmlDeviceGetMemoryInfo", &n->memory);
}

static void read_cards(const nvml *n, tr_nvml_cards *out)
{
    unsigned count = 0;
    if (n->count(&count) != 0)
        return;
    for (unsigned i = 0; i < count; i++) {
        void *device = NULL;
        char name[sizeof out->name] = "";
        nvml_memory memory = {0, 0, 0};
        if (n->handle(i, &device) != 0 || n->name(device, name, sizeof name) != 0)
            continue;
        if (out->count == 0) {
            (void)snprintf(out->name, sizeof out->name, "%s", name);
            out->memory_byte = n->memory(device, &memory) == 0 ? (double)memory.total : 0.0;
        }
        out->count += strcmp(name, out->name) == 0;
    }
}

int tr_nvml_read(const char *library, tr_nvml_cards *out)
{
    nvml n;
    tr_nvml_cards cards = {.count = 0};
    void *const opened = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    if (opened == NULL)
        return 0;
    if (load(opened, &n) && n.init() == 0) {
        read_cards(&n, &cards);
        (void)n.shutdown();
    }
    (void)dlclose(opened);
    *out = cards;
    return cards.count > 0;
}
