: A point process whose pool exchanges with the pools of its neighbours.
NEURON {
    POINT_PROCESS DiffusingPool
    RANGE pool, start, width
    NONSPECIFIC_CURRENT i
}
PARAMETER { start = 0.2  width = 1.5 }
ASSIGNED { v i }
STATE { pool }
INITIAL { pool = start }
BREAKPOINT {
    SOLVE exchange METHOD sparse
    i = 0.002*pool*(v + 20)
}
KINETIC exchange {
    COMPARTMENT width*width { pool }
    LONGITUDINAL_DIFFUSION 60*width*width { pool }
    ~ pool << (0.01*(start - pool))
}
