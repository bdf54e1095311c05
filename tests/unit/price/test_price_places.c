/* test_price_places.c -- holding against computing again: the lecture's numbers by hand, and the envelope's laws. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "price/cache_place.h"
#include "price/oracle_parts.h"

#define KV 70272.0 /* DeepSeek-V3's bytes of KV a token */
#define USD_PER_S (2.0 / 3600.0)

static void near_to(double got, double want, double tolerance)
{
    if (!(fabs(got - want) <= tolerance * fabs(want)))
        fail_msg("%.12g is not %.12g", got, want);
}

static tr_place place(double capacity_byte, double byte_per_s, double usd_per_byte, int own)
{
    const tr_tier tier = {.name = "t", .capacity_byte = capacity_byte, .read_byte_per_s = byte_per_s,
                          .usd_per_byte = usd_per_byte};
    const tr_hold_terms terms = {USD_PER_S, 1.0, 5 * 365.25 * 86400};
    tr_place out = {0};
    assert_int_equal(tr_place_of(&tier, own, &terms, &out, NULL), TR_OK);
    return out;
}

/* An H100-class chip at $2/h with what stands beside it. */
enum { HBM, DDR, FLASH, DISK, PLACES };
static void shelf(tr_place out[PLACES])
{
    out[HBM] = place(80e9, 3.35e12, 0, 1);
    out[DDR] = place(256e9, 63e9, 1.288e-8, 0);
    out[FLASH] = place(7.68e12, 14e9, 3.65e-10, 0);
    out[DISK] = place(24e12, 285e6, 2.226e-11, 0);
}

static double recompute(void) { return tr_recompute_usd(2 * 37e9, 2e15, 0.5, USD_PER_S); }

/* L061 to L063, L065. */
static void the_lecture_s_hold_fetch_and_recompute_costs_come_out(void **state)
{
    (void)state;
    const tr_place hbm = place(80e9, 3.35e12, 0, 1);
    near_to(recompute(), 4.11111111e-08, 1e-9);
    near_to(tr_hold_usd(&hbm, KV, 1, 0), 4.88e-10, 1e-12);
    near_to(tr_hold_usd(&hbm, KV, 0, 1), KV / 3.35e12 * USD_PER_S, 1e-12);
    const tr_place ddr = place(256e9, 64e9, 0, 0);
    near_to(KV * ddr.stall_usd_per_byte, 6.1e-10, 1e-12);
    /* Without the fetch the lecture's 84.244 s; with it, from HBM, 0.04 s less. */
    const tr_place free_fetch = {.hold_usd_per_byte_s = hbm.hold_usd_per_byte_s};
    near_to(tr_recompute_break_even_s(&free_fetch, KV, recompute(), 1), 84.2440801, 1e-8);
    near_to(tr_recompute_break_even_s(&hbm, KV, recompute(), 1), 84.2440801 - 80e9 / 3.35e12, 1e-8);
}

static void the_break_even_does_not_depend_on_the_price_of_the_chip(void **state)
{
    (void)state;
    for (double usd_per_s = 1e-5; usd_per_s < 1; usd_per_s *= 7) {
        const tr_tier tier = {.name = "hbm", .capacity_byte = 80e9, .read_byte_per_s = 3.35e12};
        const tr_hold_terms terms = {usd_per_s, 1.0, 1e8};
        tr_place hbm;
        assert_int_equal(tr_place_of(&tier, 1, &terms, &hbm, NULL), TR_OK);
        near_to(tr_recompute_break_even_s(&hbm, KV, tr_recompute_usd(2 * 37e9, 2e15, 0.5, usd_per_s), 1),
                84.2440801 - 80e9 / 3.35e12, 1e-8);
    }
}

/* L064: own memory of one price is held as dearly as it is fetched at its drain time. */
static void a_tier_s_hold_and_fetch_cost_the_same_at_its_drain_time(void **state)
{
    (void)state;
    const tr_place hbm = place(288e9, 20e12, 0, 1);
    near_to(hbm.fetch_usd_per_byte / hbm.hold_usd_per_byte_s, 0.0144, 1e-12);
}

static void places_take_over_in_the_order_of_their_drain_times(void **state)
{
    (void)state;
    tr_place p[PLACES];
    shelf(p);
    /* DDR: $12.88/GB over five years is 8.163e-17 $/B s, HBM's share of $2/h 6.944e-15. A fetch over 63 GB/s costs the
     * chip 8.818e-15 $/B and the DDR, drained in 4.063 s, 3.317e-16; so does writing. From HBM it is 1.658e-16:
     * (3.317e-16 + 9.150e-15 - 1.658e-16) / 6.863e-15 is 1.357 s. */
    near_to(tr_place_break_even_s(&p[HBM], &p[DDR], 1), 1.3574, 1e-4);
    near_to(tr_place_break_even_s(&p[DDR], &p[FLASH], 1), 412.77, 1e-4);
    assert_true(tr_place_break_even_s(&p[DDR], &p[HBM], 1) >= HUGE_VAL);
    assert_true(tr_place_break_even_s(&p[HBM], &p[HBM], 1) >= HUGE_VAL);
    near_to(tr_place_break_even_s(&p[HBM], &p[DDR], 10), 13.139, 1e-4); /* fetched ten times */
}

static size_t cheapest(const tr_place *p, size_t n, double held, double again, double hits,
                       tr_cheapest out[TR_PLACE_MAX + 1])
{
    size_t count = 0;
    assert_int_equal(tr_cheapest_of(p, n, held, again, hits, out, TR_PLACE_MAX + 1, &count, NULL), TR_OK);
    assert_true(count >= 1 && out[0].from_s <= 0.0 && out[count - 1].to_s >= HUGE_VAL);
    for (size_t i = 1; i < count; i++)
        assert_true(out[i].from_s > out[i - 1].from_s && !(out[i].from_s < out[i - 1].to_s) &&
                    !(out[i].from_s > out[i - 1].to_s) && out[i].place != out[i - 1].place);
    return count;
}

static void hbm_then_ddr_then_flash_then_computing_again(void **state)
{
    (void)state;
    tr_place p[PLACES];
    tr_cheapest c[TR_PLACE_MAX + 1];
    shelf(p);
    assert_int_equal(cheapest(p, PLACES, KV, recompute(), 1, c), 4);
    const int order[] = {HBM, DDR, FLASH, -1};
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(c[i].place, order[i]);
    near_to(c[1].from_s, tr_place_break_even_s(&p[HBM], &p[DDR], 1), 1e-12);
    near_to(c[2].from_s, tr_place_break_even_s(&p[DDR], &p[FLASH], 1), 1e-12);
    near_to(c[3].from_s, tr_recompute_break_even_s(&p[FLASH], KV, recompute(), 1), 1e-12);
}

static double cost_of(const tr_place *p, int which, double held, double again, double hits, double t)
{
    return which < 0 ? again * hits : tr_hold_usd(&p[which], held, t, hits);
}

/* A small generator: the property must hold for shelves nobody thought of. */
static double draw(uint64_t *seed, double low, double high)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return low * pow(high / low, (double)(*seed >> 11) / 9007199254740992.0);
}

static void the_cheapest_changes_only_at_the_computed_break_evens(void **state)
{
    (void)state;
    uint64_t seed = 20261121;
    for (int round = 0; round < 400; round++) {
        tr_place p[6];
        tr_cheapest c[TR_PLACE_MAX + 1];
        const size_t n = 1 + (size_t)(round % 6);
        for (size_t i = 0; i < n; i++)
            p[i] = (tr_place){.hold_usd_per_byte_s = draw(&seed, 1e-20, 1e-13),
                              .fetch_usd_per_byte = draw(&seed, 1e-17, 1e-11),
                              .write_usd_per_byte = draw(&seed, 1e-18, 1e-12)};
        if (round % 5 == 0)
            p[0].hold_usd_per_byte_s = (double)NAN;
        const double held = draw(&seed, 1e3, 1e10), again = held * draw(&seed, 1e-16, 1e-10);
        const double hits = draw(&seed, 0.1, 100);
        const size_t count = cheapest(p, n, held, again, hits, c);
        for (double t = 1e-4; t < 1e9; t *= 1.13) {
            size_t at = 0;
            while (t >= c[at].to_s)
                at++;
            assert_true(at < count);
            const double won = cost_of(p, c[at].place, held, again, hits, t);
            for (int i = -1; i < (int)n; i++)
                if (i < 0 || !isnan(p[i].hold_usd_per_byte_s))
                    assert_true(won <= cost_of(p, i, held, again, hits, t) * (1 + 1e-12));
            if (c[at].place >= 0) /* longer never costs less */
                assert_true(cost_of(p, c[at].place, held, again, hits, t * 1.13) >= won);
        }
        for (size_t i = 1; i < count; i++) { /* later ones hold more cheaply; at a break-even both cost the same */
            assert_true(c[i].place < 0 || p[c[i].place].hold_usd_per_byte_s < p[c[i - 1].place].hold_usd_per_byte_s);
            const double t = c[i].from_s;
            near_to(cost_of(p, c[i].place, held, again, hits, t),
                    cost_of(p, c[i - 1].place, held, again, hits, t), 1e-9);
        }
    }
}

static void a_dearer_hold_or_a_slower_tier_never_wins_longer(void **state)
{
    (void)state;
    tr_place p[PLACES];
    shelf(p);
    double last = HUGE_VAL;
    for (double usd = 1e-19; usd < 1e-14; usd *= 3) {
        tr_place flash = p[FLASH];
        flash.hold_usd_per_byte_s = usd;
        const double until = tr_recompute_break_even_s(&flash, KV, recompute(), 1);
        assert_true(until < last);
        last = until;
    }
}

static void a_place_without_a_price_is_left_out(void **state)
{
    (void)state;
    const tr_place unknown = place(61e12, 7e9, 0, 0);
    tr_cheapest c[TR_PLACE_MAX + 1];
    assert_true(isnan(unknown.hold_usd_per_byte_s) && isnan(unknown.fetch_usd_per_byte)); /* nor its busy time */
    assert_true(unknown.stall_usd_per_byte > 0);
    assert_true(isnan(tr_hold_usd(&unknown, KV, 1, 1)));
    assert_true(isnan(tr_place_break_even_s(&unknown, &unknown, 1)));
    assert_true(isnan(tr_recompute_break_even_s(&unknown, KV, recompute(), 1)));
    assert_int_equal(cheapest(&unknown, 1, KV, recompute(), 1, c), 1);
    assert_int_equal(c[0].place, -1);
}

static void refused(const tr_tier *tier, const tr_hold_terms *terms, const char *says)
{
    tr_place out = {.hold_usd_per_byte_s = 42};
    tr_error err;
    memset(&err, 0, sizeof err);
    assert_int_equal(tr_place_of(tier, 0, terms, &out, &err), TR_EDOMAIN);
    assert_true(out.hold_usd_per_byte_s == 42);
    if (strstr(err.text, says) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", err.text, says);
}

static void bad_prices_and_zero_rates_get_a_sentence(void **state)
{
    (void)state;
    const tr_hold_terms good = {USD_PER_S, 1, 1e8};
    const tr_tier tier = {.name = "ddr", .capacity_byte = 1e9, .read_byte_per_s = 1e9, .usd_per_byte = 1e-9};
    tr_tier bad = tier;
    bad.read_byte_per_s = 0;
    refused(&bad, &good, "comes back");
    bad = tier, bad.usd_per_byte = -1;
    refused(&bad, &good, "not below 0");
    bad = tier, bad.capacity_byte = (double)NAN;
    refused(&bad, &good, "capacity");
    tr_hold_terms terms = good;
    terms.chip_usd_per_s = 0;
    refused(&tier, &terms, "chip's price");
    terms = good, terms.stall_ratio = 1.5;
    refused(&tier, &terms, "from 0 to 1");
    terms = good, terms.life_s = (double)NAN;
    refused(&tier, &terms, "serves");
    refused(NULL, &good, "capacity");
    tr_cheapest c[2];
    size_t count = 7;
    tr_place p[PLACES];
    shelf(p);
    assert_int_equal(tr_cheapest_of(p, PLACES, 0, 1, 1, c, 2, &count, NULL), TR_EDOMAIN);
    assert_int_equal(tr_cheapest_of(p, PLACES, KV, (double)NAN, 1, c, 2, &count, NULL), TR_EDOMAIN);
    assert_int_equal(tr_cheapest_of(p, PLACES, KV, 1, -1, c, 2, &count, NULL), TR_EDOMAIN);
    assert_int_equal(tr_cheapest_of(p, TR_PLACE_MAX + 1, KV, 1, 1, c, 2, &count, NULL), TR_EDOMAIN);
    assert_int_equal(tr_cheapest_of(p, PLACES, KV, recompute(), 1, c, 2, &count, NULL), TR_ECAPACITY);
    p[1].hold_usd_per_byte_s = -1;
    assert_int_equal(tr_cheapest_of(p, PLACES, KV, recompute(), 1, c, 2, &count, NULL), TR_EDOMAIN);
    assert_int_equal(count, 7);
    assert_true(isnan(tr_recompute_usd(1, 0, 0.5, 1)) && isnan(tr_recompute_usd(1, 1, 0, 1)) &&
                isnan(tr_recompute_usd(1, 1, 1.5, 1)) && isnan(tr_recompute_usd((double)NAN, 1, 1, 1)) &&
                isnan(tr_recompute_usd(1, 1, 1, -1)));
}

/* L068. */
static void a_write_premium_of_a_quarter_is_paid_by_one_hit_and_of_double_by_two(void **state)
{
    (void)state;
    near_to(tr_premium_hit_count(1.25, 0.1), 0.277777778, 1e-8);
    near_to(tr_premium_hit_count(2, 0.1), 1.11111111, 1e-8);
    near_to(tr_premium_hit_count(1.25, 0.5), 0.5, 1e-12);
    assert_true(tr_premium_hit_count(1, 0.1) <= 0);
    assert_true(tr_premium_hit_count(1.25, 1) >= HUGE_VAL);
    assert_true(isnan(tr_premium_hit_count((double)NAN, 0.1)) && isnan(tr_premium_hit_count(2, -1)));
    /* Paid means: n + 1 uses with a cache cost less than without. */
    for (double write = 1.05; write < 4; write += 0.35)
        for (double read = 0; read < 0.95; read += 0.1) {
            const double n = tr_premium_hit_count(write, read);
            near_to(write + n * read, 1 + n, 1e-12);
        }
}

/* Flash of $0.365 a GB over five years, 7.68 TB at 14 GB/s read and 10 written, beside a chip of $2/h that waits for a
 * quarter of a fetch: held for 2.3132e-18 $/B s, drained in 548.57 s, filled in 768 s. */
static void a_fetch_costs_the_drive_s_time_and_the_chip_s(void **state)
{
    (void)state;
    const tr_tier tier = {.name = "flash", .capacity_byte = 7.68e12, .read_byte_per_s = 14e9, .write_byte_per_s = 10e9,
                          .usd_per_byte = 3.65e-10};
    tr_hold_terms terms = {USD_PER_S, 0.25, 5 * 365.25 * 86400};
    tr_place p;
    assert_int_equal(tr_place_of(&tier, 0, &terms, &p, NULL), TR_OK);
    near_to(p.hold_usd_per_byte_s, 2.31323041e-18, 1e-8);
    near_to(p.busy_usd_per_byte, 1.26897211e-15, 1e-8);
    near_to(p.stall_usd_per_byte, 9.92063492e-15, 1e-8);
    near_to(p.fetch_usd_per_byte, 1.11896070e-14, 1e-8);
    near_to(p.write_usd_per_byte, 1.77656096e-15, 1e-8);
    near_to(tr_hold_usd(&p, 1e9, 3600, 2), 1e9 * (1.77656096e-15 + 3600 * 2.31323041e-18 + 2 * 1.11896070e-14), 1e-7);
    /* Hidden, it still costs the drive: as much as holding for its drain time, the lecture's rule to the letter. */
    terms.stall_ratio = 0;
    assert_int_equal(tr_place_of(&tier, 0, &terms, &p, NULL), TR_OK);
    assert_true(p.fetch_usd_per_byte > 0);
    near_to(p.fetch_usd_per_byte / p.hold_usd_per_byte_s, 7.68e12 / 14e9, 1e-12);
    assert_int_equal(tr_place_of(&tier, 1, &terms, &p, NULL), TR_OK);
    assert_true(p.fetch_usd_per_byte > 0 && p.write_usd_per_byte <= 0 && p.stall_usd_per_byte <= 0);
}

/* Any tiers: a fetch costs something, more where the chip waits longer; holding never costs less with time; and just
 * before a break-even a costs less, just after it b. */
static void costs_on_both_sides_of_a_break_even_say_the_same(void **state)
{
    (void)state;
    uint64_t seed = 7;
    int crossed = 0;
    for (int round = 0; round < 400; round++) {
        tr_place p[2];
        const double n = draw(&seed, 0.1, 100), again = draw(&seed, 1e-9, 1e-2);
        for (size_t i = 0; i < 2; i++) {
            const tr_tier tier = {.name = "t", .capacity_byte = draw(&seed, 1e9, 1e14),
                                  .read_byte_per_s = draw(&seed, 1e8, 1e13), .write_byte_per_s = draw(&seed, 1e8, 1e13),
                                  .usd_per_byte = draw(&seed, 1e-12, 1e-7)};
            tr_hold_terms terms = {draw(&seed, 1e-5, 1e-1), 0, 1e8};
            assert_int_equal(tr_place_of(&tier, 0, &terms, &p[i], NULL), TR_OK);
            const double hidden = p[i].fetch_usd_per_byte;
            terms.stall_ratio = draw(&seed, 0.01, 1);
            assert_int_equal(tr_place_of(&tier, 0, &terms, &p[i], NULL), TR_OK);
            assert_true(hidden > 0 && p[i].fetch_usd_per_byte > hidden);
            for (double t = 1; t < 1e9; t *= 10)
                assert_true(tr_hold_usd(&p[i], 1e9, t * 10, n) > tr_hold_usd(&p[i], 1e9, t, n));
        }
        const double even = tr_place_break_even_s(&p[0], &p[1], n);
        if (even > 0 && even < HUGE_VAL) {
            crossed++;
            assert_true(tr_hold_usd(&p[0], 1e9, even * 0.9, n) < tr_hold_usd(&p[1], 1e9, even * 0.9, n));
            assert_true(tr_hold_usd(&p[0], 1e9, even * 1.1, n) > tr_hold_usd(&p[1], 1e9, even * 1.1, n));
        }
        const double until = tr_recompute_break_even_s(&p[0], 1e9, again, n);
        if (until > 0 && until < HUGE_VAL) {
            assert_true(tr_hold_usd(&p[0], 1e9, until * 0.9, n) < again * n);
            assert_true(tr_hold_usd(&p[0], 1e9, until * 1.1, n) > again * n);
            near_to(tr_hit_price_ratio(tr_hold_usd(&p[0], 1e9, until, n), again, n), 1, 1e-9);
        }
    }
    assert_true(crossed > 50);
}

static void the_tier_by_drain_time_changes_half_way_between_two(void **state)
{
    (void)state;
    const tr_tier tiers[] = {{.name = "a", .capacity_byte = 4e9, .read_byte_per_s = 1e9},
                             {.name = "b", .capacity_byte = 9e9, .read_byte_per_s = 1e9}};
    const double even = tr_drain_break_even_s(&tiers[0], &tiers[1]);
    near_to(even, 6, 1e-15);
    assert_int_equal(tr_implied_tier(tiers, 2, even * 0.99), 0);
    assert_int_equal(tr_implied_tier(tiers, 2, even * 1.01), 1);
}

/* The lecture's cache in HBM: at 84.22 s it costs what a prefill costs, and a hit is worth as much as input. In flash
 * after 5 minutes 70272 x (1.269e-15 + 300 x 2.3132e-18 + 4.095e-14) / 4.111e-8 = 0.07335. */
static void a_hit_is_worth_what_holding_costs_over_a_prefill(void **state)
{
    (void)state;
    tr_place p[PLACES];
    shelf(p);
    near_to(tr_hit_price_ratio(tr_hold_usd(&p[HBM], KV, 84.2440801 - 80e9 / 3.35e12, 1), recompute(), 1), 1, 1e-7);
    near_to(tr_hit_price_ratio(tr_hold_usd(&p[FLASH], KV, 300, 1), recompute(), 1), 0.0733544865, 1e-7);
    assert_true(tr_hit_price_ratio(tr_hold_usd(&p[FLASH], KV, 300, 10), recompute(), 10) < 0.0733544865);
    assert_true(isnan(tr_hit_price_ratio(1, 0, 1)) && isnan(tr_hit_price_ratio(1, 1, 0)) &&
                isnan(tr_hit_price_ratio((double)NAN, 1, 1)));
}

/* HBM for 84.24 s costs what a prefill costs: a write at twice the price of input. Flash for an hour: 1.0164. */
static void the_premium_that_holding_justifies_grows_with_the_time(void **state)
{
    (void)state;
    tr_place p[PLACES];
    shelf(p);
    near_to(tr_hold_premium_ratio(&p[HBM], KV, 84.2440801, recompute()), 2, 1e-7);
    near_to(tr_hold_premium_ratio(&p[FLASH], KV, 3600, recompute()), 1.01640365, 1e-7);
    for (int i = 0; i < PLACES; i++)
        for (double t = 1; t < 1e9; t *= 10) {
            assert_true(tr_hold_premium_ratio(&p[i], KV, t, recompute()) >= 1);
            assert_true(tr_hold_premium_ratio(&p[i], KV, t * 10, recompute()) >
                        tr_hold_premium_ratio(&p[i], KV, t, recompute()));
        }
    assert_true(isnan(tr_hold_premium_ratio(&p[HBM], KV, 1, 0)));
}

static void in_order(const tr_quantity *q)
{
    assert_true(q->bound <= q->low && q->low <= q->predicted && q->predicted <= q->high);
}

/* 1 GB at 10 GB/s is 100 ms on the datasheet, 113.6 ms at 0.88 of it; the rest 200 ms (150 to 320), 100 at least. */
static void a_hit_s_first_token_waits_for_the_fetch_and_the_rest(void **state)
{
    (void)state;
    const tr_quantity rest = {0.2, 0.15, 0.32, 0.1}, unknown = {(double)NAN, (double)NAN, (double)NAN, 0.1};
    tr_quantity fetch, hit;
    tr_fetch_time(1e9, 10e9, &fetch);
    near_to(fetch.bound, 0.1, 1e-15);
    near_to(fetch.predicted, 0.113636364, 1e-8);
    near_to(fetch.high, 0.151515152, 1e-8);
    in_order(&fetch);
    tr_hit_ttft(&rest, &fetch, 1, &hit);
    near_to(hit.predicted, 0.313636364, 1e-8);
    near_to(hit.low, 0.313636364 - sqrt(0.05 * 0.05 + 0.0136363636 * 0.0136363636), 1e-8);
    near_to(hit.bound, 0.1, 1e-15);
    in_order(&hit);
    tr_hit_ttft(&rest, &fetch, 0, &hit); /* hidden */
    near_to(hit.predicted, 0.2, 1e-15);
    in_order(&hit);
    tr_fetch_time(1e10, 10e9, &fetch); /* longer than what hides it */
    tr_hit_ttft(&rest, &fetch, 0, &hit);
    near_to(hit.predicted, 1.13636364, 1e-8);
    near_to(hit.bound, 1, 1e-15);
    in_order(&hit);
    tr_hit_ttft(&unknown, &fetch, 1, &hit);
    assert_true(isnan(hit.predicted) && isnan(hit.low) && isnan(hit.high));
    near_to(hit.bound, 1, 1e-15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_lecture_s_hold_fetch_and_recompute_costs_come_out),
        cmocka_unit_test(the_break_even_does_not_depend_on_the_price_of_the_chip),
        cmocka_unit_test(a_tier_s_hold_and_fetch_cost_the_same_at_its_drain_time),
        cmocka_unit_test(places_take_over_in_the_order_of_their_drain_times),
        cmocka_unit_test(hbm_then_ddr_then_flash_then_computing_again),
        cmocka_unit_test(the_cheapest_changes_only_at_the_computed_break_evens),
        cmocka_unit_test(a_dearer_hold_or_a_slower_tier_never_wins_longer),
        cmocka_unit_test(a_place_without_a_price_is_left_out),
        cmocka_unit_test(bad_prices_and_zero_rates_get_a_sentence),
        cmocka_unit_test(a_write_premium_of_a_quarter_is_paid_by_one_hit_and_of_double_by_two),
        cmocka_unit_test(a_fetch_costs_the_drive_s_time_and_the_chip_s),
        cmocka_unit_test(costs_on_both_sides_of_a_break_even_say_the_same),
        cmocka_unit_test(the_tier_by_drain_time_changes_half_way_between_two),
        cmocka_unit_test(a_hit_is_worth_what_holding_costs_over_a_prefill),
        cmocka_unit_test(the_premium_that_holding_justifies_grows_with_the_time),
        cmocka_unit_test(a_hit_s_first_token_waits_for_the_fetch_and_the_rest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
