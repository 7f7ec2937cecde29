NEURON { POINT_PROCESS p USEION ca READ cai WRITE ica VALENCE -2 NONSPECIFIC_CURRENT i }
STATE { m <1e-3> n FROM 0 TO 1 }
ASSIGNED { v y[3] }
DEFINE k 3
BREAKPOINT { SOLVE s METHOD derivimplicit ica = m i = n*v }
DERIVATIVE s { LOCAL q[2] FROM j=0 TO k-1 BY 2 { y[j] = j } m' = n*m n' = exp(n) - y[1] }
