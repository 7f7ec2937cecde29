NEURON { SUFFIX t }
PROCEDURE r(x) { TABLE a, b DEPEND celsius FROM -100 TO 100 WITH 200 a = x b = x^2 }
ASSIGNED { a b }
FUNCTION f(x) { VERBATIM
 return _lx;
ENDVERBATIM
}
INITIAL { r(f(v)) while (a < 3) { a = a + 1 } }
UNITS { F = (faraday) (10 coulombs) (mV) = (milli