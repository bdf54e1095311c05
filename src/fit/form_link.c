/* fit/form_link.c -- tables of collectives: what moves between chips. */
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "fit/form.h"
#include "fit/kernel_time.h"

static tr_status emit(tr_record *r, tr_measured *row, double measured_s)
{
    row->metric = TR_METRIC_KERNEL;
    row->measured_s = measured_s;
    row->system = tr_names_system(r->names, row->system_name, 1);
    if (row->system == NULL)
        return tr_record_skip(r, "a chip that is not in the catalog");
    if (!(kernel_link_byte_per_s(&row->system->chip, row->kernel.group_chip) > 0))
        return tr_record_skip(r, "a chip whose links are not known");
    return tr_record_measured(r, row);
}

/* The least a chip must receive for a message of byte: a switch may add up on the way, so an all-reduce is
 * one message; the others lack only what the chip has already. */
static double received_byte(tr_kernel_class kind, double byte, double group)
{
    return kind == TR_KERNEL_ALL_REDUCE || kind == TR_KERNEL_SEND ? byte : byte * (group - 1) / group / group;
}

static tr_kernel_class class_of(const char *op)
{
    static const struct {
        const char *name;
        tr_kernel_class kind;
    } known[] = {{"all_reduce", TR_KERNEL_ALL_REDUCE},         {"all_gather", TR_KERNEL_ALL_GATHER},
                 {"reduce_scatter", TR_KERNEL_REDUCE_SCATTER}, {"alltoall", TR_KERNEL_ALL_TO_ALL},
                 {"all_to_all", TR_KERNEL_ALL_TO_ALL},         {"send_recv", TR_KERNEL_SEND}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (tr_text_same(op, known[i].name))
            return known[i].kind;
    return TR_KERNEL_NONE;
}

enum {
    COMM_SYSTEM,
    COMM_OP,
    COMM_DTYPE,
    COMM_GROUP,
    COMM_ELEMENTS,
    COMM_LATENCY,
    COMM_SOURCE,
    COMM_BACKEND,
    COMM_VERSION
};

tr_status tr_form_read_collective(tr_record *r)
{
    tr_measured row = {.system_name = tr_record_text(r, COMM_SYSTEM),
                       .engine = tr_record_text(r, COMM_BACKEND),
                       .version = tr_record_text(r, COMM_VERSION),
                       .precision = tr_record_text(r, COMM_DTYPE)};
    tr_kernel *kernel = &row.kernel;
    kernel->kind = class_of(tr_record_text(r, COMM_OP));
    if (kernel->kind == TR_KERNEL_NONE)
        return tr_record_skip(r, "a collective that is not known");
    (void)tr_text_copy(kernel->source, sizeof kernel->source, tr_record_text(r, COMM_SOURCE));
    kernel->math_dtype = kernel->weight_dtype = tr_names_dtype(row.precision);
    kernel->group_chip = tr_record_number(r, COMM_GROUP, 0);
    kernel->n = tr_record_number(r, COMM_ELEMENTS, 0);
    if (!(kernel->group_chip >= 2) || !(kernel->n >= 1))
        return tr_record_skip(r, "no group or no size");
    kernel->activation_byte = kernel->n * tr_dtype_byte(kernel->math_dtype);
    kernel->link_byte = received_byte(kernel->kind, kernel->activation_byte, kernel->group_chip);
    return emit(r, &row, tr_record_number(r, COMM_LATENCY, 0) * 1e-6);
}

enum {
    EP_SYSTEM,
    EP_MODE,
    EP_HIDDEN,
    EP_TOKENS,
    EP_TOPK,
    EP_EXPERTS,
    EP_NODES,
    EP_DISPATCH,
    EP_COMBINE,
    EP_VERSION,
    EP_DISPATCH_TRANSMIT,
    EP_DISPATCH_NOTIFY,
    EP_COMBINE_TRANSMIT,
    EP_COMBINE_NOTIFY
};

tr_status tr_form_read_dispatch(tr_record *r)
{
    static const double chips_per_node = 8; /* of the machines these tables are measured on */
    tr_measured row = {.system_name = tr_record_text(r, EP_SYSTEM),
                       .engine = "deepep",
                       .version = tr_record_text(r, EP_VERSION),
                       .precision = "fp8"};
    tr_kernel *kernel = &row.kernel;
    kernel->kind = TR_KERNEL_ALL_TO_ALL;
    kernel->hidden = tr_record_number(r, EP_HIDDEN, 0);
    kernel->m = tr_record_number(r, EP_TOKENS, 0);
    kernel->experts = tr_record_number(r, EP_EXPERTS, 0);
    kernel->experts_active = tr_record_number(r, EP_TOPK, 0);
    kernel->group_chip = tr_record_number(r, EP_NODES, 1) * chips_per_node;
    if (!(kernel->hidden >= 1) || !(kernel->m >= 1) || !(kernel->experts_active >= 1) ||
        !(kernel->group_chip >= 2))
        return tr_record_skip(r, "no shape");
    if (kernel->group_chip > chips_per_node)
        return tr_record_skip(r, "over several nodes: outside the scale-up domain");
    /* A token goes once to each other chip that holds one of its experts. */
    const double chips = (kernel->group_chip - 1) *
                         tr_expert_touched_share(1 - 1 / kernel->group_chip, kernel->experts_active);
    /* The low-latency kernels are timed whole, the others in two parts. */
    const double dispatch_s = 1e-6 * tr_record_number(r, EP_DISPATCH,
                                                      tr_record_number(r, EP_DISPATCH_TRANSMIT, 0) +
                                                          tr_record_number(r, EP_DISPATCH_NOTIFY, 0));
    const double combine_s = 1e-6 * tr_record_number(r, EP_COMBINE,
                                                     tr_record_number(r, EP_COMBINE_TRANSMIT, 0) +
                                                         tr_record_number(r, EP_COMBINE_NOTIFY, 0));
    const char *mode = tr_record_text(r, EP_MODE);
    kernel->math_dtype = kernel->weight_dtype = TR_DTYPE_FP8;
    (void)tr_text_copy(kernel->source, sizeof kernel->source, "dispatch ");
    (void)tr_text_append(kernel->source, sizeof kernel->source, mode);
    kernel->link_byte = kernel->activation_byte = kernel->m * chips * kernel->hidden;
    const tr_status s = emit(r, &row, dispatch_s);
    if (s != TR_OK)
        return s;
    (void)tr_text_copy(kernel->source, sizeof kernel->source, "combine ");
    (void)tr_text_append(kernel->source, sizeof kernel->source, mode);
    kernel->math_dtype = kernel->weight_dtype = TR_DTYPE_BF16;
    row.precision = "bf16";
    kernel->link_byte = kernel->activation_byte = 2 * kernel->m * chips * kernel->hidden;
    return emit(r, &row, combine_s);
}

enum { NET_CLUSTER, NET_OP, NET_WORKERS, NET_SIZE, NET_MEDIAN, NET_PER_NODE };

tr_status tr_form_read_network(tr_record *r)
{
    tr_measured row = {.system_name = tr_record_text(r, NET_CLUSTER), .engine = "nccl", .precision = "bf16"};
    tr_kernel *kernel = &row.kernel;
    kernel->kind = class_of(tr_record_text(r, NET_OP));
    if (kernel->kind == TR_KERNEL_NONE)
        return tr_record_skip(r, "a collective that is not known");
    kernel->group_chip = tr_record_number(r, NET_WORKERS, 0);
    kernel->activation_byte = tr_record_number(r, NET_SIZE, 0);
    if (tr_record_number(r, NET_PER_NODE, kernel->group_chip) < kernel->group_chip)
        return tr_record_skip(r, "over several nodes: outside the scale-up domain");
    if (!(kernel->group_chip >= 2) || !(kernel->activation_byte >= 1))
        return tr_record_skip(r, "no group or no size");
    kernel->math_dtype = kernel->weight_dtype = TR_DTYPE_BF16;
    kernel->n = kernel->activation_byte / 2;
    (void)tr_text_copy(kernel->source, sizeof kernel->source, "NCCL");
    kernel->link_byte = received_byte(kernel->kind, kernel->activation_byte, kernel->group_chip);
    return emit(r, &row, tr_record_number(r, NET_MEDIAN, 0) * 1e-3);
}
