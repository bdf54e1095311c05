/* tests/unit/probe/fake_nvml.c -- a driver's library with two cards of 24 GB, for the test of what reads one. */
#include <stdio.h>

struct memory {
    unsigned long long total, free, used;
};

#define EXPORT __attribute__((visibility("default")))
EXPORT int nvmlInit_v2(void);
EXPORT int nvmlShutdown(void);
EXPORT int nvmlDeviceGetCount_v2(unsigned *count);
EXPORT int nvmlDeviceGetHandleByIndex_v2(unsigned index, void **device);
EXPORT int nvmlDeviceGetName(void *device, char *name, unsigned length);
EXPORT int nvmlDeviceGetMemoryInfo(void *device, struct memory *memory);

int nvmlInit_v2(void) { return 0; }
int nvmlShutdown(void) { return 0; }

int nvmlDeviceGetCount_v2(unsigned *count)
{
    *count = 2;
    return 0;
}

int nvmlDeviceGetHandleByIndex_v2(unsigned index, void **device)
{
    static int card[2];
    *device = &card[index];
    return index < 2 ? 0 : 1;
}

int nvmlDeviceGetName(void *device, char *name, unsigned length)
{
    (void)device;
    (void)snprintf(name, length, "NVIDIA GeForce RTX 3090");
    return 0;
}

int nvmlDeviceGetMemoryInfo(void *device, struct memory *memory)
{
    (void)device;
    *memory = (struct memory){25769803776ULL, 25000000000ULL, 769803776ULL};
    return 0;
}
