/* ask/local.c -- every quantisation of a model on a machine: what fits, how long a context, how fast. */
#include "ask/local.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ask/asked.h"
#include "ask/prepare.h"
#include "base/fail.h"
#include "base/text.h"

enum { SHORT_TOKEN = 1024, LONG_TOKEN = 32768, LAYOUT_MAX = 64, LONGEST_TOKEN = 1 << 24 };

static tr_quantity nothing(void)
{
    const double nan = (double)NAN;
    return (tr_quantity){nan, nan, nan, nan};
}

static tr_quantity one_over(const tr_quantity *q)
{
    return (tr_quantity){1.0 / q->predicted, 1.0 / q->high, 1.0 / q->low, 1.0 / q->bound};
}

int tr_local_knows_speed(const tr_local *l) { return l->system->chip.memory_byte_per_s < TR_BANDWIDTH_NOT_KNOWN; }

/* ---- what is taken unsaid: a chat with a file in it ------------------------------------------------------------- */

static const struct {
    tr_input_id id;
    const char *text;
} unsaid[] = {{TR_IN_ISL, "4k"}, {TR_IN_OSL, "512"}};

/* One user, one request after another: what says otherwise is refused. */
static tr_status refuse_load(const tr_scenario *scenario, tr_error *err)
{
    static const tr_input_id used[] = {TR_IN_CONTEXT, TR_IN_ISL, TR_IN_OSL};
    for (size_t i = 0; i < TR_IN_COUNT; i++) {
        const tr_input *input = tr_input_at(i);
        int is_used = !tr_input_is_set(scenario, input->id) ||
                      (input->group != TR_GROUP_LOAD && input->group != TR_GROUP_SERVICE);
        for (size_t k = 0; !is_used && k < sizeof used / sizeof used[0]; k++)
            is_used = used[k] == input->id;
        const int is_one = (input->id == TR_IN_BATCH || input->id == TR_IN_CONCURRENCY || input->id == TR_IN_QUERY) &&
                           tr_input_number(scenario, input->id) <= 1.0;
        if (!is_used && !is_one)
            return tr_fail(err, TR_ECONFLICT, input->key, 0.0,
                           "local is of one user who waits for the answer: --%s is for `tokenroof predict` or `step`",
                           input->option);
    }
    return TR_OK;
}

tr_status tr_prepare_local(tr_scenario *scenario, tr_error *err)
{
    tr_status s = refuse_load(scenario, err);
    for (size_t i = 0; s == TR_OK && i < sizeof unsaid / sizeof unsaid[0]; i++)
        if (!tr_input_is_set(scenario, unsaid[i].id))
            s = tr_input_set(scenario, unsaid[i].id, unsaid[i].text, err);
    return s;
}

tr_status tr_local_question(const tr_scenario *scenario, const tr_model *model, const tr_system *system,
                            tr_problem *out, tr_error *err)
{
    static const tr_input_id host[] = {TR_IN_GPU_LAYERS, TR_IN_CPU_MOE, TR_IN_N_CPU_MOE};
    tr_system alone = *system;
    tr_scenario *plain = tr_scenario_create();
    tr_status s = plain != NULL && tr_scenario_copy(plain, scenario) == TR_OK
                      ? TR_OK
                      : tr_fail(err, TR_ENOMEM, "", 0.0, "out of memory");
    alone.has_host = 0;
    for (size_t i = 0; s == TR_OK && i < sizeof host / sizeof host[0]; i++)
        s = tr_scenario_unset(plain, tr_input_at(host[i])->key, err);
    if (s == TR_OK)
        s = tr_problem_of(plain, model, &alone, out, err);
    if (s == TR_OK)
        out->system = out->shard.system = out->roof.pooled.system = system;
    tr_scenario_destroy(plain);
    return s;
}

int tr_local_is_usual(const tr_scenario *scenario, tr_input_id id)
{
    double usual = (double)NAN;
    for (size_t i = 0; i < sizeof unsaid / sizeof unsaid[0]; i++)
        if (unsaid[i].id == id)
            (void)tr_quantity_parse(unsaid[i].text, tr_input_at(id)->unit, &usual, NULL);
    return fabs(tr_input_number(scenario, id) - usual) < 0.5;
}

/* ---- which quantisations ------------------------------------------------------------------------------------ */

static int published_in_four_bits(const tr_model *model)
{
    return tr_text_starts(model->family, "GptOss") && model->weight_dtype == TR_DTYPE_FP4;
}

#define EXPERTS_IN_FOUR_BITS "mxfp4_moe"

/* The mix that the model's own file has; NATIVE: it says none. */
static tr_weight_format own_mix(const tr_model *model)
{
    tr_weight_format format = TR_WEIGHT_FORMAT_NATIVE;
    (void)tr_weight_format_parse(model->weight_name, &format, NULL);
    return format;
}

static int is_file(const tr_scenario *scenario)
{
    const char *name = tr_input_text(scenario, TR_IN_MODEL);
    const size_t length = strlen(name);
    return tr_input_is_set(scenario, TR_IN_GGUF_HEAD) || (length > 5 && tr_text_same(name + length - 5, ".gguf"));
}

/* Those of which a loss was measured; ternary mixes are of models trained so. */
static int is_usual(const char *name)
{
    return strcmp(name, "bf16") != 0 && !isnan(tr_local_perplexity_ratio(name));
}

/* Whatever a file of gpt-oss is called, its experts stay in MXFP4: the rest is as it was, or in Q8_0. */
static size_t all_formats(const tr_local *l, tr_weight_format *out)
{
    size_t n = 0;
    const tr_weight_format own = is_file(l->scenario) ? own_mix(l->model) : TR_WEIGHT_FORMAT_NATIVE;
    if (published_in_four_bits(l->model) || is_file(l->scenario))
        out[n++] = TR_WEIGHT_FORMAT_NATIVE;
    if (published_in_four_bits(l->model) && own != TR_WEIGHT_FORMAT_NATIVE)
        return n;
    if (published_in_four_bits(l->model))
        return n + (tr_weight_format_parse(EXPERTS_IN_FOUR_BITS, &out[n], NULL) == TR_OK);
    for (tr_weight_format f = TR_WEIGHT_FORMAT_NATIVE + 1; tr_weight_format_name(f) != NULL && n < TR_LOCAL_MAX; f++)
        if (f != own && is_usual(tr_weight_format_name(f)))
            out[n++] = f;
    return n;
}

/* ---- one row -------------------------------------------------------------------------------------------------- */

/* Served as `predict` would; the deployment stays in l. */
static tr_status serve(tr_local *l, const tr_problem *problem, double prompt_token, double output_token,
                       tr_service *out, tr_error *err)
{
    tr_clients c = l->clients;
    c.prompt_token = prompt_token;
    c.output_token = output_token;
    c.cached_token = 0.0;
    const tr_status s = tr_deployment_of(l->scenario, problem, &c, &l->deployment, err);
    return s == TR_OK ? tr_deployment_serve(&l->deployment, &c, out, err) : s;
}

/* [K117] The second token of an answer, with all but two of the context before it; in the row's layout, where that
 * holds so many. */
static tr_status serve_at(tr_local *l, const tr_problem *problem, double context_token, tr_service *out, tr_error *err)
{
    return serve(l, problem, context_token > 3.0 ? context_token - 2.0 : 1.0, 2.0, out, err);
}

tr_quantity tr_local_speed(tr_local *l, const tr_local_row *row, double context_token)
{
    tr_service o;
    if (!tr_local_knows_speed(l) || !isfinite(context_token))
        return nothing();
    tr_status s = serve_at(l, row->question, context_token, &o, NULL);
    if (s == TR_ENOFIT && row->is_laid_out) {
        tr_problem p = *row->question;
        p.layout_given = 0;
        p.host_placed = row->is_placed;
        p.formats = row->is_placed ? p.asked_formats : p.formats;
        s = serve_at(l, &p, context_token, &o, NULL);
    }
    return s == TR_OK ? one_over(&o.tpot_s) : nothing();
}

/* 1 where so long a context fits with as many layers on the host as that takes. */
static int fits_with_host(const tr_problem *p, double context_token)
{
    tr_formats placed;
    return tr_shard_place(p->model, p->system, p->engine, &p->layout, &p->asked_formats, 1.0, context_token, &placed,
                          NULL) == TR_OK;
}

/* Layers move to the host as the cache grows: double, then halve. */
static double longest_with_host(const tr_problem *p, double from_token)
{
    double good = from_token, over = fmax(2.0 * from_token, 2.0);
    while (over < LONGEST_TOKEN && fits_with_host(p, over)) {
        good = over;
        over *= 2.0;
    }
    while (over - good > 1.0) {
        const double middle = floor(0.5 * (good + over));
        *(fits_with_host(p, middle) ? &good : &over) = middle;
    }
    return good;
}

/* [K116] In whichever layout has the most room, and with a host wherever its layers lie. */
static double longest_context(const tr_local *l, const tr_problem *p)
{
    tr_layout layout[LAYOUT_MAX];
    tr_shard shard;
    size_t count = 0;
    double most = tr_shard_max_context_token(&p->shard, 1.0);
    if (p->host_placed && most < LONGEST_TOKEN)
        return longest_with_host(p, most);
    if (p->layout_given || !(l->system->chip_count > 1.0))
        return most;
    const tr_status s = tr_layout_list(p->model, p->system, p->engine, layout, LAYOUT_MAX, &count, NULL);
    for (size_t i = 0; (s == TR_OK || s == TR_ECAPACITY) && i < count && i < LAYOUT_MAX; i++)
        if (tr_shard_of(p->model, p->system, p->engine, &layout[i], &p->formats, &shard, NULL) == TR_OK)
            most = fmax(most, tr_shard_max_context_token(&shard, 1.0));
    return most;
}

static void fill_speeds(tr_local *l, tr_local_row *row)
{
    const double stated = l->model->max_context_token;
    double longest = row->max_token;
    if (!l->context_given && stated > 0.0)
        longest = fmin(longest, fmax(stated, row->asked_token));
    row->short_token = fmin(l->short_token, longest);
    row->long_token = l->context_given ? l->long_token : fmin(l->long_token, longest);
    row->short_token_per_s = tr_local_speed(l, row, row->short_token);
    row->long_token_per_s = tr_local_speed(l, row, row->long_token);
    row->token_per_s = tr_local_speed(l, row, row->asked_token);
}

/* The layout is the best for the context that must fit; the request is served in it. */
static tr_status lay_out(tr_local *l, tr_problem *p, tr_local_row *row, tr_service *out)
{
    tr_service o;
    tr_status s = serve_at(l, p, row->asked_token, &o, &row->why);
    if (s != TR_OK)
        return s;
    row->layout = l->deployment.shard.layout;
    row->is_laid_out = !p->layout_given;
    row->is_placed = p->host_placed;
    p->layout = row->layout;
    p->layout_given = 1;
    p->formats = l->deployment.shard.formats; /* and with the layers on the host that it takes */
    p->host_placed = 0;
    s = serve(l, p, l->clients.prompt_token, l->clients.output_token, out, NULL);
    if (s == TR_OK)
        return s;
    *out = o; /* the request is longer than the context asked for: no time of it is told */
    out->ttft_s = out->e2e_s = nothing();
    return TR_OK;
}

static void fill_request(tr_local *l, tr_problem *p, tr_local_row *row)
{
    tr_service o;
    row->fits = lay_out(l, p, row, &o) == TR_OK;
    if (!row->fits)
        return;
    const tr_shard *shard = &l->deployment.shard;
    row->used_byte = tr_shard_used_byte(shard, 1.0, row->asked_token);
    row->memory_byte = shard->memory_byte - shard->reserve_byte;
    row->host_layers = shard->formats.host_layer_count;
    row->host_expert_layers = shard->formats.host_expert_layer_count;
    if (tr_shard_has_host(shard)) {
        row->host_used_byte = tr_shard_host_used_byte(shard, 1.0, row->asked_token);
        row->host_memory_byte = shard->host_memory_byte * shard->layout.replica_count;
    }
    if (!tr_local_knows_speed(l))
        return;
    row->limit = tr_limit_name(tr_terms_limit(&o.decode_terms));
    row->ttft_s = o.ttft_s;
    row->e2e_s = o.e2e_s;
    fill_speeds(l, row);
}

static void fill(tr_local *l, tr_problem *p, int may_fit, tr_local_row *row)
{
    const int rest = published_in_four_bits(l->model) && strcmp(row->name, EXPERTS_IN_FOUR_BITS) == 0;
    row->perplexity_ratio =
        row->is_published ? 1.0 : tr_local_perplexity_ratio(rest ? "q8_0" : tr_weight_format_name(row->format));
    row->file_byte = row->question->roof.store_weight_byte;
    row->asked_token = l->asked_token;
    row->isl_token = l->clients.prompt_token;
    row->osl_token = l->clients.output_token;
    row->max_token = may_fit ? longest_context(l, row->question) : 0.0;
    row->host_used_byte = row->host_memory_byte = (double)NAN;
    row->used_byte = row->memory_byte = row->short_token = row->long_token = (double)NAN;
    row->token_per_s = row->short_token_per_s = row->long_token_per_s = row->ttft_s = row->e2e_s = nothing();
    if (may_fit)
        fill_request(l, p, row);
}

/* A row of a format by an engine; name: what its files are called, NULL: as the format. */
static tr_status add(tr_local *l, const char *engine, tr_weight_format format, const char *name, tr_error *err)
{
    tr_scenario *one = tr_scenario_create();
    tr_problem *p = &l->problem[l->count];
    tr_local_row *row = &l->row[l->count];
    tr_error why;
    tr_status s = one != NULL && tr_scenario_copy(one, l->scenario) == TR_OK
                      ? tr_input_set(one, TR_IN_WEIGHT_DTYPE, tr_weight_format_name(format), &why)
                      : tr_fail(&why, TR_ENOMEM, "", 0.0, "out of memory");
    if (s == TR_OK)
        s = tr_input_set(one, TR_IN_ENGINE, engine, &why);
    if (s == TR_OK)
        s = tr_scenario_set_number(one, tr_input_at(TR_IN_CONTEXT)->key, l->asked_token, &why);
    if (s == TR_OK)
        s = tr_problem_of(one, l->model, l->system, p, &why);
    const int too_large = s == TR_ENOFIT; /* for chips and host together */
    if (too_large)
        s = tr_local_question(one, l->model, l->system, p, &why);
    tr_scenario_destroy(one);
    if (s != TR_OK) {
        if (err != NULL)
            *err = why;
        return s;
    }
    const int native = format == TR_WEIGHT_FORMAT_NATIVE;
    const int four = native && published_in_four_bits(l->model);
    const tr_weight_format own = native && !four ? own_mix(l->model) : format; /* what a file is called */
    *row = (tr_local_row){.question = p, .format = format, .is_published = native && (four || own == format)};
    row->name = name != NULL                                                             ? name
                : four                                                                   ? "mxfp4"
                : own == TR_WEIGHT_FORMAT_NATIVE && is_file(l->scenario) ? "this file"
                                                                                         : tr_weight_format_name(own);
    row->is_like = name != NULL;
    row->why = why;
    fill(l, p, !too_large, row);
    l->count++;
    return TR_OK;
}

/* MLX's own quantisations: groups of 64 with a scale and a bias, of as many bits a weight as llama.cpp's types. */
static const struct {
    const char *name, *like;
} mlx[] = {{"mlx-bf16", "bf16"}, {"mlx-8bit", "q8_0"}, {"mlx-6bit", "q6_k"}, {"mlx-4bit", "q4_0"}};

/* What it cannot run is left out where it was not asked for. */
static tr_status add_mlx(tr_local *l, int asked, tr_error *err)
{
    tr_weight_format format = TR_WEIGHT_FORMAT_NATIVE;
    tr_status s = TR_OK;
    for (size_t i = 0; s == TR_OK && i < sizeof mlx / sizeof mlx[0] && l->count < TR_LOCAL_MAX; i++) {
        s = tr_weight_format_parse(mlx[i].like, &format, err);
        if (s == TR_OK)
            s = add(l, "mlx", format, mlx[i].name, asked ? err : NULL);
        s = asked ? s : TR_OK;
    }
    return s;
}

/* ---- the question ------------------------------------------------------------------------------------------------ */

static tr_status read_contexts(tr_local *l, tr_error *err)
{
    size_t count = 0;
    const double *list = tr_input_list(l->scenario, TR_IN_CONTEXT, &count);
    l->context_given = tr_input_is_set(l->scenario, TR_IN_CONTEXT);
    l->asked_token = l->clients.prompt_token + l->clients.output_token;
    l->short_token = SHORT_TOKEN;
    l->long_token = LONG_TOKEN;
    if (!l->context_given)
        return TR_OK;
    if (count > 2)
        return tr_fail(err, TR_ECAPACITY, "context_token", (double)count,
                       "local shows the speed at a short and a long context: give one or two; --plot draws all "
                       "between");
    const double first = list[0], last = list[count - 1];
    l->long_token = l->asked_token = fmax(first, last);
    l->short_token = count > 1 ? fmin(first, last) : fmin(SHORT_TOKEN, first);
    if (!(l->short_token >= 1.0))
        return tr_fail(err, TR_EDOMAIN, "context_token", l->short_token, "a context of one token at least");
    return TR_OK;
}

static void sort(tr_local *l)
{
    for (size_t i = 1; i < l->count; i++)
        for (size_t k = i; k > 0 && l->row[k - 1].file_byte < l->row[k].file_byte; k--) {
            const tr_local_row other = l->row[k];
            l->row[k] = l->row[k - 1];
            l->row[k - 1] = other;
        }
}

static int is_apple_gpu(const tr_system *system)
{
    return system->chip.kind == TR_CHIP_UNIFIED && strcmp(system->chip.vendor, "Apple") == 0;
}

static tr_status fill_all(tr_local *l, const tr_weight_format *formats, size_t count, tr_error *err)
{
    tr_weight_format chosen[TR_LOCAL_MAX];
    const char *engine = tr_input_text(l->scenario, TR_IN_ENGINE);
    const int named = formats != NULL || tr_input_is_set(l->scenario, TR_IN_WEIGHT_DTYPE);
    const int four = published_in_four_bits(l->model), only_mlx = !named && !four && tr_text_starts(engine, "mlx");
    if (formats == NULL) {
        count = named ? tr_input_formats(l->scenario, TR_IN_WEIGHT_DTYPE, chosen, TR_LOCAL_MAX)
                      : all_formats(l, chosen);
        formats = chosen;
    }
    if (count > TR_LOCAL_MAX)
        return tr_fail(err, TR_ECAPACITY, "weight_dtype", (double)count, "more than %d formats", TR_LOCAL_MAX);
    tr_status s = TR_OK;
    for (size_t i = 0; s == TR_OK && !only_mlx && i < count; i++)
        s = add(l, engine, formats[i], NULL, err);
    const int beside = !named && !four && !l->engine_given && is_apple_gpu(l->system);
    return s == TR_OK && (only_mlx || beside) ? add_mlx(l, only_mlx, err) : s;
}

tr_status tr_local_begin(const tr_scenario *scenario, const tr_problem *question, const tr_weight_format *formats,
                         size_t format_count, tr_local **out, tr_error *err)
{
    if (question->blackboard)
        return tr_fail(err, TR_ECONFLICT, "model", 0.0,
                       "quantisations are of a model and a machine of the catalog, or their files; of numbers alone "
                       "`tokenroof memory` says what fits");
    tr_local *l = calloc(1, sizeof *l);
    if (l == NULL)
        return tr_fail(err, TR_ENOMEM, "", 0.0, "out of memory");
    l->question = question;
    l->model = question->model;
    l->system = question->system;
    l->scenario = tr_scenario_create();
    tr_status s = l->scenario != NULL && tr_scenario_copy(l->scenario, scenario) == TR_OK
                      ? tr_clients_of(l->scenario, question, &l->clients, err)
                      : tr_fail(err, TR_ENOMEM, "", 0.0, "out of memory");
    l->engine_given = tr_input_is_set(scenario, TR_IN_ENGINE);
    if (s == TR_OK && !l->engine_given)
        s = tr_input_set(l->scenario, TR_IN_ENGINE, "llamacpp", err);
    if (s == TR_OK) {
        l->clients.concurrency_seq = 1.0;
        s = read_contexts(l, err);
    }
    if (s == TR_OK)
        s = fill_all(l, formats, format_count, err);
    if (s != TR_OK) {
        tr_local_end(l);
        return s;
    }
    sort(l);
    tr_local_choose(l->row, l->count, &l->choice);
    if (l->choice.best < l->count)
        l->row[l->choice.best].is_best = 1;
    *out = l;
    return TR_OK;
}

void tr_local_end(tr_local *l)
{
    if (l != NULL)
        tr_scenario_destroy(l->scenario);
    free(l);
}
