: A RANDOM variable of a point process, which is numbered after those of densities.
NEURON {
    POINT_PROCESS RandomPoint
    RANDOM r
    RANGE drawn
}

ASSIGNED { drawn }

INITIAL { drawn = random_negexp(r) }

PROCEDURE again() { drawn = drawn + random_normal(r) }
