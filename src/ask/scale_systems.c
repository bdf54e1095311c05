/* ask/scale_systems.c -- one scale-up domain of every system: how soon it reads the weights, what it gives,
 * for how much.
 */
#include "ask/scale.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ask/asked.h"
#include "ask/quantity_ratio.h"
#include "base/fail.h"
#include "base/text.h"
#include "write/print.h"

static int sooner(const tr_scale_domain *a, const tr_scale_domain *b) { return a->fetch_s < b->fetch_s; }

/* One more, in its place. The system asked stands for the catalog's of the same name. */
static void insert(tr_scale_domain *all, size_t *count, const tr_scale_terms *terms, const tr_system *system,
                   int own)
{
    const tr_roofline *roof = &terms->question->roof;
    tr_scale_domain d = {.question = terms->question, .own = own};
    (void)tr_text_copy(d.name, sizeof d.name, system->name);
    if (tr_system_recount(system, system->domain_chip, &d.system, NULL) != TR_OK)
        return;
    d.system.utilisation_share = terms->question->system->utilisation_share;
    d.weight_byte = roof->fixed_weight_byte + roof->routed_weight_byte;
    d.fetch_s = tr_domain_fetch_s(d.weight_byte, system->chip.memory_byte_per_s, system->domain_chip);
    d.holds = roof->store_weight_byte <= system->chip.memory_byte * system->domain_chip;
    size_t at = (*count)++;
    for (; at > 0 && sooner(&d, &all[at - 1]); at--)
        all[at] = all[at - 1];
    all[at] = d;
}

tr_status tr_scale_domains(const tr_scale_terms *terms, tr_scale_domain **out, size_t *count, tr_error *err)
{
    const tr_system *own = terms->question->system;
    const size_t systems = tr_system_catalog_count();
    tr_scale_domain *all = malloc((systems + 1) * sizeof *all);
    size_t n = 0;
    if (all == NULL)
        return tr_fail(err, TR_ENOMEM, "", 0.0, "out of memory");
    insert(all, &n, terms, own, 1);
    for (size_t i = 0; i < systems; i++) {
        tr_system system;
        if (strcmp(tr_system_catalog_name(i), own->name) != 0 &&
            tr_system_catalog_get(tr_system_catalog_name(i), &system, NULL) == TR_OK)
            insert(all, &n, terms, &system, 0);
    }
    *out = all;
    *count = n;
    return TR_OK;
}

/* ---- what it gives --------------------------------------------------------------------------------- */

/* What is told of the system asked is not of the others; a kind of price is of all. */
static tr_status of_any_system(const tr_scenario *scenario, tr_scenario **out, tr_error *err)
{
    static const tr_input_id own[] = {TR_IN_CHIP_COUNT, TR_IN_TP, TR_IN_EP, TR_IN_PP, TR_IN_DP, TR_IN_PRICE};
    tr_scenario *any = tr_scenario_create();
    tr_status s = any == NULL || tr_scenario_copy(any, scenario) != TR_OK
                      ? tr_fail(err, TR_ENOMEM, "", 0.0, "out of memory")
                      : TR_OK;
    for (size_t i = 0; s == TR_OK && i < sizeof own / sizeof own[0]; i++)
        if (own[i] != TR_IN_PRICE || tr_input_choice(scenario, TR_IN_PRICE) < 0)
            s = tr_scenario_unset(any, tr_input_at(own[i])->key, err);
    *out = any;
    return s;
}

static tr_status train_of(const tr_scenario *scenario, tr_scale_domain *row, tr_problem *p)
{
    tr_status s = row->own ? TR_OK : tr_problem_system(scenario, &row->system, &row->why);
    if (s == TR_OK)
        s = tr_problem_of(scenario, row->question->model, &row->system, p, &row->why);
    if (s == TR_OK)
        s = tr_problem_over_batches(scenario, p, &row->why);
    if (s == TR_OK)
        s = tr_check_fits(p, 1.0, p->load.context_token, &row->why);
    return s == TR_OK ? tr_train_row_of(scenario, p, &row->train, &row->why) : s;
}

tr_status tr_scale_domain_serve(const tr_scenario *scenario, tr_scale_domain *row, tr_error *err)
{
    const tr_problem *q = row->question;
    tr_scenario *any = NULL;
    tr_problem *p = malloc(sizeof *p);
    row->token_s = row->usd_per_mtoken = TR_NO_QUANTITY;
    tr_status s =
        p == NULL ? tr_fail(err, TR_ENOMEM, "", 0.0, "out of memory") : of_any_system(scenario, &any, err);
    if (s == TR_OK) {
        /* The question itself, where one domain is all of it, is answered as it was asked. */
        const int as_asked = row->own && q->system->chip_count == row->system.chip_count;
        row->serves = as_asked ? tr_check_fits(q, 1.0, q->load.context_token, &row->why) == TR_OK &&
                                     tr_train_row_of(scenario, q, &row->train, &row->why) == TR_OK
                               : train_of(any, row, p) == TR_OK;
    }
    if (row->serves) {
        const tr_train *t = &row->train.train;
        row->token_s = TR_TRAIN_QUANTITY(t, predicted, period_s);
        if (row->train.question->roof.usd_per_s > 0.0)
            row->usd_per_mtoken = TR_TRAIN_QUANTITY(t, predicted, usd_per_mtoken);
        row->train.question = NULL; /* which ends here */
    }
    tr_scenario_destroy(any);
    free(p);
    return s;
}

/* ---- fields, and the page -------------------------------------------------------------------------- */

#define ROW(NAME, VALUE) TR_NUMBER(tr_scale_domain, NAME, VALUE)
TR_TEXT(tr_scale_domain, name, row->name)
TR_TEXT(tr_scale_domain, mark, row->own ? "*" : " ")
TR_FLAG(tr_scale_domain, own, row->own)
ROW(chips, row->system.chip_count)
ROW(rate, row->system.chip.memory_byte_per_s * row->system.chip_count)
ROW(memory, row->system.chip.memory_byte * row->system.chip_count)
ROW(fetch, row->fetch_s)
ROW(year, row->system.chip.year > 0 ? row->system.chip.year : (double)NAN)
TR_FLAG(tr_scale_domain, holds, row->holds)
ROW(users, row->serves ? row->train.train.batch_seq : (double)NAN)
ROW(most, row->serves ? row->train.train.room_seq : (double)NAN)
ROW(hourly, row->system.usd_per_hour > 0.0 ? row->system.usd_per_hour : (double)NAN)
TR_TEXT(tr_scale_domain, model, row->question->model->name)
TR_TEXT(tr_scale_domain, kind,
        row->system.usd_per_hour > 0.0 ? tr_price_kind_name(row->system.price_kind) : NULL)
TR_TEXT(tr_scale_domain, date, row->system.price_date[0] != '\0' ? row->system.price_date : NULL)
TR_TEXT(tr_scale_domain, reason, row->serves ? NULL : row->why.text)
TR_QUANTITY(tr_scale_domain, token, row->token_s)
TR_QUANTITY(tr_scale_domain, cost, row->usd_per_mtoken)

#define MARK TR_T_HEAD("own", "", 1, mark)
#define SYSTEM TR_T_HEAD("system", "system", 21, name)
#define DOMAIN                                                                                               \
    TR_N("year", NONE, year), TR_N_HEAD("domain_chip", NONE, "domain", 7, chips),                            \
        TR_N_HEAD("byte_per_s", BYTE_PER_S, "bandwidth", 11, rate),                                          \
        TR_N_HEAD("memory_byte", BYTE, "memory", 9, memory),                                                 \
        TR_N_HEAD("fetch_s", SECOND, "read in", 9, fetch), TR_F_HEAD("holds", "holds", 5, holds)
#define USERS TR_N_HEAD("batch_seq", SEQ, "users", 10, users)
#define TIME TR_Q_HEAD("token_s", SECOND, "a token", 8, token)
#define COST TR_Q_HEAD("usd_per_mtoken", USD, "$/M", 9, cost)
static const tr_field before[] = {SYSTEM, DOMAIN, TR_F("own", own)};
const tr_fields tr_scale_domain_fields = {before, sizeof before / sizeof before[0]};
static const tr_field after[] = {SYSTEM,
                                 DOMAIN,
                                 TR_F("own", own),
                                 TR_T("model.name", model),
                                 TR_N("max_batch_seq", SEQ, most),
                                 TR_N("usd_per_hour", USD_PER_HOUR, hourly),
                                 TR_T("price_kind", kind),
                                 TR_T("price_date", date),
                                 USERS,
                                 TIME,
                                 COST,
                                 TR_T("reason", reason)};
const tr_fields tr_scale_served_fields = {after, sizeof after / sizeof after[0]};
static const tr_field domain[] = {MARK, SYSTEM, DOMAIN};
static const tr_fields domain_columns = {domain, sizeof domain / sizeof domain[0]};
static const tr_field timed[] = {MARK, SYSTEM, USERS, TIME};
static const tr_fields timed_columns = {timed, sizeof timed / sizeof timed[0]};
static const tr_field priced[] = {MARK, SYSTEM, COST};
static const tr_fields priced_columns = {priced, sizeof priced / sizeof priced[0]};

static int has_any(const tr_scale_domain *row) { return row->own || row->system.chip_count >= 2.0; }
static int has_time(const tr_scale_domain *row) { return row->serves; }
static int has_price(const tr_scale_domain *row) { return row->serves && !isnan(row->usd_per_mtoken.bound); }

/* Those that the table is about; of all the first twenty, since the page is for people, and --csv has them
 * all. */
static void table(const tr_scale_domain *row, size_t count, const tr_fields *fields,
                  int (*is_in)(const tr_scale_domain *), tr_writer *out)
{
    for (size_t i = 0, rows = 0; i < count; i++) {
        if (!is_in(&row[i]) && !(is_in == has_any && i <= 20))
            continue;
        if (rows == 0 && is_in != has_any)
            tr_write_char(out, '\n');
        if (rows++ == 0)
            tr_fields_table_head(fields, out);
        tr_fields_table_row(fields, &row[i], out);
    }
}

void tr_scale_domains_text(const tr_scale_domain *row, size_t count, int with_served, int columns,
                           tr_writer *out)
{
    table(row, count, &domain_columns, has_any, out);
    if (with_served) {
        table(row, count, &timed_columns, has_time, out);
        table(row, count, &priced_columns, has_price, out);
    }
    tr_print_wrapped(
        out, "  ", "  ",
        with_served
            ? "*: the system asked. Reading the weights takes at least as long as `read in`; holds: "
              "they fit. users: as many as fill one domain, by the balance or its memory (--batch "
              "asks for others), each in the layout that is best for it; a token: the time of a step "
              "of them all; $/M: for a million tokens, of those whose price is known; low to high: the "
              "90 % interval. Systems that do not serve the model are left out, and --csv says why."
            : "*: the system asked. holds: the weights fit one domain; --part systems adds what each "
              "then gives.",
        columns);
}
