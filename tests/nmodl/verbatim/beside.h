/* Included by verbatim_names.mod from its own folder. */
static double from_header(double x)
{
    return 10. * x;
}
