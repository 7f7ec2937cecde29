# The loops over samples of the fits are worth unrolling and vectorising; results do not
# change, since sums keep their order.
CFLAGS_exp_fit.c := -O3
CFLAGS_level.c := -O3
