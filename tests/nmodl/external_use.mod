: Reads globals of external_source.
NEURON {
    SUFFIX external_use
    NONSPECIFIC_CURRENT i
    EXTERNAL level_external_source, weight_external_source
    RANGE g, e
}
PARAMETER {
    g = 0.0002
    e = -61.5
}
ASSIGNED {
    v
    i
    level_external_source
    weight_external_source
}
BREAKPOINT {
    i = g * weight_external_source * level_external_source * (v - e)
}
