: Globals that another mechanism uses as EXTERNAL.
NEURON {
    SUFFIX external_source
    GLOBAL level, weight
    RANGE seen
}
PARAMETER {
    level = 0.25
    weight = 1.5
}
ASSIGNED {
    seen
}
INITIAL {
    seen = level
}
BREAKPOINT {
    SOLVE count METHOD after_cvode
}
PROCEDURE count() {
    seen = seen + level
}
