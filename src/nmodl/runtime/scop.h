/* Random numbers of the old library that NMODL was made for: one linear congruential stream
 * (modulus 2^32) for all mechanisms of a cell, which begins anew with every sweep. NEURON has
 * one per process, which goes on from run to run. */

static __attribute__((unused)) double mec_scop_random(mec_env *env)
{
    env->scop_random = 2147437301u * env->scop_random + 453816981u;
    return (double)env->scop_random / 4294967295.;
}

static __attribute__((unused)) double mec_set_seed(mec_env *env, double seed)
{
    env->scop_random = (uint32_t)(int64_t)seed;
    return 0.;
}

static __attribute__((unused)) double mec_exprand(mec_env *env, double mean)
{
    return -mean * log(mec_scop_random(env));
}

/* The polar method, which throws half of its result away. */
static __attribute__((unused)) double mec_normrand(mec_env *env, double mean,
                                                   double deviation)
{
    double a = 0., square = 1.;

    while (square >= 1.) {
        double b;

        a = 2. * mec_scop_random(env) - 1.;
        b = 2. * mec_scop_random(env) - 1.;
        square = a * a + b * b;
    }
    return a * sqrt(-2. * log(square) / square) * deviation + mean;
}

static __attribute__((unused)) double mec_poisrand(mec_env *env, double mean)
{
    double limit = exp(-mean), product = 1.;
    int n = 0;

    while (product >= limit) {
        product = product * mec_scop_random(env);
        n++;
    }
    return n - 1;
}

/* The normal density, with the old library's digits of 2 pi. */
static __attribute__((unused)) double mec_gauss(mec_env *env, double x, double mean,
                                                double deviation)
{
    double at = (x - mean) / deviation;

    (void)env;
    return exp(-0.5 * pow(at, 2.)) / (sqrt(6.28318530) * deviation);
}

static __attribute__((unused)) double mec_factorial(mec_env *env, double n)
{
    double x = (int)(n + 0.1), value = 1.;

    if (x < 0.) {
        env->failure = "factorial() of a negative number";
        return 0.;
    }
    if (x >= 20.) {
        return exp(-x) * pow(x, x) * sqrt(6.28318530 * x);
    }
    for (int i = (int)n; x >= 2. && i > 1; i--) {
        value = value * i;
    }
    return value;
}

static __attribute__((unused)) double mec_poisson(mec_env *env, double x, double mean)
{
    return (pow(mean, x) * exp(-mean)) / mec_factorial(env, x);
}

static __attribute__((unused)) double mec_ghk_part(double x)
{
    return fabs(x) < 1e-4 ? 1. - x / 2. : x / (exp(x) - 1);
}

/* Goldman-Hodgkin-Katz current for unit permeability, NEURON's own. */
static __attribute__((unused)) double mec_nrn_ghk(mec_env *env, double v, double ci,
                                                  double co, double z)
{
    const double faraday = 96485.3321233100141, r = 8.3144626181532395;
    double x = z * v / (1000. * r * (env->celsius + 273.15) / faraday);
    double out = co * mec_ghk_part(x), in = ci * mec_ghk_part(-x);

    return (.001) * z * faraday * (in - out);
}

#define mec_setseed mec_set_seed
