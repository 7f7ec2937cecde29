/* RANDOM variables: streams of the host's, in NEURON 9's arithmetic. The number in a name
 * is that of the arguments after the stream. */

#define MEC_RANDOM static __attribute__((unused)) double

/* NEURON's sequence of a stream counts single picks, four to a block. */
MEC_RANDOM mec_random_setseq_1(void *stream, double position)
{
    uint64_t at = position > 0. ? (uint64_t)position & 0x3ffffffffu : 0;

    mec_lent->stream_seek(stream, (uint32_t)(at >> 2), (int32_t)(at & 3));
    return 0.;
}

/* What is left of the block at hand comes before the new identifiers count. */
MEC_RANDOM mec_random_setids_3(void *stream, double id1, double id2, double id3)
{
    const uint32_t id[3] = {(uint32_t)(int64_t)id1, (uint32_t)(int64_t)id2,
                            (uint32_t)(int64_t)id3};

    mec_lent->stream_set_ids(stream, id);
    return 0.;
}

MEC_RANDOM mec_random_dpick_0(void *stream)
{
    return mec_lent->stream_uniform(stream);
}

MEC_RANDOM mec_random_uniform_0(void *stream)
{
    return mec_lent->stream_uniform(stream);
}

MEC_RANDOM mec_random_uniform_2(void *stream, double low, double high)
{
    return low + mec_lent->stream_uniform(stream) * (high - low);
}

MEC_RANDOM mec_random_normal_0(void *stream)
{
    return mec_lent->stream_normal(stream);
}

MEC_RANDOM mec_random_normal_2(void *stream, double mean, double deviation)
{
    return mean + mec_lent->stream_normal(stream) * deviation;
}

MEC_RANDOM mec_random_negexp_0(void *stream)
{
    return -log(mec_lent->stream_uniform(stream));
}

MEC_RANDOM mec_random_negexp_1(void *stream, double mean)
{
    return -log(mec_lent->stream_uniform(stream)) * mean;
}

MEC_RANDOM mec_random_ipick_0(void *stream)
{
    return (double)mec_lent->stream_integer(stream);
}
