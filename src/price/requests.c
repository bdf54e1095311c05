/* price/requests.c -- what a request costs, and each side of it, from the chips' time that it takes up. */
#include <tokenroof/price.h>

#include <math.h>

static tr_quantity scaled(const tr_quantity *q, double factor)
{
    return (tr_quantity){q->predicted * factor, q->low * factor, q->high * factor, q->bound * factor};
}

double tr_output_input_ratio(double output_s, double output_token, double input_s, double input_token)
{
    if (!(output_s > 0.0 && output_token > 0.0 && input_s > 0.0 && input_token > 0.0))
        return (double)NAN;
    return output_s / output_token / (input_s / input_token); /* [K73] the chips' dollars cancel, and the margin */
}

/* [K60] */
void tr_service_cost_of(const tr_service *service, const tr_clients *clients, double usd_per_s, tr_service_cost *out)
{
    const double price = usd_per_s > 0.0 ? usd_per_s : (double)NAN;
    const double input = clients->prompt_token, output = clients->output_token, million = 1e6;
    out->request_usd = scaled(&service->request_s, price);
    out->usd_per_mtoken = scaled(&out->request_usd, million / (input + output));
    out->input_usd_per_mtoken = scaled(&out->request_usd, service->input_share * million / input);
    out->output_usd_per_mtoken = scaled(&out->request_usd, (1.0 - service->input_share) * million / output);
}
