TITLE CONSTRUCTOR sets what sweeps start from

NEURON {
    POINT_PROCESS Made
    RANGE gain, i, twice
    NONSPECIFIC_CURRENT i
}
PARAMETER { gain = 2 }
ASSIGNED { v (mV) i (nA) twice }
CONSTRUCTOR { twice = 2*gain }
BREAKPOINT { i = 1e-4*twice*(v + 60) }
DESTRUCTOR { twice = 0 }
