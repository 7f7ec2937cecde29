FUNCTION f(x) { f = g(x) }
FUNCTION g(x) { g = f(x) }
NEURON { SUFFIX r }
INITIAL { f(1) }
