# Programs of tests/mpi, which its scripts start under mpirun.
MPI_BIN := $(patsubst %.c,$(OUT)/%,$(sort $(wildcard tests/mpi/*.c)))
test-programs: $(MPI_BIN)
