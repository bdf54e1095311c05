/* probe/topology.c -- cores, nodes, caches and memory: by hwloc, or by what the C library tells. */
#define _DEFAULT_SOURCE
#include "probe/measure.h"

#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "probe/machine.h"

#ifdef TR_HAS_HWLOC
#include <hwloc.h>
#endif

/* A count that the system does not tell is 0. */
static double told(int name)
{
    const long value = sysconf(name);
    return value > 0 ? (double)value : 0.0;
}

static void load_plain(tr_cpu_map *map)
{
    tr_machine machine;
    map->core_count = (int)told(_SC_NPROCESSORS_ONLN);
    map->node_count = 1;
    map->memory_byte = told(_SC_PHYS_PAGES) * told(_SC_PAGESIZE);
    if (tr_machine_read("/proc", NULL, &machine, NULL) == TR_OK) { /* without the threads that share a core */
        (void)tr_text_copy(map->cpu, sizeof map->cpu, machine.cpu);
        map->core_count = machine.core_count < map->core_count ? (int)machine.core_count : map->core_count;
    }
#ifdef _SC_LEVEL1_DCACHE_SIZE
    map->cache_byte[0] = told(_SC_LEVEL1_DCACHE_SIZE);
    map->cache_byte[1] = told(_SC_LEVEL2_CACHE_SIZE);
    map->cache_byte[2] = told(_SC_LEVEL3_CACHE_SIZE);
#endif
    for (int level = 0; level < TR_CACHE_LEVELS; level++) /* which cores share one is not told: the usual */
        map->cache_share_count[level] = level < 2 ? map->core_count : 1;
}

#ifdef TR_HAS_HWLOC
static void load_cache(hwloc_topology_t topology, hwloc_obj_type_t type, tr_cpu_map *map, int level)
{
    const int count = hwloc_get_nbobjs_by_type(topology, type);
    hwloc_obj_t cache = count > 0 ? hwloc_get_obj_by_type(topology, type, 0) : NULL;
    if (cache == NULL || cache->attr == NULL)
        return;
    map->cache_byte[level] = (double)cache->attr->cache.size;
    map->cache_share_count[level] = count;
}

static void load_hwloc(tr_cpu_map *map)
{
    hwloc_topology_t topology;
    if (hwloc_topology_init(&topology) != 0)
        return;
    if (hwloc_topology_load(topology) != 0) {
        hwloc_topology_destroy(topology);
        return;
    }
    map->hwloc = topology;
    map->has_hwloc = 1;
    const int cores = hwloc_get_nbobjs_by_type(topology, HWLOC_OBJ_CORE);
    const int nodes = hwloc_get_nbobjs_by_type(topology, HWLOC_OBJ_NUMANODE);
    map->core_count = cores > 0 ? cores : map->core_count;
    map->node_count = 0;
    for (int i = 0; i < nodes && map->node_count < TR_NODE_MAX; i++) {
        hwloc_obj_t node = hwloc_get_obj_by_type(topology, HWLOC_OBJ_NUMANODE, (unsigned)i);
        const int inside = hwloc_get_nbobjs_inside_cpuset_by_type(topology, node->cpuset, HWLOC_OBJ_CORE);
        if (inside > 0) /* a node of memory alone has none */
            map->node_core_count[map->node_count++] = inside;
    }
    static const hwloc_obj_type_t type[TR_CACHE_LEVELS] = {HWLOC_OBJ_L1CACHE, HWLOC_OBJ_L2CACHE, HWLOC_OBJ_L3CACHE};
    for (int level = 0; level < TR_CACHE_LEVELS; level++)
        load_cache(topology, type[level], map, level);
}

void tr_cpu_bind(const tr_cpu_map *map, int node)
{
    int seen = 0;
    if (map->hwloc == NULL || map->node_count < 2)
        return;
    const int nodes = hwloc_get_nbobjs_by_type(map->hwloc, HWLOC_OBJ_NUMANODE);
    for (int i = 0; i < nodes; i++) {
        hwloc_obj_t at = hwloc_get_obj_by_type(map->hwloc, HWLOC_OBJ_NUMANODE, (unsigned)i);
        if (hwloc_get_nbobjs_inside_cpuset_by_type(map->hwloc, at->cpuset, HWLOC_OBJ_CORE) > 0 && seen++ == node)
            (void)hwloc_set_cpubind(map->hwloc, at->cpuset, HWLOC_CPUBIND_THREAD);
    }
}

void tr_cpu_map_free(tr_cpu_map *map)
{
    if (map->hwloc != NULL)
        hwloc_topology_destroy(map->hwloc);
    map->hwloc = NULL;
}
#else
static void load_hwloc(tr_cpu_map *map) { map->has_hwloc = 0; }

void tr_cpu_bind(const tr_cpu_map *map, int node)
{
    (void)map;
    (void)node;
}

void tr_cpu_map_free(tr_cpu_map *map) { map->hwloc = NULL; }
#endif

void tr_cpu_map_load(tr_cpu_map *out)
{
    memset(out, 0, sizeof *out);
    load_plain(out);
    load_hwloc(out);
    out->core_count = out->core_count > 0 ? out->core_count : 1;
    if (out->node_count < 2) { /* one node: all of it, whatever was told */
        out->node_count = 1;
        out->node_core_count[0] = out->core_count;
    }
}
