/* life/attention_wall.c -- the context at which attention multiplies as much as the weights do. */
#include <tokenroof/life.h>

#include <math.h>

double tr_attention_wall_token(const tr_model *model)
{
    const double weights_flop = model == NULL ? (double)NAN : 2.0 * model->multiply_param;
    double low = 0.0, high = 1e12;
    if (!(weights_flop > 0.0))
        return (double)NAN;
    if (!(tr_model_attention_flop(model, high) >= weights_flop))
        return HUGE_VAL;
    for (int i = 0; i < 200 && high - low > 1e-12 * high; i++) { /* [K39] attention only grows with context */
        const double middle = low + (high - low) / 2.0;
        if (tr_model_attention_flop(model, middle) < weights_flop)
            low = middle;
        else
            high = middle;
    }
    return high;
}
