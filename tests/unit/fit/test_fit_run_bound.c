/* What measurement says of a run's bounds: none is faster than the two equations or than its operators at datasheet
 * peak, but for anomalies that are named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fit/measured.h"
#include "fit/predict.h"
#include "io/file.h"
#include "truth.h"

/* The runs of one table that beat a physics, for a reason that is not the physics'. */
static const struct {
    const char *file, *reason;
    size_t bound, ops; /* so many rows at most */
} anomaly[] = {
    {"e2e_silicon.csv",
     "line 1333 counts 224 requests in each of two decoding servers, which eight prefilling ones cannot have fed", 1, 1},
    {"e2e_inferencex_dsr1_allhw.csv", "", 0, 0},
    {"e2e_blis_vllm.csv", "", 0, 0},
    {"e2e_trtllm_perf_overview.csv", "", 0, 0},
};
enum { FILE_COUNT = sizeof anomaly / sizeof anomaly[0] };

typedef struct tally {
    size_t rows, unread, unclean, bound, ops, shown;
} tally;

static tr_status judge(void *context, const tr_measured *row, tr_error *err)
{
    tally *t = context;
    tr_prediction bound, ops;
    (void)err;
    if (row->clean == 0) {
        t->unclean++;
        return TR_OK;
    }
    if (tr_predict(row, TR_PHYSICS_BOUND, &bound, NULL) != TR_OK || tr_predict(row, TR_PHYSICS_OPS, &ops, NULL) != TR_OK) {
        t->unread++;
        return TR_OK;
    }
    t->rows++;
    assert_true(ops.predicted_s >= bound.predicted_s * (1 - 1e-9));
    t->bound += row->measured_s < bound.predicted_s;
    t->ops += row->measured_s < ops.predicted_s;
    if (row->measured_s < ops.predicted_s && t->shown++ < 12)
        print_message("    line %d, %s on %s: %s %.4g s, bound %.4g s, operators %.4g s\n", row->line, row->model->name,
                      row->system->chip.name, row->engine, row->measured_s, bound.predicted_s, ops.predicted_s);
    return TR_OK;
}

static void no_run_is_faster_than_its_operators_but_for_the_anomalies_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < FILE_COUNT; i++) {
        char path[1024];
        tally t = {0};
        const tr_measured_sink sink = {judge, skipped, &t};
        const char *form = NULL;
        size_t count = 0;
        tr_error err;
        truth_file(anomaly[i].file, path, sizeof path);
        if (tr_measured_read(path, &sink, &count, &form, &err) != TR_OK)
            fail_msg("%s", err.text);
        print_message("  %-32s %4zu numbers: %zu below the bound, %zu below their operators; %zu measure something else, "
                      "%zu have no answer%s%s\n",
                      anomaly[i].file, t.rows, t.bound, t.ops, t.unclean, t.unread,
                      anomaly[i].reason[0] != '\0' ? ": " : "", anomaly[i].reason);
        assert_true(t.rows > 0);
        assert_true(t.bound <= anomaly[i].bound && t.ops <= anomaly[i].ops);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_run_is_faster_than_its_operators_but_for_the_anomalies_named),
    };
    return cmocka_run_group_tests_name("fit run_bound", tests, NULL, NULL);
}
