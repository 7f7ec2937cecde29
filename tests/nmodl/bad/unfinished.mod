NEURON { SUFFIX unfinished }
INITIAL {
    VERBATIM
    a = 1;
}
