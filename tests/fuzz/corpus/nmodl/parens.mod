NEURON { SUFFIX x RANGE a }
PARAMETER { a = 1 }
INITIAL { a = ((((((1+2)^3)^-a)) }
